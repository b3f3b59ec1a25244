"""Keeps what analysts get up to date: the tables of the bank in the database, and every case on complaints.cases.

A case is read from the database after the right to publish its partition was taken, and its place is kept once its
record is in the log: a process that dies in between publishes it again, and one that lost its right publishes nothing.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy.exc import DBAPIError

from services.console.analysis.bank_rows import bank_rows
from services.console.analysis.bank_writer import first_known, write_bank
from services.console.analysis.unpublished import behind, keep_published, next_page
from services.console.projection.database import Database
from services.console.projection.live_generation import LiveGeneration
from shared.bank.in_force import organisation_in_force
from shared.bank.reference import Reference
from shared.contract.records import EventLog, Writer
from shared.errors import NotYet
from shared.log.kafka_client import BrokerError
from shared.process import bombs
from shared.process.clock import DomainClock
from shared.process.retrying import Pauses
from shared.sealing.vault import Vault, VaultAway

log = structlog.get_logger()
T = TypeVar("T")

WRITER = "console-cases"
KEY = "pseudonyms"
"""The vault's key that pseudonyms are made with: destroyed, nobody can tell any more whose they were."""
LOOK_SECONDS = 5.0
"""How often it is looked whether reference data or the generation of the database changed: nobody waits for that."""
REST_SECONDS = 1.0
"""What changes a case within so long is one record: events come in bursts, and a transaction costs as much as twenty.

With a quarter of it publishing costs more than twice as much."""
PAUSES = Pauses(first_seconds=0.5, longest_seconds=10.0)
"""Without an end: what is not published yet stands in the database, and everything else of the console goes on."""
PUBLISHED = Counter("redress_console_cases_published_total", "Records of cases published on complaints.cases")
UNPUBLISHED = Gauge(
    "redress_console_partitions_unpublished", "Partitions whose cases changed since they were published"
)
AWAY = (BrokerError, DBAPIError, OSError, VaultAway)
"""What is waited for: brokers, database or vault."""


class Superseded(Exception):
    """Another database answers by now: this one will be closed."""


class ForAnalysts:
    """Runs beside the projection. ``written``: set whenever something was projected."""

    def __init__(
        self, live: LiveGeneration, cases: EventLog, reference: Reference, clock: DomainClock, vault: Vault,
        written: asyncio.Event, rest_seconds: float = REST_SECONDS,
    ) -> None:  # fmt: skip
        self._live, self._cases, self._vault, self._written = live, cases, vault, written
        self._reference, self._clock, self._rest_seconds = reference, clock, rest_seconds
        self._writers: dict[int, Writer] = {}
        self._seen: tuple[Any, ...] = ()
        self.unpublished: int | None = None

    async def run(self, heard: Coroutine[Any, Any, None]) -> None:
        """Work for ever, once ``heard``: reference data as published, and what time it is."""
        await heard
        await self._live.started.wait()
        try:
            while True:
                await self._patiently()
                await self._wait()
        finally:
            for writer in self._writers.values():
                await writer.stop()

    async def _wait(self) -> None:
        """Until something was projected, published as reference data, or another database answers.

        As long as nothing is in force the bank's tables are looked at again and again, but not at once.
        """
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._written.wait()
                    await asyncio.sleep(self._rest_seconds)
                    return
            if self._seen != self._now():
                return

    def _now(self) -> tuple[Any, ...]:
        """What the tables of the bank rest on, and where they stand; and what was published and comes into force."""
        coming = self._reference.next_change(self._clock.now())
        return self._live.following.database.number, self._reference.revision, coming

    async def _patiently(self) -> None:
        async for attempt in PAUSES.attempts(*AWAY):
            with attempt:
                try:
                    with suppress(Superseded):
                        await self._work()
                except AWAY as error:
                    log.warning("console.cases_wait", error=type(error).__name__, again_in_seconds=attempt.next_wait)
                    await self._let_go()
                    raise

    async def _let_go(self) -> None:
        """After an error nobody knows what a writer can still do: its right is taken anew."""
        writers, self._writers = list(self._writers.values()), {}
        for writer in writers:
            with suppress(*AWAY):
                await writer.stop()

    async def _work(self) -> None:
        database = self._live.following.database
        self._written.clear()
        if self._seen != (now := self._now()):
            await self._count(database)  # also where the tables of the bank have to wait for the vault
            if await self.keep_bank(database):
                self._seen = now
        partitions = await self._count(database)
        for at, partition in enumerate(partitions):
            await self._publish(database, partition)
            self._still_to_publish(partitions[at + 1 :])

    async def _do(self, database: Database, job: Callable[..., T], *of: object) -> T:
        """Do a job on the writer's thread of the database that answers. Raises Superseded."""
        if database is not self._live.following.database:
            raise Superseded
        return await database.writer.do(partial(job, database.writer, *of))

    async def _count(self, database: Database) -> list[int]:
        """The partitions whose cases changed since they were published."""
        partitions = await self._do(database, behind)
        self._still_to_publish(partitions)
        return partitions

    def _still_to_publish(self, partitions: list[int]) -> None:
        self.unpublished = len(partitions)
        UNPUBLISHED.set(len(partitions))

    async def keep_bank(self, database: Database) -> bool:
        """Write the tables of the bank; False as long as nothing is in force."""
        now: datetime = self._clock.now()
        try:
            pseudonyms = organisation_in_force(self._reference, now).organisation.pseudonyms
            key = await self._vault.ensure_key(KEY) if pseudonyms else b""
            rows = bank_rows(self._reference, now, await self._do(database, first_known), key)
        except NotYet:
            return False
        if await self._do(database, write_bank, rows):
            log.info("console.bank_written", days=len(rows.days), units=len(rows.units), people=len(rows.pseudonyms))
        return True

    async def _publish(self, database: Database, partition: int) -> None:
        """Publish every case of a partition that changed, longest ago first."""
        if partition not in self._writers:
            writer = self._cases.writer(WRITER, partition)
            await writer.start()
            self._writers[partition] = writer
        while (page := await self._do(database, next_page, partition)) is not None:
            if page.records:
                await self._writers[partition].append(page.records)
            bombs.hit("cases_published")
            await self._do(database, keep_published, partition, page)
            PUBLISHED.inc(len(page.records))
