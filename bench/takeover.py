"""A killed worker's partitions: how soon they are served again, and how long the others stand still meanwhile.

Two workers of the echo service share four partitions, into each of which a receipt comes every 50 ms.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import pairwise
from uuid import uuid4

import httpx

from bench.ground import Ground, opened, until, watched
from bench.table import Row, progress
from shared.contract.envelope import outgoing
from shared.contract.records import HEADER_TYPE, EventLog, Record
from shared.contract.topics import partition_of
from shared.process.settings import Settings
from tests.support import echo
from tests.support.broker import free_ports
from tests.support.processes import start, stop, until_ready

EVERY_SECONDS = 0.05
RESTARTED_GOAL, TAKEN_OVER_GOAL = 5.0, 12.0
MOST_SECONDS = 30.0
SETTLE_SECONDS = 2.0


class Served:
    """When receipts came in and when they were answered, per partition, on one clock."""

    def __init__(self) -> None:
        self.asked: dict[str, float] = {}
        self.answers: dict[int, list[tuple[float, float]]] = {p: [] for p in range(4)}

    def take(self, record: Record) -> None:
        """Note an answer: when it was asked for, and when it was seen."""
        if b"DutiesAdded" in record.headers[HEADER_TYPE] and record.key in self.asked:
            self.answers[record.partition].append((self.asked.pop(record.key), time.perf_counter()))

    def again(self, partition: int, since: float) -> float | None:
        """Seconds from ``since`` until something asked after it was answered."""
        return next((seen - since for asked, seen in self.answers[partition] if asked > since), None)

    def longest_silence(self, partitions: set[int], since: float) -> float:
        """The longest time without an answer in any of these partitions."""
        seen = {p: [at for _, at in self.answers[p] if at > since - 1] for p in partitions}
        return max((b - a for times in seen.values() for a, b in pairwise(times)), default=0.0)


async def rows(ground: Ground, long: bool) -> AsyncIterator[Row]:
    """Restarted in its own slot as the supervisor would, then not restarted at all."""
    settings = await ground.installation("takeover")
    served = Served()
    async with AsyncExitStack() as stack:
        log = await stack.enter_async_context(opened(settings))
        await stack.enter_async_context(watched(log, served.take))
        workers = [await _worker(settings, slot) for slot in (0, 1)]
        stack.push_async_callback(_stop_all, workers)
        await _until_shared(workers)
        await stack.enter_async_context(_asking(log, served))
        await asyncio.sleep(SETTLE_SECONDS)
        for restarted, goal in ((True, RESTARTED_GOAL), (False, TAKEN_OVER_GOAL)):
            progress(f"a worker is killed and {'' if restarted else 'not '}restarted")
            yield await _kill(settings, workers, served, restarted, goal)
            await asyncio.sleep(SETTLE_SECONDS)


Running = tuple[asyncio.subprocess.Process, int]


async def _worker(settings: Settings, slot: int) -> Running:
    port = free_ports(1)
    log = settings.data / f"echo-{slot}.log"
    process = await start(settings, "bench.echo_worker", log, slot=slot, health_port=port)
    await until_ready(port, process)
    return process, port


async def _stop_all(workers: list[Running]) -> None:
    await stop(*(process for process, _ in workers))


async def _owned(port: int) -> set[int]:
    async with httpx.AsyncClient(timeout=5) as client:
        report = (await client.get(f"http://127.0.0.1:{port}/internal/settled")).json()
    return {int(p) for p in report["positions"]} if report["ready"] else set()


async def _until_shared(workers: list[Running]) -> None:
    async with asyncio.timeout(MOST_SECONDS):
        while sorted([len(await _owned(port)) for _, port in workers]) != [2, 2]:
            await asyncio.sleep(0.1)


@asynccontextmanager
async def _asking(log: EventLog, served: Served) -> AsyncIterator[None]:
    """Receipts for every partition, again and again."""

    async def ask() -> None:
        while True:
            for partition in range(4):
                case = next(c for c in iter(lambda: str(uuid4()), "") if partition_of(c, 4) == partition)
                served.asked[case] = time.perf_counter()
                await log.append([outgoing(echo.receipt(case))])
            await asyncio.sleep(EVERY_SECONDS)

    task = asyncio.create_task(ask())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _kill(settings: Settings, workers: list[Running], served: Served, restarted: bool, goal: float) -> Row:
    victim, port = workers[1]
    lost = await _owned(port)
    killed = time.perf_counter()
    victim.kill()
    await victim.wait()
    if restarted:
        workers[1] = await _worker(settings, 1)
    await until(lambda: all(served.again(p, killed) for p in lost), MOST_SECONDS, "serving the partitions again")
    took = max(served.again(p, killed) or 0.0 for p in lost)
    still = served.longest_silence(set(range(4)) - lost, killed)
    how = "restarted in its slot" if restarted else "another takes over"
    return Row(
        f"killed worker, {how}", f"served again after {took:.1f} s; the others stood still {still:.1f} s",
        f"≤ {goal:.0f} s", took <= goal,
    )  # fmt: skip
