"""A whole installation, as `redress up` starts it: start-up, single complaints and a burst of them."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from functools import partial
from uuid import uuid4

from bench.ground import Ground, opened, until, watched
from bench.submitting import Caller, body, rate
from bench.table import Row, progress
from ops.local.status import status
from shared.contract.records import HEADER_TYPE, Record
from shared.process.settings import Settings
from tests.support.installation import authorization, installed

START_UP_GOAL_SECONDS = 20.0
BURST, AT_ONCE = 300, 16
UNLOADED = 300
"""Enough for a 99th percentile: of fewer it would be the slowest one, which is the first after the start."""
PAUSE_SECONDS = 0.05
LATENCY_GOAL_MS = 150
MOST_SECONDS = 90.0


async def rows(ground: Ground, long: bool) -> AsyncIterator[Row]:
    """With a broker of its own: starting it is part of starting up."""
    progress("redress up")
    began = time.perf_counter()
    with installed(ground.folder / "installation", "system") as settings:
        took = time.perf_counter() - began
        yield Row("start-up, broker included", f"{took:.1f} s", "≤ 20 s", took <= START_UP_GOAL_SECONDS)
        yield await _latency(settings)
        yield await _burst(settings)


async def _latency(settings: Settings) -> Row:
    """From the POST until the acknowledgement's MessageSent is in the log, one complaint after the other."""
    progress(f"{UNLOADED} complaints, one after the other")
    seen, took = dict[str, float](), list[float]()

    def take(record: Record) -> None:
        if b"redress.MessageSent.v" in record.headers[HEADER_TYPE] and b'"kind":"acknowledgement"' in record.value:
            seen.setdefault(record.key, time.perf_counter())

    caller = Caller(settings.ports + 1, authorization(settings))
    await caller.open()
    async with opened(settings) as log, watched(log, take):
        for number in range(UNLOADED):
            began = time.perf_counter()
            case = (await caller.post(str(uuid4()), body(number)))["case_id"]
            await until(partial(seen.__contains__, case), MOST_SECONDS, "sending an acknowledgement")
            took.append((seen[case] - began) * 1000)
            await asyncio.sleep(PAUSE_SECONDS)
    await caller.close()
    percentiles = statistics.quantiles(took, n=100)
    return Row(
        "received → acknowledged, unloaded, all services up",
        f"p50 {percentiles[49]:.0f} ms, p99 {percentiles[98]:.0f} ms, the very first {took[0]:.0f} ms",
        f"p99 ≤ {LATENCY_GOAL_MS} ms",
        percentiles[98] <= LATENCY_GOAL_MS,
    )


async def _burst(settings: Settings) -> Row:
    progress(f"{BURST} complaints at once, and their letters")
    began = time.perf_counter()
    per_second = await rate(settings.ports + 1, authorization(settings), str(uuid4()), BURST, AT_ONCE)
    async with asyncio.timeout(MOST_SECONDS):
        while any(row["owed"] or row["lag"] for row in await asyncio.to_thread(status, settings)):
            await asyncio.sleep(0.1)
    letters = 2 * BURST / (time.perf_counter() - began)
    return Row("burst of complaints, all services up", f"{per_second:,.0f} complaints/s", f"{letters:,.0f} letters/s")
