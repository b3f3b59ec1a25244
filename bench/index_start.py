"""Casework's API begins from its stores: prints CPU and wall seconds, MiB then and after look-ups, and what one costs.

``python -m bench.index_start FOLDER MOST``
"""

import asyncio
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import orjson

from bench.ground import rss_mib
from services.casework.http.outcome_folding import OUTCOMES
from shared.kernel.store.fold_keeper import fold_keepers
from shared.kernel.whole_log import WholeLog
from shared.process import garbage
from shared.store.store_file import StoreFile
from shared.store.store_keeper import StoreKeeper
from shared.store.stores import Stores
from shared.web.case_index import CaseIndex
from tests.support.memory_log import MemoryLog

LOOK_UPS = 20_000
AFTER = "case/"


async def main(folder: str, most: int) -> None:
    """Open both, and look up many cases and their outcomes."""
    log, stores = MemoryLog(1), Stores(Path(folder), "bench", most)
    index, cases = CaseIndex(log, stores, OUTCOMES.name), WholeLog(log, OUTCOMES, fold_keepers(stores, OUTCOMES, 1))
    keepers: list[StoreKeeper[Any]] = [*index.keepers, *cases.keepers]
    began, cpu = time.perf_counter(), time.process_time()
    with garbage.loading():
        for keeper in keepers:
            await keeper.open(log)
    seconds, cpu_seconds, opened = time.perf_counter() - began, time.process_time() - cpu, rss_mib()
    ids = _some_ids(index.keepers[0].file)
    began = time.process_time()
    assert all(index.get(case) is not None and cases.of(case).cases.get(case) is not None for case in ids)
    each = (time.process_time() - began) / len(ids) * 1e6
    sys.stdout.buffer.write(orjson.dumps([cpu_seconds, seconds, opened, rss_mib(), each]))
    for keeper in keepers:
        await keeper.close()


def _some_ids(file: StoreFile) -> list[str]:
    """Cases in no order."""
    found, rng = set[str](), Random(1)  # noqa: S311 - which cases are looked up is no secret
    while len(found) < LOOK_UPS:
        after = f"{AFTER}{rng.randrange(16**8):08x}"
        found |= {id_.removeprefix(AFTER) for id_, _ in file.rows(after, 20) if id_.startswith(AFTER)}
    return list(found)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
