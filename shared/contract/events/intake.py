"""Facts that intake publishes: what came in, from whom, on which channel."""

from datetime import date
from typing import Any, ClassVar, Literal

from pydantic import Field

from shared.contract.channels import ChannelCode
from shared.contract.events.base import (
    EVERYBODY,
    NOBODY,
    Closed,
    EventData,
    Identifier,
    Instant,
    PersonAt,
    PositiveInt,
    Sealed,
)
from shared.contract.events.settlement import SealedSettlement

Reason = Literal[
    "work_error", "service_attitude", "internal_management", "service_product", "service_channel", "violation"
]
Language = Literal["zh", "en"]
Reach = Literal["phone", "email", "sms", "post"]
OriginKind = Literal["none", "regulator", "pbc", "government", "consumer_body", "media"]


class FirstReceived(Closed):
    """First receipt by any unit of the bank: the internal clock starts here (article 3, first-asked)."""

    at: Instant
    unit: Identifier


class Origin(Closed):
    """Who passed the complaint on to the bank, if anybody."""

    kind: OriginKind = "none"
    body: str | None = None
    reference: str | None = None
    received_at: Instant | None = None
    reply_due_on: date | None = None


class LateRegistration(Closed):
    """Why a receipt was entered more than one working day late."""

    cause: Literal["found_later", "outage", "other"]
    explanation: Sealed


class SealedIdentity(Closed):
    """An identity document: its kind in the clear, its number sealed."""

    kind: Identifier
    number: Sealed


class SealedComplainant(Closed):
    """The person who complains. What says who it is, is sealed; how to reach them is not.

    ``title``: whether to be addressed as Mr or Ms, where the customer said so.
    """

    name: Sealed | None = None
    title: Sealed | None = None
    phone: Sealed | None = None
    email: Sealed | None = None
    address: Sealed | None = None
    identity: SealedIdentity | None = None
    on_behalf_of: Sealed | None = None


class SealedGroup(Closed):
    """A joint complaint: its size in the clear, its people sealed."""

    size: int = Field(ge=2)
    members: tuple[Sealed, ...] = ()
    representatives: tuple[Sealed, ...] = ()


class SealedMatter(Closed):
    """What the complaint is about. Texts that a person wrote are sealed."""

    narrative: Sealed
    reason: Reason | None = None
    complained_unit: Identifier | None = None
    complained_persons: tuple[Identifier, ...] = ()
    product: str | None = None
    business_channel: str | None = None
    amount_minor: PositiveInt | None = None
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    incident_at: Instant | None = None
    request: Sealed | None = None


class RelatesTo(Closed):
    """Another case this one has to do with: the same matter, the same again, or asking to review its result.

    ``times``: how often the same was complained of with this one, of a repetition.
    """

    case_id: Identifier
    relation: Literal["same_matter", "repeat", "review"]
    case_number: str | None = None
    times: PositiveInt | None = None


class IntakeEvent(EventData):
    """Base of intake's events."""

    producer: ClassVar[str] = "intake"


class ComplaintReceived(IntakeEvent, heard_by=EVERYBODY):
    """A complaint came in. First event of every case; carries the case number told to the customer.

    Version 2 adds ``relates_to`` and ``settlement``; version 3 the customer's title and the related
    case's number.
    """

    version: ClassVar[int] = 3

    case_number: str
    channel: ChannelCode
    submitter: str
    received_at: Instant
    received_by: PersonAt
    first_received: FirstReceived
    origin: Origin
    anonymous: bool
    reachable_by: tuple[Reach, ...]
    language: Language
    complainant: SealedComplainant | None
    group: SealedGroup | None = None
    matter: SealedMatter
    late_registration: LateRegistration | None = None
    details: dict[str, Any]
    fingerprint: str
    warnings: tuple[str, ...] = ()
    relates_to: RelatesTo | None = None
    settlement: SealedSettlement | None = None


class ReceiptAdded(IntakeEvent, heard_by=EVERYBODY):
    """The same complaint reached the bank a second time: kept as a further receipt, no new case.

    ``receipt_id`` is the id the submitter's key would have given a case of its own. Version 2 keeps all that
    came in with it, such as another way to reach the customer or a body that passed it on. From then on these ways
    count too, and whom it complains about is a party concerned. Version 3 keeps the customer's title.
    """

    version: ClassVar[int] = 3

    receipt_id: str
    channel: ChannelCode
    received_at: Instant
    received_by: PersonAt
    matter: SealedMatter
    fingerprint: str
    submitter: str | None = None
    first_received: FirstReceived | None = None
    origin: Origin | None = None
    anonymous: bool | None = None
    reachable_by: tuple[Reach, ...] = ()
    language: Language | None = None
    complainant: SealedComplainant | None = None
    group: SealedGroup | None = None
    late_registration: LateRegistration | None = None
    details: dict[str, Any] | None = None
    warnings: tuple[str, ...] = ()


class EvidenceAdded(IntakeEvent, heard_by={"notify"}):
    """A file belongs to the case. ``sha256`` names the sealed blob, which was stored before this event."""

    sha256: str
    size_bytes: PositiveInt
    kind: Identifier
    file_name: Sealed
    media_type: str
    note: Sealed | None = None


class ReceiptConflictDetected(IntakeEvent, heard_by=NOBODY):
    """A known idempotency key came with another content: refused, and kept for whoever looks into it."""

    submitter: str
    fingerprint: str


class OpinionBoxReviewed(IntakeEvent, heard_by=NOBODY):
    """An opinion box was opened and looked through, also when nothing was in it (article 2.2)."""

    unit: Identifier
    date: date
    opened_at: Instant
    reviewer: Identifier
    witness: Identifier | None = None
    entries_found: PositiveInt
