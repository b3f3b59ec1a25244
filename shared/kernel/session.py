"""A session holds the right to append to one partition for one assignment; all that a service decides goes through it.

A session answers what its fold says is owed, in order, with at least one event per trigger, in one
transaction per batch, and goes on only when it has read its own events back. So every decision rests on
something that a rebuild reproduces, and no fact can be there twice.
"""

import asyncio
from math import inf
from typing import Generic, TypeVar

from shared.contract.envelope import Event
from shared.contract.records import Outgoing
from shared.kernel.command_reader import CommandReader
from shared.kernel.deciding import Deciding
from shared.kernel.fold import Fold
from shared.kernel.ports import Ports
from shared.kernel.service import Service
from shared.process import bombs, metrics

S = TypeVar("S")

TICK_SECONDS = 0.25
IDLE_RENEWAL = 24 * 3600.0
"""The broker forgets a transactional id after 7 idle days."""
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
        self._commands: CommandReader | None = None
        self._written_at = 0.0

    async def run(self) -> None:
        """Take the right, fold past everything anybody appended before, then answer what is owed, for ever."""
        fold, ports = self.fold, self.ports
        await self.writer.start()
        self._written_at = self._now()
        await fold.progress.past(await ports.log.end(fold.partition) - 1)
        self.open = True
        if ports.outside:
            ports.outside.opened(fold)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._ticker())
            tasks.create_task(self._work())
            if ports.commands is not None and self.service.refuse is not None:
                self._commands = CommandReader(ports.commands, ports.log, fold, ports.dead_letters)
                tasks.create_task(self._commands.run())

    @property
    def commands_read(self) -> int:
        """How far the partition's commands have been read."""
        return self._commands.progress.position if self._commands else 0

    async def _work(self) -> None:
        while True:
            self.fold.news.clear()  # before looking: what comes in from here on wakes us again
            self._look_at_reference()
            events, records = self.deciding.batch()
            await self._announce()
            if not events:
                await self._rest()
                continue
            await self._append(events, records)

    async def _append(self, events: list[Event], records: list[Outgoing]) -> None:
        offsets = await self.writer.append(records)
        self._written_at = self._now()
        bombs.hit("read_back")
        await self.fold.progress.past(max(offsets))
        metrics.EVENTS.labels(self.service.name).inc(len(events))
        if self.ports.outside:
            self.ports.outside.committed(self.fold, events)

    async def _rest(self) -> None:
        """Wait for news, for the next retry of a held case, or for the day's renewal of the writer."""
        waits = [held.until - self._now() for held in self.deciding.held.values()]
        if any(self.deciding.early(trigger, self.fold.state(trigger.case)) for trigger in self.fold.offered.values()):
            waits.append(AHEAD_SECONDS)
        try:
            async with asyncio.timeout(max(AHEAD_SECONDS, min(waits, default=60.0))):
                await self.fold.news.wait()
        except TimeoutError:
            if self._now() - self._written_at > IDLE_RENEWAL:
                await self.writer.stop()
                self.writer = self.ports.log.writer(self.service.name, self.fold.partition)
                await self.writer.start()
                self._written_at = self._now()

    async def _ticker(self) -> None:
        """Fire what is due: only after everything that was in the log before has been folded."""
        while True:
            if self.behind_reference():
                self.fold.news.set()
            limit = self.ports.clock.now() - self.ports.clock.tolerance
            due = self.fold.next_due()
            if due is not None and due <= limit.timestamp():
                await self.fold.progress.past(await self.ports.log.end(self.fold.partition) - 1)
                self.fold.tick(limit)
            await self.ports.clock.pause(TICK_SECONDS)

    def next_due(self) -> float:
        """When a timer may be due, or reference data say something else by themselves, in seconds of the epoch."""
        due = self.fold.next_due()
        return self._recheck_at if due is None else min(due, self._recheck_at)

    def behind_reference(self) -> bool:
        """Whether reference data say something else than when this session looked at them last."""
        ports = self.ports
        return self._revision != ports.reference.revision or self._recheck_at <= ports.clock.now().timestamp()

    def _look_at_reference(self) -> None:
        if self.behind_reference():
            reference, now = self.ports.reference, self.ports.clock.now()
            self._revision = reference.revision
            instants = (reference.next_change(now), self.service.recheck_at(reference, now))
            self._recheck_at = min((instant.timestamp() for instant in instants if instant is not None), default=inf)
            self.fold.find_stale(reference, now)
            self.deciding.held.clear()  # what waited for reference data may go on

    async def _announce(self) -> None:
        for record, why in self.fold.unreadable:
            self.deciding.failures.append((record.key, str(record.at), "unreadable", why, record.value))
        self.fold.unreadable.clear()
        while self.deciding.failures:
            await self.ports.dead_letters.announce(*self.deciding.failures[0])
            self.deciding.failures.pop(0)

    async def close(self) -> None:
        """Give the right back."""
        self.open = False
        if self.ports.outside:
            await self.ports.outside.closed(self.fold.partition)
        await self.writer.stop()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
