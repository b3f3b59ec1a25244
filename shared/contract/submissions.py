"""A submission is what a channel system sends: closed shapes, strict types, and the limits of what may come in."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, create_model

from shared.contract.bodies import (
    AMOUNT_LIMIT,
    BY_TYPE,
    SEEN,
    AsObject,
    AsText,
    Code,
    Currency,
    Id,
    Line,
    Listed,
    OfStaff,
    Shape,
    Typed,
    says_something,
    together,
    wrong,
)
from shared.contract.channel_details import DETAILS
from shared.contract.channels import CHANNELS, Channel
from shared.contract.codes import Reason
from shared.contract.events.intake import (
    Authority,
    InterpreterKind,
    Language,
    OriginKind,
    PreferredWay,
    Relation,
)
from shared.contract.names import BodyName, MailAddress, Name, Reference
from shared.contract.settlement_bodies import Settlement
from shared.contract.tenses import DueDay, Happened

BODY_LIMIT_BYTES = 256 * 1024
NARRATIVE_LIMIT_BYTES = 64 * 1024
"""Some forty pages; what is longer comes as a file."""
GROUP_LIMIT = 1_000_000
"""More is a mistyped number."""
MEMBERS_LIMIT = 500
"""Names of a joint complaint: each is sealed by itself. ``size`` counts all; the whole list comes as a file."""
REPRESENTATIVES_LIMIT = 5
"""More are taken all the same, with a warning: the regulator's rule binds interviews, not receipts (art. 12)."""


def _narrative(value: str) -> str:
    if len(value.encode()) > NARRATIVE_LIMIT_BYTES:
        raise wrong("narrative_too_long", limit=NARRATIVE_LIMIT_BYTES)
    return Typed(value)


Narrative = Annotated[
    str, StringConstraints(min_length=1), AfterValidator(says_something), AfterValidator(_narrative), SEEN
]


class ReceivedBy(Shape):
    """Who took the complaint: the unit and, if somebody is named, the person, who had duties on that day."""

    unit: Id
    person: Id | None = None


class FirstReceivedAt(Shape):
    """First receipt by any unit of the bank."""

    at: Happened
    unit: Id


class SubmittedOrigin(Shape):
    """Who passed the complaint on to the bank."""

    kind: OriginKind = "none"
    body: BodyName | None = None
    reference: Reference | None = None
    received_at: Happened | None = Field(default=None, description="when the body received it")
    reply_due_on: DueDay | None = None


class Identity(Shape):
    """An identity document."""

    kind: Code
    number: Line


class SpokenFor(Shape):
    """For whom somebody complains, as what, and whether the authority was proved (order 2020 no. 3, art. 14)."""

    name: Name
    relation: Relation = "proxy"
    authority: Authority = "claimed"
    proof: Line | None = None


class GroupPerson(Shape):
    """One person of a joint complaint, and how to reach the person."""

    name: Name
    phone: Line | None = None
    email: MailAddress | None = None
    address: Line | None = None


class Described(Shape):
    """Somebody of the staff whose id is not known, as the customer describes the person."""

    described: Line


class Interpreter(Shape):
    """Who interprets for the customer: of a language, a dialect or signs, and which."""

    kind: InterpreterKind
    name: Line


def _spoken_for(value: str | SpokenFor) -> SpokenFor:
    return SpokenFor(name=value) if isinstance(value, str) else value


def _group_person(value: str | GroupPerson) -> GroupPerson:
    return GroupPerson(name=value) if isinstance(value, str) else value


OnBehalfOf = Annotated[AsText[Name] | AsObject[SpokenFor], BY_TYPE, AfterValidator(_spoken_for)]
Person = Annotated[AsText[Name] | AsObject[GroupPerson], BY_TYPE, AfterValidator(_group_person)]
"""A name alone says no more than that."""
ComplainedPerson = Annotated[AsText[Id] | AsObject[Described], BY_TYPE]


class Complainant(Shape):
    """The customer. Only what the bank cannot look up itself should be asked for."""

    name: Name | None = None
    title: OfStaff[Literal["mr", "ms"]] | None = Field(default=None, description="how to be addressed, if it was said")
    phone: Line | None = None
    email: MailAddress | None = None
    address: Line | None = None
    identity: Identity | None = None
    language: Language = "zh"
    on_behalf_of: OnBehalfOf | None = None
    prefers: PreferredWay | None = Field(default=None, description="the way to try first")
    interpreter: Interpreter | None = None


class Group(Shape):
    """A joint complaint. ``size`` counts everybody, also those who are not among ``members``.

    ``face_to_face``: how many of them came in person.
    """

    size: int = Field(ge=2, le=GROUP_LIMIT)
    members: Annotated[tuple[Person, ...], Field(strict=False, max_length=MEMBERS_LIMIT)] = ()
    representatives: Listed[Person] = ()
    face_to_face: int | None = Field(default=None, ge=1, le=GROUP_LIMIT)


class Matter(Shape):
    """What the complaint is about. ``complained_unit`` may be null: then the unit is determined later.

    ``amount_minor`` is in the minor unit of ``currency``; both or neither.
    """

    model_config = together("amount_minor", "currency")

    narrative: Narrative
    reason: Reason | None = None
    complained_unit: Id | None = None
    complained_persons: Listed[ComplainedPerson] = ()
    product: Code | None = None
    business_channel: Code | None = None
    amount_minor: int | None = Field(default=None, ge=0, le=AMOUNT_LIMIT)
    currency: Currency | None = None
    incident_at: Happened | None = Field(default=None, description="when it happened")
    request: Line | None = None

    @property
    def known_persons(self) -> tuple[str, ...]:
        """Who is complained of by the ids of the bank."""
        return tuple(one for one in self.complained_persons if isinstance(one, str))

    @property
    def described_persons(self) -> tuple[str, ...]:
        """Who is complained of and only described."""
        return tuple(one.described for one in self.complained_persons if isinstance(one, Described))


class Late(Shape):
    """Why a receipt is entered more than one working day late."""

    cause: Literal["found_later", "outage", "other"]
    explanation: Line


class Related(Shape):
    """A case that is there already, by id or number. ``same_receipt`` opens no case: it adds to the named one."""

    case: Id
    relation: Literal["same_receipt", "same_matter", "repeat", "review"]


class Submission(Shape):
    """A complaint as it came in. ``details`` is what only its channel knows."""

    received_at: Happened | None = Field(default=None, description="when the customer complained; now if left out")
    received_by: ReceivedBy | None = None
    first_received: FirstReceivedAt | None = None
    origin: SubmittedOrigin = SubmittedOrigin()
    complainant: Complainant | None = None
    group: Group | None = None
    matter: Matter
    late_registration: Late | None = None
    relates_to: Related | None = None
    settlement: Settlement | None = None
    details: Shape = Shape()

    @property
    def further_receipt(self) -> bool:
        """Whether it belongs to a case that is there already."""
        return self.relates_to is not None and self.relates_to.relation == "same_receipt"


def _submission_on(channel: Channel, details: type[Shape]) -> type[Submission]:
    name = "".join(part.capitalize() for part in channel.code.split("_"))
    required = any(field.is_required() for field in details.model_fields.values())
    field: Any = (details, ...) if required else (details, details())
    says = f"A complaint by {channel.en}, as a channel system posts it."
    return create_model(f"{name}Submission", __base__=Submission, __doc__=says, details=field)


SUBMISSIONS = {code: _submission_on(CHANNELS[code], details) for code, details in DETAILS.items()}
"""The open channels, each with the shape of what is submitted on it."""
