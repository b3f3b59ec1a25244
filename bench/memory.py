"""Memory of an open case per service: everything its fold keeps, counted by Python's own allocator."""

import gc
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from typing import Any

from bench.cases import open_cases
from bench.ground import Ground
from bench.table import Row
from ops.verify.services import SERVICES
from shared.contract.records import Outgoing, Record
from shared.kernel.fold import Fold

CASES = 1000
MOST_BYTES = 1024


async def rows(ground: Ground, long: bool) -> AsyncIterator[Row]:
    """One row per service."""
    made = await open_cases(CASES)
    first = set(list(dict.fromkeys(record.key for record in made))[: CASES // 10])
    for service in SERVICES:
        fold: Fold[Any] = Fold(service, 0)
        for record in _as_read([r for r in made if r.key in first]):  # what cases share is there before it counts
            fold.apply(record)
        gc.collect()
        tracemalloc.start()
        for record in _as_read([r for r in made if r.key not in first]):
            fold.apply(record)
        gc.collect()
        taken, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        per_case = taken / (CASES - len(first))
        against = f"≤ {MOST_BYTES:,} bytes"
        yield Row(f"memory per open case, {service.name}", f"{per_case:,.0f} bytes", against, per_case <= MOST_BYTES)


def _as_read(records: list[Outgoing]) -> Iterator[Record]:
    """The records as they come from Kafka: no two of them share a text."""
    for at, record in enumerate(records):
        yield Record(0, at, record.key.encode().decode(), record.value, dict(record.headers))
