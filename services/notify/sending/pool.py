"""The pool of sendings: outside the session, so that a slow mail server never blocks a partition."""

import asyncio
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog

from services.notify.sending.mail_server import Postponed
from services.notify.sending.sender import Sender
from shared.contract.envelope import Event
from shared.kernel.fold import Fold
from shared.kernel.service import ResultTrigger

log = structlog.get_logger()
STARTED = "MessageSendStarted"
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
"""A letter that cannot be sent yet, or not be made (a template is missing), is tried for ever, ever less often."""


class SendingPool:
    """Sends what is started, at most so many at once, and hands every result to the partition's fold."""

    def __init__(self, sender: Sender, at_once: int, resume_after_seconds: float) -> None:
        self._sender = sender
        self._slots = asyncio.Semaphore(at_once)
        self._resume_after = resume_after_seconds
        self._tasks: dict[int, set[asyncio.Task[None]]] = {}
        self._postponed = 0

    def opened(self, fold: Fold[Any]) -> None:
        """Take over what a former owner began, once it can no longer be under way there."""
        for case, entry in fold.cases.items():
            if entry.state is not None and not entry.blocked:
                for started in fold.service.open_sendings(entry.state):
                    self._begin(fold, self._resume(fold, case, started))

    def committed(self, fold: Fold[Any], events: Sequence[Event]) -> None:
        """Send what these events start."""
        for event in events:
            if event.name == STARTED:
                self._begin(fold, self._deliver(fold, event.subject, event.id, event))

    def _begin(self, fold: Fold[Any], work: Any) -> None:
        tasks = self._tasks.setdefault(fold.partition, set())
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def _resume(self, fold: Fold[Any], case: str, started: str) -> None:
        await asyncio.sleep(self._resume_after)
        await self._deliver(fold, case, started, None)

    async def _deliver(self, fold: Fold[Any], case: str, started: str, event: Event | None) -> None:
        """Send one letter. It has a slot only while it is worked on: one that has to wait lets others go first."""
        pause = FIRST_PAUSE_SECONDS
        while _open(fold, case, started):
            try:
                async with self._slots:
                    event = event or await self._find(case, started)
                    result = await self._sender.deliver(event)
            except Postponed as why:
                log.warning("notify.sending_postponed", case_id=case, event_id=started, why=str(why))
            except Exception as error:  # noqa: BLE001 - whatever it is, it holds this letter only
                _report(case, started, error)
            else:
                if _open(fold, case, started):
                    fold.offer_result(ResultTrigger(started, case, result))
                return
            await self._wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _wait(self, seconds: float) -> None:
        self._postponed += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self._postponed -= 1

    async def _find(self, case: str, started: str) -> Event:
        for event in await self._sender.read_case(case):
            if event.id == started:
                return event
        raise LookupError("the log has no such sending")

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

    def numbers(self) -> dict[str, int]:
        """How many sendings wait for their next attempt, and 1 while the mail server takes nobody's letters, else 0."""
        away = self._sender.server.away and self.under_way() > 0
        return {"sendings_postponed": self._postponed, "mail_server_away": int(away)}


def _open(fold: Fold[Any], case: str, started: str) -> bool:
    """Whether a sending still has to be done: its result may have been recorded while this one waited."""
    entry = fold.cases.get(case)
    if entry is None or entry.state is None or entry.blocked:
        return False
    return started in fold.service.open_sendings(entry.state)


def _report(case: str, started: str, error: Exception) -> None:
    """Say what failed and where, never the error's own words: they may quote a letter or an address."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
    log.error("notify.sending_failed", case_id=case, event_id=started, error=type(error).__name__, at=where)
