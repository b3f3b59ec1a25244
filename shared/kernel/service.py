"""A service hands the kernel its pure functions, and its decisions get a trigger and a context from the kernel.

A service is a handful of pure functions over its own state. The kernel (``fold``, ``session``,
``service_worker``) calls them; they never call the kernel. Triggers and facts are tuples, since one is made of each
event that is answered.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from typing import Any, Generic, NamedTuple, TypeVar

from shared.bank.reference import Reference
from shared.contract.commands import Command
from shared.contract.envelope import Event
from shared.contract.events.base import EventData
from shared.contract.ids import event_id, is_case, timer_id
from shared.errors import RedressError

S = TypeVar("S")


class Timer(NamedTuple):
    """Something that falls due on a case. A recomputed due instant is another timer."""

    case: str
    clock: str
    kind: str
    due_at: datetime

    @property
    def id(self) -> str:
        """The causation id of the event that answers it."""
        return timer_id(self.clock, self.kind, self.due_at.isoformat())


class LogTrigger(NamedTuple):
    """An event of the log that this service owes a reaction to. ``at``: its offset there."""

    event: Event
    at: int = -1

    @property
    def id(self) -> str:
        """The causation id of the answer."""
        return self.event.id

    @property
    def case(self) -> str:
        """The case it is about."""
        return self.event.subject


class ResultTrigger(NamedTuple):
    """What came back from outside, such as a mail server's answer. ``id`` is what it is the result of."""

    id: str
    case: str
    result: Mapping[str, Any]


class ReferenceTrigger(NamedTuple):
    """Reference data changed so that something decided under the older version would differ now."""

    id: str
    case: str
    about: str


class CommandTrigger(NamedTuple):
    """A command that was not answered yet. ``after_unknown``: it rests on an offset that the log does not have.

    ``until``: so long it may wait for what it rests on, in seconds of the event loop's clock.
    """

    command: Command
    after_unknown: bool = False
    until: float = inf

    @property
    def id(self) -> str:
        """The causation id of the answer."""
        return self.command.id

    @property
    def case(self) -> str:
        """The case it is about."""
        return self.command.case


Trigger = LogTrigger | Timer | ResultTrigger | ReferenceTrigger | CommandTrigger


class NoLongerDue(Exception):
    """A decision on a timer, on changed reference data or on a result: the state no longer calls for it.

    None of them is made from the log, so nothing has to answer them; the session lets go of them. An event or a
    command that was owed is always answered.
    """


class Fact(NamedTuple):
    """An event as a decision states it. The session adds id, basis and recording time.

    ``happened_at`` None means: when it is recorded. ``actor`` None means: the service itself.
    """

    data: EventData
    happened_at: datetime | None = None
    actor: str | None = None


class Context(NamedTuple):
    """What a decision may use besides its state and its trigger."""

    service: str
    case: str
    causation_id: str
    now: datetime
    reference: Reference

    def event_id(self, at: int = 0) -> str:
        """The id that the ``at``-th fact of this decision, counted from 0, will have."""
        return event_id(self.service, self.case, self.causation_id, at)


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Shape:
    """How a state is written down: ``row`` is a tuple with types, ``to_row`` and ``from_row`` go there and back.

    ``common``: the types of the parts of a row that cases which went alike have in common.
    """

    row: Any
    common: tuple[Any, ...] = ()
    to_row: Callable[[Any], Any] = _as_it_is
    from_row: Callable[[Any], Any] = _as_it_is


@dataclass(frozen=True, slots=True)
class Stored:
    """How what is folded is kept in a store: ``case`` and ``beside`` are the states, ``key`` the type of the keys.

    ``version`` is raised whenever ``evolve`` makes another state of the same events: every store is folded anew then.
    """

    version: int
    case: Shape
    beside: Shape | None = None
    key: Any = str


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded(Generic[S]):
    """What folds a case for one reader of the log, and what the fold derives from its state.

    ``evolve`` must treat state as immutable and answer the same state for types it does not fold.
    ``folds`` names all types ``evolve`` looks at, by the catalogue's ``heard_by``; every other type of it is passed
    over. ``dump`` shows what a rebuild has to reproduce. ``reacts_to`` names the event types that are owed reactions,
    each with the recorded time since which they are. ``owes`` is asked with the state *before* the event and only for
    types in ``reacts_to``. ``timers`` lists what is still to come on a case. ``stale`` says which of a case's decisions
    would differ under the reference data as they are now. ``open_sendings`` names the events that began a sending
    which has not ended. ``finds_events``: somebody asks the fold where a case's events lie, so it keeps that.
    ``ownerless``: the key of cases that nobody can have, which is an alarm; ``neglected``: that of subjects which
    somebody has to look after by hand, which is one too. ``besides`` names the types it folds of subjects that are no
    case, such as an opinion box; everything else that is said of these is passed over. ``said_alone``: those that it
    folds also of a case that it cannot read, since they rest on nothing else of it. ``stored``: how it is kept in a
    store; what has none is folded from the whole log at each start.
    """

    name: str
    folds: frozenset[str]
    evolve: Callable[[S | None, Event], S | None]
    dump: Callable[[S], dict[str, Any]]
    reacts_to: Mapping[str, datetime] = field(default_factory=dict)
    owes: Callable[[S | None, Event], bool] = lambda before, event: False
    discharged: Callable[[S | None, Event], Iterable[str]] = lambda before, event: ()
    timers: Callable[[str, S], Iterable[Timer]] = lambda case, state: ()
    next_due: Callable[[S], float | None] | None = None
    timed: frozenset[str] = frozenset()
    stale: Callable[[str, S, Reference, datetime], Iterable[ReferenceTrigger]] = lambda case, state, reference, now: ()
    open_sendings: Callable[[S], Iterable[str]] = lambda state: ()
    finds_events: bool = False
    keys: Callable[[S], Iterable[Hashable]] = lambda state: ()
    filed_by: frozenset[str] = frozenset()
    touched: Callable[[Hashable, Reference, datetime], bool] = lambda key, reference, now: False
    ownerless: Hashable | None = None
    besides: frozenset[str] = frozenset()
    said_alone: frozenset[str] = frozenset()
    neglected: Hashable | None = None
    stored: Stored | None = None

    def hears(self, subject: str) -> frozenset[str]:
        """The types that it folds of a subject."""
        return self.folds if is_case(subject) else self.besides


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Folded[S]):
    """One service, as the kernel sees it: what it folds, and what it decides on that.

    ``recheck_at`` says when ``stale`` has to be asked again although nothing is published or comes into force, such as
    the day after somebody's last. ``refuse`` says that a command was refused; a service without it takes no commands.
    ``waits_for_others`` says that another service still has to answer something on the case, such as who has it now:
    commands on it wait, in order, since they rest on that answer. ``subjects`` names what reference data alone call
    into being, such as the opinion boxes of an organisation: ``stale`` is asked of them too, with whatever is folded of
    them, once all that came before is; and again at ``subjects_at``, the next instant at which something falls due.
    """

    decide: Callable[[S | None, Trigger, Context], Sequence[Fact]]
    recheck_at: Callable[[Reference, datetime], datetime | None] = lambda reference, now: None
    refuse: Callable[[Command, RedressError], Fact] | None = None
    waits_for_others: Callable[[S], bool] = lambda state: False
    subjects: Callable[[Reference], Iterable[str]] | None = None
    subjects_at: Callable[[Reference, datetime], datetime | None] = lambda reference, now: None
