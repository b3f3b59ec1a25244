"""How long a heartbeat waits while a partition does what is long: folds, re-checks, answers a backlog.

One partition, its log in memory and its store on the disk, so that nothing but the kernel and the services' own
functions counts. A heartbeat is a task that sleeps for a millisecond, again and again; what it waits longer is what the
work kept from it.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from bench.cases import NOW, NoLetters, open_cases
from bench.ground import Ground
from bench.store import MOST, keeper_of
from bench.table import Row, progress
from ops.paths import SERVICES as SERVICE_FOLDERS
from ops.verify.services import SERVICES
from shared.contract.envelope import outgoing
from shared.contract.records import Record
from shared.kernel.fold import Fold
from shared.kernel.ports import Ports
from shared.kernel.service import Service
from shared.kernel.session import Session
from shared.log.progress import one_by_one
from shared.process import garbage
from shared.process.clock import SteeredClock
from tests.support import echo
from tests.support.facts import document, reference
from tests.support.memory_log import MemoryLog

CASES, OWED = 100_000, 400_000
FEW_CASES, FEW_OWED = 10_000, 40_000
DISTINCT = 200
"""Cases that are really made; the others are copies of them under ids of their own."""
GOAL_MS = 50.0


@dataclass
class Heart:
    """The longest time that a heartbeat waited, and the most processor time that the loop took meanwhile.

    What else waits is the machine's doing, or a thread's: on a machine that others use the former is the larger one.
    """

    longest: float = 0.0
    worked: float = 0.0

    @asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        """Beat while something works."""

        async def beat() -> None:
            while True:
                before, worked = time.perf_counter(), time.thread_time()
                await asyncio.sleep(0.001)
                self.longest = max(self.longest, time.perf_counter() - before - 0.001)
                self.worked = max(self.worked, time.thread_time() - worked)

        task = asyncio.create_task(beat())
        try:
            yield
        finally:
            task.cancel()


async def rows(ground: Ground, long: bool) -> AsyncIterator[Row]:
    """10,000 open cases and 40,000 owed; ten times as many with ``--long``."""
    cases, owed = (CASES, OWED) if long else (FEW_CASES, FEW_OWED)
    progress(f"{cases:,} open cases are made of {DISTINCT}")
    log = await _log_of(cases)
    for service in SERVICES:
        for row in await _of_open_cases(service, log, cases):
            yield row
    yield await _of_owed(owed)


async def _log_of(cases: int) -> list[Record]:
    """The log of so many open cases: each of a few in many copies."""
    made = await open_cases(DISTINCT)
    found: list[Record] = []
    for copy in range(cases // DISTINCT):
        names: dict[str, str] = {}
        for one in made:
            new = one.key if copy == 0 else names.setdefault(one.key, str(uuid4()))
            value = one.value if copy == 0 else one.value.replace(one.key.encode(), new.encode())
            found.append(Record(0, len(found), new, value, dict(one.headers)))
    return found


async def _of_open_cases(service: Service[Any], log: list[Record], cases: int) -> list[Row]:
    """Fold them, then find what a changed calendar and organisation touch; how long a heartbeat waited for each."""
    with TemporaryDirectory() as folder:
        keeper = keeper_of(service, Path(folder), MOST)
        await keeper.open(MemoryLog(1))
        writing = asyncio.create_task(keeper.run())
        try:
            return await _beside(service, keeper.content, log, cases)
        finally:
            writing.cancel()
            await keeper.close()


async def _beside(service: Service[Any], fold: Fold[Any], log: list[Record], cases: int) -> list[Row]:
    """What is done with many cases, while they are written down."""
    known, heart = reference(), Heart()
    async with heart.beating():
        with garbage.loading():
            began = time.perf_counter()
            await one_by_one(fold.apply)(log)
            folded = time.perf_counter() - began
    found = [_row(f"folding {cases:,} open cases, {service.name}", folded, heart)]
    calendar = (SERVICE_FOLDERS / "sla" / "calendars" / "cn-2020.yaml").read_text(encoding="utf-8")
    changed = calendar.replace("days_off:\n", "days_off:\n  - {date: 2020-03-06, name: invented}\n", 1)
    for what in ("nothing new", "a calendar that touches all")[: 2 if service.name == "sla" else 1]:
        if what != "nothing new":
            known.add(document("calendar", "cn-2020", changed, NOW))
        heart, looked, began = Heart(), 0, time.perf_counter()
        async with heart.beating():
            async for case, state in fold.touched(known, NOW):
                looked += 1
                for trigger in service.stale(case, state, known, NOW):
                    fold.owe_again(trigger)
        took = time.perf_counter() - began
        found.append(_row(f"re-checking {looked:,} of {cases:,} cases ({what}), {service.name}", took, heart))
    return found


async def _of_owed(owed: int) -> Row:
    """Answer so many receipts on as many cases in one partition, through a session."""
    log, clock, heart = MemoryLog(1), SteeredClock(), Heart()
    clock.set(NOW)
    progress(f"{owed:,} receipts are owed answers")
    await log.append([outgoing(echo.receipt(str(uuid4()))) for _ in range(owed)])
    service = echo.echo_service(echo.Decider())
    fold = Fold(service, 0)
    kernel = Ports(log, reference(), clock, NoLetters(), 500, 2**22)
    with garbage.loading():
        await one_by_one(fold.apply)([record for record in log._rows[0] if record is not None])
    await fold.progress.move(owed)
    following = asyncio.create_task(fold.follow(await log.read(0, owed)))
    began = time.perf_counter()
    async with heart.beating():
        running = asyncio.create_task(Session(kernel, service, fold).run())
        while fold.open_work() or not fold.position:
            await asyncio.sleep(0.01)
        took = time.perf_counter() - began
    for task in (running, following):
        task.cancel()
    await asyncio.gather(running, following, return_exceptions=True)
    row = _row(f"answering {owed:,} owed at once, echo", took, heart)
    return row._replace(measured=f"{row.measured}; {owed / took:,.0f}/s")


def _row(what: str, seconds: float, heart: Heart) -> Row:
    waited, worked = heart.longest * 1000, heart.worked * 1000
    measured = f"{seconds:.1f} s, a heartbeat waited {waited:.0f} ms ({worked:.0f} ms CPU)"
    return Row(what, measured, f"≤ {GOAL_MS:.0f} ms", waited <= GOAL_MS)
