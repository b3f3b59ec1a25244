"""Scanning dies behind a verdict, and two processes scan the same files at once: each file gets one verdict."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from ops.local.reference import EXAMPLE_ORGANISATION, publish_defaults
from shared.process.settings import Settings
from tests.chaos import intake_lives
from tests.chaos.lives import killed_afterwards, live
from tests.support.broker import FreshTopics, free_ports
from tests.support.clamd import MARK, ProtocolServer, protocol_server
from tests.support.customer_mail import events, handed, message

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(300), pytest.mark.long]
MESSAGES, FILES, DEATHS = 4, 3, 6


async def waiting_files(settings: Settings, scanner: ProtocolServer) -> Settings:
    """Mail's listener takes messages in whose files wait for a scanner; one file of each is infected."""
    await publish_defaults(settings, EXAMPLE_ORGANISATION)
    settings = settings.model_copy(update={"scanner": scanner.address})
    async with killed_afterwards(intake_lives.run, settings, "mail"):
        for number in range(MESSAGES):
            await asyncio.to_thread(handed, settings, message(number, files=FILES, last=b"%PDF" + MARK))
    return settings


async def verdicts(settings: Settings) -> dict[str, bool]:
    """What counts of each file: the first record of its verdict's id, as every reader takes it."""
    found = {event.id: event for event in reversed(await events(settings, "EvidenceScanned"))}.values()
    assert len({event.data["document"] for event in found}) == len(found)
    return {event.data["document"]: event.data["infected"] for event in found}


async def until_scanned(settings: Settings) -> dict[str, bool]:
    """Wait for the verdict of every file."""
    async with asyncio.timeout(60):
        while len(found := await verdicts(settings)) < MESSAGES * FILES:
            await asyncio.sleep(0.2)
    return found


async def test_a_file_has_one_verdict_whoever_dies_and_however_many_scan(
    fresh_topics: FreshTopics, tmp_path: Path
) -> None:
    """Lives that die between the scanner's answer and the log, then two processes at once on what still waits."""
    async with protocol_server() as scanner:
        settings = await waiting_files(await fresh_topics(data=tmp_path, ports=free_ports(100)), scanner)
        files = {event.id for event in await events(settings, "EvidenceAdded")}
        died = [
            await live(intake_lives.run, settings, "intake", bomb=f"scanned:{number % 2 + 1}")
            for number in range(DEATHS)
        ]
        other = settings.model_copy(update={"ports": free_ports(100)})
        async with (
            killed_afterwards(intake_lives.run, settings, "intake"),
            killed_afterwards(intake_lives.run, other, "intake"),
        ):
            found = await until_scanned(settings)
            await asyncio.sleep(1)  # whatever the slower of the two still says

    assert [True] * DEATHS == died
    assert len(scanner.scanned) > MESSAGES * FILES
    assert files == set(found)
    assert found == await verdicts(settings)
    assert Counter({False: MESSAGES * (FILES - 1), True: MESSAGES}) == Counter(found.values())
