"""Several workers of each service on one machine: they share the partitions out, and one is there for the other."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ops.local import installation
from ops.local.process_table import WORKERS
from ops.local.status import processes, status
from shared.process.settings import Settings
from tests.acceptance.test_telephone import BODY, START, post
from tests.support.broker import free_ports
from tests.support.installation import redress

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(400), pytest.mark.long]
CASES = 12


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation with two workers of each service."""
    data = tmp_path_factory.mktemp("bank")
    base = str(free_ports(100))
    redress("up", "--data", str(data), "--ports", base, "--clock", f"steered:{START}", "--workers", "2", "--detach")
    try:
        yield installation.load(data)
    finally:
        redress("down", "--data", str(data), check=False)


def shares(settings: Settings) -> dict[str, list[set[str]]]:
    """The partitions that each worker of a service has."""
    rows = [row for row in processes(settings) if row["service"] in WORKERS]
    found: dict[str, list[set[str]]] = {name: [] for name in WORKERS}
    for row in rows:
        report = httpx.get(f"{row['internal']}/internal/settled", timeout=5).json()
        found[row["service"]].append(set(report["positions"]))
    return found


async def until_all_ready(settings: Settings) -> None:
    """Wait until every process says that it is ready."""
    async with asyncio.timeout(90):
        while not all(row["ready"] for row in await asyncio.to_thread(status, settings)):
            await asyncio.sleep(0.5)


async def test_they_share_the_partitions_out_and_verify_as_one(bank: Settings) -> None:
    """Each has some, none has another's, and together they hold every case as an independent fold has it."""
    await until_all_ready(bank)
    answers = [post(bank, f"call {n}", BODY).status_code for n in range(CASES)]
    redress("clock", "advance", "--working-days", "1", "--data", str(bank.data))
    found = shares(bank)
    verified = redress("rebuild", "verify", "--data", str(bank.data), check=False)

    assert [201] * CASES == answers
    for name, (first, second) in found.items():
        assert ({"0", "1", "2", "3"}, set()) == (first | second, first & second), name
        assert first, name
        assert second, name
    assert 0 == verified.returncode, verified.stdout


async def test_a_worker_that_is_killed_comes_back_to_its_place(bank: Settings) -> None:
    """What was its work is done, whoever did it."""
    (victim,) = [row for row in processes(bank) if row["name"] == "routing-1"]
    os.kill(victim["pid"], signal.SIGKILL)
    answers = [post(bank, f"later call {n}", BODY).status_code for n in range(CASES)]
    await until_all_ready(bank)
    redress("clock", "advance", "--working-days", "1", "--data", str(bank.data))
    verified = redress("rebuild", "verify", "--data", str(bank.data), check=False)
    (back,) = [row for row in processes(bank) if row["name"] == "routing-1"]

    assert [201] * CASES == answers
    assert 0 == verified.returncode, verified.stdout
    assert victim["pid"] != back["pid"]
    assert sorted(map(len, shares(bank)["routing"])) == [2, 2]
    assert Path(bank.data / "logs" / "routing-1.log").exists()
