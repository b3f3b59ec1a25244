"""What measurements stand on: one broker, fresh topics for each of them, processes as the supervisor starts them."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ops.local import broker as brokers
from ops.local import topics
from ops.local.preparing import set_clock
from ops.local.reference import EXAMPLE_ORGANISATION, publish_defaults
from ops.local.status import processes
from shared.contract.records import EventLog, Outgoing, Record
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings
from tests.support.broker import free_ports
from tests.support.processes import start, stop, until_ready

APPEND_AT_ONCE = 500
STEERED_START = "2020-03-05T10:00:00+08:00"


MANY = 10**9
"""Requests a minute: what is measured is how fast it goes, not how fast it may."""
UNBOUNDED = {
    name: str(MANY) for name in ("REDRESS_HTTP_REQUESTS_PER_MINUTE", "REDRESS_HTTP_REQUESTS_PER_MINUTE_ADDRESS")
}
"""The same for an installation that the command line starts."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A running broker and a folder for everything else."""

    folder: Path
    bootstrap: str

    async def installation(self, name: str, **more: Any) -> Settings:
        """An installation without processes: topics of its own, reference data, a steered clock if asked for."""
        values: dict[str, Any] = {
            "kafka_bootstrap": self.bootstrap, "installation": name, "topic_prefix": f"{name}.",
            "data": self.folder / name, "ports": free_ports(100),
            "http_requests_per_minute": MANY, "http_requests_per_minute_address": MANY,
        }  # fmt: skip
        settings = Settings(**(values | more))
        settings.data.mkdir(parents=True, exist_ok=True)
        _, different = await topics.apply(settings)
        assert not different, different
        await publish_defaults(settings, EXAMPLE_ORGANISATION)
        if settings.clock == "steered":
            await set_clock(settings, STEERED_START)
        return settings


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """A broker of its own, stopped afterwards."""
    broker = brokers.Broker(folder, free_ports(2))
    process = brokers.start(broker)
    try:
        yield Ground(folder, f"127.0.0.1:{broker.port}")
    finally:
        brokers.stop(process)


@asynccontextmanager
async def running(settings: Settings, module: str, slot: int = 0) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker process, ready; ended afterwards even if it was made to stand still."""
    port = free_ports(1)
    process = await start(settings, module, settings.data / f"{module}-{slot}.log", health_port=port, slot=slot)
    try:
        await until_ready(port, process)
        yield process
    finally:
        if process.returncode is None:
            os.kill(process.pid, signal.SIGCONT)
        await stop(process)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[EventLog]:
    """The log, let go of afterwards."""
    log = KafkaLog(settings)
    try:
        yield log
    finally:
        await log.stop()


async def append(log: EventLog, records: Sequence[Outgoing]) -> None:
    """Append many records, durable when this returns; each partition in the given order."""
    for at in range(0, len(records), APPEND_AT_ONCE):
        await log.append(records[at : at + APPEND_AT_ONCE])


@asynccontextmanager
async def watched(log: EventLog, take: Callable[[Record], None]) -> AsyncIterator[None]:
    """Hand every record appended from now on to ``take``, as a committed reader sees it."""

    async def follow(partition: int, start_at: int) -> None:
        reader = await log.read(partition, start_at)
        try:
            while True:
                for record in await reader.batch(0.5):
                    take(record)
        finally:
            await reader.stop()

    tasks = [asyncio.create_task(follow(partition, end)) for partition, end in (await log.ends()).items()]
    await asyncio.sleep(0.5)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for a condition, bounded."""
    try:
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise TimeoutError(f"{what}: not within {seconds:.0f} s") from None


async def beside(settings: Settings) -> Settings:
    """Topics of their own on an installation's broker, in which nobody of it reads."""
    own = {"installation": "bare", "topic_prefix": "bare.", "kafka_bootstrap": settings.bootstrap}
    bare = settings.model_copy(update=own)
    _, different = await topics.apply(bare)
    assert not different, different
    return bare


def cpu_by_process(settings: Settings) -> dict[str, float]:
    """Seconds of CPU that each process of an installation has taken so far, by name."""
    return {row["name"]: cpu_seconds(row["pid"]) for row in processes(settings)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A process, and what was measured of it in rounds: how much it did a second, milliseconds of its CPU for each."""

    pid: int
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    @contextmanager
    def one_round(self, count: int) -> Iterator[None]:
        """Measure so many of what it does."""
        before, began = cpu_seconds(self.pid), time.perf_counter()
        yield
        self.rates.append(count / (time.perf_counter() - began))
        self.costs.append((cpu_seconds(self.pid) - before) * 1000 / count)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss_mib() -> float:
    """The memory that this process has now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 2**20
