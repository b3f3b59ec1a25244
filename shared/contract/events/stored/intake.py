"""The events of intake, as JSON. Written by ``python -m ops.previews.build_stored_events``."""

from typing import Any, TypedDict

from shared.contract.events.stored.codes import Language, Reach
from shared.contract.events.stored.parts import (
    FirstReceivedData,
    LateRegistrationData,
    OriginData,
    PersonAtData,
    RelatesToData,
    SealedComplainantData,
    SealedData,
    SealedGroupData,
    SealedMatterData,
    SealedSettlementData,
)


class ComplaintReceivedData(TypedDict):
    """``ComplaintReceived``."""

    case_number: str
    channel: str
    submitter: str
    received_at: str
    received_by: PersonAtData
    first_received: FirstReceivedData
    origin: OriginData
    anonymous: bool
    reachable_by: list[Reach]
    language: Language
    complainant: SealedComplainantData | None
    group: SealedGroupData | None
    matter: SealedMatterData
    late_registration: LateRegistrationData | None
    details: dict[str, Any]
    fingerprint: str
    warnings: list[str]
    relates_to: RelatesToData | None
    settlement: SealedSettlementData | None


class ReceiptAddedData(TypedDict):
    """``ReceiptAdded``."""

    receipt_id: str
    channel: str
    received_at: str
    received_by: PersonAtData
    matter: SealedMatterData
    fingerprint: str
    submitter: str | None
    first_received: FirstReceivedData | None
    origin: OriginData | None
    anonymous: bool | None
    reachable_by: list[Reach]
    language: Language | None
    complainant: SealedComplainantData | None
    group: SealedGroupData | None
    late_registration: LateRegistrationData | None
    details: dict[str, Any] | None
    warnings: list[str]


class EvidenceAddedData(TypedDict):
    """``EvidenceAdded``."""

    sha256: str
    size_bytes: int
    kind: str
    file_name: SealedData
    shown_name: SealedData | None
    media_type: str
    content_type: str | None
    quarantined: bool
    note: SealedData | None


class ReceiptConflictDetectedData(TypedDict):
    """``ReceiptConflictDetected``."""

    submitter: str
    fingerprint: str


class LetterReturnedData(TypedDict):
    """``LetterReturned``."""

    message_id: str


class OpinionBoxReviewedData(TypedDict):
    """``OpinionBoxReviewed``."""

    unit: str
    date: str
    opened_at: str
    reviewer: str
    witness: str | None
    entries_found: int
    late: bool
