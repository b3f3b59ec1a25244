"""Attacks of insiders with valid tokens: acting in another's name, and times that stop a clock."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from shared.process.settings import Settings
from tests.acceptance.test_telephone import BODY, START
from tests.support.casework import SETTLEMENT
from tests.support.installation import authorization, installed, redress

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]
CONTACT = {"way": "phone", "points": "致歉。", "outcome": "reached"}
SOON_SECONDS = 30.0
LONG_AGO = {
    "received_at": "2001-06-01T10:00:00+08:00", "late_registration": {"cause": "other", "explanation": "旧档案。"},
}  # fmt: skip


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation."""
    with installed(tmp_path_factory.mktemp("actors"), f"steered:{START}") as settings:
        yield settings


def submit(bank: Settings, who: str, key: str, **changes: Any) -> httpx.Response:
    """Somebody submits a telephone complaint."""
    kind, _, id_ = who.partition(":")
    headers = authorization(bank, id_, kind) | {"Idempotency-Key": key}
    url = f"http://127.0.0.1:{bank.ports + 1}/v1/complaints/phone"
    return httpx.post(url, json=BODY | changes, headers=headers, timeout=20)


def act(bank: Settings, who: str, case: str, name: str, key: str, **body: Any) -> tuple[int, str | None]:
    """Somebody sends a command: status, and the code if it is refused."""
    kind, _, id_ = who.partition(":")
    headers = authorization(bank, id_, kind) | {"Idempotency-Key": key}
    url = f"http://127.0.0.1:{bank.ports + 2}/v1/cases/{case}/commands/{name}"
    found = httpx.post(url, json=body, headers=headers, timeout=20)
    return found.status_code, found.json().get("code")


def duties(bank: Settings, case: str) -> dict[str, tuple[str, str]]:
    """What is owed, by whom, as soon as the case is routed; the console is asked as the accepting person."""
    url, headers = f"http://127.0.0.1:{bank.ports}/v1/cases/{case}", authorization(bank, "lin.fang", "person")
    until = time.monotonic() + SOON_SECONDS
    while time.monotonic() < until:
        found = httpx.get(url, headers=headers, timeout=20)
        if found.status_code == 200 and found.json()["duties"]:
            return {duty["kind"]: (duty["debtor"]["person"], duty["state"]) for duty in found.json()["duties"]}
        time.sleep(0.1)
    raise AssertionError(f"{case} was not routed in time: {found.text}")


def test_a_teller_does_not_settle_the_complaint_about_himself_as_his_superior(bank: Settings) -> None:
    """Neither in the superior's name, nor in his own."""
    about_him = {"matter": BODY["matter"] | {"complained_persons": ["jin.hao"]}, "settlement": SETTLEMENT}
    as_superior = submit(
        bank, "person:jin.hao", "as-superior", received_by={"unit": "dongqiao.hall", "person": "bai.xue"}, **about_him
    )
    himself = submit(
        bank, "person:jin.hao", "himself", received_by={"unit": "dongqiao", "person": "jin.hao"}, **about_him
    )
    owed = duties(bank, himself.json()["case_id"])

    assert (403, "received_by_another") == (as_superior.status_code, as_superior.json()["code"])
    assert 201 == himself.status_code
    assert "confirm_settlement" not in owed
    assert "open" == owed["handle"][1]


def test_a_claimed_settlement_counts_by_the_word_of_whom_it_is_claimed_alone(bank: Settings) -> None:
    """Not by the system's that claims it, nor by that of a colleague with the same posts."""
    taken = submit(bank, "channel:hotline", "claim", settlement=SETTLEMENT)
    case = taken.json()["case_id"]

    assert ("lin.fang", "open") == duties(bank, case)["confirm_settlement"]
    assert (404, "unknown_case") == act(bank, "channel:hotline", case, "deny-settlement", "d1", ground="x")
    assert (403, "not_entitled") == act(bank, "person:wu.qing", case, "deny-settlement", "d2", ground="x")
    assert (200, None) == act(bank, "person:lin.fang", case, "deny-settlement", "d3", ground="未处理。")
    assert (409, "nothing_owed") == act(bank, "person:lin.fang", case, "deny-settlement", "d4", ground="未处理。")


def test_no_time_that_anybody_sends_holds_a_case(bank: Settings) -> None:
    """9999 and 1999 are refused at the door; a receipt of 2001 has its limit, missed; the clock then goes on."""
    case = submit(bank, "channel:hotline", "times").json()["case_id"]
    duties(bank, case)
    promised = {"promised_at": "9999-12-31T23:59:59-23:59"}
    old = submit(bank, "channel:hotline", "old", received_by={"unit": "dongqiao"}, **LONG_AGO)

    before = LONG_AGO | {"received_at": "1999-06-01T10:00:00+08:00"}
    ancient = submit(bank, "channel:hotline", "ancient", received_by={"unit": "dongqiao"}, **before)

    assert (422, "time_too_early") == (ancient.status_code, ancient.json()["code"])
    assert (422, "time_too_far") == act(bank, "person:bai.xue", case, "record-contact", "9999", **CONTACT, **promised)
    assert 201 == old.status_code
    redress("clock", "advance", "--working-days", "1", "--data", str(bank.data))
    assert 0 == redress("status", "--data", str(bank.data)).returncode


@pytest.mark.parametrize("beyond", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+14:00"])
def test_the_command_line_ends_with_a_line_where_a_year_is_out_of_reach(bank: Settings, beyond: str) -> None:
    """Exit code 2, no stack of calls."""
    data = ("--data", str(bank.data))
    for arguments in (
        ("deadline", "--received", beyond),
        ("clock", "advance-to", beyond, *data),
        ("case", "show", "20200305-1908470801-4", "--as-of", beyond, *data),
    ):
        done = redress(*arguments, check=False)
        assert (2, 1) == (done.returncode, len(done.stderr.strip().splitlines())), done.stderr
