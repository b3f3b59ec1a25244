"""What events are made of, as JSON. Written by ``python -m ops.previews.build_stored_events``."""

from typing import Any, Literal, TypedDict, final


@final
class SealedData(TypedDict):
    """``Sealed``."""

    label: str
    box: str


@final
class UnsealedData(TypedDict):
    """``Unsealed``."""

    label: str
    text: str


@final
class PersonAtData(TypedDict):
    """``PersonAt``."""

    unit: str
    person: str | None


@final
class PostAtData(TypedDict):
    """``PostAt``."""

    unit: str
    post: str
    person: str | None


@final
class VersionedData(TypedDict):
    """``Versioned``."""

    id: str
    version: str


@final
class DutyOpenedData(TypedDict):
    """``DutyOpened``."""

    id: str
    kind: str
    debtor: PostAtData
    creditor: PostAtData | str | None
    level: str | None
    state: Literal["open", "discharged", "waived"]
    reason: str | None
    ended_by: str | None


@final
class DutyEndedData(TypedDict):
    """``DutyEnded``."""

    id: str
    kind: str
    state: Literal["discharged", "waived"]
    reason: str | None


@final
class CommandRefData(TypedDict):
    """``CommandRef``."""

    name: str
    fingerprint: str


class CaseworkEventData(TypedDict):
    """``CaseworkEvent``."""

    command: CommandRefData | None
    acted_for: str | None
    proof: SealedData | None
    duties_opened: list[DutyOpenedData]
    duties_ended: list[DutyEndedData]


@final
class RemedyData(TypedDict):
    """``Remedy``."""

    kind: Literal[
        "apology", "explanation", "refund", "compensation", "record_correction", "fee_waiver", "process_change", "other"
    ]
    amount_minor: int | None
    currency: str | None
    words: SealedData | None
    done: bool


@final
class AttemptData(TypedDict):
    """``Attempt``."""

    at: str
    way: Literal["phone", "letter", "sms", "email", "in_person", "in_book", "other"]


@final
class SatisfactionData(TypedDict):
    """``Satisfaction``."""

    value: Literal["satisfied", "mostly_satisfied", "dissatisfied", "not_reached", "declined"]
    attempts: list[AttemptData]


@final
class SealedSettlementData(TypedDict):
    """``SealedSettlement``."""

    findings: SealedData
    remedy: RemedyData
    words: SealedData
    customer_agreed: Literal[True]
    agreed_proof: SealedData
    satisfaction: SatisfactionData
    lessons_and_measures: SealedData
    treatment_of_persons: SealedData
    handler_and_phone: SealedData
    remedies_told: bool
    copy_to: list[str]


@final
class FirstReceivedData(TypedDict):
    """``FirstReceived``."""

    at: str
    unit: str


@final
class OriginData(TypedDict):
    """``Origin``."""

    kind: Literal["none", "regulator", "pbc", "government", "consumer_body", "media"]
    body: str | None
    reference: str | None
    received_at: str | None
    reply_due_on: str | None


@final
class LateRegistrationData(TypedDict):
    """``LateRegistration``."""

    cause: Literal["found_later", "outage", "other"]
    explanation: SealedData


@final
class SealedIdentityData(TypedDict):
    """``SealedIdentity``."""

    kind: str
    number: SealedData


@final
class SealedOnBehalfOfData(TypedDict):
    """``SealedOnBehalfOf``."""

    name: SealedData
    relation: Literal["proxy", "guardian", "heir", "lawyer"]
    authority: Literal["proved", "claimed"]
    proof: SealedData | None


@final
class SealedInterpreterData(TypedDict):
    """``SealedInterpreter``."""

    kind: Literal["language", "dialect", "sign"]
    name: SealedData


@final
class SealedComplainantData(TypedDict):
    """``SealedComplainant``."""

    name: SealedData | None
    title: SealedData | None
    phone: SealedData | None
    email: SealedData | None
    address: SealedData | None
    identity: SealedIdentityData | None
    on_behalf_of: SealedOnBehalfOfData | None
    prefers: Literal["phone", "letter", "sms", "email"] | None
    interpreter: SealedInterpreterData | None


@final
class SealedGroupPersonData(TypedDict):
    """``SealedGroupPerson``."""

    name: SealedData
    phone: SealedData | None
    email: SealedData | None
    address: SealedData | None
    reachable_by: list[Literal["phone", "email", "sms", "post"]]


@final
class SealedGroupData(TypedDict):
    """``SealedGroup``."""

    size: int
    members: list[SealedGroupPersonData]
    representatives: list[SealedGroupPersonData]
    face_to_face: int | None


@final
class SealedMatterData(TypedDict):
    """``SealedMatter``."""

    narrative: SealedData
    reason: (
        Literal[
            "work_error", "service_attitude", "internal_management", "service_product", "service_channel", "violation"
        ]
        | None
    )
    complained_unit: str | None
    complained_persons: list[str]
    described_persons: list[SealedData]
    product: str | None
    business_channel: str | None
    amount_minor: int | None
    currency: str | None
    incident_at: str | None
    request: SealedData | None


@final
class RelatesToData(TypedDict):
    """``RelatesTo``."""

    case_id: str
    relation: Literal["same_matter", "repeat", "review"]
    case_number: str | None
    times: int | None


@final
class RefusedCandidateData(TypedDict):
    """``RefusedCandidate``."""

    person: str
    reason: str


@final
class RoutingDecisionData(TypedDict):
    """``RoutingDecision``."""

    rule: VersionedData
    organisation: VersionedData
    inputs: dict[str, Any]
    first_asked: PersonAtData
    accepting: PostAtData
    handler: PersonAtData | None
    complained_unit: str | None
    dispatch_chain: list[str]
    report_chain: list[str]
    refused: list[RefusedCandidateData]
    fell_back: bool


@final
class JrtCodesData(TypedDict):
    """``JrtCodes``."""

    channel: str | None
    business: str | None
    cause: str | None


@final
class WarningPointData(TypedDict):
    """``WarningPoint``."""

    name: str
    at: str


@final
class LengthData(TypedDict):
    """``Length``."""

    amount: int
    unit: Literal["working_days", "business_hours"]


@final
class DeadlineData(TypedDict):
    """``Deadline``."""

    pack: VersionedData
    calendar: VersionedData
    complaint_class: str | None
    reasons: list[
        Literal[
            "work_error", "service_attitude", "internal_management", "service_product", "service_channel", "violation"
        ]
    ]
    length: LengthData | None
    received_at: str
    target_on: str | None
    target_at: str | None
    due_on: str
    due_at: str
    warnings: list[WarningPointData]
    provisional: bool


@final
class StaffRecipientData(TypedDict):
    """``StaffRecipient``."""

    person: str
    unit: str


@final
class UnitRecipientData(TypedDict):
    """``UnitRecipient``."""

    unit: str


@final
class CustomerRecipientData(TypedDict):
    """``CustomerRecipient``."""

    address: SealedData


@final
class PlanStepData(TypedDict):
    """``PlanStep``."""

    what: SealedData
    due_on: str
    due_at: str
    by: str
