"""A process that is cut off from the log says so: never that a case is unknown, and never an old state."""

import os
import signal
import time
from collections.abc import Callable
from uuid import uuid4

import httpx
import orjson

from ops.local.status import processes, status
from shared.process.settings import Settings
from tests.support.installation import authorization
from tests.support.standing_still import standing_still

ASKED = [
    (0, "GET", "/v1/cases"), (0, "GET", "/v1/cases/{case}"), (0, "GET", "/v1/cases/{case}?after=0:0"),
    (1, "POST", "/v1/cases/{case}/evidence"), (1, "POST", "/v1/complaints/phone"),
    (2, "POST", "/v1/cases/{case}/commands/close"), (2, "GET", "/v1/cases/{case}/commands/x"),
]  # fmt: skip


def asked(bank: Settings, method: str, api: int, path: str) -> httpx.Response:
    """The answer to somebody who may ask."""
    person = authorization(bank, "lin.fang", "person") | {
        "Idempotency-Key": str(uuid4()),
        "Content-Type": "application/json",
    }
    url = f"http://127.0.0.1:{bank.ports + api}{path}"
    return httpx.request(method, url, headers=person, content=b"{}" if method == "POST" else None, timeout=15)


def until(holds: Callable[[], bool], seconds: float = 40) -> None:
    """Wait for something to hold."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never was so"
        time.sleep(0.2)


def ready(bank: Settings) -> set[bool]:
    """What all processes but broker and mail sink say of themselves."""
    return {row["ready"] for row in status(bank) if row["name"] not in ("broker", "smtp-sink")}


def test_while_the_brokers_are_silent_nobody_is_ready_and_nobody_answers_from_memory(bank: Settings) -> None:
    """503 with Retry-After within a bound; when they are back, all are ready again and know the case."""
    until(lambda: ready(bank) == {True})
    body = {"matter": {"narrative": "排队太久。"}}
    caller = authorization(bank) | {"Idempotency-Key": str(uuid4())}
    case = httpx.post(f"http://127.0.0.1:{bank.ports + 1}/v1/complaints/phone", json=body, headers=caller).json()[
        "case_id"
    ]
    until(lambda: asked(bank, "GET", 0, f"/v1/cases/{case}").status_code == 200)  # she sees it once it is routed
    broker = next(row["pid"] for row in processes(bank) if row["name"] == "broker")
    with standing_still(broker):
        until(lambda: ready(bank) == {False}, 20)
        answers = [asked(bank, method, api, path.format(case=case)) for api, method, path in ASKED]
    until(lambda: ready(bank) == {True})
    again = asked(bank, "GET", 0, f"/v1/cases/{case}")

    assert {(503, "not_ready")} == {(answer.status_code, orjson.loads(answer.content)["code"]) for answer in answers}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)
    assert case == again.json()["case_id"]


def test_an_api_that_starts_says_so_and_never_that_a_case_is_unknown(bank: Settings) -> None:
    """From its first answer on, killed and started again."""
    body = {"matter": {"narrative": "网银打不开。"}}
    caller = authorization(bank) | {"Idempotency-Key": str(uuid4())}
    case = httpx.post(f"http://127.0.0.1:{bank.ports + 1}/v1/complaints/phone", json=body, headers=caller).json()[
        "case_id"
    ]
    for name, api, path in (("casework-api", 2, "commands/close"), ("intake", 1, "evidence")):
        until(lambda: ready(bank) == {True})
        os.kill(next(row["pid"] for row in processes(bank) if row["name"] == name), signal.SIGKILL)
        seen: set[tuple[int, str]] = set()
        end = time.monotonic() + 30
        while time.monotonic() < end and not {status_ for status_, _ in seen} - {503}:
            try:
                answer = asked(bank, "POST", api, f"/v1/cases/{case}/{path}")
            except httpx.HTTPError:
                continue
            seen.add((answer.status_code, answer.json().get("code", "")))
        assert {code for status_, code in seen if status_ == 503} <= {"not_ready"}
        assert 404 not in {status_ for status_, _ in seen}
        assert {status_ for status_, _ in seen} - {503}
