"""A session holds the right to append to one partition for one assignment; all that a service decides goes through it.

A session answers what its fold says is owed, in order, with at least one event per trigger, in one
transaction per batch, and goes on only when it has read its own events back. So every decision rests on
something that a rebuild reproduces, and no fact can be there twice.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from math import inf
from typing import Any, Generic, TypeVar

import structlog

from shared.bank.reference import Reference
from shared.contract.envelope import Event
from shared.contract.letters import OF_REFERENCE, Fault, type_of_record
from shared.contract.records import Outgoing
from shared.contract.topics import partition_of
from shared.errors import NotYet
from shared.kernel.command_reader import CommandReader
from shared.kernel.deciding import Deciding
from shared.kernel.fold import Fold
from shared.kernel.ports import Ports
from shared.kernel.service import Service
from shared.log.patience import patiently
from shared.process import bombs, metrics
from shared.process.pace import Pace

log = structlog.get_logger()
S = TypeVar("S")

IDLE_RENEWAL = 24 * 3600.0
"""The broker forgets a transactional id after 7 idle days."""
LONGEST_REST = 60.0
AHEAD_SECONDS = 0.02
"""How soon a command is looked at again that rests on more of the log than is folded here."""


class Session(Generic[S]):
    """One partition's right to append, from the fencing of the former owner to the end of the assignment."""

    def __init__(self, ports: Ports, service: Service[S], fold: Fold[S]) -> None:
        self.ports = ports
        self.fold = fold
        self.service = service
        self.writer = ports.log.writer(self.service.name, fold.partition)
        self.deciding = Deciding(ports, service, fold)
        self.open = False
        self._revision = -1
        self._recheck_at = inf
        self._rechecking = False
        self._reference_news, self._subject_news = asyncio.Event(), asyncio.Event()
        self._commands: CommandReader | None = None
        self._subjects_revision = -1 if service.subjects is not None else None
        self._subjects_at = inf
        self._written_at = 0.0

    async def run(self) -> None:
        """Take the right, fold past everything anybody appended before, then answer what is owed, for ever."""
        fold, ports = self.fold, self.ports
        await self.writer.start()
        self._written_at = self._now()
        await fold.progress.past(await ports.log.end(fold.partition) - 1)
        self.open = True
        if ports.outside:
            await ports.outside.opened(fold)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._pulse())
            tasks.create_task(self._work())
            tasks.create_task(self._watch_reference())
            if self.service.subjects is not None:
                tasks.create_task(self._watch_subjects())
            if ports.commands is not None and self.service.refuse is not None:
                self._commands = CommandReader(
                    ports.commands, ports.log, fold, ports.dead_letters, ports.command_wait_seconds
                )
                tasks.create_task(self._commands.run())

    @property
    def commands_read(self) -> int:
        """How far the partition's commands have been read."""
        return self._commands.progress.position if self._commands else 0

    async def _work(self) -> None:
        while True:
            self.fold.news.clear()  # before looking: what comes in from here on wakes us again
            self._announce()
            self._take_up()
            events, records = await self.deciding.batch()
            if not events:
                await self._rest()
                continue
            await self._append(events, records)

    async def _append(self, events: Sequence[Event], records: Sequence[Outgoing]) -> None:
        offsets = await self.writer.append(records)
        self._written_at = self._now()
        bombs.hit("read_back")
        await self.fold.progress.past(max(offsets))
        metrics.EVENTS.labels(self.service.name).inc(len(events))
        if self.ports.outside:
            self.ports.outside.committed(self.fold, events)

    async def _rest(self) -> None:
        """Wait for news, until something that waits is to be looked at, or for the day's renewal of the writer."""
        picking = self.deciding.picking
        longest = AHEAD_SECONDS if picking.awaits_place else LONGEST_REST
        try:
            async with asyncio.timeout(max(AHEAD_SECONDS, min(picking.pause(), longest))):
                await self.fold.news.wait()
        except TimeoutError:
            if self._now() - self._written_at > IDLE_RENEWAL:
                await self.writer.stop()
                self.writer = self.ports.log.writer(self.service.name, self.fold.partition)
                await self.writer.start()
                self._written_at = self._now()

    async def _pulse(self) -> None:
        """Look again and again whether reference data say something else, and whether something is due."""
        while True:
            if self._reference_moved():
                self._reference_news.set()
            if self._subjects_moved():
                self._subject_news.set()
            await self._fire_due()
            await self.ports.clock.pause(self.ports.clock.tick_seconds)

    async def _fire_due(self) -> None:
        """Fire what is due: only after everything that was in the log before has been folded."""
        limit = self.ports.clock.now() - self.ports.clock.tolerance
        due = self.fold.next_due()
        if due is not None and due <= limit.timestamp():
            await self.fold.progress.past(await self._end() - 1)
            pace = Pace()
            while self.fold.tick(limit):
                await pace.step()

    async def _end(self) -> int:
        """The end of the partition, once the broker says it: being away for a moment is no reason to end."""
        return await patiently(partial(self.ports.log.end, self.fold.partition), "end of the log")

    def next_due(self) -> float:
        """When a timer may be due, or reference data say something else by themselves, in seconds of the epoch."""
        due = self.fold.next_due()
        return min(self._recheck_at, self._subjects_at, inf if due is None else due)

    def behind_reference(self) -> bool:
        """Whether reference data say something else than what this session has looked at to the end."""
        return self._rechecking or self._reference_moved() or self._subjects_moved()

    def _reference_moved(self) -> bool:
        ports = self.ports
        return self._revision != ports.reference.revision or self._recheck_at <= ports.clock.now().timestamp()

    async def _watch_reference(self) -> None:
        """Look again whenever reference data say something else; beside the work, which goes on meanwhile."""
        while True:
            await self._reference_news.wait()
            self._rechecking = True
            self._reference_news.clear()
            reference, now = self.ports.reference, self.ports.clock.now()
            self._revision = reference.revision
            instants = (reference.next_change(now), self.service.recheck_at(reference, now))
            self._recheck_at = min((instant.timestamp() for instant in instants if instant is not None), default=inf)
            self.deciding.picking.release_all()  # what waited for reference data may go on
            self.fold.news.set()
            await self._recheck(reference, now)
            self._rechecking = False

    def _subjects_moved(self) -> bool:
        """Whether something may be owed on a subject that was not looked at since."""
        if self._subjects_revision is None:
            return False
        limit = self.ports.clock.now() - self.ports.clock.tolerance
        return self._subjects_revision != self.ports.reference.revision or self._subjects_at <= limit.timestamp()

    async def _watch_subjects(self) -> None:
        """Owe what falls due on subjects that reference data call into being, once the log before it is folded."""
        while True:
            await self._subject_news.wait()
            self._subject_news.clear()
            await self.fold.progress.past(await self._end() - 1)
            reference = self.ports.reference
            revision, now = reference.revision, self.ports.clock.now() - self.ports.clock.tolerance
            await self._look_at_subjects(reference, now)
            following = self._following(reference, now)
            self._subjects_at = inf if following is None else following.timestamp()
            self._subjects_revision = revision

    async def _look_at_subjects(self, reference: Reference, now: datetime) -> None:
        pace, subjects, partitions = Pace(), self.service.subjects, self.ports.log.partitions
        try:
            named = list(subjects(reference)) if subjects is not None else []
        except NotYet:
            return  # looked at again when more is published
        for subject in named:
            await pace.step()
            if partition_of(subject, partitions) == self.fold.partition and not self.fold.is_blocked(subject):
                self._owe_stale(subject, self.fold.state(subject), reference, now)

    def _following(self, reference: Reference, now: datetime) -> datetime | None:
        try:
            return self.service.subjects_at(reference, now)
        except NotYet:
            return None

    async def _recheck(self, reference: Reference, now: datetime) -> None:
        """Owe every decision again that would differ under the reference data as they are now."""
        async for case, state in self.fold.touched(reference, now):
            self._owe_stale(case, state, reference, now)

    def _owe_stale(self, case: str, state: Any, reference: Reference, now: datetime) -> None:
        try:
            for trigger in self.service.stale(case, state, reference, now):
                self.fold.owe_again(trigger)
        except NotYet:
            return  # looked at again when more is published
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this case's matter only
            log.error("session.recheck_failed", case_id=case, error=type(error).__name__)
            self.ports.dead_letters.tell(case, f"{OF_REFERENCE}{case}", "poison", Fault.of(error), b"")

    def _announce(self) -> None:
        """Hand over what cannot be read: told in its own time, whoever is away."""
        unreadable = self.fold.unreadable
        while unreadable:
            record, fault = unreadable.popleft()
            type_ = type_of_record(record)
            self.ports.dead_letters.tell(record.key, str(record.at), "unreadable", fault, record.value, type_)

    def _take_up(self) -> None:
        """Take up cases that were blocked: what was done without them meanwhile is done for them too."""
        cases, self.fold.read_anew = self.fold.read_anew, []
        if not cases:
            return
        self._revision = -1
        if self._subjects_revision is not None:
            self._subjects_revision = -1
        for case in cases:
            self.deciding.picking.try_now(case)
        if self.ports.outside:
            self.ports.outside.read_anew(self.fold, cases)

    async def close(self) -> None:
        """Give the right back."""
        self.open = False
        if self.ports.outside:
            await self.ports.outside.closed(self.fold.partition)
        await self.writer.stop()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
