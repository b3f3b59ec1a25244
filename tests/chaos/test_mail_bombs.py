"""The listener dies between the receipt and the files of a message, over and over; nothing is lost, nothing doubled."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from ops.local.reference import EXAMPLE_ORGANISATION, publish_defaults
from shared.process.settings import Settings
from tests.chaos import intake_lives
from tests.chaos.lives import killed_afterwards, live
from tests.support.broker import FreshTopics, free_ports
from tests.support.customer_mail import events, handed, handed_once, message

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(300), pytest.mark.long]
DEATHS = 10
FILES = 3
AGAIN_SECONDS = 0.1


async def taken(settings: Settings, raw: bytes) -> None:
    """Hand a message over until it is taken, as a mail server does."""
    await asyncio.to_thread(handed, settings, raw)


async def die_while_taking(settings: Settings, point: str, passed: int) -> tuple[int, Counter[int]]:
    """Let the listener die at a point, which a message passes so often: how often it did, and the cases' files."""
    await publish_defaults(settings, EXAMPLE_ORGANISATION)
    died = 0
    for number in range(DEATHS):
        life = asyncio.create_task(live(intake_lives.run, settings, "mail", bomb=f"{point}:{number % passed + 1}"))
        while not life.done():
            code = await asyncio.to_thread(handed_once, settings, message(number, files=FILES))
            assert code != "250"
            await asyncio.sleep(AGAIN_SECONDS)
        died += await life
    async with killed_afterwards(intake_lives.run, settings, "mail"):
        for number in range(DEATHS):
            await taken(settings, message(number, files=FILES))
    return died, await files(settings)


async def files(settings: Settings) -> Counter[int]:
    """How many cases have so many files."""
    found = {event.id: event for event in await events(settings, "ComplaintReceived", "EvidenceAdded")}.values()
    cases = Counter(event.subject for event in found if event.name == "ComplaintReceived")
    assert set(cases.values()) == {1}
    kept = Counter(event.subject for event in found if event.name == "EvidenceAdded")
    return Counter(kept[case] for case in cases)


@pytest.mark.parametrize(("point", "passed"), [("append", FILES + 1), ("mail_receipt", 1), ("mail_file", FILES)])
async def test_a_listener_that_dies_takes_the_same_message_again_once(
    fresh_topics: FreshTopics, tmp_path: Path, point: str, passed: int
) -> None:
    """After the receipt is in the log, and after each of its files: the same message again brings what lacks."""
    settings = await fresh_topics(data=tmp_path, ports=free_ports(100))

    assert (DEATHS, Counter({FILES: DEATHS})) == await die_while_taking(settings, point, passed)
