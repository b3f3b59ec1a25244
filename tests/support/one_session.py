"""One partition's session of a service, over logs in memory and a steered clock."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from shared.bank.reference import Reference
from shared.contract.envelope import Event, from_json
from shared.contract.letters import Fault
from shared.contract.topics import partition_of
from shared.kernel.fold import Fold
from shared.kernel.ports import Ports
from shared.kernel.service import Service
from shared.kernel.session import Session
from shared.process.clock import SteeredClock
from tests.support.echo import Decider, echo_service
from tests.support.memory_log import MemoryLog

START = datetime(2020, 1, 1, tzinfo=UTC)


class Letters:
    """Collects dead letters."""

    def __init__(self) -> None:
        self.announced: list[tuple[str, str]] = []

    def tell(self, case: str, cause: str, kind: str, fault: Fault, raw: bytes, type_: str | None = None) -> None:
        """Note it."""
        self.announced.append((case, kind))


class Bench:
    """A log, a clock and one partition's session of a service; the echo service's unless it is told."""

    def __init__(
        self,
        service: Service[Any] | None = None,
        *,
        known: Reference | None = None,
        partition: int = 0,
        now: datetime = START,
        commands: MemoryLog | None = None,
    ) -> None:
        self.log = MemoryLog()
        self.clock = SteeredClock()
        self.clock.set(now)
        self.letters = Letters()
        self.decide = Decider()
        self.service: Service[Any] = service or echo_service(self.decide)
        self.partition = partition
        self.ports = Ports(
            self.log, known or Reference(), self.clock, self.letters, 500, 2**22, commands=commands
        )  # fmt: skip

    def case(self) -> str:
        """A fresh case of the partition."""
        return next(c for c in iter(lambda: str(uuid4()), "") if partition_of(c, 4) == self.partition)

    @asynccontextmanager
    async def working(self, session: Session[Any]) -> AsyncIterator[asyncio.Task[None]]:
        """The session at work, while its fold follows the log."""
        following = asyncio.create_task(session.fold.follow(await self.log.read(self.partition)))
        running = asyncio.create_task(session.run())
        try:
            yield running
        finally:
            for task in (running, following):
                task.cancel()
            await asyncio.wait([running, following])

    @asynccontextmanager
    async def session(self) -> AsyncIterator[tuple[Fold[Any], asyncio.Task[None]]]:
        """A running session on a fold of its own."""
        fold = Fold(self.service, self.partition)
        async with self.working(Session(self.ports, self.service, fold)) as running:
            yield fold, running

    def events(self) -> list[Event]:
        """The partition's events, in log order."""
        return [from_json(row.value) for row in self.log._rows[self.partition] if row is not None]

    def facts(self) -> list[tuple[str, str]]:
        """The log's events: case and name."""
        return [(one.subject, one.name) for one in self.events()]

    def answers(self) -> list[str]:
        """The cases answered, in log order."""
        return [case for case, name in self.facts() if name == "DutiesAdded"]
