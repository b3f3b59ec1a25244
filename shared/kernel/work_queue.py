"""A work queue holds the triggers of one source in the order in which they are to be done.

Those of a case that waits lie aside, so that nobody walks over them: each is looked at when its turn comes, and again
when what its case waits for may have come.
"""

from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from itertools import chain, count
from operator import itemgetter
from time import monotonic
from typing import Any, Generic, Protocol, TypeVar


class Queued(Protocol):
    """What a queue has to know of a trigger."""

    @property
    def id(self) -> str:
        """The causation id of its answer."""

    @property
    def case(self) -> str:
        """The case it is about."""


T = TypeVar("T", bound=Queued)
Row = tuple[Any, T]
FIRST = itemgetter(0)


class WorkQueue(Generic[T]):
    """Triggers by case and id. ``order`` says by what they are sorted; without it, as they come.

    ``changes``: what was added, by case and id, and None for what was taken out, for whoever writes that down.
    """

    def __init__(self, order: Callable[[T], Any] | None = None, now: Callable[[], float] = monotonic) -> None:
        arrivals = count()
        self._now = now
        self._since: dict[str, float] = {}
        self._order: Callable[[T], Any] = order or (lambda _: next(arrivals))
        self._of: dict[str, dict[str, Row[T]]] = {}
        self._ready: dict[str, Row[T]] = {}
        self._returned: dict[str, Row[T]] = {}
        self._sorted = True
        self._size = 0
        self.aside: set[str] = set()
        self.changes: dict[tuple[str, str], T | None] | None = None

    def add(self, trigger: T) -> None:
        """Queue a trigger, unless it is queued already."""
        case, id_ = trigger.case, trigger.id
        of = self._of.get(case)
        if of is None:
            of = self._of[case] = {}
        elif id_ in of:
            return
        row = of[id_] = (self._order(trigger), trigger)
        self._size += 1
        self._since[id_] = self._now()
        if self.changes is not None:
            self.changes[case, id_] = trigger
        if case not in self.aside:
            self._ready[id_] = row

    def discard(self, case: str, id_: str) -> None:
        """Take a trigger out, if it is there."""
        of = self._of.get(case)
        if of is None or of.pop(id_, None) is None:
            return
        self._size -= 1
        self._since.pop(id_, None)
        if self.changes is not None:
            self.changes[case, id_] = None
        if not of:
            del self._of[case]
            self.aside.discard(case)
        if self._ready.pop(id_, None) is None:
            self._returned.pop(id_, None)

    def lay_aside(self, case: str) -> None:
        """A case waits: its triggers, also those to come, are not ready until it is brought back."""
        self.aside.add(case)
        for id_ in self._of.get(case, ()):
            if self._ready.pop(id_, None) is None:
                self._returned.pop(id_, None)

    def bring_back(self, case: str) -> None:
        """A case waits no more; its triggers take their old places among the others."""
        if case in self.aside:
            self.aside.remove(case)
            self._returned.update(self._of.get(case, {}))
            self._sorted = False

    def ready(self) -> Iterator[T]:
        """What is ready, in order. The queue must not change meanwhile."""
        if not self._sorted:
            self._returned = dict(sorted(self._returned.items(), key=lambda item: item[1][0]))
            self._sorted = True
        rows: Iterable[Row[T]] = self._ready.values()
        if self._returned:
            rows = merge(self._returned.values(), rows, key=FIRST)
        return (trigger for _, trigger in rows)

    @property
    def has_ready(self) -> bool:
        """Whether anything is ready."""
        return bool(self._ready or self._returned)

    def count(self, case: str) -> int:
        """How many triggers a case has, ready or not."""
        return len(self._of.get(case, ()))

    def of(self, case: str) -> list[T]:
        """The triggers of a case, ready or not."""
        return [trigger for _, trigger in self._of.get(case, {}).values()]

    def has(self, case: str, id_: str) -> bool:
        """Whether this trigger is queued."""
        return id_ in self._of.get(case, ())

    def values(self) -> Iterator[T]:
        """Every trigger, ready or not, case by case: for whoever looks in."""
        return (trigger for _, trigger in chain.from_iterable(of.values() for of in self._of.values()))

    def oldest_seconds(self) -> float:
        """How long the trigger has been here that came first; 0 where there is none."""
        return self._now() - next(iter(self._since.values())) if self._since else 0.0

    def get(self, case: str, id_: str) -> T | None:
        """This trigger, if it is queued."""
        row = self._of.get(case, {}).get(id_)
        return row[1] if row is not None else None

    def __len__(self) -> int:
        return self._size
