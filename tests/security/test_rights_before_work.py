"""Who may not act makes a process do next to nothing, however often and however much he sends."""

import asyncio
import time
from collections.abc import Callable
from uuid import uuid4

import httpx
import orjson

from ops.local.reading import read_topic
from shared.contract.topics import COMMANDS
from shared.process.settings import Settings
from tests.support.installation import authorization

REMEDY = {"kind": "apology", "words": "致歉。"}


def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for something to hold."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never was so"
        time.sleep(0.2)


def routed_case(bank: Settings) -> str:
    """A case that has its owners."""
    body = {"matter": {"narrative": "排队太久。", "complained_unit": "dongqiao.hall"}}
    caller = authorization(bank) | {"Idempotency-Key": str(uuid4())}
    taken = httpx.post(f"http://127.0.0.1:{bank.ports + 1}/v1/complaints/phone", json=body, headers=caller).json()
    url, reader = f"http://127.0.0.1:{bank.ports}/v1/cases/{taken['case_id']}", authorization(bank, "sun.rui", "person")
    until(lambda: httpx.get(url, headers=authorization(bank, "lin.fang", "person") or reader).status_code == 200)
    time.sleep(1)
    return str(taken["case_id"])


def decide(bank: Settings, case: str, person: str, remedies: int = 3) -> httpx.Response:
    """Somebody decides, with a key of its own each time."""
    body = {
        "outcome": "upheld",
        "findings": "属实。",
        "grounds": "…",
        "decision": "…",
        "remedies_offered": [REMEDY] * remedies,
    }
    headers = authorization(bank, person, "person") | {"Idempotency-Key": str(uuid4())}
    url = f"http://127.0.0.1:{bank.ports + 2}/v1/cases/{case}/commands/decide"
    return httpx.post(url, json=body | {"grounds": "理由。", "decision": "决定。"}, headers=headers, timeout=20)


def test_refused_commands_come_to_an_end_and_nothing_of_them_is_sealed(bank: Settings) -> None:
    """Twenty are recorded, without their bodies; then 429 with Retry-After, and nothing is appended."""
    case = routed_case(bank)
    answers = [decide(bank, case, "lin.fang") for _ in range(25)]
    sent = [orjson.loads(record.value) for record in asyncio.run(read_topic(bank, COMMANDS))]
    bodies = [command["body"] for command in sent if command["case"] == case]

    assert [403] * 20 + [429] * 5 == [answer.status_code for answer in answers]
    assert {"too_many_requests"} == {answer.json()["code"] for answer in answers[20:]}
    assert all(0 < int(answer.headers["retry-after"]) <= 3600 for answer in answers[20:])
    assert [{}] * 20 == bodies


def test_a_list_without_end_is_refused_before_anybody_works_on_it(bank: Settings) -> None:
    """Remedies, members: 422 or 413 with the place, and others are answered meanwhile."""
    case = routed_case(bank)
    many = decide(bank, case, "lin.fang", 500)
    people = [f"成员{n}" for n in range(15_000)]
    body = {"matter": {"narrative": "…集体投诉"}, "group": {"size": 60_000, "members": people}}
    crowd = httpx.post(
        f"http://127.0.0.1:{bank.ports + 1}/v1/complaints/phone",
        json=body,
        headers=authorization(bank) | {"Idempotency-Key": str(uuid4())},
    )

    assert (many.status_code, many.json()["pointers"]) in [(422, ["/remedies_offered"]), (413, ["/remedies_offered"])]
    assert crowd.status_code in (413, 422)
