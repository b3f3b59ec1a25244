"""The duties of a case: who owes what to whom, and whether it is done. Pure.

Cases routed alike share their terms; a case keeps of its own only which event opened them and what ended them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypedDict, TypeVar

from shared.contract.events.stored.parts import DutyEndedData, DutyOpenedData, PersonAtData, PostAtData
from shared.contract.ids import duty_id
from shared.contract.records import SOURCE_PREFIX

V = TypeVar("V")
CountingActs = tuple[tuple[str, int], ...]
"""Event types that count on a case, each with its ordinal among the case's events."""

CASEWORK_SOURCE = SOURCE_PREFIX + "casework"
"""Casework decides on everything it wrote itself, also within one batch: two facts of its own never cross."""
_shared: defaultdict[Any, dict[Any, Any]] = defaultdict(dict)
"""Values by their type, plain tuples by the types of what stands in them: tuples of two types may be equal, and whoever
folds for several services in one process would find the one in place of the other."""
_places: dict[tuple[str, str | None, str | None], "Place"] = {}
"""As ``_shared``, found without making the value first: an event that routes a case has two dozen of them."""


def once(value: V) -> V:
    """The one object that stands for all equal values of its type."""
    kind = value.__class__
    found: V = _shared[tuple(map(type, value)) if isinstance(value, tuple) and kind is tuple else kind].setdefault(
        value, value
    )
    return found


class ListsDuties(TypedDict, total=False):
    """What every event may have that opens or ends duties."""

    duties_opened: list[DutyOpenedData]
    duties_ended: list[DutyEndedData]


class Place(NamedTuple):
    """A post or a person of a unit."""

    unit: str
    post: str | None
    person: str | None


class Terms(NamedTuple):
    """What cases that were routed alike have in common of a duty: its kind, and who owes it to whom."""

    kind: str
    debtor: Place
    creditor: Place | str | None
    level: str | None


class Opening(NamedTuple):
    """The duties one event opened. ``ends`` per duty: 0 open, n discharged, -n waived by the event of ordinal n-1.

    ``by_casework``: bit n says whether the event that ended the n-th duty, counted from 0, is casework's.
    """

    event: str
    ordinal: int
    terms: tuple[Terms, ...]
    ends: tuple[int, ...]
    by_casework: int = 0


Openings = tuple[Opening, ...]
"""All duties of a case, by the events that opened them."""


class Duty(NamedTuple):
    """One duty, as asked for. ``ended_by_ordinal`` is the ordinal of the event that ended it."""

    opened_by: str
    terms: Terms
    state: str
    ended_by_ordinal: int | None

    @property
    def id(self) -> str:
        """Its id: the opening event, its kind and level."""
        return duty_id(self.opened_by, self.terms.kind, self.terms.level)


def all_of(openings: Openings) -> Iterator[Duty]:
    """Every duty, in the order of opening."""
    for opening in openings:
        for terms, end in zip(opening.terms, opening.ends, strict=True):
            state = "open" if end == 0 else "discharged" if end > 0 else "waived"
            yield Duty(opening.event, terms, state, abs(end) - 1 if end else None)


def states_of(duties: Iterable[Duty], kind: str) -> dict[str, str]:
    """How far it is with each remedy or step that was ever owed, by its level: whoever owes it, it is one."""
    found: dict[str, str] = {}
    for duty in duties:
        at = duty.terms.level
        if duty.terms.kind == kind and at is not None:
            found[at] = min(found.get(at, duty.state), duty.state, key=("open", "discharged", "waived").index)
    return found


def place_of(data: PostAtData | PersonAtData) -> Place:
    """The place of an event's ``{unit, post?, person}``."""
    key: tuple[str, str | None, str | None] = (data["unit"], data.get("post"), data["person"])  # type: ignore[assignment]
    return _places.get(key) or _places.setdefault(key, Place(*key))
