"""A lane keeps what goes one way until its turn comes: what waits is data, and only what is tried is a task."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any

from shared.kernel.fold import Fold


@dataclass(slots=True, eq=False)
class Assignment:
    """Keeps what is open of one partition, by case, for as long as the partition is ours.

    ``postponed``: what waits for its next attempt. ``resting``: what cannot be tried, since its case cannot be read.
    """

    fold: Fold[Any]
    of_case: "dict[str, tuple[Sending, ...]]" = field(default_factory=dict)
    number: int = 0
    postponed: "set[Sending]" = field(default_factory=set)
    resting: "set[Sending]" = field(default_factory=set)
    over: bool = False


@dataclass(slots=True, eq=False)
class Sending:
    """Names what is to be sent: a letter by the event that started it, a notice by its id. ``failures``: so far."""

    of: Assignment
    case: str
    started: str
    lane: str
    failures: int = 0
    ended: bool = False

    @property
    def over(self) -> bool:
        """Whether nobody here is to send it any more."""
        return self.ended or self.of.over


Attempt = Callable[[Sending], Coroutine[Any, Any, None]]


class Lane:
    """Tries what goes one way in the order in which it is due, ``at_once`` at the same time at most."""

    def __init__(self, at_once: int, attempt: Attempt) -> None:
        self._at_once = at_once
        self._attempt = attempt
        self._arrivals = count()
        self._waiting: list[tuple[float, int, Sending]] = []
        self._tried: dict[asyncio.Task[None], Sending] = {}
        self._alarm: asyncio.TimerHandle | None = None

    def put(self, sending: Sending, seconds: float = 0.0) -> None:
        """It is due in so many seconds; what is due at the same time goes in the order in which it came."""
        heappush(self._waiting, (_now() + seconds, next(self._arrivals), sending))
        self._fill()

    def _fill(self) -> None:
        """Try what is due while there is room, and look again when the next is."""
        while len(self._tried) < self._at_once and self._waiting:
            due, _, sending = self._waiting[0]
            if due > _now() and not sending.over:
                self._look_at(due)
                return
            heappop(self._waiting)
            if not sending.over:
                task = asyncio.create_task(self._attempt(sending))
                self._tried[task] = sending
                task.add_done_callback(self._was_tried)

    def _was_tried(self, task: "asyncio.Task[None]") -> None:
        del self._tried[task]
        self._fill()

    def _look_at(self, due: float) -> None:
        if self._alarm is not None:
            if self._alarm.when() <= due:
                return
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_at(due, self._woken)

    def _woken(self) -> None:
        self._alarm = None
        self._fill()

    def break_off(self) -> "list[asyncio.Task[None]]":
        """Break off the attempts at what nobody here is to send any more; the tasks that end by it."""
        tasks = [task for task, sending in self._tried.items() if sending.over]
        for task in tasks:
            task.cancel()
        return tasks

    def forget_what_is_over(self) -> None:
        """Keep nothing of what was given away with its partition: it might wait for hours to be looked at."""
        self._waiting = [row for row in self._waiting if not row[2].over]
        heapify(self._waiting)

    def begin_no_more(self) -> None:
        """What is tried comes to its end, nothing else is begun."""
        self._at_once = 0


def _now() -> float:
    return asyncio.get_running_loop().time()
