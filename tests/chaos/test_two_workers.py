"""Two workers of one service share the partitions; a stopped one that comes back as a zombie is fenced."""

import asyncio
from pathlib import Path

import httpx
import pytest

from ops.local.reading import read_topic
from ops.local.reference import EXAMPLE_ORGANISATION, publish_defaults
from shared.process.process_end import EXIT_FATAL
from shared.process.settings import Settings
from tests.chaos.submitter import submit
from tests.oracle.log import faults
from tests.support.broker import FreshTopics, free_ports
from tests.support.processes import start, stop
from tests.support.standing_still import standing_still

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.alone, pytest.mark.timeout(300), pytest.mark.long]
ROUTING = "services.routing.worker"
PER_ROUND = 200
MOST_ROUNDS = 6
FENCED_WITHIN_SECONDS = 8.0


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
            if sum(b"redress.CaseRouted.v" in body for body in bodies) >= cases:
                return bodies
            await asyncio.sleep(0.3)


async def stop_under_load(settings: Settings, client: httpx.AsyncClient, base: int, zombie: int, first: int) -> None:
    """Stop a worker in the middle of its work until the other one has its partitions, then let it go on."""
    load = asyncio.create_task(submit(settings, PER_ROUND, first))
    await until_routed(settings, first + PER_ROUND // 4)
    with standing_still(zombie):
        await until_shared(client, [base])
    await load


async def test_a_zombie_is_fenced_and_nothing_is_lost_or_doubled(fresh_topics: FreshTopics, tmp_path: Path) -> None:
    """One of two workers is stopped in its work past the session timeout, and comes back; until one was fenced."""
    settings = await fresh_topics()
    await publish_defaults(settings, EXAMPLE_ORGANISATION)
    base, log = free_ports(4), tmp_path / "worker-1.log"
    slowly = {"batch_triggers": 1}
    steady = await start(settings, ROUTING, tmp_path / "worker-0.log", slot=0, health_port=base, **slowly)
    zombie = await start(settings, ROUTING, log, slot=1, health_port=base + 1, **slowly)
    rounds = 0
    async with httpx.AsyncClient(timeout=2) as client:
        try:
            while rounds < MOST_ROUNDS and zombie.returncode is None:
                await until_shared(client, [base, base + 1])
                await stop_under_load(settings, client, base, zombie.pid, rounds * PER_ROUND)
                rounds += 1
                await asyncio.wait([asyncio.create_task(zombie.wait())], timeout=FENCED_WITHIN_SECONDS)
            bodies = await until_routed(settings, rounds * PER_ROUND)
        finally:
            await stop(steady, zombie)

    assert [] == faults(bodies, rounds * PER_ROUND, ("ComplaintReceived", "CaseRouted"))
    assert EXIT_FATAL == zombie.returncode
    assert '"fenced":true' in log.read_text()
