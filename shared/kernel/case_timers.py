"""Case timers know when each case of a partition has to be looked at next, and queue what is due by then."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from math import inf
from typing import Any, Generic, Protocol, TypeVar

from shared.kernel.folded_case import Cases, FoldedCase
from shared.kernel.work_queue import Queued, WorkQueue

S = TypeVar("S")


class Due(Queued, Protocol):
    """What has to be known of a timer."""

    @property
    def due_at(self) -> datetime:
        """When it falls due, with offset."""


TimersOf = Callable[[str, S], Iterable[Due]]
FirstOf = Callable[[S], float | None]

CASES_PER_TICK = 100
"""Cases whose timers are looked at in one go: some milliseconds."""


class CaseTimers(Generic[S]):
    """The cases of a partition in the order in which something may fall due on them.

    ``timers_of`` lists a case's timers; ``first_of`` says faster when the first of them is due, where there is such.
    """

    def __init__(
        self,
        timers_of: TimersOf[S],
        first_of: FirstOf[S] | None,
        cases: Cases[S],
        due: WorkQueue[Any],
    ) -> None:
        self._timers_of = timers_of
        self._first_of = first_of
        self._cases = cases
        self._due = due
        self._wakes: list[tuple[float, str]] = []
        self._wakes_at: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._wakes)

    def schedule(self, case: str, entry: FoldedCase[S]) -> None:
        """See to it that the case is looked at when its next timer is due; too early is harmless, twice is not."""
        first = self.first(case, entry.state)
        if first is not None:
            self.wake(case, first)

    def wake(self, case: str, at: float) -> None:
        """See to it that a case is looked at by an instant, in seconds of the epoch."""
        if at < self._wakes_at.get(case, inf):
            self._wakes_at[case] = at
            heapq.heappush(self._wakes, (at, case))

    def next_due(self) -> float | None:
        """When the next timer may be due, in seconds of the epoch; what is over is let go of on the way.

        Where more is over than is looked at in one go, such as after a calendar moved every timer, it says too early.
        """
        for _ in range(CASES_PER_TICK):
            if not self._wakes:
                return None
            at, case = self._wakes[0]
            counts = at == self._wakes_at.get(case)  # else it is looked at earlier already
            entry = self._cases[case] if counts else None
            first = self.first(case, entry.state) if entry is not None and not entry.blocked else None
            if first is not None and first <= at:
                return at
            heapq.heappop(self._wakes)
            if counts:
                del self._wakes_at[case]
                if first is not None:
                    self.wake(case, first)
        return self._wakes[0][0] if self._wakes else None

    def first(self, case: str, state: S | None) -> float | None:
        """When the first of a case's timers is due, in seconds of the epoch, as its state says."""
        if state is None:
            return None
        if self._first_of is not None:
            return self._first_of(state)
        return min([timer.due_at.timestamp() for timer in self._timers_of(case, state)], default=None)

    def tick(self, upto: datetime) -> bool:
        """Queue timers due by ``upto``, in order of due time, of some cases; whether there are more."""
        limit = upto.timestamp()
        woken: list[tuple[str, FoldedCase[S]]] = []
        while self._wakes and self._wakes[0][0] <= limit and len(woken) < CASES_PER_TICK:
            at, case = heapq.heappop(self._wakes)
            if at == self._wakes_at.get(case):  # else it was looked at earlier already
                del self._wakes_at[case]
                woken.append((case, self._cases[case]))
        more = bool(self._wakes) and self._wakes[0][0] <= limit
        if more:
            limit = self._wakes[0][0]  # what is due later comes after what is due on the other cases
        ripe = [timer for case, entry in woken for timer in self._ripe(case, entry, limit)]
        for timer in sorted(ripe, key=lambda timer: (timer.due_at, timer.id)):
            self._due.add(timer)
        return more

    def _ripe(self, case: str, entry: FoldedCase[S], limit: float) -> Iterator[Due]:
        """A case's timers that are due; it is looked at again when the next of the others is."""
        if entry.state is None or entry.blocked:
            return
        for timer in self._timers_of(case, entry.state):
            at = timer.due_at.timestamp()
            if at <= limit:
                yield timer
            else:
                self.wake(case, at)
