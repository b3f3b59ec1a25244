"""Facts that intake publishes: what came in, from whom, on which channel."""

from datetime import date
from typing import Any, ClassVar, Literal

from pydantic import Field

from shared.contract.channels import ChannelCode
from shared.contract.codes import Reason
from shared.contract.events.base import (
    EVERYBODY,
    Closed,
    EventData,
    Identifier,
    Instant,
    PersonAt,
    PositiveInt,
    Sealed,
)
from shared.contract.events.settlement import SealedSettlement

Language = Literal["zh", "en"]
Reach = Literal["phone", "email", "sms", "post"]
OriginKind = Literal["none", "regulator", "pbc", "government", "consumer_body", "media"]
Relation = Literal["proxy", "guardian", "heir", "lawyer"]
Authority = Literal["proved", "claimed"]
PreferredWay = Literal["phone", "letter", "sms", "email"]
InterpreterKind = Literal["language", "dialect", "sign"]


def ways_to_reach(email: object, phone: object, address: object) -> tuple[Reach, ...]:
    """How somebody can be reached of whom these are known, in the clear: decisions rest on it, opening nothing."""
    known: tuple[tuple[Reach, object], ...] = (("email", email), ("phone", phone), ("post", address))
    return tuple(way for way, there in known if there)


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


class SealedOnBehalfOf(Closed):
    """For whom somebody complains, as what, and whether that is proved (order 2020 no. 3, art. 14)."""

    name: Sealed
    relation: Relation
    authority: Authority
    proof: Sealed | None = None


class SealedInterpreter(Closed):
    """Who interprets: of a language, a dialect or signs, and which."""

    kind: InterpreterKind
    name: Sealed


class SealedComplainant(Closed):
    """The person who complains. What says who it is, is sealed; how to reach them is not.

    ``title``: whether to be addressed as Mr or Ms, where the customer said so. ``prefers``: the way to try first.
    """

    name: Sealed | None = None
    title: Sealed | None = None
    phone: Sealed | None = None
    email: Sealed | None = None
    address: Sealed | None = None
    identity: SealedIdentity | None = None
    on_behalf_of: SealedOnBehalfOf | None = None
    prefers: PreferredWay | None = None
    interpreter: SealedInterpreter | None = None


class SealedGroupPerson(Closed):
    """One person of a joint complaint. What says who it is, is sealed; how to reach the person is not."""

    name: Sealed
    phone: Sealed | None = None
    email: Sealed | None = None
    address: Sealed | None = None
    reachable_by: tuple[Reach, ...] = ()


class SealedGroup(Closed):
    """A joint complaint: its size in the clear, its people sealed.

    ``face_to_face``: how many of them came in person; 20 or more make it a major one (order 2020 no. 3).
    """

    size: int = Field(ge=2)
    members: tuple[SealedGroupPerson, ...] = ()
    representatives: tuple[SealedGroupPerson, ...] = ()
    face_to_face: PositiveInt | None = None


class SealedMatter(Closed):
    """What the complaint is about. Texts that a person wrote are sealed.

    ``described_persons``: staff complained of whose id is not known.
    """

    narrative: Sealed
    reason: Reason | None = None
    complained_unit: Identifier | None = None
    complained_persons: tuple[Identifier, ...] = ()
    described_persons: tuple[Sealed, ...] = ()
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
    case's number; version 4 what proxies, joint complaints and described staff need, and seals texts in ``details``;
    version 5 says whether the remedy of a settlement was done on the spot.
    """

    version: ClassVar[int] = 5

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
    count too, and whom it complains about is a party concerned. Version 3 keeps the customer's title, version 4 what
    version 4 of ``ComplaintReceived`` does.
    """

    version: ClassVar[int] = 4

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


class EvidenceAdded(IntakeEvent, heard_by={"casework", "notify"}):
    """A file belongs to the case. ``sha256`` names the sealed blob, which was stored before this event.

    ``media_type`` is what its sender said that it is. Version 2 has beside it what the content says (``content_type``),
    beside the name that was sent the one for display, and whether the file is in quarantine until a scanner has
    answered (``EvidenceScanned``).
    """

    version: ClassVar[int] = 2

    sha256: str
    size_bytes: PositiveInt
    kind: Identifier
    file_name: Sealed
    shown_name: Sealed | None = None
    media_type: str
    content_type: str | None = None
    quarantined: bool = False
    note: Sealed | None = None


class ReceiptConflictDetected(IntakeEvent, heard_by={"routing"}):
    """A known idempotency key came with another content: refused, and kept for whoever looks into it.

    Of mail the message is kept beside it, and the accepting post is to compare the two.
    """

    submitter: str
    fingerprint: str


class LetterReturned(IntakeEvent, heard_by={"notify"}):
    """A mail server reported that a letter of the case did not arrive. ``message_id``: the letter."""

    message_id: Identifier


class OpinionBoxReviewed(IntakeEvent, heard_by={"sla"}):
    """An opinion box was opened and looked through, also when nothing was in it (article 2.2).

    ``date``: the day whose review it is. Version 2 says whether it was ``late``: entered once the box had closed on
    that day. Then that day's review was missed, and stays so.
    """

    version: ClassVar[int] = 2

    unit: Identifier
    date: date
    opened_at: Instant
    reviewer: Identifier
    witness: Identifier | None = None
    entries_found: PositiveInt
    late: bool = False
