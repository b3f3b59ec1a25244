"""A process that begins from a store: prints the CPU and wall seconds that took, and its MiB then and in the end.

``python -m bench.store_start SERVICE FOLDER MOST``
"""

import asyncio
import sys
import time
from pathlib import Path

import orjson

from bench.ground import rss_mib
from bench.store import keeper_of
from ops.verify.services import SERVICES
from shared.process import garbage
from tests.support.memory_log import MemoryLog


async def main(service: str, folder: str, most: int) -> None:
    """Open it, and look at every case that is found by something."""
    keeper = keeper_of(next(one for one in SERVICES if one.name == service), Path(folder), most)
    began, cpu = time.perf_counter(), time.process_time()
    with garbage.loading():
        await keeper.open(MemoryLog(1))
    seconds, cpu_seconds, opened = time.perf_counter() - began, time.process_time() - cpu, rss_mib()
    for key in keeper.content.keys.all():
        for case in keeper.content.keys.cases(key):
            keeper.content.cases[case]
    sys.stdout.buffer.write(orjson.dumps([cpu_seconds, seconds, opened, rss_mib()]))
    await keeper.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
