"""Follows all partitions of the log into one database, and says how far it has got.

Plain readers, no Faust and no group: the offsets stand in the database itself, beside the rows they belong to.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Protocol

import structlog
from prometheus_client import Counter
from sqlalchemy.exc import DBAPIError

from services.console.projection.database import Database
from shared.contract.records import EventLog, Record
from shared.errors import RedressError
from shared.log.following import WholeLogProgress
from shared.process.retrying import Pauses

log = structlog.get_logger()

PAUSES = Pauses(first_seconds=0.1, longest_seconds=5.0)
"""Between attempts while the database is away: without an end, since the log waits and nothing is lost."""
PROJECTED = Counter("redress_console_events_projected_total", "Events projected into the console's database")


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

    async def project(self, partition: int, records: Sequence[Record]) -> None:
        """Write the next records of a partition. Raises ProjectionTaken, DBAPIError."""

    async def fold_blocked_again(self) -> int:
        """Unblock the cases that this code can read; how many those are."""


class Following:
    """A database follows the log here. ``run`` keeps it going; ``progress`` says how far it has got.

    ``written`` is set after every batch, and once blocked cases were read again. ``database_away``: the kind of error
    of the last attempt to write, empty once something was written again.
    """

    def __init__(
        self,
        events: EventLog,
        projector: Writing,
        *,
        rest_seconds: float = 0.0,
        written: asyncio.Event | None = None,
    ) -> None:
        self.database = projector.database
        self.progress = WholeLogProgress(events, rest_seconds=rest_seconds)
        self.database_away = ""
        self._projector = projector
        self._written = written or asyncio.Event()

    async def run(self) -> None:
        """Follow all partitions for ever.

        Raises:
            ProjectionAhead, ProjectionTaken, LogTrimmed
        """
        projector, ends = self._projector, await self.progress.ends()
        await projector.start()
        if any(projector.offsets[partition] > end for partition, end in ends.items()):
            raise ProjectionAhead
        for partition, offset in projector.offsets.items():
            await self.progress.partitions[partition].move(offset)
        unblocked = await projector.fold_blocked_again()
        if unblocked:
            self._written.set()
        log.info("console.following", generation=self.database.number, unblocked=unblocked)
        await self.progress.run(self._follow)

    @property
    def projected(self) -> int:
        """How many events were written since the start."""
        return self._projector.projected

    async def _follow(self, partition: int) -> None:
        """Project one partition; a database that goes away is waited for, and asked how far it had got."""
        async for attempt in PAUSES.attempts(DBAPIError):
            with attempt:
                if attempt.num > 1:
                    await self._ask_again(partition)
                try:
                    await self.progress.partitions[partition].move(self._projector.offsets[partition])
                    await self.progress.read(partition, partial(self._project, partition))
                except DBAPIError as error:
                    self.database_away = type(error.orig).__name__
                    log.warning("console.database_away", partition=partition, error=type(error.orig).__name__)
                    raise

    async def _ask_again(self, partition: int) -> None:
        """After a failed transaction only the database knows whether it was committed."""
        try:
            self._projector.offsets[partition] = (await self.database.offsets())[partition]
        except DBAPIError:
            return  # still away: the next attempt fails in the same way and asks again

    async def _project(self, partition: int, records: Sequence[Record]) -> None:
        before = self._projector.projected
        await self._projector.project(partition, records)
        PROJECTED.inc(self._projector.projected - before)
        self.database_away = ""
        self._written.set()
