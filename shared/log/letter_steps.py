"""The steps that a service takes about its own dead letters, and the records that these keep."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Literal, Protocol

import orjson

from shared.contract.events.base import Sealed
from shared.contract.governance import GovernanceStep, StepKind, outgoing_step, step_id
from shared.contract.letter_standings import Standing, Standings
from shared.contract.letters import LetterRecord, sealed_under
from shared.contract.records import EventLog
from shared.sealing.vault import KeyDestroyed

Open = Callable[[str, Sealed], Awaitable[str]]
Outcome = Literal["done", "failed"]


class Box(Protocol):
    """What is known of the letters of one service (``dead_letters.DeadLetterBox``)."""

    standings: Standings
    told_again: set[str]
    news: asyncio.Event


class LetterSteps:
    """Appends to ``complaints.governance`` for the service of a box; each step counts at once.

    ``partitions``: of the log. ``unseal``: opens what is sealed under a key; who asked for it, and why, is in the topic
    before it is called.
    """

    def __init__(self, box: Box, log: EventLog, letters: EventLog, unseal: Open, partitions: int) -> None:
        self.box = box
        self.partitions = partitions
        self._log = log
        self._letters = letters
        self._unseal = unseal

    async def record_of(self, letter: LetterRecord) -> bytes | None:
        """The record of a letter, opened; None where it keeps only its head, or not even that any more.

        Raises:
            KeyMissing, SealBroken
        """
        if not letter.record_whole:
            return None
        (kept,) = await self._letters.records_at(0, [letter.at])
        sealed = Sealed.model_validate(orjson.loads(kept.value)["record"])
        try:
            return (await self._unseal(sealed_under(letter.id), sealed)).encode("latin-1")
        except KeyDestroyed:
            return None

    async def answer(self, one: Standing, asked: GovernanceStep, outcome: Outcome, reason: str | None) -> None:
        """A redrive that was asked for was done, or failed."""
        await self._take(one, "redrive_answered", asked.number, outcome=outcome, reason=reason)

    async def settle(self, one: Standing) -> None:
        """Nothing waits for a letter any more, without anybody's doing."""
        await self._take(one, "settled", one.count("settled") + 1)

    async def reopen(self, one: Standing) -> None:
        """What a letter tells of is so again although it was settled."""
        await self._take(one, "reopened", one.count("reopened") + 1)
        self.box.told_again.discard(one.letter.id)

    async def _take(self, one: Standing, kind: StepKind, number: int, **more: object) -> None:
        letter = one.letter
        said = {"letter": letter.id, "service": letter.service, "case": letter.case_id, "kind": kind, "number": number}
        step = GovernanceStep.model_validate(
            {"id": step_id(letter.id, kind, number), "at": datetime.now(UTC), **said, **more}
        )
        await self._log.append([outgoing_step(step)])
        self.box.standings.add(step)
