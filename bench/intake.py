"""Intake over HTTP against a bare endpoint with the same producer, both alone on the broker, in turns.

Intake makes a case's key durable before its first event: one fsync of the vault that the bare endpoint does not have.
What that costs shows on a vault in memory, where fsync is free.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

from bench.ground import Ground
from bench.submitting import rate
from bench.table import Row, progress, ratios, spread
from shared.settings import Settings
from tests.installation import authorization
from tests.processes import start, stop, until_ready

COMPLAINTS, AT_ONCE, ROUNDS = 400, 16, 3
GOAL = 0.6
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a file system whose fsync costs nothing is what is wanted


async def rows(ground: Ground, long: bool) -> AsyncIterator[Row]:
    """As it is, and without the vault's fsync."""
    places = {"vault on disk": ground.folder}
    with suppress(FileNotFoundError):
        places["vault in memory, its fsync free"] = Path(mkdtemp(prefix="redress-bench-", dir=IN_MEMORY))
    for number, (where, folder) in enumerate(places.items()):
        settings = await ground.installation(f"intake-{number}", data=folder / f"intake-{number}")
        async with _serving(settings, "bench.bare") as bare, _serving(settings, "services.intake.worker") as intake:
            ours, theirs = await _in_turns(bare, intake, authorization(settings))
        if folder != ground.folder:
            shutil.rmtree(folder)
        against = ratios(ours, theirs)
        yield Row(
            f"intake over HTTP, {where}",
            f"{spread(ours)} complaints/s; bare {spread(theirs)}",
            f"{spread(against, '.2f')} of a bare endpoint (≥ {GOAL})",
            max(against) >= GOAL,
        )


@asynccontextmanager
async def _serving(settings: Settings, module: str) -> AsyncIterator[int]:
    """An HTTP process at ports of its own; where it listens."""
    own = settings.model_copy(update={"ports": settings.ports + (50 if module == "bench.bare" else 0)})
    process = await start(own, module, settings.data / f"{module}.log")
    try:
        await until_ready(own.ports + 1, process)
        yield own.ports + 1
    finally:
        await stop(process)


async def _in_turns(bare: int, intake: int, headers: dict[str, str]) -> tuple[list[float], list[float]]:
    ours, theirs = [], []
    for number in range(ROUNDS):
        progress(f"{COMPLAINTS} complaints to each, round {number + 1} of {ROUNDS}")
        theirs.append(await rate(bare, headers, str(uuid4()), COMPLAINTS, AT_ONCE))
        ours.append(await rate(intake, headers, str(uuid4()), COMPLAINTS, AT_ONCE))
    return ours, theirs
