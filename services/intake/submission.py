"""A submission is what a channel system sends: closed shapes, strict types, and the limits of what may come in."""

from typing import Annotated, Any, Literal

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field, StringConstraints, ValidationError, create_model

from services.intake.refusals import BadSubmission
from shared.contract.bodies import (
    AMOUNT_LIMIT,
    Code,
    Currency,
    Id,
    Ids,
    Listed,
    OfStaff,
    Shape,
    Typed,
    says_something,
    typed,
    wrong,
)
from shared.contract.channels import CHANNELS, Channel
from shared.contract.events.intake import Language, OriginKind, Reason
from shared.contract.json_text import read_json
from shared.contract.names import BodyName, Name, Reference
from shared.contract.settlement_bodies import Settlement
from shared.contract.tenses import DueDay, Happened

BODY_LIMIT_BYTES = 256 * 1024
NARRATIVE_LIMIT_BYTES = 64 * 1024
"""Some forty pages; what is longer comes as a file."""
LINE_LIMIT = 2000
"""Characters of every other text."""
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


def _mailable(value: str) -> str:
    """The address as every mail server takes it, judged by how it is written alone: no name is looked up.

    A domain in other letters than ASCII becomes its ``xn--`` form, a full-width dot a dot (RFC 5890).
    """
    try:
        ascii_form = validate_email(value, check_deliverability=False).ascii_email
    except EmailNotValidError:
        ascii_form = None
    if ascii_form is None:
        raise wrong("not_mailable")
    return typed(value if value.isascii() else ascii_form)


Narrative = Annotated[str, StringConstraints(min_length=1), AfterValidator(says_something), AfterValidator(_narrative)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=LINE_LIMIT), AfterValidator(typed)]
Address = Annotated[str, StringConstraints(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$"), AfterValidator(_mailable)]


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


class Complainant(Shape):
    """The customer. Only what the bank cannot look up itself should be asked for."""

    name: Name | None = None
    title: OfStaff[Literal["mr", "ms"]] | None = Field(default=None, description="how to be addressed, if it was said")
    phone: Line | None = None
    email: Address | None = None
    address: Line | None = None
    identity: Identity | None = None
    language: Language = "zh"
    on_behalf_of: Name | None = None


class Group(Shape):
    """A joint complaint. ``size`` counts everybody, also those who are not among ``members``."""

    size: int = Field(ge=2, le=GROUP_LIMIT)
    members: Annotated[tuple[Name, ...], Field(strict=False, max_length=MEMBERS_LIMIT)] = ()
    representatives: Listed[Name] = ()


class Matter(Shape):
    """What the complaint is about. ``complained_unit`` may be null: then the unit is determined later.

    ``amount_minor`` is in the minor unit of ``currency``; both or neither.
    """

    narrative: Narrative
    reason: Reason | None = None
    complained_unit: Id | None = None
    complained_persons: Ids = ()
    product: Code | None = None
    business_channel: Code | None = None
    amount_minor: int | None = Field(default=None, ge=0, le=AMOUNT_LIMIT)
    currency: Currency | None = None
    incident_at: Happened | None = Field(default=None, description="when it happened")
    request: Line | None = None


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


SUBMISSIONS = {code: _submission_on(row, row.details) for code, row in CHANNELS.items() if row.details is not None}
"""The open channels, each with the shape of what is submitted on it."""


def read(channel: str, body: bytes) -> Submission:
    """The submission in a body on an open channel.

    Raises:
        BadJson: it is not JSON in UTF-8.
        DuplicateKey: an object has a key twice.
        BadSubmission: a field is missing, unknown or of a wrong type.
    """
    raw = read_json(body)
    try:
        return SUBMISSIONS[channel].model_validate(raw)
    except ValidationError as error:
        raise BadSubmission.of(error) from error
