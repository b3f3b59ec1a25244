"""The events of casework, as JSON. Written by ``python -m ops.previews.build_stored_events``."""

from typing import Literal

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
    RemedyData,
    SealedData,
    SealedSettlementData,
    UnsealedData,
)


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


class DeliveryRecordedData(CaseworkEventData):
    """``DeliveryRecorded``."""

    document: Literal["written_notice", "supervision_form", "decision_notice", "result_report"]


class MessageResendRequestedData(CaseworkEventData):
    """``MessageResendRequested``."""

    message_id: str


class CommandRefusedData(CaseworkEventData):
    """``CommandRefused``."""

    code: str
    pointers: list[str]
    about: list[str]
