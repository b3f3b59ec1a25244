"""Two workers of one service share the partitions; a stopped one that comes back as a zombie is fenced."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import httpx
import pytest

from ops.reading import read_topic
from ops.reference import EXAMPLE_ORGANISATION, publish_defaults
from shared.service_worker import EXIT_FATAL
from shared.settings import Settings
from tests.broker import FreshTopics, free_ports
from tests.chaos.submitter import submit
from tests.chaos.test_bombs import environment
from tests.oracle.log import faults

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(300)]
FIRST, MORE = 100, 200


async def start(settings: Settings, slot: int, port: int, log: Path) -> asyncio.subprocess.Process:
    """A routing worker, as the supervisor starts it."""
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.routing.worker",
            env=environment(settings, slot=slot, health_port=port, batch_triggers=5), stderr=output, stdout=output,
        )  # fmt: skip


async def owned(client: httpx.AsyncClient, port: int) -> set[str]:
    """The partitions a worker owns with an open session."""
    try:
        report = (await client.get(f"http://127.0.0.1:{port}/internal/settled")).json()
    except httpx.HTTPError:
        return set()
    return set(report["positions"]) if report["ready"] else set()


async def until_shared(client: httpx.AsyncClient, ports: list[int], seconds: float = 60) -> list[set[str]]:
    """Wait until these workers own all partitions between them, each at least one."""
    async with asyncio.timeout(seconds):
        while True:
            shares = [await owned(client, port) for port in ports]
            if all(shares) and set.union(*shares) == {"0", "1", "2", "3"} and sum(map(len, shares)) == 4:
                return shares
            await asyncio.sleep(0.2)


async def until_routed(settings: Settings, cases: int, seconds: float = 60) -> list[bytes]:
    """Wait until every case is routed; the log."""
    async with asyncio.timeout(seconds):
        while True:
            bodies = [record.value for record in await read_topic(settings)]
            if sum(b"redress.CaseRouted.v1" in body for body in bodies) >= cases:
                return bodies
            await asyncio.sleep(0.3)


async def test_a_zombie_is_fenced_and_nothing_is_lost_or_doubled(fresh_topics: FreshTopics, tmp_path: Path) -> None:
    """One of two workers is stopped past the session timeout with work at hand, and comes back."""
    settings = await fresh_topics()
    await publish_defaults(settings, EXAMPLE_ORGANISATION)
    base = free_ports(4)
    logs = [tmp_path / "worker-0.log", tmp_path / "worker-1.log"]
    workers = [await start(settings, slot, base + slot, logs[slot]) for slot in (0, 1)]
    async with httpx.AsyncClient(timeout=2) as client:
        try:
            shares = await until_shared(client, [base, base + 1])
            await submit(settings, FIRST)
            await until_routed(settings, FIRST)
            os.kill(workers[1].pid, signal.SIGSTOP)
            await submit(settings, MORE)
            await until_shared(client, [base])
            os.kill(workers[1].pid, signal.SIGCONT)
            bodies = await until_routed(settings, MORE)
            async with asyncio.timeout(60):
                code = await workers[1].wait()
        finally:
            for worker in workers:
                if worker.returncode is None:
                    worker.terminate()
                    await worker.wait()

    assert [2, 2] == sorted(len(share) for share in shares)
    assert [] == faults(bodies, MORE, ("ComplaintReceived", "CaseRouted"))
    assert EXIT_FATAL == code
    assert '"fenced":true' in logs[1].read_text()
