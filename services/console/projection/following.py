"""Follows all partitions of the log into one database, and says how far it has got.

Plain readers, no Faust and no group: the offsets stand in the database itself, beside the rows they belong to.
"""

import asyncio
import re
from functools import partial

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy.exc import DBAPIError

from services.console.projection.database import Database
from services.console.projection.projector import Projector
from shared.contract.records import EventLog, Reader
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


class Following:
    """A database that follows the log. ``run`` keeps it going; ``caught_up`` is set once it was at the end."""

    def __init__(self, events: EventLog, database: Database) -> None:
        self.database = database
        self.positions: dict[int, int] = dict.fromkeys(range(events.partitions), 0)
        self.caught_up = asyncio.Event()
        self._log = events
        self._projector: Projector | None = None
        self._moved = asyncio.Condition()

    async def run(self) -> None:
        """Follow all partitions for ever.

        Raises:
            ProjectionAhead, ProjectionTaken, LogTrimmed
        """
        await log_guard.check(self._log, range(self._log.partitions))
        ends = await patiently(self._log.ends, "ends of the log")
        self._projector = Projector(self.database, await self.database.offsets())
        await self._compare(ends, self._projector.offsets)
        unblocked = await self._projector.fold_blocked_again()
        log.info("console.following", generation=self.database.number, unblocked=unblocked)
        async with asyncio.TaskGroup() as tasks:
            for partition in range(self._log.partitions):
                tasks.create_task(self._follow(partition, self._projector))
            tasks.create_task(log_guard.watch(self._log, lambda: range(self._log.partitions)))
            tasks.create_task(self._measure())
            with garbage.loading():
                await self.reach(ends)
            self.caught_up.set()

    @property
    def projected(self) -> int:
        """How many events were written since the start."""
        return self._projector.projected if self._projector else 0

    async def _compare(self, ends: dict[int, int], offsets: dict[int, int]) -> None:
        if any(offsets[partition] > end for partition, end in ends.items()):
            raise ProjectionAhead
        async with self._moved:
            self.positions.update(offsets)
            self._moved.notify_all()

    async def _follow(self, partition: int, projector: Projector) -> None:
        """Project one partition; a database that goes away is waited for, and asked how far it had got."""
        pause = 0.1
        while True:
            offset = projector.offsets[partition]
            reader = await patiently(partial(self._log.read, partition, offset), f"reader of partition {partition}")
            try:
                await self._read(partition, reader, projector)
            except DBAPIError as error:
                log.warning("console.database_away", partition=partition, error=type(error.orig).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
                await self._ask_again(partition, projector)
            finally:
                await reader.stop()

    async def _ask_again(self, partition: int, projector: Projector) -> None:
        """After a failed transaction only the database knows whether it was committed."""
        try:
            projector.offsets[partition] = (await self.database.offsets())[partition]
        except DBAPIError:
            return  # still away: the next attempt fails in the same way and asks again

    async def _read(self, partition: int, reader: Reader, projector: Projector) -> None:
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
        """Wait until the place ``<partition>:<offset>`` is projected. Raises BadPosition, ProjectionBehind."""
        place = _PLACE.fullmatch(after)
        if place is None or int(place[1]) not in self.positions:
            raise BadPosition(pointers=("/after",))
        try:
            async with asyncio.timeout(BEHIND_SECONDS):
                await self.reach({int(place[1]): int(place[2]) + 1})
        except TimeoutError as error:
            raise ProjectionBehind from error
