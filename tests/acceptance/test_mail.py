"""Mail as the bank's own mail server hands it over, to real processes that are killed meanwhile."""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

from ops.local.status import processes
from shared.process.settings import Settings
from tests.support.customer_mail import case_of, events, handed, message
from tests.support.facts import NOW
from tests.support.installation import authorization, installed

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300), pytest.mark.long]
MESSAGES, KILLS, AT_ONCE = 200, 4, 4


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """One installation for all tests of this file."""
    with installed(tmp_path_factory.mktemp("mail") / "data", f"steered:{NOW.isoformat()}") as settings:
        yield settings


async def test_two_hundred_messages_among_kills_are_two_hundred_cases(bank: Settings) -> None:
    """Each once, with its file; whatever was under way when the listener died came again."""
    await asyncio.to_thread(_sent_among_kills, bank)
    once = {case_of(number): 1 for number in range(MESSAGES)}
    found = [one for one in await events(bank, "ComplaintReceived", "EvidenceAdded") if one.subject in once]

    assert once == Counter(event.subject for event in found if event.name == "ComplaintReceived")
    assert once == Counter(case for case, _ in {(one.subject, one.id) for one in found if one.name == "EvidenceAdded"})
    assert {event.data["warnings"] == [] for event in found if event.name == "ComplaintReceived"} == {True}


def _sent_among_kills(bank: Settings) -> None:
    with ThreadPoolExecutor(AT_ONCE) as senders:
        under_way = [senders.submit(handed, bank, message(number)) for number in range(MESSAGES)]
        for nth in range(1, KILLS + 1):
            while sum(one.done() for one in under_way) < nth * MESSAGES // (KILLS + 1):
                time.sleep(0.05)
            os.kill(next(row["pid"] for row in processes(bank) if row["name"] == "intake-mail"), signal.SIGKILL)
        for one in under_way:
            one.result()


def test_a_customer_gets_a_letter_answers_it_and_stands_on_one_case(bank: Settings) -> None:
    """A machine's answer opens nothing; what only a key opens is a person's to read."""
    number = 10_001
    handed(bank, message(number))
    letter = _letter_to(bank, f"jia{number}@customer.example")
    said = {line.partition(": ")[0]: line.partition(": ")[2] for line in letter.split("\n\n")[0].splitlines()}
    assert said["Auto-Submitted"] == "auto-generated"
    answer = EmailMessage()
    answer["From"], answer["Subject"] = f"jia{number}@customer.example", "Re: x"
    answer["In-Reply-To"], answer["Message-ID"] = said["Message-ID"], "<answer@customer.example>"
    answer.set_content("补充：是八月的。")
    handed(bank, answer.as_bytes())
    answer.replace_header("Message-ID", "<machine@customer.example>")
    answer["Auto-Submitted"] = "auto-replied"
    handed(bank, answer.as_bytes())

    with httpx.Client(
        base_url=f"http://127.0.0.1:{bank.ports}", headers=authorization(bank, "lin.fang", "person")
    ) as console:
        case = said["Message-ID"].partition(".")[2].partition("@")[0]
        entries = _timeline(console, case, 2)
        assert [entry["type"] for entry in entries].count("redress.ReceiptAdded.v4") == 1
        assert "补充：是八月的。" in str(entries)
    metrics = httpx.get(f"http://127.0.0.1:{bank.ports + 28}/metrics").text
    assert 'redress_mail_ignored_total{reason="auto_submitted"} 1.0' in metrics
    assert len([1 for one in _letters(bank) if f"jia{number}@customer.example" in one]) == 1


def _timeline(console: httpx.Client, case: str, receipts: int) -> list[dict[str, str]]:
    for _ in range(100):
        entries: list[dict[str, str]] = console.get(f"/v1/cases/{case}/timeline").json().get("entries", [])
        if sum("Receipt" in entry["type"] or "Received" in entry["type"] for entry in entries) >= receipts:
            return entries
        time.sleep(0.2)
    raise AssertionError("the further receipt is not there")


def _letters(settings: Settings) -> list[str]:
    return [one.read_text("utf-8", "replace") for one in Path(settings.data / "outbox").glob("*.eml")]


def _letter_to(settings: Settings, address: str) -> str:
    for _ in range(300):
        for one in _letters(settings):
            if f"To: {address}" in one:
                return one
        time.sleep(0.2)
    raise AssertionError("no letter left")
