"""What a worker process gets through after an outage: it stands still while receipts come in, then goes on.

Measured from going on until a committed reader has seen every answer, so reading the backlog is part of it. Beside
the rate of the clock on the wall stands the rate per second of the worker's own CPU time, which the other processes
of this machine change less.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from statistics import median
from uuid import uuid4

from bench.cases import receipts
from bench.ground import Ground, append, cpu_seconds, opened, running, until, watched
from bench.table import Row, progress, spread
from shared.contract.envelope import SOURCE_PREFIX, outgoing
from shared.contract.records import HEADER_SOURCE, HEADER_TYPE, EventLog, Outgoing, Record
from shared.process.settings import Settings
from tests.support import echo

TRIGGERS = 20_000
ROUNDS = 2
GOAL = 10_000
MOST_SECONDS = 90.0
STANDS_STILL_SECONDS = 25
"""Session timeout: a worker that stands still must keep its partitions."""


async def rows(ground: Ground, long: bool) -> AsyncIterator[Row]:
    """The kernel by itself, then the two services that every receipt goes to."""
    for name, module, made in (
        ("echo", "bench.echo_worker", echoes),
        ("routing", "services.routing.worker", receipts),
        ("sla", "services.sla.worker", receipts),
    ):
        settings = await ground.installation(f"backlog-{name}", session_timeout_seconds=STANDS_STILL_SECONDS)
        source = SOURCE_PREFIX + ("routing" if name == "echo" else name)
        wall, cpu = await _rates(settings, module, made, source.encode())
        against = f"≥ {GOAL:,}/s; {spread(cpu)}/s of its CPU time"
        yield Row(f"backlog of {TRIGGERS:,}, {name}", f"{spread(wall)} triggers/s", against, median(wall) >= GOAL)


def echoes(count: int) -> list[Outgoing]:
    """Receipts for the echo service."""
    return [outgoing(echo.receipt(str(uuid4()))) for _ in range(count)]


async def _rates(
    settings: Settings, module: str, made: Callable[[int], list[Outgoing]], source: bytes
) -> tuple[list[float], list[float]]:
    wall, cpu = [], []
    async with opened(settings) as log, running(settings, module) as worker:
        for number in range(ROUNDS):
            progress(f"{module}: {TRIGGERS:,} receipts, round {number + 1} of {ROUNDS}")
            os.kill(worker.pid, signal.SIGSTOP)
            seconds, used = await _one(log, worker.pid, made(TRIGGERS), source)
            wall.append(TRIGGERS / seconds)
            cpu.append(TRIGGERS / used)
    return wall, cpu


async def _one(log: EventLog, pid: int, backlog: list[Outgoing], source: bytes) -> tuple[float, float]:
    """Seconds on the wall and of the worker's CPU until every receipt of the backlog is answered."""
    answered: set[str] = set()

    def take(record: Record) -> None:
        if record.headers[HEADER_SOURCE] == source and b"ComplaintReceived" not in record.headers[HEADER_TYPE]:
            answered.add(record.key)

    await append(log, backlog)
    async with watched(log, take):
        before, began = cpu_seconds(pid), time.perf_counter()
        os.kill(pid, signal.SIGCONT)
        await until(lambda: len(answered) == len(backlog), MOST_SECONDS, "answering the backlog")
        seconds, used = time.perf_counter() - began, cpu_seconds(pid) - before
    await asyncio.sleep(0.5)
    return seconds, used
