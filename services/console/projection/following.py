"""Follows all partitions of the log into one database, and says how far it has got.

Plain readers, no Faust and no group: the offsets stand in the database itself, beside the rows they belong to.
"""

import asyncio
import re
from functools import partial
from typing import Protocol

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy.exc import DBAPIError

from services.console.projection.database import Database
from shared.contract.records import EventLog, Reader, Record
from shared.errors import RedressError
from shared.kernel.whole_log import BEHIND_SECONDS, BadPosition, ProjectionBehind
from shared.log import trim_guard as log_guard
from shared.log.patience import patiently
from shared.process import garbage

log = structlog.get_logger()

WAIT_SECONDS = 0.1
"""A record that comes in is handed over at once; this bounds how long a silent move of the position goes unseen."""
LAG_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 5.0
PROJECTED = Counter("redress_console_events_projected_total", "Events projected into the console's database")
_PLACE = re.compile(r"([0-9]{1,6}):([0-9]{1,18})")
LAG = Gauge("redress_console_lag", "Records of the log that are not projected yet", ["partition"])


class ProjectionAhead(RedressError):
    """The console's database is of another log, or of a longer one: run `redress console rebuild`."""

    code = "projection_ahead"
    status = 503


class Writing(Protocol):
    """Whoever writes the records of the log into a database: `projector.py`. ``offsets``: what it takes next."""

    database: Database
    offsets: dict[int, int]
    projected: int

    async def start(self) -> None:
        """Ask the database how far it has got."""

    async def project(self, partition: int, records: list[Record]) -> None:
        """Write the next records of a partition. Raises ProjectionTaken, DBAPIError."""

    async def fold_blocked_again(self) -> int:
        """Unblock the cases that this code can read; how many those are."""


class Following:
    """A database follows the log here. ``run`` keeps it going; ``caught_up`` is set once it was at the end."""

    def __init__(self, events: EventLog, projector: Writing) -> None:
        self.database = projector.database
        self.positions: dict[int, int] = dict.fromkeys(range(events.partitions), 0)
        self.caught_up = asyncio.Event()
        self._log = events
        self._projector = projector
        self._moved = asyncio.Condition()

    async def run(self) -> None:
        """Follow all partitions for ever.

        Raises:
            ProjectionAhead, ProjectionTaken, LogTrimmed
        """
        await log_guard.check(self._log, range(self._log.partitions))
        ends = await patiently(self._log.ends, "ends of the log")
        await self._projector.start()
        await self._compare(ends, self._projector.offsets)
        unblocked = await self._projector.fold_blocked_again()
        log.info("console.following", generation=self.database.number, unblocked=unblocked)
        async with asyncio.TaskGroup() as tasks:
            for partition in range(self._log.partitions):
                tasks.create_task(self._follow(partition))
            tasks.create_task(log_guard.watch(self._log, lambda: range(self._log.partitions)))
            tasks.create_task(self._measure())
            with garbage.loading():
                await self.reach(ends)
            self.caught_up.set()

    @property
    def projected(self) -> int:
        """How many events were written since the start."""
        return self._projector.projected

    async def _compare(self, ends: dict[int, int], offsets: dict[int, int]) -> None:
        if any(offsets[partition] > end for partition, end in ends.items()):
            raise ProjectionAhead
        async with self._moved:
            self.positions.update(offsets)
            self._moved.notify_all()

    async def _follow(self, partition: int) -> None:
        """Project one partition; a database that goes away is waited for, and asked how far it had got."""
        projector, pause = self._projector, 0.1
        while True:
            offset = projector.offsets[partition]
            reader = await patiently(partial(self._log.read, partition, offset), f"reader of partition {partition}")
            try:
                await self._read(partition, reader)
            except DBAPIError as error:
                log.warning("console.database_away", partition=partition, error=type(error.orig).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
                await self._ask_again(partition)
            finally:
                await reader.stop()

    async def _ask_again(self, partition: int) -> None:
        """After a failed transaction only the database knows whether it was committed."""
        try:
            self._projector.offsets[partition] = (await self.database.offsets())[partition]
        except DBAPIError:
            return  # still away: the next attempt fails in the same way and asks again

    async def _read(self, partition: int, reader: Reader) -> None:
        projector = self._projector
        while True:
            records = await reader.batch(WAIT_SECONDS)
            position = await reader.position()
            if records:
                before = projector.projected
                await projector.project(partition, records)
                PROJECTED.inc(projector.projected - before)
            if position != self.positions[partition]:
                async with self._moved:
                    self.positions[partition] = position
                    self._moved.notify_all()

    async def _measure(self) -> None:
        while True:
            for partition, end in (await patiently(self._log.ends, "ends of the log")).items():
                LAG.labels(str(partition)).set(max(0, end - self.positions[partition]))
            await asyncio.sleep(LAG_SECONDS)

    async def reach(self, ends: dict[int, int]) -> None:
        """Wait until everything before these offsets is projected."""
        async with self._moved:
            await self._moved.wait_for(lambda: all(self.positions[p] >= end for p, end in ends.items()))

    async def past(self, after: str) -> None:
        """Wait until the position ``<partition>:<offset>`` is projected. Raises BadPosition, ProjectionBehind."""
        place = _PLACE.fullmatch(after)
        if place is None or int(place[1]) not in self.positions:
            raise BadPosition(pointers=("/after",))
        try:
            async with asyncio.timeout(BEHIND_SECONDS):
                await self.reach({int(place[1]): int(place[2]) + 1})
        except TimeoutError as error:
            raise ProjectionBehind from error
