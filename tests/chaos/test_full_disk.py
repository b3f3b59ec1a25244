"""A disk that is full for a while: nothing that was taken is lost, nothing more is taken, and all goes on by itself."""

import asyncio
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from shared.process.settings import Settings
from tests.acceptance.test_telephone import BODY
from tests.support.clamd import protocol_server
from tests.support.customer_mail import CUT, events, handed, handed_once, message
from tests.support.installation import authorization, installed, redress
from tests.support.own_broker import fill

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(400), pytest.mark.long]
RETRY_SECONDS = 1.0


def _sent(settings: Settings, key: str) -> httpx.Response:
    headers = authorization(settings) | {"Idempotency-Key": key}
    return httpx.post(f"http://127.0.0.1:{settings.ports + 1}/v1/complaints/phone", json=BODY, headers=headers)


def test_a_full_disk_refuses_loses_nothing_and_is_no_end(small_disk: Path) -> None:
    """Every answer meanwhile is a 503; with room again the supervisor brings the broker back without anybody."""
    with installed(small_disk / "data", "system") as settings:
        assert [201] * 5 == [_sent(settings, f"before-{n}").status_code for n in range(5)]
        filling = fill(small_disk)
        refused = [_sent(settings, f"full-{n}") for n in range(5)]
        told = redress("status", "--data", str(settings.data), check=False)
        time.sleep(6)  # until the broker has ended by itself, as Kafka does where its folder takes nothing
        filling.unlink()
        while (after := _sent(settings, "full-0")).status_code == 503:
            time.sleep(RETRY_SECONDS)

        assert {(503, "5")} == {(one.status_code, one.headers["Retry-After"]) for one in refused}
        assert "has 0 MiB left" in told.stdout.replace("\n", " ")
        assert after.status_code in (200, 201)  # an attempt whose outcome nobody knew may have been the first
        assert [200] * 5 == [_sent(settings, f"before-{n}").status_code for n in range(5)]
        redress("rebuild", "verify", "--data", str(settings.data))


AT_FIRST, WHILE_FULL, FILES = 4, 6, 2


def mailed(number: int) -> bytes:
    """A message with files that wait for a scanner."""
    return message(number, files=FILES)


async def test_mail_on_a_full_disk_comes_again_and_no_file_in_quarantine_is_lost(small_disk: Path) -> None:
    """Nothing is answered 250 that has no room; afterwards all is there once, and the scanner gets every file."""
    nobody = "tcp://127.0.0.1:1"
    async with protocol_server() as scanner:
        with installed(small_disk / "data", "system", REDRESS_SCANNER=nobody) as settings:
            await asyncio.to_thread(_sent_before, settings)
            filling = await asyncio.to_thread(fill, small_disk)
            codes = [await asyncio.to_thread(handed_once, settings, mailed(AT_FIRST + n)) for n in range(WHILE_FULL)]
            await asyncio.sleep(6)  # until the broker has ended by itself
            filling.unlink()
            for number in range(AT_FIRST + WHILE_FULL):
                await asyncio.to_thread(handed, settings, mailed(number))
            await asyncio.to_thread(redress, "rebuild", "verify", "--data", str(settings.data))
            added = {event.id: event for event in await events(settings, "ComplaintReceived", "EvidenceAdded")}
        found = await scanned(small_disk, scanner.address)

    cases = Counter(event.subject for event in added.values() if event.name == "ComplaintReceived")
    files = Counter(event.subject for event in added.values() if event.name == "EvidenceAdded")
    assert {"250"}.isdisjoint(codes)
    assert {"451", "452", CUT} >= set(codes)
    assert ({1}, AT_FIRST + WHILE_FULL) == (set(cases.values()), len(cases))
    assert dict.fromkeys(cases, FILES) == files
    assert {id_ for id_, event in added.items() if event.name == "EvidenceAdded"} == found


def _sent_before(settings: Settings) -> None:
    for number in range(AT_FIRST):
        handed(settings, mailed(number))


async def scanned(disk: Path, scanner: str) -> set[str]:
    """The files with a verdict, once an installation on this disk has a scanner that answers."""
    with installed(disk / "data", "system", REDRESS_SCANNER=scanner) as settings:
        async with asyncio.timeout(60):
            while True:
                waiting = {one.id for one in await events(settings, "EvidenceAdded")}
                told = {one.data["document"] for one in await events(settings, "EvidenceScanned")}
                if waiting == told:
                    return told
                await asyncio.sleep(0.5)
