"""Redriving does what operators ask for about the dead letters of a worker, and says which of them nothing waits for.

It is level-triggered: a redrive that is asked for stands in ``complaints.governance`` until its answer does, so whoever
dies in between, it is done once more, and what it does has one effect however often it is done.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Protocol

import structlog

from shared.contract.commands import command_from
from shared.contract.governance import GovernanceStep
from shared.contract.letter_standings import Standing
from shared.contract.letters import NOT_KEPT, OF_REFERENCE, UNPROVEN, Fault, LetterRecord
from shared.contract.records import Record
from shared.contract.topics import partition_of
from shared.errors import Unreadable
from shared.kernel.fold import Fold
from shared.kernel.picking import AT_ONCE
from shared.kernel.refolding import MANY, refold, refold_known
from shared.kernel.service import CommandTrigger
from shared.kernel.session import Session
from shared.log.letter_steps import LetterSteps, Outcome
from shared.process import bombs
from shared.process.pace import Pace

log = structlog.get_logger()
LOOK_SECONDS = 5.0
"""How often it is looked whether what waits has been answered by itself, while anything waits at all."""
REST_SECONDS = 0.001
"""How long it rests for each letter that it has looked at: that takes a twentieth of it, however many there are."""
TRY_SECONDS = 30.0
"""So long a decision may take until its answer is read back, or it is held again."""
POLL_SECONDS = 0.05
FOR_SOMEBODY = frozenset({"unreadable", "command"})
"""What nobody tries again until somebody asks for it."""
NO_LONGER_OWED, NOT_IN_TIME, BLOCKED = "no_longer_owed", "not_in_time", "case_blocked"


class Partitions(Protocol):
    """The sessions of a process by partition (``owned_partitions.OwnedPartitions``)."""

    def session(self, partition: int) -> Session[Any] | None:
        """The open session of a partition, if it is ours."""


class Redriving:
    """Works on the dead letters of one worker's partitions."""

    def __init__(self, steps: LetterSteps, partitions: Partitions, heard: Callable[[], Awaitable[object]]) -> None:
        self._steps = steps
        self._partitions = partitions
        self._heard = heard
        self._refolded: dict[str, str | None] = {}

    async def run(self) -> None:
        """Work for ever; what was told and decided before this process started is known first."""
        await self._heard()
        box = self._steps.box
        while True:
            box.news.clear()
            await asyncio.sleep(REST_SECONDS * await self._look())
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS if self._any_wait() else None):
                    await box.news.wait()

    def waiting(self) -> int:
        """How many letters about the partitions of this process wait for somebody.

        A decision is tried again by itself, and its case is told of as held; what nobody of ours wrote is told of too.
        """
        waiting = (one.letter for one in self._steps.box.standings.waiting() if one.letter.kind in FOR_SOMEBODY)
        return sum(self._session(letter) is not None for letter in waiting)

    def _any_wait(self) -> bool:
        box = self._steps.box
        return bool(box.told_again) or any(one.letter.kind != UNPROVEN for one in box.standings.unsettled.values())

    def _session(self, letter: LetterRecord) -> Session[Any] | None:
        partition = letter.partition
        if partition is None:
            partition = partition_of(letter.case_id, self._steps.partitions)
        return self._partitions.session(partition)

    async def _look(self) -> int:
        """Do what is to be done about each letter that something waits for; how many there are."""
        pace, box = Pace(), self._steps.box
        again = [box.standings.by_id[id_] for id_ in box.told_again]
        looked_at = [*box.standings.unsettled.values(), *again]
        here = [(one, s) for one in looked_at if one.letter.kind != UNPROVEN and (s := self._session(one.letter))]
        with self._what_is_away(letters=len(here)):
            await self._read_anew(here)
        for one, session in here:
            await pace.step()
            with self._what_is_away(letter=one.letter.id):
                await self._about(one, session)
        return len(looked_at)

    @contextmanager
    def _what_is_away(self, **about: object) -> Iterator[None]:
        """Whatever keeps a step back is told; it stands in the topic, and is tried again."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - see above
            log.warning("redriving.away", **about, error=repr(error))

    async def _read_anew(self, here: Sequence[tuple[Standing, Session[Any]]]) -> None:
        """Read blocked cases anew, of each partition many in one pass: those that are asked for, or blocked again.

        Those too of which a store says from before that they are blocked: this may be code that reads them.
        """
        wanted: dict[int, tuple[Session[Any], list[str]]] = {}
        for one, session in here:
            letter = one.letter
            mine = wanted.setdefault(session.fold.partition, (session, []))[1]
            tried = one.asked is not None or letter.id in self._steps.box.told_again
            if tried and _blocked_by(letter, session.fold) and len(mine) < MANY:
                mine.append(letter.case_id)
        self._refolded = {}
        for session, cases in wanted.values():
            await refold_known(session.ports.log, session.fold)
            self._refolded |= await refold(session.ports.log, session.fold, cases)

    async def _about(self, one: Standing, session: Session[Any]) -> None:
        """Whatever is to be done about a letter now."""
        asked = one.asked
        if one.letter.id in self._steps.box.told_again:
            await self._again(one, session)
        elif asked is not None:
            await self._redrive(one, asked, session)
        elif one.state != "settled" and _over(one.letter, session.fold):
            await self._steps.settle(one)

    async def _again(self, one: Standing, session: Session[Any]) -> None:
        """What was settled is so once more, unless the case was just read anew: that was not written down before."""
        if one.letter.kind == "unreadable" and not _blocked_by(one.letter, session.fold):
            self._steps.box.told_again.discard(one.letter.id)
        else:
            await self._steps.reopen(one)

    async def _redrive(self, one: Standing, asked: GovernanceStep, session: Session[Any]) -> None:
        letter, blocked = one.letter, _blocked_by(one.letter, session.fold)
        if blocked and letter.case_id not in self._refolded:
            return  # its turn comes at a later look
        reason = await self._tried(letter, session)
        bombs.hit("redriven")
        outcome: Outcome = "done" if reason in (None, NO_LONGER_OWED) else "failed"
        log.info("redriving.answered", letter=letter.id, case_id=letter.case_id, outcome=outcome, reason=reason)
        await self._steps.answer(one, asked, outcome, reason)

    async def _tried(self, letter: LetterRecord, session: Session[Any]) -> str | None:
        """Do what a letter is about once more: why it failed, None if it did not."""
        fold = session.fold
        if letter.kind == "unreadable":
            return self._refolded.get(letter.case_id, NO_LONGER_OWED)
        if fold.is_blocked(letter.case_id):
            return BLOCKED
        if letter.kind == "command":
            return await self._command(letter, session)
        if letter.cause.startswith(OF_REFERENCE):
            return _looked_at(letter.case_id, session)
        return await _decided(letter, session)

    async def _command(self, letter: LetterRecord, session: Session[Any]) -> str | None:
        """Offer a command again, as it was: a repetition of one that was answered changes nothing."""
        raw = await self._steps.record_of(letter)
        if raw is None:
            return NOT_KEPT
        try:
            command = command_from(Record(session.fold.partition, -1, letter.case_id, raw, {}))
        except Unreadable as error:
            return error.code
        if partition_of(command.case, self._steps.partitions) != session.fold.partition:
            return "wrong_partition"
        if not session.fold.offer_command(CommandTrigger(command)):
            return NO_LONGER_OWED
        fold = session.fold
        if not await _until(lambda: not fold.offered.has(command.case, command.id)):
            return NOT_IN_TIME
        return None if fold.answered(command.case, command.id) else "internal_error"


async def _decided(letter: LetterRecord, session: Session[Any]) -> str | None:
    """Let a held case be decided at once."""
    fold, picking, case = session.fold, session.deciding.picking, letter.case_id
    if not _queued(letter, fold):
        return None if fold.answered(case, letter.cause) else NO_LONGER_OWED
    picking.try_now(case)
    before = picking.held[case].until if case in picking.held else AT_ONCE

    def over() -> bool:
        held = picking.held.get(case)
        return not _queued(letter, fold) or (held is not None and held.until not in (AT_ONCE, before))

    if not await _until(over):
        return NOT_IN_TIME
    return picking.held[case].why.split(":")[0] if _queued(letter, fold) else None


def _looked_at(case: str, session: Session[Any]) -> str | None:
    """Ask again which decisions of a case would differ under the reference data of now."""
    state, ports = session.fold.state(case), session.ports
    try:
        if state is not None:
            for trigger in session.service.stale(case, state, ports.reference, ports.clock.now()):
                session.fold.owe_again(trigger)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is this case's matter only
        return Fault.of(error).reason
    return None


def _queued(letter: LetterRecord, fold: Fold[Any]) -> bool:
    return any(todo.has(letter.case_id, letter.cause) for todo in fold.work())


def _blocked_by(letter: LetterRecord, fold: Fold[Any]) -> bool:
    """Whether its case is blocked by the very record that a letter is about."""
    return letter.kind == "unreadable" and fold.blocked.get(letter.case_id) == letter.offset


def _over(letter: LetterRecord, fold: Fold[Any]) -> bool:
    """Whether what a letter is about has been answered, or read, by itself; as long as it is not sure, it is not."""
    if letter.kind == "unreadable":
        return not _blocked_by(letter, fold)
    return fold.answered(letter.case_id, letter.cause)


async def _until(condition: Callable[[], bool]) -> bool:
    """Wait for a condition, not for ever; whether it came to hold."""
    with suppress(TimeoutError):
        async with asyncio.timeout(TRY_SECONDS):
            while not condition():  # noqa: ASYNC110 - what is folded wakes the session, and nobody else
                await asyncio.sleep(POLL_SECONDS)
    return condition()
