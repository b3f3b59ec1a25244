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
from typing import NamedTuple
from uuid import uuid4

from bench.cases import receipts
from bench.ground import Ground, append, cpu_seconds, opened, running, until, watched
from bench.table import Row, progress, spread
from shared.contract.envelope import SOURCE_PREFIX, outgoing
from shared.contract.records import HEADER_SOURCE, HEADER_TYPE, EventLog, Outgoing, Record
from tests.support import echo
from tests.support.standing_still import stand_still

TRIGGERS = 20_000
ROUNDS = 2
ECHO_GOAL, SERVICE_GOAL = 0.8, 0.5
MOST_SECONDS = 90.0
STANDS_STILL_SECONDS = 25
"""Session timeout: a worker that stands still must keep its partitions."""


async def rows(ground: Ground, long: bool) -> AsyncIterator[Row]:
    """A loop that decides nothing, the kernel by itself, then the two services that every receipt goes to."""
    bare = await answered(ground, "bare", "bench.bare_loop", echoes, "routing")
    yield Row(f"backlog of {TRIGGERS:,}, a bare loop", bare.shown, f"{spread(bare.cpu)}/s of its CPU time")
    echo = await answered(ground, "echo", "bench.echo_worker", echoes, "routing")
    yield _row("echo", echo, "a bare loop", bare, ECHO_GOAL)
    for name in ("routing", "sla"):
        found = await answered(ground, name, f"services.{name}.worker", receipts, name)
        yield _row(name, found, "echo", echo, SERVICE_GOAL)


class Rates(NamedTuple):
    """Triggers that were answered per second, by the clock on the wall and per second of the worker's CPU time."""

    wall: list[float]
    cpu: list[float]

    @property
    def shown(self) -> str:
        """The rate on the wall."""
        return f"{spread(self.wall)} triggers/s"


def _row(name: str, ours: Rates, what: str, theirs: Rates, goal: float) -> Row:
    ratio, of_cpu = median(ours.wall) / median(theirs.wall), median(ours.cpu) / median(theirs.cpu)
    against = f"{ratio:.2f} of {what} (≥ {goal}); {of_cpu:.2f} per second of CPU time ({spread(ours.cpu)}/s)"
    return Row(f"backlog of {TRIGGERS:,}, {name}", ours.shown, against, ratio >= goal)


def echoes(count: int) -> list[Outgoing]:
    """Receipts for the echo service."""
    return [outgoing(echo.receipt(str(uuid4()))) for _ in range(count)]


async def answered(ground: Ground, name: str, module: str, made: Callable[[int], list[Outgoing]], source: str) -> Rates:
    """How fast a worker of its own answers backlogs of what is made for it, seen by the source of its answers."""
    settings = await ground.installation(f"backlog-{name}", session_timeout_seconds=STANDS_STILL_SECONDS)
    found = Rates([], [])
    async with opened(settings) as log, running(settings, module) as worker:
        for number in range(ROUNDS):
            progress(f"{module}: {TRIGGERS:,} receipts, round {number + 1} of {ROUNDS}")
            stand_still(worker.pid)
            seconds, used = await _one(log, worker.pid, made(TRIGGERS), f"{SOURCE_PREFIX}{source}".encode())
            found.wall.append(TRIGGERS / seconds)
            found.cpu.append(TRIGGERS / used)
    return found


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
