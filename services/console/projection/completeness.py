"""What is counted of all cases is read from their figures again and again: for metrics, and ``redress status``."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog
from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.console.projection.counting_tables import figure
from services.console.projection.database import Database
from services.console.projection.hops import GAPS, HOP, HOPS, MISSING, STATE, VERDICT
from services.console.projection.tables import SINCE, case
from shared.errors import NotYet
from shared.process.clock import DomainClock

log = structlog.get_logger()

MEASURE_SECONDS = 5.0
"""A dozen rows each time: seldom enough for an idle installation, often enough for an alarm after a minute."""
SOON_SECONDS = 0.5
"""Until there is a database and a time to go by."""
NAMED = 20
"""Cases of each sort that are named: those that have waited longest."""
DUE_SOON = timedelta(days=1)
MICROS = 1_000_000

HOP_CASES = Gauge("redress_completeness_cases", "Cases that have come to this hop, by the log", ["hop"])
GAP_CASES = Gauge("redress_completeness_missing", "Cases that miss this now", ["gap"])
GAP_OLDEST = Gauge("redress_completeness_oldest_seconds", "How long the first of them has missed it", ["gap"])
MEASURED = Gauge("redress_completeness_measured_timestamp_seconds", "When these figures were read from the database")
CASES = Gauge("redress_cases", "Cases by where they stand", ["state"])
VERDICTS = Gauge("redress_clock_verdicts", "Verdicts of the bank's own clocks", ["verdict"])
SILENT = Gauge("redress_cases_silent", "Open cases without a fact for more than REDRESS_SILENT_DAYS days")
OVERDUE = Gauge("redress_cases_overdue", "Cases with a deadline that has passed and is not met")
DUE = Gauge("redress_cases_due_soon", "Cases whose next deadline passes within a day")


class Gap(NamedTuple):
    """So many cases miss something, the first of them since then (microseconds of the system clock)."""

    number: int
    since_us: int | None = None
    cases: tuple[str, ...] = ()

    def seconds(self, now_us: int) -> float:
        """How long the first of them has missed it."""
        return 0.0 if self.since_us is None else max(0.0, (now_us - self.since_us) / MICROS)


class Found(NamedTuple):
    """All cases, counted: by figure, by what they miss, and by the time that has passed."""

    figures: dict[tuple[str, str], int]
    gaps: dict[str, Gap]
    silent: int
    silent_cases: tuple[str, ...]
    overdue: int
    due_soon: int


async def found_in(database: Database, now: datetime, silent_days: int) -> Found:
    """Count what a database holds. ``now``: of the domain's clock, by which cases fall silent and deadlines pass."""
    now_us = round(now.timestamp() * MICROS)
    silent = case.c.last_fact_us < now_us - silent_days * 86_400 * MICROS
    async with database.read() as connection:
        sums = select(figure.c.kind, figure.c.name, func.sum(figure.c.number)).group_by(figure.c.kind, figure.c.name)
        figures = {(kind, name): int(number) for kind, name, number in await connection.execute(sums)}
        named = select(case.c.case_id).where(silent).order_by(case.c.last_fact_us).limit(NAMED)
        soon = case.c.due_us.between(now_us, now_us + DUE_SOON // timedelta(microseconds=1))
        return Found(
            figures,
            {gap: await _gap(connection, gap, figures.get((MISSING, gap), 0)) for gap in GAPS},
            await _count(connection, silent),
            tuple(case_id for (case_id,) in await connection.execute(named)),
            await _count(connection, case.c.due_us < now_us),
            await _count(connection, soon),
        )


async def _gap(connection: AsyncConnection, gap: str, number: int) -> Gap:
    if not number:
        return Gap(0)
    since = case.c[SINCE[gap]]
    query = select(case.c.case_id, since).where(since.is_not(None)).order_by(since).limit(NAMED)
    rows = (await connection.execute(query)).all()
    return Gap(number, rows[0][1] if rows else None, tuple(row[0] for row in rows))


async def _count(connection: AsyncConnection, condition: Any) -> int:
    """How many cases a condition chooses; an index leads to them, so others cost nothing."""
    counted: int = (await connection.execute(select(func.count()).select_from(case).where(condition))).scalar_one()
    return counted


class Completeness:
    """What was counted last. ``run`` counts again and again; nobody who asks makes anything be counted.

    ``database_away``: the kind of error that kept it from counting last, empty if nothing did.
    """

    def __init__(
        self,
        database: Callable[[], Database | None],
        clock: DomainClock,
        silent_days: int,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._database, self._clock, self._now = database, clock, now
        self._silent_days = silent_days
        self.found: Found | None = None
        self.database_away = ""

    async def run(self) -> None:
        """Count for ever; a database that is away is asked again later."""
        while True:
            try:
                await self.measure()
                self.database_away = ""
            except DBAPIError as error:
                self.database_away = type(error.orig).__name__
                log.warning("console.not_counted", error=type(error.orig).__name__)
            await asyncio.sleep(SOON_SECONDS if self.found is None else MEASURE_SECONDS)

    async def measure(self) -> None:
        """Count now, if there is a database and a time to go by."""
        database = self._database()
        if database is None:
            return
        with suppress(NotYet):
            self.found = found = await found_in(database, self._clock.now(), self._silent_days)
            self._show(found)

    def told(self) -> dict[str, Any] | None:
        """What was counted, for ``redress status``; None before anything was."""
        found, now_us = self.found, round(self._now() * MICROS)
        if found is None:
            return None
        missing = {
            gap: {"cases": one.number, "oldest_seconds": one.seconds(now_us), "named": list(one.cases)}
            for gap, one in found.gaps.items()
        }
        return {hop: found.figures.get((HOP, hop), 0) for hop in HOPS} | {
            "missing": missing,
            "silent": found.silent,
            "silent_cases": list(found.silent_cases),
            "silent_days": self._silent_days,
            "overdue": found.overdue,
            "due_soon": found.due_soon,
        }

    def _show(self, found: Found) -> None:
        for hop in HOPS:
            HOP_CASES.labels(hop).set(found.figures.get((HOP, hop), 0))
        for gap in GAPS:
            GAP_CASES.labels(gap).set(found.gaps[gap].number)
            GAP_OLDEST.labels(gap).set(found.gaps[gap].seconds(round(self._now() * MICROS)))
        for gauge, kind in ((CASES, STATE), (VERDICTS, VERDICT)):
            for (of, name), number in found.figures.items():
                if of == kind:
                    gauge.labels(name).set(number)
        SILENT.set(found.silent)
        OVERDUE.set(found.overdue)
        DUE.set(found.due_soon)
        MEASURED.set(self._now())
