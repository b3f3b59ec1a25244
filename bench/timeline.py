"""One case's timeline through the console, out of a log of a million events: found by its case, not by a scan.

What is sealed stays so: the generator's cases have no keys, and opening costs the same in a log of any length.
"""

import statistics
import time
from collections.abc import AsyncIterator, Sequence
from http import HTTPStatus

import httpx

from bench.filled_log import Filled, fill
from bench.ground import Ground, opened
from bench.table import Row
from shared.process.settings import Settings
from tests.support.installation import authorization
from tests.support.processes import start, stop, until_ready

SHORT, LONG = 20_000, 1_000_000
ASKED, ANSWERED = 1000, 100
"""Cases, evenly taken from all, whose timelines are asked for, each once: nothing is remembered of them. So many at
least have to be of this bank: the generator's lives are of several, and nobody sees the others' cases."""
GOAL_MILLISECONDS = 100
MODULE = "services.console.worker"
MOST_SECONDS = 1800.0
READER = "luo.tian"


async def rows(ground: Ground, long: bool) -> AsyncIterator[Row]:
    """20,000 events; a million with ``--long``."""
    settings = await ground.installation("timeline", clock="steered")
    filled = await fill(settings, LONG if long else SHORT)
    async with opened(settings) as log:
        written = sum((await log.ends()).values())
    began = time.perf_counter()
    process = await start(settings, MODULE, settings.data / "console.log")
    try:
        await until_ready(settings.ports, process, MOST_SECONDS)
        seconds = time.perf_counter() - began
        yield Row(
            f"the console reads {written:,} events anew",
            f"{seconds:,.0f} s, {written / seconds:,.0f} events/s",
            f"{filled.cases:,} cases",
        )
        took, entries = await _asked(settings, filled)
    finally:
        await stop(process)
    cut, most = statistics.quantiles(took, n=100), f"at most {max(entries)}"
    yield Row(
        f"one case's timeline from a log of {written:,} events",
        f"p50 {cut[49]:.1f} ms, p99 {cut[98]:.1f} ms, of {statistics.median(entries):.0f} entries ({most})",
        f"≤ {GOAL_MILLISECONDS} ms",
        cut[98] <= GOAL_MILLISECONDS,
    )


async def _asked(settings: Settings, filled: Filled) -> tuple[Sequence[float], Sequence[int]]:
    """Milliseconds and entries of the timelines of so many cases."""
    numbers = range(1, filled.cases + 1, max(1, filled.cases // ASKED))
    took, entries = list[float](), list[int]()
    base = f"http://127.0.0.1:{settings.ports}"
    async with httpx.AsyncClient(base_url=base, headers=authorization(settings, READER, "person")) as client:
        for number in numbers:
            began = time.perf_counter()
            answer = await client.get(f"/v1/cases/{filled.case(number)}/timeline", params={"open": "false"})
            milliseconds = (time.perf_counter() - began) * 1000
            if answer.status_code == HTTPStatus.NOT_FOUND:
                continue
            assert answer.status_code == HTTPStatus.OK, answer.text
            took.append(milliseconds)
            entries.append(len(answer.json()["entries"]))
    assert len(took) >= ANSWERED, f"{len(took)} timelines"
    return took, entries
