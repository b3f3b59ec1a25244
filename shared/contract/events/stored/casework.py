"""The events of casework, as JSON. Written by ``python -m ops.previews.build_stored_events``."""

from typing import Any, Literal

from shared.contract.events.stored.codes import (
    Level,
    Outcome,
    Reason,
    RemedyOpen,
    ReplyWay,
    ReviewOutcome,
    SatisfactionValue,
)
from shared.contract.events.stored.parts import (
    AttemptData,
    CaseworkEventData,
    JrtCodesData,
    PersonAtData,
    RemedyData,
    SealedData,
    SealedSettlementData,
    UnsealedData,
)


class HandoverAcceptedData(CaseworkEventData):
    """``HandoverAccepted``."""

    handler: PersonAtData


class HandoverRefusedData(CaseworkEventData):
    """``HandoverRefused``."""

    handler: PersonAtData
    ground: Literal["not_competent", "party_concerned"]
    proposed_unit: str | None


class ComplainedUnitDeterminedData(CaseworkEventData):
    """``ComplainedUnitDetermined``."""

    unit: str
    ground: SealedData


class PartyConcernedNamedData(CaseworkEventData):
    """``PartyConcernedNamed``."""

    person: str
    ground: SealedData


class AgentNamedData(CaseworkEventData):
    """``AgentNamed``."""

    agent: str
    ground: SealedData


class HandlerReassignedData(CaseworkEventData):
    """``HandlerReassigned``."""

    handler: PersonAtData
    ground: SealedData


class ComplaintClassifiedData(CaseworkEventData):
    """``ComplaintClassified``."""

    reason: Reason
    other_reasons: list[Reason]
    level: Level
    ground: SealedData | None
    jrt: JrtCodesData


class CustomerContactedData(CaseworkEventData):
    """``CustomerContacted``."""

    way: ReplyWay
    points: SealedData
    outcome: Literal["reached", "not_reached", "left_message"]
    promised_at: str | None


class InterimReplyGivenData(CaseworkEventData):
    """``InterimReplyGiven``."""

    way: ReplyWay
    words: SealedData


class InvestigationRecordedData(CaseworkEventData):
    """``InvestigationRecorded``."""

    findings: SealedData
    fault: SealedData | UnsealedData
    persons_responsible: SealedData | UnsealedData
    parties: list[str]
    measures: SealedData | None


class SettledOnTheSpotData(CaseworkEventData):
    """``SettledOnTheSpot``."""

    settlement: SealedSettlementData


class SettlementDeniedData(CaseworkEventData):
    """``SettlementDenied``."""

    ground: SealedData


class DecisionMadeData(CaseworkEventData):
    """``DecisionMade``."""

    outcome: Outcome
    findings: SealedData
    grounds: SealedData
    decision: SealedData
    remedies_offered: list[RemedyData]
    remedies_open: list[RemedyOpen]


class CustomerRepliedData(CaseworkEventData):
    """``CustomerReplied``."""

    way: ReplyWay
    content: SealedData
    remedies_told: bool


class SatisfactionRecordedData(CaseworkEventData):
    """``SatisfactionRecorded``."""

    value: SatisfactionValue
    attempts: list[AttemptData]


class DissatisfactionReviewedData(CaseworkEventData):
    """``DissatisfactionReviewed``."""

    outcome: ReviewOutcome
    words: SealedData


class ResultReportedData(CaseworkEventData):
    """``ResultReported``."""

    cause_and_findings: SealedData
    treatment_of_persons: SealedData
    lessons_and_measures: SealedData
    satisfaction: SatisfactionValue | Literal["not_applicable"]
    handled_at: str
    handler_and_phone: SealedData
    copy_to: list[str]
    no_copy_reason: SealedData | None


class ResultTrackedData(CaseworkEventData):
    """``ResultTracked``."""

    checked: SealedData
    called_back: bool


class TransferringBodyAnsweredData(CaseworkEventData):
    """``TransferringBodyAnswered``."""

    kind: Literal["interim", "final"]
    body: str
    words: SealedData
    way: Literal["letter", "electronic", "phone"]
    reference: SealedData | None


class OverrunReasonReportedData(CaseworkEventData):
    """``OverrunReasonReported``."""

    reason: SealedData


class OverrunExplainedData(CaseworkEventData):
    """``OverrunExplained``."""

    words: SealedData
    promised_on: str
    promised_at: str | None


class EscalationRequestedData(CaseworkEventData):
    """``EscalationRequested``."""

    reason: SealedData
    mode: Literal["takes_over", "supports"]
    skip_to: str | None


class ApprovalRequestedData(CaseworkEventData):
    """``ApprovalRequested``."""

    act: str
    body: dict[str, Any]
    approvers: list[str]


class ApprovalGrantedData(CaseworkEventData):
    """``ApprovalGranted``."""

    approval: str
    act: str
    asked_by: str


class ApprovalRefusedData(CaseworkEventData):
    """``ApprovalRefused``."""

    approval: str
    act: str
    asked_by: str
    ground: SealedData


class ApprovalRequestWithdrawnData(CaseworkEventData):
    """``ApprovalRequestWithdrawn``."""

    approval: str
    act: str
    ground: SealedData


class DutyWaivedData(CaseworkEventData):
    """``DutyWaived``."""

    duty_id: str
    ground: SealedData
    approved_by: str


class DeliveryRecordedData(CaseworkEventData):
    """``DeliveryRecorded``."""

    document: Literal["written_notice", "supervision_form", "decision_notice", "result_report"]


class MessageResendRequestedData(CaseworkEventData):
    """``MessageResendRequested``."""

    message_id: str


class CaseWithdrawnData(CaseworkEventData):
    """``CaseWithdrawn``."""

    received_at: str
    way: ReplyWay
    by: list[SealedData]


class CaseNotAcceptedData(CaseworkEventData):
    """``CaseNotAccepted``."""

    ground: Literal[
        "not_the_complainant",
        "not_a_complaint",
        "not_this_bank",
        "same_without_new_facts",
        "inquiry",
        "praise",
        "duplicate",
        "entered_by_mistake",
    ]
    signpost: SealedData
    of_case: str | None
    approved_by: str | None


class CaseClosedData(CaseworkEventData):
    """``CaseClosed``."""


class CaseArchivedData(CaseworkEventData):
    """``CaseArchived``."""

    place: SealedData
    retain_until: str


class CaseReopenedData(CaseworkEventData):
    """``CaseReopened``."""

    ground: SealedData
    received_at: str


class CommandRefusedData(CaseworkEventData):
    """``CommandRefused``."""

    code: str
    pointers: list[str]
    about: list[str]
