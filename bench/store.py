"""The stores: what one costs a fold, and how a worker and an API start from those that hold many cases.

Folding is measured on the same records with and without a store, next to each other, in CPU time with its thread's. The
large store is made of the rows of real cases under other ids; a process of its own opens it and goes on from there.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from uuid import uuid4

import orjson

from bench.cases import open_cases
from bench.fold import folding
from bench.ground import Ground
from bench.index_start import LOOK_UPS
from bench.table import Row, progress, ratios, spread
from ops.verify.services import SERVICES
from services.casework.http.outcome_folding import OUTCOMES
from shared.contract.records import Outgoing, Record
from shared.kernel.service import Folded, Service
from shared.kernel.store.fold_keeper import fold_keeper
from shared.kernel.store.packing import Packing
from shared.kernel.store.stored_fold import FILED, StoredFold
from shared.process import garbage
from shared.store.store_file import Change, StoreFile
from shared.store.store_keeper import StoreKeeper
from shared.store.stores import Stores
from shared.store.typed_rows import write
from shared.web.case_index import CaseIndex
from tests.support.memory_log import MemoryLog

CASES, ROUNDS = 1000, 3
GOAL = 0.75
START_SERVICE = "sla"
"""Its cases are the largest."""
SHORT, LONG = 50_000, 1_000_000
OPEN = 20_000
SECONDS_GOAL, RSS_GOAL_MIB = 5.0, 300
AT_ONCE = 5_000
MOST = 20_000
"""What a process keeps in memory by default."""


class Started(NamedTuple):
    """How a process began from a store: CPU and wall seconds until it could go on, and MiB then and in the end."""

    cpu_seconds: float
    seconds: float
    opened_mib: float
    worked_mib: float


async def rows(ground: Ground, long: bool) -> AsyncIterator[Row]:
    """One row per service, and one for the start."""
    made = await open_cases(CASES)
    records = [Record(0, at, one.key, one.value, dict(one.headers)) for at, one in enumerate(made)]
    for service in SERVICES:
        plain, stored = list[float](), list[float]()
        for _ in range(ROUNDS):
            plain.append(_plain(service, records))
            stored.append(await _stored(service, records))
        against = ratios(stored, plain)
        yield Row(
            f"fold with a store, {service.name}",
            f"{spread(stored)} events/s",
            f"{spread(against, '.2f')} of a fold without (≥ {GOAL})",
            median(against) >= GOAL,
        )
    yield await _start(made, LONG if long else SHORT)
    yield await _index_start(made, LONG if long else SHORT)


def _plain(service: Service[Any], records: Sequence[Record]) -> float:
    take = folding(service)
    with garbage.loading():
        began = time.process_time()
        for record in records:
            take(record)
        return len(records) / (time.process_time() - began)


async def _stored(service: Service[Any], records: Sequence[Record]) -> float:
    with TemporaryDirectory() as folder:
        keeper = keeper_of(service, Path(folder), MOST)
        keeper.file.hold()
        keeper.file.open()
        keeper.content.file = keeper.file
        fold = keeper.content
        with garbage.loading():
            began = time.process_time()
            for record in records:
                fold.apply(record)
                if fold.many.is_set():
                    await keeper.flush()
            await keeper.flush()
            rate = len(records) / (time.process_time() - began)
        await keeper.close()
    return rate


def keeper_of(service: Folded[Any], folder: Path, most: int) -> StoreKeeper[StoredFold[Any]]:
    """The keeper of a service's first partition below a folder."""
    assert service.stored is not None
    return fold_keeper(Stores(folder, "bench", most), service, service.stored, 0)


async def _start(made: Sequence[Outgoing], cases: int) -> Row:
    service = next(one for one in SERVICES if one.name == START_SERVICE)
    with TemporaryDirectory() as folder:
        progress(f"a store of {cases:,} cases")
        size = await asyncio.to_thread(_make, service, Path(folder), made, cases)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.store_start", START_SERVICE, folder, str(MOST), stdout=asyncio.subprocess.PIPE
        )
        said, _ = await process.communicate()
    found = Started(*orjson.loads(said))
    return Row(
        f"start of {START_SERVICE} at {cases:,} cases, {OPEN:,} open ({size / 2**20:,.0f} MiB)",
        f"{found.seconds:.2f} s ({found.cpu_seconds:.2f} s CPU); {found.opened_mib:.0f} MiB, "
        f"{found.worked_mib:.0f} MiB after all open cases were looked at",
        f"≤ {SECONDS_GOAL:.0f} s, ≤ {RSS_GOAL_MIB} MiB",
        found.seconds <= SECONDS_GOAL and found.worked_mib <= RSS_GOAL_MIB,
    )


