"""Intake over HTTP against a bare endpoint with the same producer, both alone on the broker, in turns.

Intake makes a case's key durable before its first event: one fsync of the vault that the bare endpoint does not have.
What that costs shows on a vault in memory, where fsync is free.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import mkdtemp
from uuid import uuid4

from bench.ground import Ground, Measured
from bench.submitting import rate
from bench.table import Row, progress, ratios, spread
from shared.process.settings import Settings
from tests.support.installation import authorization
from tests.support.processes import start, stop, until_ready

INTAKE = "services.intake.http.process"
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
        async with served(settings, "bench.bare") as bare, served(settings, INTAKE) as intake:
            for number_of_round in range(ROUNDS):
                progress(f"{COMPLAINTS} complaints to each, round {number_of_round + 1} of {ROUNDS}")
                await bare.measure(authorization(settings))
                await intake.measure(authorization(settings))
        if folder != ground.folder:
            shutil.rmtree(folder)
        against = ratios(intake.rates, bare.rates)
        yield Row(
            f"intake over HTTP, {where}",
            f"{spread(intake.rates)} complaints/s, {spread(intake.costs, '.1f')} ms of CPU each",
            f"{spread(against, '.2f')} of a bare endpoint (≥ {GOAL}); its CPU {spread(bare.costs, '.1f')} ms",
            median(against) >= GOAL,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint(Measured):
    """An HTTP process that takes complaints."""

    port: int

    async def measure(self, headers: dict[str, str]) -> None:
        """One round."""
        with self.one_round(COMPLAINTS):
            await rate(self.port, headers, str(uuid4()), COMPLAINTS, AT_ONCE)


@asynccontextmanager
async def served(settings: Settings, module: str) -> AsyncIterator[Endpoint]:
    """An HTTP process at ports of its own, ready."""
    own = settings.model_copy(update={"ports": settings.ports + (50 if module == "bench.bare" else 0)})
    process = await start(own, module, settings.data / f"{module}.log")
    try:
        await until_ready(own.ports + 1, process)
        yield Endpoint(port=own.ports + 1, pid=process.pid)
    finally:
        await stop(process)
