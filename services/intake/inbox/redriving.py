"""Redriving takes a record of the inbox in that was refused, under its own key, once operators asked for it.

The record comes from its dead letter: the inbox itself keeps it for a week only. It is answered on the topic of the
answers as at first; a submission that is in the log by now keeps its case.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import orjson
import structlog

from services.intake.inbox.answers import TRIES, Outcome
from services.intake.inbox.cloud_events import PostedRecord
from shared.contract.governance import GovernanceStep
from shared.contract.letter_standings import Standing
from shared.contract.letters import NOT_KEPT, LetterRecord
from shared.log.letter_steps import LetterSteps
from shared.process import bombs
from shared.process.retrying import Pauses

log = structlog.get_logger()
PAUSES = Pauses(first_seconds=1.0, longest_seconds=60.0)
"""For ever: a redrive that was asked for is owed until it is answered."""
NO_SUCH_INBOX = "no_such_inbox"


class Answerer(Protocol):
    """Answers the records of an inbox (``answering.Answering``)."""

    async def ready(self) -> None:
        """Wait until it can answer."""

    async def attempt(self, record: PostedRecord, tried: int) -> Outcome:
        """Answer a record. Raises NotNow."""


class InboxRedriving:
    """Works on the dead letters of the inboxes. ``answering``: by the channel system that has an inbox of its own."""

    def __init__(
        self, steps: LetterSteps, answering: Mapping[str, Answerer], heard: Callable[[], Awaitable[object]]
    ) -> None:
        self._steps = steps
        self._answering = answering
        self._heard = heard

    async def run(self) -> None:
        """Work for ever; what was told and decided before this process started is known first."""
        await self._heard()
        for one in self._answering.values():
            await one.ready()
        box = self._steps.box
        while True:
            box.news.clear()
            async for attempt in PAUSES.attempts(Exception):
                with attempt:
                    await self._look()
            await box.news.wait()

    def waiting(self) -> int:
        """How many letters somebody has to do something about."""
        return sum(1 for _ in self._steps.box.standings.waiting())

    async def _look(self) -> None:
        for standing in list(self._steps.box.standings.unsettled.values()):
            if (asked := standing.asked) is not None:
                try:
                    await self._redrive(standing, asked)
                except Exception as error:
                    log.warning("inbox.redriving_away", letter=standing.letter.id, error=repr(error))
                    raise

    async def _redrive(self, standing: Standing, asked: GovernanceStep) -> None:
        reason = await self._tried(standing.letter)
        bombs.hit("inbox_redriven")
        log.info("inbox.redriven", letter=standing.letter.id, reason=reason)
        await self._steps.answer(standing, asked, "done" if reason is None else "failed", reason)

    async def _tried(self, letter: LetterRecord) -> str | None:
        """Answer the record once more: the code of its refusal, None if it was taken in."""
        own, place = inbox_and_place(letter.case_id)
        answering = self._answering.get(own)
        if answering is None:
            return NO_SUCH_INBOX
        raw = await self._steps.record_of(letter)
        if raw is None:
            return NOT_KEPT
        outcome = await answering.attempt(posted(place, raw), TRIES)
        return None if outcome.problem is None else str(outcome.problem["code"])


def inbox_and_place(case: str) -> tuple[str, tuple[int, int]]:
    """Whose inbox a record lies in, empty for that of all, and where in it, as its dead letter names them."""
    inbox, _, place = case.partition("/")
    partition, _, offset = place.partition(":")
    return inbox.partition(".")[2], (int(partition), int(offset))


def posted(place: tuple[int, int], raw: bytes) -> PostedRecord:
    """The record that a dead letter keeps."""
    kept = orjson.loads(raw)
    headers = tuple((name, _bytes(value)) for name, value in kept["headers"])
    return PostedRecord(*place, _bytes(kept["key"]), _bytes(kept["value"]), headers)


def _bytes(value: str | None) -> bytes | None:
    return None if value is None else value.encode("latin-1")
