"""The pool of sendings: outside the session, so that a slow mail server never blocks a partition."""

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog

from services.notify.sender import Sender
from shared.envelope import Event
from shared.fold import Fold
from shared.service import ResultTrigger

log = structlog.get_logger()
STARTED = "MessageSendStarted"
FAILED_PAUSE_SECONDS = 5.0
"""A letter that cannot be made (a key or a template is missing) is tried again after this pause, for ever."""


class SendingPool:
    """Sends what is started, at most so many at once, and hands every result to the partition's fold."""

    def __init__(self, sender: Sender, at_once: int, resume_after_seconds: float) -> None:
        self._sender = sender
        self._slots = asyncio.Semaphore(at_once)
        self._resume_after = resume_after_seconds
        self._tasks: dict[int, set[asyncio.Task[None]]] = {}

    def opened(self, fold: Fold[Any]) -> None:
        """Take over what a former owner began, once it can no longer be under way there."""
        for case, entry in fold.cases.items():
            if entry.state is not None:
                for started in fold.service.open_sendings(entry.state):
                    self._begin(fold, self._resume(fold, case, started))

    def committed(self, fold: Fold[Any], events: Sequence[Event]) -> None:
        """Send what these events start."""
        for event in events:
            if event.name == STARTED:
                self._begin(fold, self._deliver(fold, event))

    def _begin(self, fold: Fold[Any], work: Any) -> None:
        tasks = self._tasks.setdefault(fold.partition, set())
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def _resume(self, fold: Fold[Any], case: str, started: str) -> None:
        await asyncio.sleep(self._resume_after)
        events = await self._sender.read_case(case)
        await self._deliver(fold, next(event for event in events if event.id == started))

    async def _deliver(self, fold: Fold[Any], started: Event) -> None:
        while True:
            try:
                async with self._slots:
                    result = await self._sender.deliver(started)
            except Exception as error:
                log.exception("notify.sending_failed", case_id=started.subject, event_id=started.id, error=repr(error))
                await asyncio.sleep(FAILED_PAUSE_SECONDS)
                continue
            fold.offer_result(ResultTrigger(started.id, started.subject, result))
            return

    async def closed(self, partition: int) -> None:
        """Stop sending for a partition; what was started is taken over by its next owner."""
        tasks = self._tasks.pop(partition, set())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def under_way(self) -> int:
        """How many sendings are open."""
        return sum(len(tasks) for tasks in self._tasks.values())
