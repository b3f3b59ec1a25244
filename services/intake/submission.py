"""What a channel system submits: closed shapes, strict types, and the limits of what may come in."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.events.intake import Language, OriginKind, Reason

BODY_LIMIT_BYTES = 256 * 1024
NARRATIVE_LIMIT_BYTES = 64 * 1024
REPRESENTATIVES_LIMIT = 5
"""More are taken all the same, with a warning: the regulator's rule binds interviews, not receipts (art. 12)."""


def _without_nul(value: str) -> str:
    if "\0" in value:
        raise ValueError("must not contain NUL characters")
    return value


def _narrative_size(value: str) -> str:
    if len(value.encode()) > NARRATIVE_LIMIT_BYTES:
        raise ValueError(f"must not be longer than {NARRATIVE_LIMIT_BYTES} bytes")
    return value


Id = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9._-]+$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(_without_nul)]
Narrative = Annotated[
    str, StringConstraints(min_length=1), AfterValidator(_without_nul), AfterValidator(_narrative_size)
]


class Shape(BaseModel):
    """Unknown fields and wrong types are refused; nothing is converted in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _instant(description: str) -> Any:
    return Field(default=None, description=description, strict=False)


class ReceivedBy(Shape):
    """Who took the complaint: the unit and, if somebody is named, the person."""

    unit: Id
    person: Id | None = None


class FirstReceivedAt(Shape):
    """First receipt by any unit of the bank."""

    at: Annotated[AwareDatetime, Field(strict=False)]
    unit: Id


class SubmittedOrigin(Shape):
    """Who passed the complaint on to the bank."""

    kind: OriginKind = "none"
    body: Text | None = None
    reference: Text | None = None
    received_at: AwareDatetime | None = _instant("when the body received it")
    reply_due_on: Annotated[date | None, Field(strict=False)] = None


class Identity(Shape):
    """An identity document."""

    kind: Id
    number: Text


class Complainant(Shape):
    """The customer. Only what the bank cannot look up itself should be asked for."""

    name: Text | None = None
    phone: Text | None = None
    email: Annotated[str, StringConstraints(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")] | None = None
    address: Text | None = None
    identity: Identity | None = None
    language: Language = "zh"
    on_behalf_of: Text | None = None


class Group(Shape):
    """A joint complaint."""

    size: int = Field(ge=2)
    members: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    representatives: Annotated[tuple[Text, ...], Field(strict=False)] = ()


class Matter(Shape):
    """What the complaint is about. ``complained_unit`` may be null: then the unit is determined later."""

    narrative: Narrative
    reason: Reason | None = None
    complained_unit: Id | None = None
    complained_persons: Annotated[tuple[Id, ...], Field(strict=False)] = ()
    product: Text | None = None
    business_channel: Text | None = None
    amount_minor: int | None = Field(default=None, ge=0)
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    incident_at: AwareDatetime | None = _instant("when it happened")
    request: Text | None = None


class Late(Shape):
    """Why a receipt is entered more than one working day late."""

    cause: Literal["found_later", "outage", "other"]
    explanation: Text


class PhoneDetails(Shape):
    """A telephone complaint."""

    call_id: Id | None = None
    identity_verified: bool = False


class PhoneSubmission(Shape):
    """A complaint taken by telephone, as a call-centre system posts it."""

    received_at: AwareDatetime | None = _instant("when the customer called; now if left out")
    received_by: ReceivedBy | None = None
    first_received: FirstReceivedAt | None = None
    origin: SubmittedOrigin = SubmittedOrigin()
    complainant: Complainant | None = None
    group: Group | None = None
    matter: Matter
    late_registration: Late | None = None
    details: PhoneDetails = PhoneDetails()
