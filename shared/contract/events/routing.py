"""Facts that routing publishes: who accepts, who handles, what is owed, by which rule."""

from typing import Any, ClassVar, Literal

from shared.contract.events.base import (
    EVERYBODY,
    Closed,
    DutyEnded,
    DutyOpened,
    EventData,
    Identifier,
    PersonAt,
    PostAt,
    Versioned,
)


class RefusedCandidate(Closed):
    """A person who was passed over, and why."""

    person: Identifier
    reason: Identifier


class RoutingDecision(Closed):
    """Everything that says who owns a case and why: the whole decision can be checked from it."""

    rule: Versioned
    organisation: Versioned
    inputs: dict[str, Any]
    first_asked: PersonAt
    accepting: PostAt
    handler: PersonAt | None
    complained_unit: Identifier | None
    dispatch_chain: tuple[Identifier, ...]
    report_chain: tuple[Identifier, ...]
    refused: tuple[RefusedCandidate, ...]
    fell_back: bool


class RoutingEvent(EventData):
    """Base of routing's events."""

    producer: ClassVar[str] = "routing"


class CaseRouted(RoutingEvent, heard_by=EVERYBODY):
    """The case was given to its accepting post and its handler, with the duties they owe.

    Version 2 says whether it is a ``major`` one from the start, since so many people came in person.
    """

    version: ClassVar[int] = 2

    decision: RoutingDecision
    duties_opened: tuple[DutyOpened, ...]
    major: bool = False


class CaseRerouted(RoutingEvent, heard_by=EVERYBODY):
    """The case was given to somebody else: what opened and ended is listed."""

    ground: Identifier
    decision: RoutingDecision
    duties_opened: tuple[DutyOpened, ...]
    duties_ended: tuple[DutyEnded, ...]


class CaseEscalated(RoutingEvent, heard_by=EVERYBODY):
    """The case went up the ladder: somebody higher takes it over, or supports the handler.

    ``to`` is the person above; ``rung`` is theirs. With ``takes_over`` the handler's open duties pass to them.
    """

    mode: Literal["takes_over", "supports"]
    rung: Identifier
    to: PersonAt
    ground: Identifier
    organisation: Versioned
    refused: tuple[RefusedCandidate, ...] = ()
    duties_opened: tuple[DutyOpened, ...] = ()
    duties_ended: tuple[DutyEnded, ...] = ()


class RoutingFellBack(RoutingEvent, heard_by={"casework", "notify"}):
    """Nobody eligible was found up to the top of the ladder: an alarm for the superior unit's office."""

    unit: Identifier
    reason: Identifier


class DutiesAdded(RoutingEvent, heard_by=EVERYBODY):
    """Further duties became owed on a case that was routed already."""

    duties_opened: tuple[DutyOpened, ...]
    reason: Identifier
