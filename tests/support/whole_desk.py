"""All services that decide, each with its session on one partition, over a log in memory and a steered clock."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any

import orjson

from ops.verify.services import SERVICES
from services.casework.decisions import COMMANDS
from services.casework.http.sealed_command import content_of, sealed_command
from shared.bank.reference import Reference
from shared.contract.commands import Command, record_of
from shared.contract.envelope import Event, from_json, outgoing
from shared.contract.events import EventData
from shared.contract.records import Record
from shared.kernel.fold import Fold
from shared.kernel.ports import Ports
from shared.kernel.service import ResultTrigger
from shared.kernel.session import Session
from shared.process.clock import SteeredClock
from tests.support.facts import CASE, NOW, event
from tests.support.memory_log import MemoryLog
from tests.support.one_session import Letters
from tests.support.waiting import until

KEY = bytes(32)


class WholeDesk:
    """A log that grows as it does on a broker, since every event of it is decided by a session."""

    def __init__(self, known: Reference, now: datetime = NOW) -> None:
        self.known = known
        self.log, self.commands = MemoryLog(1), MemoryLog(1)
        self.clock = SteeredClock()
        self.clock.set(now)
        self.folds: list[Fold[Any]] = []

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Everybody works."""
        ports = Ports(self.log, self.known, self.clock, Letters(), 500, 2**22, commands=self.commands)
        self.folds = [Fold(service, 0) for service in SERVICES]
        async with AsyncExitStack() as stack:
            for service, fold in zip(SERVICES, self.folds, strict=True):
                stack.push_async_callback(_ended, asyncio.create_task(fold.follow(await self.log.read(0))))
                stack.push_async_callback(_ended, asyncio.create_task(Session(ports, service, fold).run()))
            yield

    async def settled(self) -> None:
        """Nothing is owed any more, nothing due, and everybody has read all there is."""
        await until(self._is_settled)

    def _is_settled(self) -> bool:
        end, now = len(self.log._rows[0]), self.clock.now().timestamp()
        read = all(fold.position == end and fold.open_work() == 0 for fold in self.folds)
        due = [at for fold in self.folds if (at := fold.next_due()) is not None]
        answered = sum(fold.answered(CASE, one.id) for fold in self.folds for one in self._sent())
        return read and all(at > now for at in due) and answered == len(self._sent())

    def _sent(self) -> list[Command]:
        return [Command(**_json(row)) for row in self.commands._rows[0] if row is not None]

    async def happens(self, data: EventData, cause: str = "outside", position: int = 0) -> Event:
        """Somebody outside says something."""
        one = event(data, cause, position, self.clock.now())._replace(actor="channel:hotline")
        await self.log.append([outgoing(one)])
        await self.settled()
        return one

    async def sent(self, started: Event) -> None:
        """A letter on its way was taken by whoever takes it on."""
        more = {"outcome": "sent", "content_sha256": "00", "smtp_reply": "250 taken"}
        notify = next(fold for fold in self.folds if fold.service.name == "notify")
        notify.offer_result(ResultTrigger(started.id, CASE, {**started.data, **more}))
        await self.settled()

    async def asks(self, who: str, name: str, after: int = 0, **body: Any) -> None:
        """Somebody asks for something to be done. ``after``: the place in the log that he had seen."""
        content = content_of(COMMANDS[name].body, body)
        key = str(len(self._sent()))
        made = sealed_command(name, content, actor=f"person:{who}", case=CASE, key=key, secret=KEY, after=after)
        await self.commands.append([record_of(made)])
        await self.settled()

    async def moves(self, to: datetime) -> None:
        """The clock moves, by way of everything that falls due."""
        while (due := min((fold.next_due() or float("inf") for fold in self.folds), default=0)) < to.timestamp():
            self.clock.set(datetime.fromtimestamp(due, to.tzinfo))
            await self.settled()
        self.clock.set(to)
        await self.settled()

    def records(self) -> list[Record]:
        """The log, as it is read."""
        return [row for row in self.log._rows[0] if row is not None]

    def kept_commands(self) -> dict[str, Command]:
        """The commands, by id."""
        return {one.id: one for one in self._sent()}


def _json(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(record.value)
    return found


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.wait([task])


def numbered(events: Sequence[Event]) -> list[Record]:
    """These events as the records of one partition."""
    rows = [outgoing(one) for one in events]
    return [Record(0, at, row.key, row.value, dict(row.headers)) for at, row in enumerate(rows)]


def events_of(records: Sequence[Record]) -> list[Event]:
    """The events of records."""
    return [from_json(record.value) for record in records]
