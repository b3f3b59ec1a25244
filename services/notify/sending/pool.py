"""The pool of sendings works outside the session, so that a slow mail server never blocks a partition."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from http import HTTPStatus
from typing import Any, Generic, Protocol, TypeVar

import structlog

from services.notify.sending.lane import Assignment, Lane, Sending
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
FOUND_OPEN = ""
"""The lane of letters that a former owner began: which way they go is known once each is read out of the log."""
RESTING_SECONDS = 5.0
"""So often it is looked whether a case can be read again: operators redrive it by hand."""
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
        self._at_once = at_once
        self._resume_after = resume_after_seconds
        self._pauses = pauses
        self._lanes: dict[str, Lane] = {}
        self._assigned: dict[int, Assignment] = {}
        self._at_hand = 0
        self._ending = False

    async def opened(self, fold: Fold[Any]) -> None:
        """Take over what a former owner began, once it can no longer be under way there."""
        pace = Pace()
        for case in fold.keys.cases(SENDING):
            await pace.step()
            self._take_over(fold, case)

    def read_anew(self, fold: Fold[Any], cases: Collection[str]) -> None:
        """Take over what was begun on these cases and not known here, since they could not be read."""
        for case in cases:
            self._take_over(fold, case)

    def _take_over(self, fold: Fold[Any], case: str) -> None:
        of, state = self._assigned.get(fold.partition), fold.state(case)
        begun = {one.started for one in of.of_case.get(case, ())} if of is not None else ()
        for started in self._opens(state) if state is not None else ():
            if started not in begun:
                self._begin(fold, case, started, FOUND_OPEN, self._resume_after)

    def committed(self, fold: Fold[Any], events: Sequence[Event]) -> None:
        """Send what these events start, and try no longer what they give up."""
        for event in events:
            if event.name == STARTED:
                what: Any = event
                self._begin(fold, event.subject, event.id, self._sender.lane(what))
            elif event.name == FAILED:
                self._let_go(fold, event.subject)

    def _begin(self, fold: Fold[Any], case: str, started: str, lane: str, seconds: float = 0.0) -> None:
        """Send it in so many seconds, when its lane has room."""
        of = self._assigned.setdefault(fold.partition, Assignment(fold))
        sending = Sending(of, case, started, lane)
        of.of_case[case] = (*of.of_case.get(case, ()), sending)
        of.number += 1
        if fold.is_blocked(case):
            of.resting.add(sending)
        self._lane(lane).put(sending, seconds)

    def _lane(self, name: str) -> Lane:
        if name not in self._lanes:
            self._lanes[name] = Lane(0 if self._ending else self._at_once, self._attempt)
        return self._lanes[name]

    def _let_go(self, fold: Fold[Any], case: str) -> None:
        """A letter of the case ended: if it was given up, nobody tries it any more, also while the server is away."""
        of = self._assigned.get(fold.partition)
        for sending in of.of_case.get(case, ()) if of is not None else ():
            if not self._open(sending):
                self._end(sending)
                self._lane(sending.lane).break_off()

    async def _attempt(self, sending: Sending) -> None:
        """Try once: it is sent, or refused, or somebody else's result is recorded, or it is tried again later."""
        of = sending.of
        of.postponed.discard(sending)
        of.resting.discard(sending)
        if not self._open(sending):
            self._end(sending)
        elif of.fold.is_blocked(sending.case):  # its result could not be recorded, so a restart would send it once more
            of.resting.add(sending)
            self._lane(sending.lane).put(sending, RESTING_SECONDS)
        else:
            await self._try(sending)

    async def _try(self, sending: Sending) -> None:
        """A letter has a slot only while it is worked on: one that has to wait lets others go first."""
        case, started = sending.case, sending.started
        try:
            what = await self._sender.started(case, started)
            if (lane := self._sender.lane(what)) != sending.lane:
                sending.lane = lane
                self._lane(lane).put(sending)
                return
            if self._ending:
                return  # the next owner sends it
            result = await self._now(what)
        except Exception as error:  # noqa: BLE001 - whatever it is, it holds this letter only
            _report(case, started, error)
        else:
            self._end(sending)
            if self._open(sending):
                sending.of.fold.offer_result(ResultTrigger(started, case, result))
            return
        self._put_off(sending)

    def _put_off(self, sending: Sending) -> None:
        sending.failures += 1
        sending.of.postponed.add(sending)
        self._lane(sending.lane).put(sending, self._pauses.after(sending.failures))

    async def _now(self, what: T) -> dict[str, Any]:
        self._at_hand += 1
        try:
            return await self._sender.deliver(what)
        finally:
            self._at_hand -= 1

    def _open(self, sending: Sending) -> bool:
        """Whether a sending still has to be done: its result may have been recorded while this one waited."""
        state = sending.of.fold.state(sending.case)
        return state is not None and sending.started in self._opens(state)

    @staticmethod
    def _end(sending: Sending) -> None:
        """Nobody tries it any more."""
        if sending.over:
            return
        sending.ended, of, case = True, sending.of, sending.case
        of.number -= 1
        of.postponed.discard(sending)
        of.resting.discard(sending)
        of.of_case[case] = tuple(one for one in of.of_case[case] if one is not sending)
        if not of.of_case[case]:
            del of.of_case[case]

    async def closed(self, partition: int) -> None:
        """Stop sending for a partition; what was started is taken over by its next owner."""
        of = self._assigned.pop(partition, None)
        if of is None:
            return
        of.over = True
        tasks = [task for lane in self._lanes.values() for task in lane.break_off()]
        for lane in self._lanes.values():
            lane.forget_what_is_over()
        if tasks:
            await asyncio.wait(tasks)

    def under_way(self) -> int:
        """How many sendings are open; of a case that cannot be read none leaves, and nobody waits for it."""
        return sum(
            of.number - sum(of.fold.is_blocked(one.case) for one in of.resting) for of in self._assigned.values()
        )

    def postponed(self) -> int:
        """How many of them wait for their next attempt."""
        return sum(len(of.postponed) for of in self._assigned.values())

    def at_hand(self) -> int:
        """How many letters are being delivered at this moment."""
        return self._at_hand

    def begin_no_more(self) -> None:
        """The process ends: what is at hand comes to its end, nothing else is begun."""
        self._ending = True
        for lane in self._lanes.values():
            lane.begin_no_more()

    def numbers(self) -> dict[str, int]:
        """How many sendings wait for their next attempt, and 1 while the mail server takes nobody's letters, else 0."""
        away = self._sender.away and self.under_way() > 0
        return {"sendings_postponed": self.postponed(), "mail_server_away": int(away)}


def _report(case: str, started: str, error: Exception) -> None:
    """Say why a letter waits where that is known; else what failed and where."""
    why = str(error) if isinstance(error, Postponed) else None
    if isinstance(error, RedressError) and error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        why = error.code  # such as that the vault is away
    if why is not None:
        log.warning("notify.sending_postponed", case_id=case, event_id=started, why=why)
        return
    log.error("notify.sending_failed", case_id=case, event_id=started, error=type(error).__name__, at=places_in(error))
