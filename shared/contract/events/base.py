"""What every event's data has in common, and the registry of all types."""

from collections.abc import Set as AbstractSet
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9._@:/+-]+$")]
"""Ids of units, people, posts, packs and the like: no blanks, so they can stand in a URL or a log line."""

CATALOGUE: dict[str, type["EventData"]] = {}
"""Every event type by its name, in its newest version. Filled when a class is defined."""

Hearer = Literal["routing", "casework", "sla", "notify", "console"]
"""The services that keep something of a case. Intake keeps none, and the APIs index what they need themselves."""
EVERYBODY: frozenset[Hearer] = frozenset(get_args(Hearer))
"""Heard by all: the event changes what every service knows of a case (``shared.case.core``)."""
NOBODY: frozenset[Hearer] = frozenset()
"""Heard by none: the event stands in the timeline only."""


class Closed(BaseModel):
    """A frozen value that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")


class EventData(Closed):
    """Base of all event data: one class per type, produced by exactly one service.

    ``heard_by`` stands in the head of the class, and nowhere else: the services that fold the type. Who is not named
    passes over it.
    """

    producer: ClassVar[str] = ""
    version: ClassVar[int] = 1
    heard_by: ClassVar[frozenset[Hearer]] = NOBODY

    def __init_subclass__(cls, *, heard_by: AbstractSet[Hearer] | None = None, **kwargs: Any) -> None:
        """Register the type: two classes of one name would be two meanings of one event."""
        super().__init_subclass__(**kwargs)
        if "producer" in cls.__dict__:
            return  # the base class of one service's events
        if cls.__name__ in CATALOGUE:
            raise TypeError(f"{cls.__name__} is defined twice")
        if cls.__doc__ is None:
            raise TypeError(f"{cls.__name__} needs a docstring: it is the reference documentation")
        if heard_by is None or not heard_by <= EVERYBODY:
            raise TypeError(f"{cls.__name__} has to say heard_by=: EVERYBODY, NOBODY or some of {sorted(EVERYBODY)}")
        cls.heard_by = frozenset(heard_by)
        CATALOGUE[cls.__name__] = cls


def heard_by(service: Hearer) -> frozenset[str]:
    """The names of the event types that a service folds."""
    return frozenset(name for name, shape in CATALOGUE.items() if service in shape.heard_by)


def heard_by_everybody() -> frozenset[str]:
    """The names of the event types that change what every service knows of a case."""
    return frozenset(name for name, shape in CATALOGUE.items() if shape.heard_by == EVERYBODY)


class Sealed(Closed):
    """A value that only its case's key opens: AES-256-GCM, associated data = case id + label.

    ``label`` says which field it was and stays with the value wherever it is copied to.
    ``box`` is base64 of nonce and ciphertext.
    """

    label: str
    box: str


class Unsealed(Closed):
    """A value that a former version left in the clear, and that is sealed since: whoever shows it treats it as sealed.

    Only an upcaster makes one, which has no key to seal with; nothing that is appended today holds any.
    """

    label: str
    text: str


class PersonAt(Closed):
    """A person acting for a unit. ``person`` is None where nobody is named."""

    unit: Identifier
    person: Identifier | None = None


class PostAt(Closed):
    """A post of a unit and, where known, who holds it."""

    unit: Identifier
    post: Identifier
    person: Identifier | None = None


class Versioned(Closed):
    """A piece of reference data and the version a decision used."""

    id: str
    version: str


DutyState = Literal["open", "discharged", "waived"]


class DutyOpened(Closed):
    """A duty that an event opens (or records as discharged or waived from the start)."""

    id: str
    kind: Identifier
    debtor: PostAt
    creditor: PostAt | str | None
    level: str | None = None
    state: DutyState = "open"
    reason: str | None = None
    ended_by: str | None = None


class DutyEnded(Closed):
    """A duty that an event ends."""

    id: str
    kind: Identifier
    state: Literal["discharged", "waived"]
    reason: str | None = None


class CommandRef(Closed):
    """The command that a fact answers. ``fingerprint`` tells its content from another one's under the same key."""

    name: Identifier
    fingerprint: str


class CaseworkEvent(EventData):
    """Base of casework's events.

    ``command`` is None where the receipt itself said it (a settlement at intake). ``acted_for``: the debtor whom a
    superior acted for. ``proof``: what shows that a fact entered late happened when it is said to have happened.
    """

    producer: ClassVar[str] = "casework"

    command: CommandRef | None = None
    acted_for: Identifier | None = None
    proof: Sealed | None = None
    duties_opened: tuple[DutyOpened, ...] = ()
    duties_ended: tuple[DutyEnded, ...] = ()


Instant = AwareDatetime
PositiveInt = Annotated[int, Field(ge=0)]


SEALED, UNSEALED = frozenset(Sealed.model_fields), frozenset(Unsealed.model_fields)
"""The names of what each holds, kept: an export asks this of every value of every case."""


def is_sealed(value: Any) -> bool:
    """Whether a JSON value is a sealed text."""
    return isinstance(value, dict) and value.keys() == SEALED


def confidential(value: Any) -> Sealed | Unsealed | None:
    """What a JSON value holds that opens only for who may and is recorded; None for any other value."""
    if is_sealed(value):
        return Sealed(**value)
    if isinstance(value, dict) and value.keys() == UNSEALED:
        return Unsealed(**value)
    return None
