"""Timers that are overdue after an outage: recorded at which rate, and in the order of their due times.

The steered clock leaps by a year over cases whose limits lie on different days; routing, sla and casework are up.
"""

import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import orjson

from bench.backlog import answered, echoes
from bench.cases import NOW, receipts
from bench.ground import Ground, append, opened, running, until, watched
from bench.table import Row, progress
from ops.local.preparing import set_clock
from shared.contract.envelope import name_and_version
from shared.contract.records import HEADER_TYPE, Record

TIMERS_PER_CASE = 4
"""Warning, target and breach of the bank's own clock and breaches of two duties' clocks, as far as they have them."""
FEW, MANY = 20_000, 100_000
GOAL = 0.5
"""Of the rate at which echo answers a backlog in the same run."""
MOST_SECONDS = {FEW: 60.0, MANY: 180.0}
QUIET_SECONDS = 2.0
FIRED = frozenset({"ClockWarned", "TargetPassed", "ClockBreached"})


class Seen:
    """What was recorded: clocks, and per partition the timers that fired, in log order.

    ``due``: how many timers the clocks have that stood before the leap. A warning or target whose limit has passed as
    well is not said (``shared.case.late_timers``), and is seen to all the same.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.known: set[str] = set()
        self.due = 0
        self.fired: dict[int, list[datetime]] = {}
        self.last = time.perf_counter()

    def take(self, record: Record) -> None:
        """Note one record. Clocks that a breach starts are due already then: their timers come after it."""
        name, _ = name_and_version(record.headers[HEADER_TYPE].decode())
        self.counts[name] += 1
        self.last = time.perf_counter()
        if name == "ClockStarted":
            if not self.fired:
                started = _data(record)
                self.known.add(started["clock_id"])
                self.due += 1 + len(started["deadline"]["warnings"]) + (started["deadline"]["target_at"] is not None)
        elif name in FIRED and _data(record)["clock_id"] in self.known:
            happened = datetime.fromisoformat(orjson.loads(record.value)["time"])
            self.fired.setdefault(record.partition, []).append(happened)

    def total(self) -> int:
        """How many timers of the clocks that stood before the leap have fired."""
        return sum(len(times) for times in self.fired.values())

    def quiet(self) -> bool:
        """Whether nothing has come in for a while."""
        return time.perf_counter() - self.last > QUIET_SECONDS


def _data(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(record.value)["data"]
    return found


async def rows(ground: Ground, long: bool) -> AsyncIterator[Row]:
    """20,000 timers; 100,000 with ``--long``."""
    echo = median((await answered(ground, "timers-echo", "bench.echo_worker", echoes, "routing")).wall)
    for wanted in (FEW, MANY) if long else (FEW,):
        yield await _leap(ground, wanted, echo)


async def _leap(ground: Ground, wanted: int, echo: float) -> Row:
    settings = await ground.installation(f"timers-{wanted}", clock="steered")
    cases, seen = wanted // TIMERS_PER_CASE, Seen()
    progress(f"{cases:,} cases are received and routed, and their clocks started")
    async with AsyncExitStack() as stack:
        log = await stack.enter_async_context(opened(settings))
        await stack.enter_async_context(watched(log, seen.take))
        await append(log, receipts(cases, apart=timedelta(hours=1)))
        for service in ("routing", "sla", "casework"):
            await stack.enter_async_context(running(settings, f"services.{service}.worker"))
        await until(lambda: seen.counts["CaseRouted"] == cases, MOST_SECONDS[wanted], "routing the cases")
        await until(seen.quiet, MOST_SECONDS[wanted], "starting their clocks")
        progress("the clock leaps by a year")
        began, before = time.perf_counter(), seen.counts.total()
        await set_clock(settings, (NOW + timedelta(days=366)).isoformat())
        await until(lambda: seen.total() > 0, MOST_SECONDS[wanted], "the first timer")
        await until(seen.quiet, MOST_SECONDS[wanted], "recording the timers")
        seconds = seen.last - began
    ordered = all(times == sorted(times) for times in seen.fired.values())
    order = "in order of due time per partition" if ordered else "OUT OF ORDER"
    per_second = seen.due / seconds
    return Row(
        f"{wanted:,} overdue timers, routing, sla and casework up",
        f"{seen.due:,} in {seconds:.1f} s, {seen.total():,} of them said "
        f"({seen.counts.total() - before:,} events in all), {order}",
        f"{per_second:,.0f}/s, {per_second / echo:.2f} of what echo answers (≥ {GOAL})",
        ordered and per_second / echo >= GOAL,
    )
