"""A log of ten million events: how fast it is read anew, and how a worker and an API start at its end.

The stores are built as ``redress rebuild`` builds them; then the real processes start from them on a real broker.
"""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx

from bench.filled_log import fill
from bench.ground import Ground, opened
from bench.table import Row, progress
from ops.local.store_building import build
from shared.process.settings import Settings
from tests.support.broker import free_ports
from tests.support.processes import start, stop, until_ready

SHORT, LONG = 200_000, 10_000_000
SECONDS_GOAL, RSS_GOAL_MIB = 5.0, 300
READY_SECONDS = 120.0
NAMES = ("sla", "casework-api")
"""The worker with the largest states, and the API that everybody's acts go through."""
MODULES = {"sla": "services.sla.worker", "casework-api": "services.casework.http.process"}


async def rows(ground: Ground, long: bool) -> AsyncIterator[Row]:
    """200,000 events; ten million with ``--long``."""
    settings = await ground.installation("long-log", clock="steered")
    cases = (await fill(settings, LONG if long else SHORT)).cases
    async with opened(settings) as log:
        written = sum((await log.ends()).values())
    progress(f"{written:,} events of {cases:,} cases are written; the stores are built")
    for name in NAMES:
        cpu, built = time.process_time(), await build(settings, [name], _nobody)
        cpu = time.process_time() - cpu
        yield Row(
            f"rebuild of {name} from {written:,} events",
            f"{built.seconds:,.0f} s, {written / built.seconds:,.0f} events/s ({written / cpu:,.0f} per second of CPU)",
            f"{_mib(settings.data / 'stores'):,.0f} MiB of stores so far",
        )
    for name in NAMES:
        yield await _start(settings, name, f"{written:,} events, {cases:,} cases")


def _nobody(done: int, total: int) -> None:
    """How far it is, is told to nobody: what is printed in between costs time, too."""


async def _start(settings: Settings, name: str, what: str) -> Row:
    """Start a process from its store; the seconds until it is ready, and its memory then."""
    port = free_ports(1)
    http = {} if MODULES[name].endswith("worker") else {"ports": free_ports(100)}
    began = time.perf_counter()
    process = await start(settings, MODULES[name], settings.data / f"{name}.log", health_port=port, slot=0, **http)
    try:
        await until_ready(http["ports"] + 2 if http else port, process, READY_SECONDS)
        seconds = time.perf_counter() - began
        most = _peak_mib(process.pid)
        if not http:
            await _see_that_all_is_readable(port)
    finally:
        await stop(process)
    return Row(
        f"start of {name} at {what}",
        f"ready after {seconds:.1f} s, imports and the broker's group included; {most:.0f} MiB at most",
        f"≤ {SECONDS_GOAL:.0f} s, ≤ {RSS_GOAL_MIB} MiB",
        seconds <= SECONDS_GOAL and most <= RSS_GOAL_MIB,
    )


async def _see_that_all_is_readable(port: int) -> None:
    """A log that no service can fold would be read fast."""
    async with httpx.AsyncClient() as client:
        said = (await client.get(f"http://127.0.0.1:{port}/internal/settled")).json()
    assert said["blocked_total"] == 0, said["blocked"]


def _peak_mib(pid: int) -> float:
    """The most memory that a process has had so far."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _mib(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20