async def _index_start(made: Sequence[Outgoing], cases: int) -> Row:
    with TemporaryDirectory() as folder:
        progress(f"an index of {cases:,} cases")
        size = await asyncio.to_thread(_make_index, Path(folder), made, cases)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.index_start", folder, str(MOST), stdout=asyncio.subprocess.PIPE
        )
        said, _ = await process.communicate()
    *started, each = orjson.loads(said)
    found = Started(*started)
    return Row(
        f"start of casework's API at {cases:,} cases ({size / 2**20:,.0f} MiB)",
        f"{found.seconds:.2f} s ({found.cpu_seconds:.2f} s CPU); {found.opened_mib:.0f} MiB, "
        f"{found.worked_mib:.0f} MiB after {LOOK_UPS:,} cases were looked up, {each:.0f} µs each",
        f"≤ {SECONDS_GOAL:.0f} s",
        found.seconds <= SECONDS_GOAL,
    )


def _make_index(folder: Path, made: Sequence[Outgoing], cases: int) -> int:
    """Write so many cases down, in the index and with what became of their commands; the size of both in bytes."""
    index = CaseIndex(MemoryLog(1), Stores(folder, "bench", MOST), OUTCOMES.name)
    for at, record in enumerate(made):
        index.take(Record(0, at, record.key, record.value, dict(record.headers)))
    known = {id_.partition("/")[0]: write(row) for id_, row in index.maps.take().rows.items()}
    outcomes = keeper_of(OUTCOMES, folder, MOST)
    patterns = _patterns(OUTCOMES, outcomes, made)
    files = (index.keepers[0].file, outcomes.file)
    for file in files:
        file.hold()
        file.open()
    for _ in range(0, cases, AT_ONCE):
        ids = [str(uuid4()) for _ in range(AT_ONCE)]
        files[0].write(Change({}, [(f"{name}/{id_}", row) for id_ in ids for name, row in known.items()], []))
        _write(files[1], [(id_, *patterns[at % len(patterns)]) for at, id_ in enumerate(ids)], open_=False)
    size = sum(file.path.stat().st_size for file in files)
    for file in files:
        file.close()
    return size


def _make(service: Service[Any], folder: Path, made: Sequence[Outgoing], cases: int) -> int:
    """Write so many cases down, the last ones open; the size of the file in bytes."""
    keeper = keeper_of(service, folder, MOST)
    patterns = _patterns(service, keeper, made)
    keeper.file.hold()
    keeper.file.open()
    for done in range(0, cases, AT_ONCE):
        ids = [str(uuid4()) for _ in range(AT_ONCE)]
        open_ = done + AT_ONCE > cases - OPEN
        _write(keeper.file, [(id_, *patterns[at % len(patterns)]) for at, id_ in enumerate(ids)], open_=open_)
    size = keeper.file.path.stat().st_size
    keeper.file.close()
    return size


def _write(file: StoreFile, cases: Sequence[tuple[str, bytes, bytes]], *, open_: bool) -> None:
    filed: list[tuple[str, str, bytes | None]] = [(FILED, id_, found_by) for id_, _, found_by in cases if open_]
    file.write(Change({}, [(id_, row) for id_, row, _ in cases], filed))


def _patterns(
    service: Folded[Any], keeper: StoreKeeper[StoredFold[Any]], made: Sequence[Outgoing]
) -> list[tuple[bytes, bytes]]:
    """The rows of real cases, with those that they are found by."""
    fold, packing = keeper.content, Packing[Any](service.stored)  # type: ignore[arg-type] # each of them has a store
    for at, record in enumerate(made):
        fold.apply(Record(0, at, record.key, record.value, dict(record.headers)))
    return [(packing.pack(one), write((fold.timers.first(one.case, one.state), one.keys))) for one in fold.take().cases]
