"""Lives of processes that die often.

Each is forked from one parent that has imported everything: so a life costs what it does, not what it imports, and
really is a process of its own that ends as kill -9 would end it.
"""

import asyncio
import multiprocessing
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Lock

from shared.process.bombs import EXIT_CODE
from shared.process.settings import Settings

PARENT = multiprocessing.get_context("forkserver")
PARENT.set_forkserver_preload(["tests.chaos.alone", "tests.chaos.submitter", "shared.sealing.key_stores"])
LIFE_SECONDS = 60
ONE_BY_ONE = Lock()

Life = Callable[..., None]


async def live(life: Life, settings: Settings, *arguments: object, bomb: str = "") -> bool:
    """Live one life, with this bomb armed. Whether it died of the bomb; any end but a good one or this fails."""
    await asyncio.to_thread(_parent_is_there)
    process, log = _born(life, settings.model_copy(update={"bombs": bomb}), *arguments)
    if not await _ended(process.sentinel, LIFE_SECONDS):
        process.kill()
    process.join()
    assert process.exitcode in (0, EXIT_CODE), f"{process.exitcode}: {log.read_text()[-2000:]}"
    return process.exitcode == EXIT_CODE


@asynccontextmanager
async def killed_afterwards(life: Life, settings: Settings, *arguments: object) -> AsyncIterator[None]:
    """A life that lasts as long as the block, and ends by kill -9; it may not end before."""
    await asyncio.to_thread(_parent_is_there)
    process, log = _born(life, settings, *arguments)
    try:
        yield
        assert process.exitcode is None, f"{process.exitcode}: {log.read_text()[-2000:]}"
    finally:
        process.kill()
        await _ended(process.sentinel, LIFE_SECONDS)
        process.join()


def _parent_is_there() -> None:
    """Wait until the parent has imported everything: in a loop, the first start would hold up all that plays there."""
    with ONE_BY_ONE:
        _first_life()


@cache
def _first_life() -> None:
    first = PARENT.Process(target=int)
    first.start()
    first.join()


def _born(life: Life, settings: Settings, *arguments: object) -> tuple[BaseProcess, Path]:
    """A process that lives this life, and where it says what it has to say."""
    settings.data.mkdir(parents=True, exist_ok=True)
    log = settings.data / "lives.log"
    process = PARENT.Process(target=_begin, args=(log, life, settings, *arguments))
    process.start()
    return process, log


async def _ended(sentinel: int, seconds: float) -> bool:
    """Wait for the end of a process in the event loop; whether it came.

    Not by ``join`` in a thread: ``start`` of another process asks after all its elder siblings too, and an exit code
    can be read only once; whoever asks second is told 255.
    """
    loop, end = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(sentinel, end.set)
    try:
        await asyncio.wait_for(end.wait(), seconds)
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(sentinel)
    return True


def _begin(log: Path, life: Life, settings: Settings, *arguments: object) -> None:
    """Runs in the child: what it says is kept."""
    with log.open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    life(settings, *arguments)
