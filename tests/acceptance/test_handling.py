"""People handle a telephone complaint over HTTP: what is refused and how, a thousand commands at once, and kills."""

import asyncio
import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from ops.demo.channel_courses import course
from ops.demo.courses import Step
from ops.local import steering
from ops.local.reading import read_topic
from ops.local.status import processes, status
from ops.verify import rebuild
from shared.contract.envelope import from_json
from shared.contract.topics import COMMANDS
from shared.process.settings import Settings
from shared.sealing.stores import open_vault
from tests.acceptance.test_telephone import BODY, START, post
from tests.support.installation import authorization, installed

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]
CONTACT = {"way": "phone", "points": "说明情况", "outcome": "reached"}
AT_LENDING = BODY | {"matter": BODY["matter"] | {"complained_unit": "dongqiao.lending"}}
KILLS = ("casework", "casework-api", "routing", "sla", "notify", "console")


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """One installation for all tests of this file."""
    with installed(tmp_path_factory.mktemp("handling"), f"steered:{START}") as settings:
        yield settings


def received(settings: Settings, key: str) -> dict[str, Any]:
    """A complaint about the lending department, as intake answers it."""
    answer: dict[str, Any] = post(settings, key, AT_LENDING).json()
    return answer


def act(
    settings: Settings,
    case: str,
    name: str,
    body: Any = None,
    by: str = "luo.tian",
    key: str | None = None,
    **more: str,
) -> httpx.Response:
    """Send a command as a person does; bytes go out as they are. ``key`` empty: without one."""
    url = f"http://127.0.0.1:{settings.ports + 2}/v1/cases/{case}/commands/{name}"
    content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    headers = {"Idempotency-Key": f"{case}/{name}" if key is None else key, "Content-Type": "application/json"}
    headers |= authorization(settings, by, "person")
    return httpx.post(url, content=content, headers={k: v for k, v in (headers | more).items() if v}, timeout=20)


def appended(settings: Settings) -> int:
    """How many commands are in their topic."""
    return len(asyncio.run(read_topic(settings, COMMANDS)))


@pytest.mark.parametrize(
    ("case", "name", "body", "headers", "status", "code"),
    [
        ("20200305-0000000000-0", "close", {}, {}, 422, "bad_case_number"),
        ("00000000-0000-0000-0000-000000000000", "close", {}, {}, 404, "unknown_case"),
        (None, "dance", {}, {}, 404, "unknown_command"),
        (None, "close", b"{", {}, 400, "bad_json"),
        (None, "close", {"colour": "red"}, {}, 422, "invalid_command"),
        (None, "record-contact", CONTACT | {"points": "a\0b"}, {}, 422, "invalid_command"),
        (None, "record-contact", CONTACT | {"at": "2020-03-05T10:00:00"}, {}, 422, "invalid_command"),
        (None, "close", b" " * (256 * 1024 + 1), {}, 413, "too_large"),
        (None, "close", {}, {"Idempotency-Key": ""}, 400, "idempotency_key_required"),
        (None, "close", {}, {"Authorization": ""}, 401, "missing_token"),
        (None, "close", {}, {"Authorization": "Bearer nonsense"}, 401, "bad_token"),
    ],
)
def test_what_is_wrong_in_shape_is_answered_at_once_and_nothing_is_appended(
    bank: Settings, case: str | None, name: str, body: Any, headers: dict[str, str], status: int, code: str
) -> None:
    """A problem with a stable code; the commands' topic stays as it was."""
    known = received(bank, "shape")["case_id"]
    before = appended(bank)
    answer = act(bank, case or known, name, body, **headers)

    assert (status, code) == (answer.status_code, answer.json()["code"])
    assert "application/problem+json" == answer.headers["content-type"]
    assert before == appended(bank)


@pytest.mark.parametrize(
    ("by", "name", "body", "status", "code"),
    [
        ("luo.tian", "confirm-result", {"checked": "已核对。", "called_back": False}, 403, "not_entitled"),
        ("zhong.an", "archive", {"place": "档案室", "retain_until": "2030-12-31"}, 409, "not_ended"),
        ("luo.tian", "record-contact", CONTACT | {"at": "2031-01-01T00:00:00Z"}, 422, "time_in_future"),
        ("lin.fang", "assign-unit", {"unit": "mars", "ground": "x"}, 422, "unknown_unit"),
        ("lin.fang", "close", {}, 409, "duties_open"),
    ],
)
def test_what_depends_on_the_case_is_refused_and_on_record(
    bank: Settings, by: str, name: str, body: Any, status: int, code: str
) -> None:
    """The refusal is a fact with its code; the same key gets the same answer, and the body is never kept."""
    case = received(bank, "refused")["case_id"]
    first, again = (act(bank, case, name, body, by, f"refused-{by}-{name}") for _ in range(2))
    records = [from_json(r.value) for r in asyncio.run(read_topic(bank)) if r.key == case]
    kept = [e.data for e in records if e.name == "CommandRefused" and e.data["command"]["name"] == name]

    assert (status, code) == (first.status_code, first.json()["code"])
    assert first.json() == again.json()
    assert [code] == [data["code"] for data in kept]


