"""The pool of sendings works outside the session, so that a slow mail server never blocks a partition."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import structlog

from services.notify.sending.mail_server import LETTER_PAUSES, Postponed
from services.notify.state import SENDING, open_letters
from shared.contract.envelope import Event
from shared.errors import RedressError
from shared.kernel.fold import Fold
from shared.kernel.service import ResultTrigger
from shared.process.logs import places_in
from shared.process.pace import Pace
from shared.process.retrying import Pauses

log = structlog.get_logger()
STARTED, FAILED = "MessageSendStarted", "MessageFailed"
T = TypeVar("T")


class Delivers(Protocol[T]):
    """Delivers one letter, or one notice, after another: the sender, as the pool sees it."""

    @property
    def away(self) -> bool:
        """Whether the last delivery found the mail server away."""

    async def started(self, case: str, event_id: str) -> T:
        """What is to be sent: of a letter the event that started it, out of the log."""

    def lane(self, started: T) -> str:
        """Among which others it waits for its turn: each lane has slots of its own.

        Paper does not wait while the mail server is away, nor one channel system for another.
        """

    async def deliver(self, started: T) -> dict[str, Any]:
        """Send the message; the result for the decision."""


class Letter(NamedTuple):
    """Names a letter that is tried: the event that started it, and the task that tries it."""

    started: str
    task: "asyncio.Task[None]"


class NotDelivered(Exception):
    """This attempt brought no letter on its way. It says nothing of why, which may quote a letter or an address."""


class SendingPool(Generic[T]):
    """Sends what is started, at most so many at once, and hands every result to the partition's fold.

    ``opens``: what of a case is being sent and has not ended.
    """

    def __init__(
        self, sender: Delivers[T], at_once: int, resume_after_seconds: float, pauses: Pauses = LETTER_PAUSES,
        opens: Callable[[Any], Iterable[str]] = open_letters,
    ) -> None:  # fmt: skip
        self._sender = sender
        self._opens = opens
        self._slots: dict[str, asyncio.Semaphore] = defaultdict(partial(asyncio.Semaphore, at_once))
        self._resume_after = resume_after_seconds
        self._pauses = pauses
        self._tasks: dict[int, set[asyncio.Task[None]]] = {}
        self._of_case: dict[str, set[Letter]] = {}
        self._postponed: set[str] = set()
        self._at_hand = 0
        self._ending = False

    async def opened(self, fold: Fold[Any]) -> None:
        """Take over what a former owner began, once it can no longer be under way there."""
        pace = Pace()
        for case in fold.keys.cases(SENDING):
            await pace.step()
            entry = fold.cases[case]
            if entry.state is not None and not entry.blocked:
                for started in self._opens(entry.state):
                    self._begin(fold, case, started, self._resume(fold, case, started))

    def committed(self, fold: Fold[Any], events: Sequence[Event]) -> None:
        """Send what these events start, and try no longer what they give up."""
        for event in events:
            if event.name == STARTED:
                self._begin(fold, event.subject, event.id, self._deliver(fold, event.subject, event.id, event))
            elif event.name == FAILED:
                self._let_go(fold, event.subject)

    def _begin(self, fold: Fold[Any], case: str, started: str, work: Coroutine[Any, Any, None]) -> None:
        tasks, of_case = self._tasks.setdefault(fold.partition, set()), self._of_case.setdefault(case, set())
        task = asyncio.create_task(work)
        letter = Letter(started, task)
        tasks.add(task)
        of_case.add(letter)

        def ended(_: "asyncio.Task[None]") -> None:
            tasks.discard(task)
            of_case.discard(letter)
            if not of_case and self._of_case.get(case) is of_case:
                del self._of_case[case]

        task.add_done_callback(ended)

    def _let_go(self, fold: Fold[Any], case: str) -> None:
        """A letter of the case ended: if it was given up, nobody tries it any more, also while the server is away."""
        for letter in self._of_case.get(case, ()):
            if not self._open(fold, case, letter.started):
                letter.task.cancel()

    async def _resume(self, fold: Fold[Any], case: str, started: str) -> None:
        await asyncio.sleep(self._resume_after)
        await self._deliver(fold, case, started)

    async def _deliver(self, fold: Fold[Any], case: str, started: str, known: Any = None) -> None:
        """Try one letter until it is sent, refused, or somebody else's result is recorded."""
        try:
            async for attempt in self._pauses.attempts(NotDelivered):
                self._postponed.discard(started)
                if not self._open(fold, case, started):
                    return
                with attempt:
                    result = await self._attempt(case, started, known)
                    if self._open(fold, case, started):
                        fold.offer_result(ResultTrigger(started, case, result))
                    return
        finally:
            self._postponed.discard(started)

    async def _attempt(self, case: str, started: str, known: T | None) -> dict[str, Any]:
        """Try once. A letter has a slot only while it is worked on: one that has to wait lets others go first.

        Raises:
            NotDelivered
        """
        try:
            what = known or await self._sender.started(case, started)
            async with self._slots[self._sender.lane(what)]:
                return await self._now(what)
        except NotDelivered:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it holds this letter only
            _report(case, started, error)
        self._postponed.add(started)
        raise NotDelivered

    async def _now(self, what: T) -> dict[str, Any]:
        """Deliver it, unless the process ends: then the next owner does. Raises NotDelivered."""
        if self._ending:
            raise NotDelivered
        self._at_hand += 1
        try:
            return await self._sender.deliver(what)
        finally:
            self._at_hand -= 1

    def _open(self, fold: Fold[Any], case: str, started: str) -> bool:
        """Whether a sending still has to be done: its result may have been recorded while this one waited."""
        entry = fold.cases.get(case)
        if entry is None or entry.state is None or entry.blocked:
            return False
        return started in self._opens(entry.state)

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

    def at_hand(self) -> int:
        """How many letters are being delivered at this moment."""
        return self._at_hand

    def begin_no_more(self) -> None:
        """The process ends: what is at hand comes to its end, nothing else is begun."""
        self._ending = True

    def numbers(self) -> dict[str, int]:
        """How many sendings wait for their next attempt, and 1 while the mail server takes nobody's letters, else 0."""
        away = self._sender.away and self.under_way() > 0
        return {"sendings_postponed": len(self._postponed), "mail_server_away": int(away)}


def _report(case: str, started: str, error: Exception) -> None:
    """Say why a letter waits where that is known; else what failed and where."""
    why = str(error) if isinstance(error, Postponed) else None
    if isinstance(error, RedressError) and error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        why = error.code  # such as that the vault is away
    if why is not None:
        log.warning("notify.sending_postponed", case_id=case, event_id=started, why=why)
        return
    log.error("notify.sending_failed", case_id=case, event_id=started, error=type(error).__name__, at=places_in(error))
