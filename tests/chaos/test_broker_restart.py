"""A broker that goes away under load and comes back: the API says so meanwhile, and works again by itself."""

import asyncio
import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from shared.contract.records import HEADER_ID
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings
from tests.chaos.submitter import body
from tests.support.installation import authorization
from tests.support.own_broker import OwnBroker
from tests.support.processes import start, stop, until_ready

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(400), pytest.mark.long]
CALLERS, BEFORE, AFTER = 6, 30, 30
"""Callers at once, and complaints that are taken before the broker goes away and after it is back, at least."""
JSON = {"Content-Type": "application/json"}
UNTAKEN = {(503, "not_ready"), (503, "outcome_unknown")}


@dataclass
class Load:
    """Callers that send complaints until they are told to end, each repeated under its key until it is taken."""

    settings: Settings
    answers: Counter[tuple[int, str]] = field(default_factory=Counter)
    without_retry_after: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    ends: bool = False
    _next: int = 0

    async def run(self) -> None:
        """Send, from all callers at once."""
        url = f"http://127.0.0.1:{self.settings.ports + 1}"
        async with httpx.AsyncClient(base_url=url, headers=authorization(self.settings), timeout=20) as client:
            await asyncio.gather(*(self._caller(client) for _ in range(CALLERS)))

    async def _caller(self, client: httpx.AsyncClient) -> None:
        while not self.ends:
            self._next += 1
            await self._until_taken(client, self._next)

    async def _until_taken(self, client: httpx.AsyncClient, number: int) -> None:
        headers = JSON | {"Idempotency-Key": f"restart-{number}"}
        while True:
            answer = await client.post("/v1/complaints/phone", content=body(number), headers=headers)
            found = answer.json()
            self.answers[answer.status_code, found.get("code", "")] += 1
            if answer.status_code in (200, 201):
                self.taken.append(found["event_id"])
                return
            if not answer.headers.get("retry-after", "").isdecimal():
                self.without_retry_after.append(answer.text)
            await asyncio.sleep(0.3)

    async def until_taken(self, how_many: int) -> None:
        """Wait until so many complaints are taken."""
        async with asyncio.timeout(40):
            while len(self.taken) < how_many:
                await asyncio.sleep(0.1)


async def health(settings: Settings) -> int:
    """What intake's page of readiness answers."""
    async with httpx.AsyncClient() as client:
        return (await client.get(f"http://127.0.0.1:{settings.ports + 1}/health/ready")).status_code


async def until_not_ready(settings: Settings, load: Load) -> None:
    """Wait until intake says that it is not ready, to its callers too."""
    async with asyncio.timeout(40):
        while await health(settings) != 503 or not load.answers[503, "not_ready"]:
            await asyncio.sleep(0.2)


async def ids_in(settings: Settings) -> Counter[str]:
    """How often each id stands in the log, whoever reads it."""
    log, found = KafkaLog(settings), Counter[str]()
    for partition, end in (await log.ends()).items():
        reader = await log.read(partition, 0, committed=False)
        while await reader.position() < end:
            found.update(record.headers[HEADER_ID].decode() for record in await reader.batch(0.1))
        await reader.stop()
    await log.stop()
    return found


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
async def test_intake_says_that_the_broker_is_away_and_goes_on_by_itself_when_it_is_back(
    own_broker: OwnBroker, on_own_broker: Settings, tmp_path: Path, by: signal.Signals
) -> None:
    """503 with Retry-After meanwhile, then 201 by the same process; each complaint stands in the log once."""
    settings = on_own_broker
    load = Load(settings)
    intake = await start(settings, "services.intake.http.process", tmp_path / "intake.log")
    try:
        await until_ready(settings.ports + 1, intake)
        running = asyncio.create_task(load.run())
        await load.until_taken(BEFORE)
        await asyncio.to_thread(own_broker.end, by)
        await until_not_ready(settings, load)
        await asyncio.to_thread(own_broker.begin_again)
        await load.until_taken(len(load.taken) + AFTER)
        load.ends = True
        await running
        await until_ready(settings.ports + 1, intake)
        found = await ids_in(settings)
    finally:
        await stop(intake)

    assert set(load.answers) - {(200, ""), (201, "")} <= UNTAKEN
    assert [] == load.without_retry_after
    assert dict.fromkeys(load.taken, 1) == found