def test_the_same_key_with_another_command_is_a_conflict(bank: Settings) -> None:
    """The first command stands; the second has no effect and is told why."""
    case = received(bank, "conflict")["case_id"]
    first = act(bank, case, "record-contact", CONTACT, key="one-key")
    other = act(bank, case, "record-contact", CONTACT | {"points": "别的内容"}, key="one-key")
    third = act(bank, case, "accept-handover", key="one-key")

    assert 200 == first.status_code
    assert [(409, "idempotency_conflict")] * 2 == [(r.status_code, r.json()["code"]) for r in (other, third)]


def test_a_channel_system_sends_no_commands(bank: Settings) -> None:
    """It submits complaints; what is done on a case, people do."""
    case = received(bank, "system")["case_id"]
    headers = authorization(bank) | {"Idempotency-Key": "system"}
    url = f"http://127.0.0.1:{bank.ports + 2}/v1/cases/{case}/commands/accept-handover"

    answer = httpx.post(url, headers=headers, timeout=20)
    assert (404, "unknown_case") == (answer.status_code, answer.json()["code"])


def test_a_command_on_an_erased_case_is_gone(bank: Settings) -> None:
    """Its key is destroyed: nothing can be sealed for it any more."""
    case = received(bank, "erased")["case_id"]

    async def erase() -> None:
        async with open_vault(bank) as vault:
            await vault.destroy(case)

    asyncio.run(erase())
    answer = act(bank, case, "record-contact", CONTACT)

    assert (410, "case_erased") == (answer.status_code, answer.json()["code"])


def test_a_thousand_commands_on_one_case_are_each_answered_once(bank: Settings) -> None:
    """Sent at once by one person: every one is a fact, in one order, none twice."""
    case = received(bank, "thousand")["case_id"]
    url = f"http://127.0.0.1:{bank.ports + 2}/v1/cases/{case}/commands/record-contact"

    async def send() -> list[int]:
        who = authorization(bank, "luo.tian", "person")
        slots = asyncio.Semaphore(100)
        async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=100)) as client:

            async def one(number: int) -> int:
                async with slots:
                    for _ in range(10):
                        headers = who | {"Idempotency-Key": f"t-{number}"}
                        try:
                            answer = await client.post(url, json=CONTACT, headers=headers)
                        except httpx.TransportError:  # an idle connection ended just then: repeat, as callers do
                            continue
                        if answer.status_code != 202:
                            return answer.status_code
                    return 202

            return await asyncio.gather(*(one(number) for number in range(1000)))

    answers = asyncio.run(send())
    events = [from_json(r.value) for r in asyncio.run(read_topic(bank)) if r.key == case]
    causes = Counter(e.causationid for e in events if e.name == "CustomerContacted")

    assert {200} == set(answers)
    assert (1000, {1}) == (len(causes), set(causes.values()))


async def play_with_kills(settings: Settings, seed: int) -> str:
    """An ordinary course, while services are killed at random steps; each step is repeated until it is answered."""
    chance = random.Random(seed)  # the same kills in every run
    row = {"key": f"kill-{seed}", "at": START, "reason": "service_attitude", "email": "x@customer.example"}
    case = str((await asyncio.to_thread(received, settings, row["key"]))["case_id"])
    steps = course(row)
    victims = dict(zip(chance.sample(range(len(steps)), len(KILLS)), chance.sample(KILLS, len(KILLS)), strict=True))
    for at, step in enumerate(steps):
        if at in victims:
            pid = next(p["pid"] for p in processes(settings) if p["name"] == victims[at])
            os.kill(pid, signal.SIGKILL)
        await answered(settings, case, at, step)
    return case


async def answered(settings: Settings, case: str, at: int, step: Step) -> None:
    """Send a step until it is answered; what is owed first (a letter, a routing) may still be under way."""
    by = {"handler": "luo.tian", "accepting": "lin.fang", "archivist": "zhong.an"}[step.by]
    until = time.monotonic() + 60
    attempt = 0
    body = step.body_at(await steering.shown(settings))
    while time.monotonic() < until:
        try:
            key = f"{at}/{attempt}"
            answer = await asyncio.to_thread(act, settings, case, step.command, body, by, key)
        except httpx.HTTPError:
            await asyncio.sleep(0.3)
            continue
        if answer.status_code == 200:
            return
        assert answer.status_code in (202, 404, 409, 503), answer.text
        attempt += answer.status_code == 409  # refused for good under this key: owed first was something else
        await asyncio.sleep(0.3)
    raise AssertionError(f"{step.command} was not answered in time: {answer.text}")


@pytest.mark.chaos
def test_a_journey_survives_the_kill_of_every_service(bank: Settings) -> None:
    """Hand-over to archive with six kills at random steps: every fact once, and all folds agree."""
    case = asyncio.run(play_with_kills(bank, seed=20200305))
    until = time.monotonic() + 60
    while not all(r["ready"] and not r["owed"] and not r["lag"] for r in status(bank)) and time.monotonic() < until:
        time.sleep(0.2)
    events = [from_json(r.value) for r in asyncio.run(read_topic(bank)) if r.key == case]
    once = Counter(event.name for event in events)

    assert [] == [name for name in ("DecisionMade", "ResultReported", "CaseClosed", "CaseArchived") if once[name] != 1]
    assert len(events) == len({event.id for event in events})
    assert [] == asyncio.run(rebuild.verify(bank)).differences
