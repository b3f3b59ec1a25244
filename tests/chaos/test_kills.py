"""kill -9 of every process, the broker included, while 200 complaints come in: nothing lost, nothing doubled."""

import asyncio
import json
import os
import signal
import time
from pathlib import Path

import httpx
import pytest

from ops.local.reading import read_topic
from ops.local.status import processes, status
from ops.verify import rebuild
from shared.process.settings import Settings
from tests.oracle.log import faults, letter_faults
from tests.support.installation import authorization, installed
from tests.support.standing_still import standing_still

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(400), pytest.mark.long]
CASES = 200
AT_ONCE = 4
KILLS = ("routing", "sla", "notify", "intake", "smtp-sink", "broker", "routing", "notify")
SETTLE_SECONDS = 120.0
JSON = {"Content-Type": "application/json"}


def body(number: int) -> bytes:
    """A complaint of its own."""
    matter = {"narrative": f"第 {number} 件投诉。", "reason": "work_error", "complained_unit": "dongqiao.hall"}
    who = {"name": "甲某", "email": f"c{number}@customer.example"}
    return json.dumps({"received_by": {"unit": "dongqiao"}, "complainant": who, "matter": matter}).encode()


async def post_until_taken(client: httpx.AsyncClient, number: int) -> None:
    """Repeat with the same key until the complaint is known to be in, as a channel system has to."""
    while True:
        try:
            answer = await client.post(
                "/v1/complaints/phone", content=body(number), headers=JSON | {"Idempotency-Key": f"kill-{number}"}
            )
        except httpx.HTTPError:
            await asyncio.sleep(0.2)
            continue
        if answer.status_code in (200, 201):
            return
        assert answer.status_code == 503, answer.text
        await asyncio.sleep(0.2)


async def post_all(settings: Settings) -> None:
    """All complaints, a few at once."""
    slots = asyncio.Semaphore(AT_ONCE)
    url = f"http://127.0.0.1:{settings.ports + 1}"
    async with httpx.AsyncClient(base_url=url, headers=authorization(settings), timeout=10) as client:

        async def one(number: int) -> None:
            async with slots:
                await post_until_taken(client, number)
                await asyncio.sleep(0.25)

        await asyncio.gather(*(one(number) for number in range(CASES)))


async def kill_in_turn(settings: Settings) -> list[str]:
    """Kill one process after the other with -9; the names of those that were alive to be killed."""
    killed = []
    for name in KILLS:
        await asyncio.sleep(1.5)
        pid = next(row["pid"] for row in processes(settings) if row["name"] == name)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            killed.append(name)
    return killed


def settle(settings: Settings) -> None:
    """Wait until every process is back and nothing is owed."""
    deadline = time.monotonic() + SETTLE_SECONDS
    quiet = 0
    while time.monotonic() < deadline:
        rows = status(settings)
        quiet = quiet + 1 if all(r["ready"] and not r["owed"] and not r["lag"] for r in rows) else 0
        if quiet == 3:
            return
        time.sleep(0.5)
    raise AssertionError(f"not settled: {status(settings)}")


@pytest.mark.alone
async def test_nothing_is_lost_or_doubled_when_everything_is_killed(tmp_path: Path) -> None:
    """Eight kills while 200 complaints come in; then the log, the letters and the rebuild are looked at."""
    with installed(tmp_path, "system", REDRESS_SMTP_TIMEOUT_SECONDS="3") as settings:
        _, killed = await asyncio.gather(post_all(settings), kill_in_turn(settings))
        await asyncio.to_thread(settle, settings)
        bodies = [record.value for record in await read_topic(settings)]
        verified = await rebuild.verify(settings)

        assert list(KILLS) == killed
        assert [] == faults(bodies, CASES)
        assert [] == letter_faults(bodies, settings.data / "outbox")
        assert [] == verified.differences


@pytest.mark.alone
async def test_while_the_broker_is_away_the_outcome_is_unknown_and_the_same_key_gives_one_case(tmp_path: Path) -> None:
    """503 within 5 s; when the broker is back, the workers go on by themselves and the key gives one case."""
    with installed(tmp_path, "system") as settings:
        broker = next(row["pid"] for row in processes(settings) if row["name"] == "broker")
        url = f"http://127.0.0.1:{settings.ports + 1}"
        async with httpx.AsyncClient(base_url=url, headers=authorization(settings), timeout=20) as client:
            await post_until_taken(client, 0)
            with standing_still(broker):
                began = time.monotonic()
                away = await client.post(
                    "/v1/complaints/phone", content=body(1), headers=JSON | {"Idempotency-Key": "kill-1"}
                )
                took = time.monotonic() - began
            await post_until_taken(client, 1)
        await asyncio.to_thread(settle, settings)
        bodies = [record.value for record in await read_topic(settings)]

    assert (503, "outcome_unknown") == (away.status_code, away.json()["code"])
    assert took < 5.5
    assert [] == faults(bodies, 2)
