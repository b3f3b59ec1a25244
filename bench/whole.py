"""The whole system under a load that does not stop: complaints until all are acknowledged, and what each costs.

The callers send the next one as soon as they have an answer, so the backlog is the system's own, and it counts.
"""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from functools import partial
from uuid import uuid4

from bench.channels import acknowledged
from bench.ground import UNBOUNDED, Ground, beside, cpu_by_process, opened, until, watched
from bench.intake import COMPLAINTS, served
from bench.submitting import Caller, body
from bench.table import Row, progress
from shared.process.settings import Settings
from tests.support.installation import authorization, installed

SECONDS, AT_ONCE = 30.0, 16
MOST_SECONDS = 240.0
BROKER = "broker"


async def rows(ground: Ground, long: bool) -> AsyncIterator[Row]:
    """One installation; a bare endpoint on its broker before."""
    with installed(ground.folder / "whole", "system", **UNBOUNDED) as settings:
        bare = await _bare(settings)
        before = cpu_by_process(settings)
        sent, seen, took = await _loaded(settings)
        after = cpu_by_process(settings)
    waited = statistics.quantiles([(seen[case] - at) * 1000 for case, at in sent.items()], n=100)
    yield Row(
        f"the whole system, {AT_ONCE} callers for {SECONDS:.0f} s",
        f"{len(sent) / took:.1f} complaints/s until all are acknowledged",
        f"received → acknowledged meanwhile: p50 {waited[49]:,.0f} ms, p99 {waited[98]:,.0f} ms",
    )
    cost = {name: (after[name] - before[name]) * 1000 / len(sent) for name in after}
    parts = ", ".join(f"{name} {cost[name]:.1f}" for name in sorted(cost, key=lambda one: -cost[one]))
    yield Row(
        "CPU of a complaint, all processes",
        f"{sum(cost.values()):.1f} ms: {parts}",
        f"{sum(cost.values()) / bare:.1f} × a bare POST ({bare:.1f} ms with its part of the broker)",
    )


async def _bare(settings: Settings) -> float:
    """Milliseconds of CPU of a POST that is only appended, with what the broker does for it."""
    progress(f"{COMPLAINTS} complaints to a bare endpoint")
    async with served(await beside(settings), "bench.bare") as endpoint:
        before = cpu_by_process(settings)[BROKER]
        await endpoint.measure(authorization(settings))
        brokers = cpu_by_process(settings)[BROKER] - before
    return endpoint.costs[0] + brokers * 1000 / COMPLAINTS


async def _loaded(settings: Settings) -> tuple[dict[str, float], dict[str, float], float]:
    """When each case was sent and acknowledged, in seconds; and how long it took from the first until the last."""
    progress(f"complaints by {AT_ONCE} callers, for {SECONDS:.0f} s")
    sent, seen = dict[str, float](), dict[str, float]()
    numbers = iter(range(10**9))
    began = time.perf_counter()

    async def call() -> None:
        caller = Caller(settings.ports + 1, authorization(settings))
        await caller.open()
        while (at := time.perf_counter()) < began + SECONDS:
            sent[(await caller.post(str(uuid4()), body(next(numbers))))["case_id"]] = at
        await caller.close()

    async with opened(settings) as log, watched(log, partial(acknowledged, seen)):
        began = time.perf_counter()
        await asyncio.gather(*(call() for _ in range(AT_ONCE)))
        progress(f"{len(sent)} sent, {len(seen)} acknowledged")
        await until(lambda: len(seen) >= len(sent), MOST_SECONDS, f"acknowledging {len(sent)} complaints")
    return sent, seen, max(seen.values()) - began
