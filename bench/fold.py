"""Rebuilding state from the log: each service's fold against reading and parsing the same records, and against Faust.

All read one topic from Kafka. Rates are events per second of the process's own CPU time, and each round takes the
bare reading and every fold next to each other: what else the machine does falls on all of them alike.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from statistics import median
from typing import Any

import orjson

from bench.cases import open_cases
from bench.ground import Ground, append, opened
from bench.table import Row, progress, ratios, spread
from ops.verify.services import SERVICES
from shared.contract.records import EventLog, Record
from shared.kernel.fold import Fold
from shared.kernel.service import Service
from shared.process import garbage

CASES = 2000
ROUNDS = 3
PARSING_GOAL, FAUST_GOAL = 0.5, 8.0
FAUST_SECONDS = 60.0


async def rows(ground: Ground, long: bool) -> AsyncIterator[Row]:
    """One row per service against parsing, one for all against Faust."""
    settings = await ground.installation("fold", partitions=1)
    records = await open_cases(CASES)
    bare: list[float] = []
    folded: dict[str, list[float]] = {service.name: [] for service in SERVICES}
    async with opened(settings) as log:
        await append(log, records)
        progress(f"{len(records):,} events of {CASES:,} cases, {sum(len(r.value) for r in records) / 2**20:.0f} MiB")
        faust = len(records) / await _faust(ground.bootstrap, log.topic, len(records))
        for _ in range(ROUNDS):
            bare.append(await _rate(log, orjson_only()))
            for service in SERVICES:
                folded[service.name].append(await _rate(log, folding(service)))
    yield Row("reading and parsing only", f"{spread(bare)} events/s", "")
    for name, rates in folded.items():
        parsing = ratios(rates, bare)
        against = f"{spread(parsing, '.2f')} of reading and parsing (≥ {PARSING_GOAL})"
        yield Row(f"rebuild, {name}", f"{spread(rates)} events/s", against, median(parsing) >= PARSING_GOAL)
    times = {name: median(rates) / faust for name, rates in folded.items()}
    yield Row(
        f"rebuild against a Faust agent per event ({faust:,.0f} events/s)",
        ", ".join(f"{name} {factor:.1f} ×" for name, factor in times.items()),
        f"≥ {FAUST_GOAL:.0f} ×; parsing only is {median(bare) / faust:.1f} ×",
        min(times.values()) >= FAUST_GOAL,
    )


def orjson_only() -> Callable[[Record], Any]:
    """Parse and forget."""
    return lambda record: orjson.loads(record.value)


def folding(service: Service[Any]) -> Callable[[Record], Any]:
    """Fold into an empty state."""
    return Fold(service, 0).apply


async def _rate(log: EventLog, take: Callable[[Record], Any]) -> float:
    """Records per CPU second, read from Kafka and handed to ``take``; every step as a service does it."""
    end, read = await log.end(0), 0
    reader = await log.read(0)
    with garbage.loading():
        began = time.process_time()
        while await reader.position() < end:
            for record in await reader.batch(0.2):
                take(record)
                read += 1
        seconds = time.process_time() - began
    await reader.stop()
    return read / seconds


async def _faust(bootstrap: str, topic: str, events: int) -> float:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.faust_agent", bootstrap, topic, str(events),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(FAUST_SECONDS):
            answer, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return float(answer)
