"""What changes somebody's work reaches him, and what a letter says is true when it leaves: a whole installation."""

import json
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.process.settings import Settings
from tests.acceptance.test_telephone import BODY, post
from tests.support.installation import authorization, installed, redress

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(400), pytest.mark.long]
FOUND: dict[str, Any] = {"findings": "属实。", "fault": "misunderstanding", "persons_responsible": []}
DECISION: dict[str, Any] = {"outcome": "upheld", "findings": "属实。", "grounds": "第三条。", "decision": "退费。"}


def act(settings: Settings, case: str, person: str, name: str, **body: Any) -> int:
    """Somebody sends a command."""
    url = f"http://127.0.0.1:{settings.ports + 2}/v1/cases/{case}/commands/{name}"
    key = {"Idempotency-Key": f"{name} by {person}"}
    return httpx.post(url, json=body, headers=authorization(settings, person, "person") | key, timeout=60).status_code


def told(settings: Settings, number: str) -> list[tuple[str, str, str]]:
    """Type, kind of letter and reader of every letter, in the order of the log."""
    shown = json.loads(redress("case", "timeline", number, "--data", str(settings.data), "--json").stdout)
    found = []
    for entry in shown["entries"]:
        name, data = entry["type"].split(".")[1], entry["data"]
        if name in ("MessageSent", "MessageSuppressed"):
            found.append((name, data["kind"], (data["recipient"] or {}).get("person") or "customer"))
    return found


def mailed(settings: Settings, address: str) -> list[str]:
    """The subjects of the letters to an address."""
    letters = [message_from_bytes(path.read_bytes(), policy=default) for path in outbox(settings).glob("*.eml")]
    return [str(letter["Subject"]) for letter in letters if address in str(letter["To"])]


def outbox(settings: Settings) -> Path:
    """Where the sink keeps what was sent."""
    return settings.data / "outbox"


def test_facts_reach_people_and_letters_are_true_when_they_leave(tmp_path: Path) -> None:
    """Received again with another address, classified anew, decided at night, and complained about the handler."""
    with installed(tmp_path / "data", "steered:2020-03-05T10:00:00+08:00") as bank:
        received = post(bank, "first", BODY).json()
        case, number = received["case_id"], received["case_number"]
        handler = "bai.xue"
        assert 200 == act(bank, case, handler, "accept-handover")
        again = {**BODY, "relates_to": {"case": number, "relation": "same_receipt"}}
        again |= {"complainant": {"name": "壬癸甲某某", "email": "fresh@customer.example"}}
        assert 201 == post(bank, "again", again).status_code
        assert 200 == act(bank, case, "lin.fang", "classify", reason="service_product", ground="产品问题。")
        redress("clock", "advance-to", "2020-03-05T21:00:00+08:00", "--data", str(bank.data))
        assert 200 == act(bank, case, handler, "record-investigation", **FOUND)
        assert 200 == act(bank, case, handler, "decide", **DECISION)
        evening = told(bank, number)
        redress("clock", "advance-to", "2020-03-06T09:00:00+08:00", "--data", str(bank.data))
        concerned = again | {"matter": {**BODY["matter"], "complained_persons": [handler]}}
        assert 201 == post(bank, "concerned", concerned).status_code
        redress("clock", "advance-to", "2020-03-06T09:05:00+08:00", "--data", str(bank.data))
        shown = json.loads(redress("case", "show", number, "--data", str(bank.data), "--json").stdout)
        morning, subjects = told(bank, number), mailed(bank, "fresh@customer.example")
        redress("rebuild", "verify", "--data", str(bank.data))

    assert {("MessageSent", "further_receipt_notice", handler), ("MessageSent", "limit_notice", handler)} <= {*evening}
    assert ("MessageSent", "limit_notice", "customer") in evening
    assert ("MessageSuppressed", "decision_notice", "customer") in evening
    assert ("MessageSent", "decision_notice", "customer") not in evening
    assert ("MessageSent", "decision_notice", "customer") in morning
    assert 2 == len(subjects)
    assert handler not in shown["handler"]
