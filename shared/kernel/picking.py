"""Picking says whose turn it is, and lays aside what waits until what it waits for may have come."""

import asyncio
import heapq
from collections import Counter, deque
from dataclasses import dataclass
from itertools import islice, takewhile
from math import inf
from typing import Any, Generic, NamedTuple, TypeVar

from shared.kernel.fold import Fold
from shared.kernel.service import CommandTrigger, Service, Timer, Trigger
from shared.kernel.work_queue import WorkQueue
from shared.process.metrics import ALARM_SECONDS

S = TypeVar("S")

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
"""Seconds a held case waits before it is tried again, doubled every time."""
AT_ONCE = 0.0
WOKEN_AT_ONCE = 500
"""Cases that are tried again in one batch at most."""


@dataclass(slots=True)
class Held:
    """A case that waits: since when and until when (event loop time), how long the next pause is, and why."""

    since: float
    until: float
    pause: float
    why: str


class HeldCase(NamedTuple):
    """A case that waits, as operators are told: for how many seconds, and why."""

    case: str
    seconds: float
    why: str


class Picking(Generic[S]):
    """Picks whose turn it is in one partition. ``held``: the cases whose decisions failed, by case."""

    def __init__(self, service: Service[S], fold: Fold[S]) -> None:
        self.held: dict[str, Held] = {}
        self._service = service
        self._fold = fold
        self._retries: list[tuple[float, str]] = []
        self._released = deque({case for todo in fold.work() for case in todo.aside})  # by a former session
        self._places: list[tuple[int, str]] = []
        self._bounds: list[tuple[float, str]] = []

    def pick(self, limit: int) -> list[Trigger]:
        """At most so many triggers: a fair share for each source, what one leaves goes to the others.

        What the log owes on a case goes first: while some of it is left for a later batch, what falls due waits.
        """
        self._wake()
        sources = [todo for todo in self._fold.work() if todo.has_ready]
        picked: list[Trigger] = []
        owed: Counter[str] = Counter()
        for done, todo in enumerate(sources):
            share = (limit - len(picked)) // (len(sources) - done)
            taken = self._take(todo, max(1, share), owed)
            if todo is self._fold.owed:
                owed.update(trigger.case for trigger in taken)
            picked += taken
        return picked

    def _take(self, todo: WorkQueue[Any], most: int, owed: Counter[str]) -> list[Trigger]:
        """The first of one source whose turn it is; a case that is found waiting is laid aside."""
        taken: list[Trigger] = []
        waiting: dict[str, None] = {}
        for trigger in todo.ready():
            if trigger.case in waiting:
                continue
            if self._waits(trigger, owed):
                waiting[trigger.case] = None
                continue
            taken.append(trigger)
            if len(taken) == most:
                break
        for case in waiting:
            todo.lay_aside(case)
        return taken

    def _waits(self, trigger: Trigger, owed: Counter[str]) -> bool:
        """Whether a trigger's turn has not come. Whatever lays a case aside also sees to it that it comes back."""
        case = trigger.case
        if isinstance(trigger, CommandTrigger):
            return self.early(trigger, self._fold.state(case)) and self._until_it_came(trigger)
        if isinstance(trigger, Timer) and self._fold.owed.count(case) > owed[case]:
            return True
        held = self.held.get(case)
        return (held is not None and held.until > _now()) or self._fold.is_blocked(case)

    def early(self, trigger: CommandTrigger, state: S | None) -> bool:
        """Whether its sender had seen more of the log than is folded here, or another service has to answer first.

        It waits no longer than it may: then it is not early any more, but refused.
        """
        return not trigger.after_unknown and self.rests_on_more(trigger, state) and trigger.until > _now()

    def rests_on_more(self, trigger: CommandTrigger, state: S | None) -> bool:
        """Whether what a command rests on has not come yet. On a blocked case nothing more is awaited."""
        if self._fold.is_blocked(trigger.case) or trigger.command.unread:
            return False
        return trigger.command.after >= self._fold.position or (
            state is not None and self._service.waits_for_others(state)
        )

    def _until_it_came(self, trigger: CommandTrigger) -> bool:
        """A command waits for an event of its case (the fold says so), for a place in the log, and not for ever."""
        if trigger.command.after >= self._fold.position:
            heapq.heappush(self._places, (trigger.command.after, trigger.case))
        heapq.heappush(self._bounds, (trigger.until, trigger.case))
        return True

    def hold(self, case: str, why: str) -> None:
        """A decision failed: let only its case wait, each time twice as long."""
        before, now = self.held.get(case), _now()
        pause = min(before.pause * 2, LONGEST_PAUSE) if before else FIRST_PAUSE
        self.held[case] = Held(before.since if before else now, now + pause, pause, why)
        heapq.heappush(self._retries, (now + pause, case))

    def held_cases(self, most: int) -> list[HeldCase]:
        """The cases that wait longest, so many at most, the longest first: they stand in the order they came in."""
        now = _now()
        return [HeldCase(case, now - held.since, held.why) for case, held in islice(self.held.items(), most)]

    def held_long(self) -> int:
        """How many cases have waited so long that somebody has to look."""
        since = _now() - ALARM_SECONDS
        return sum(1 for _ in takewhile(lambda held: held.since <= since, self.held.values()))

    def release(self, case: str) -> None:
        """A decision succeeded: the case waits no more, nor does what was laid aside of it."""
        if self.held.pop(case, None) is not None:
            self._fold.bring_back(case)

    def release_all(self) -> None:
        """What failed may succeed now, such as after a publication: it is tried again at once, some at a time."""
        self._released = deque(self.held)

    def _wake(self) -> None:
        """Bring back whoever has waited long enough, or what he waited for has come."""
        now, offered = _now(), self._fold.offered
        for _ in range(WOKEN_AT_ONCE):
            if self._released:
                self._try_again(self._released.popleft())
            elif self._retries and self._retries[0][0] <= now:
                until, case = heapq.heappop(self._retries)
                if case in self.held and self.held[case].until == until:
                    self._try_again(case)
            else:
                break
        while self._places and self._places[0][0] < self._fold.position:
            offered.bring_back(heapq.heappop(self._places)[1])
        while self._bounds and self._bounds[0][0] <= now:
            offered.bring_back(heapq.heappop(self._bounds)[1])

    def try_now(self, case: str) -> None:
        """A case is tried again at once, such as because somebody asks for it."""
        self._released.append(case)
        self._fold.news.set()

    def _try_again(self, case: str) -> None:
        """Bring back what a case has to be decided; one on which nothing has to be any more is not held either."""
        self._fold.bring_back(case)
        if not any(todo.count(case) for todo in self._fold.work()):
            self.held.pop(case, None)
        elif case in self.held:
            self.held[case].until = AT_ONCE

    def pause(self) -> float:
        """Seconds until something that waits is to be looked at, if nothing comes before; inf if nothing waits."""
        if self._released:
            return AT_ONCE
        firsts = [heap[0][0] for heap in (self._retries, self._bounds) if heap]
        return min(firsts, default=inf) - _now()

    @property
    def awaits_place(self) -> bool:
        """Whether a command waits for a place in the log: the position moves without any news."""
        return bool(self._places)


def _now() -> float:
    return asyncio.get_running_loop().time()
