"""The log goes away while the inbox is worked through, or its disk is full: each record is one case, and answered."""

import asyncio
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from ops.local.reading import read_topic
from shared.contract.envelope import from_json
from shared.process.settings import Settings
from tests.chaos.test_inbox_kills import answers, posted, until_answered
from tests.support.own_broker import OwnBroker, broker_in, fill, installation_on
from tests.support.processes import start, stop, until_ready

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(300), pytest.mark.long]
COMPLAINTS, KEYS, BEFORE = 300, 5, 10
AWAY_SECONDS = 8.0
"""Longer than an append is waited for: what becomes of it is not known then."""


async def post(settings: Settings) -> None:
    """All complaints, confirmed."""
    async with AIOKafkaProducer(bootstrap_servers=settings.bootstrap, acks="all") as producer:
        for number in range(COMPLAINTS):
            await producer.send("complaints.inbox", posted(number), key=f"key-{number % KEYS}".encode())


def killed(broker: OwnBroker) -> None:
    """It dies, and is back."""
    broker.end(signal.SIGKILL)
    broker.begin_again()


def hung(broker: OwnBroker) -> None:
    """It stands still, and then takes after all what was sent to it meanwhile."""
    broker.freeze()
    try:
        time.sleep(AWAY_SECONDS)
    finally:
        broker.go_on()


async def check(broker: OwnBroker, data: Path, away: Callable[[OwnBroker], None]) -> None:
    """Whoever was answered has his case in the log, once; a second answer names the same case."""
    settings = await installation_on(broker, data)
    inbox = await start(settings, "services.intake.inbox.process", data / "inbox.log")
    try:
        await until_ready(settings.ports + 15, inbox)
        await post(settings)
        while not BEFORE <= len(before := await answers(settings)):
            await asyncio.sleep(0.05)
        await asyncio.to_thread(away, broker)
        found = await until_answered(settings, COMPLAINTS)
        log = await read_topic(settings)
        ended = inbox.returncode
    finally:
        await stop(inbox)
    cases: defaultdict[str, set[str]] = defaultdict(set)
    for said in (one for several in found.values() for one in several):
        assert said["status"] in (200, 201)
        cases[said["id"]].add(said["case_id"])

    assert len(before) < COMPLAINTS, "all was answered before the log went away"
    assert ended is None
    assert {f"n-{number}" for number in range(COMPLAINTS)} == set(cases)
    assert [] == [id_ for id_, named in cases.items() if len(named) != 1]
    assert Counter(one for named in cases.values() for one in named) == Counter(
        from_json(one.value).subject for one in log
    )


@pytest.mark.parametrize("away", [killed, hung])
async def test_what_is_posted_is_one_case_each_whatever_the_log_does(
    own_broker: OwnBroker, tmp_path: Path, away: Callable[[OwnBroker], None]
) -> None:
    """In the middle of the work, and back after a while."""
    await check(own_broker, tmp_path / "data", away)


async def test_what_is_posted_is_one_case_each_when_the_disk_was_full(small_disk: Path, tmp_path: Path) -> None:
    """The broker ends by itself; with room again it goes on."""

    def full(broker: OwnBroker) -> None:
        filling = fill(small_disk)
        try:
            broker.process.wait(60)
        finally:
            filling.unlink()
        broker.begin_again()

    with broker_in(small_disk / "kafka") as broker:
        await check(broker, tmp_path / "data", full)
