"""A telephone complaint from outside: over HTTP into a whole installation on the steered clock."""

import asyncio
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ops.local.reading import read_topic
from ops.local.status import processes
from ops.verify import rebuild
from shared.contract.records import HEADER_SOURCE
from shared.contract.topics import ACCESS, CASES, CLOCK, DEAD_LETTERS, EVENTS, REFERENCE
from shared.process.settings import Settings
from tests.support.installation import authorization, installed, redress
from tests.support.published_contract import unsaid
from tests.support.standing_still import standing_still

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(400)]
START = "2020-03-05T10:00:00+08:00"
NAME, NARRATIVE = "壬癸甲某某", "在柜台等了一个小时,没有人理会我。"
BODY: dict[str, Any] = {
    "received_by": {"unit": "dongqiao", "person": "lin.fang"},
    "complainant": {"name": NAME, "email": "rengui@customer.example", "phone": "0000-5559999"},
    "matter": {"narrative": NARRATIVE, "reason": "service_attitude", "complained_unit": "dongqiao.hall"},
}


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """One installation for all tests of this file."""
    with installed(tmp_path_factory.mktemp("bank"), f"steered:{START}") as settings:
        yield settings


def post(settings: Settings, key: str, body: Any, channel: str = "phone", **headers: str) -> httpx.Response:
    """Post as the call-centre system does; bytes go out as they are."""
    url = f"http://127.0.0.1:{settings.ports + 1}/v1/complaints/{channel}"
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = authorization(settings) | {"Idempotency-Key": key, "Content-Type": "application/json"} | headers
    return httpx.post(url, content=content, headers={k: v for k, v in sent.items() if v}, timeout=10)


def advance(settings: Settings, working_days: int) -> None:
    """Move the clock from wherever the other tests left it."""
    redress("clock", "advance", "--working-days", str(working_days), "--data", str(settings.data))


def changed(**changes: Any) -> dict[str, Any]:
    """The body, with changes; those of ``matter`` are put into it."""
    matter = BODY["matter"] | changes.pop("matter", {})
    return BODY | {"matter": matter} | changes


def test_a_complaint_is_routed_acknowledged_warned_and_breached(bank: Settings) -> None:
    """The whole course as the clock moves; every letter lies in the outbox and the rebuild agrees."""
    answer = post(bank, "course", BODY)
    number = answer.json()["case_number"]
    advance(bank, 5)
    shown = json.loads(redress("case", "timeline", number, "--data", str(bank.data), "--json").stdout)
    names = [entry["type"].split(".")[1] for entry in shown["entries"]]

    assert 201 == answer.status_code
    clocks = [
        (name, entry["data"]["milestone"])
        for name, entry in zip(names, shown["entries"], strict=True)
        if name.startswith("Clock")
    ]
    missed, owed_since = ["accept_handover", "contact_customer", "reply"], ["explain_overrun", "report_overrun_reason"]
    assert ["CaseEscalated", "CaseRouted", "ComplaintReceived"] == sorted(
        n for n in names if not n.startswith(("Message", "Clock"))
    )
    assert sorted(missed + owed_since) == sorted(kind for name, kind in clocks if name == "ClockStarted")
    assert missed == sorted(kind for name, kind in clocks if name == "ClockBreached")
    assert ["reply"] == [kind for name, kind in clocks if name == "ClockWarned"]
    sent = [e["data"]["kind"] for name, e in zip(names, shown["entries"], strict=True) if name == "MessageSent"]
    silent = ["duty_chaser", "silence_notice"] * 2 + ["silence_notice"]  # with the second it goes up, which says so
    late = ["warning_chaser", "breach_notice", "breach_notice"]
    assert sorted(["acknowledgement", "written_notice", *silent, "escalation_notice", *late]) == sorted(sent)
    assert 11 <= len(list((bank.data / "outbox").glob("*.eml")))
    redress("rebuild", "verify", "--data", str(bank.data))


def test_the_same_key_gives_the_same_answer_and_another_content_is_refused(bank: Settings) -> None:
    """Idempotent: 201, then 200 with the same body, then 409."""
    first, second = post(bank, "twice", BODY), post(bank, "twice", BODY)
    third = post(bank, "twice", changed(matter={"narrative": "另一件事"}))

    assert (201, 200, 409) == (first.status_code, second.status_code, third.status_code)
    assert first.json() == second.json()
    assert "idempotency_conflict" == third.json()["code"]


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"),
    [
        (changed(colour="red"), 422, "invalid_submission", "/colour"),
        (changed(matter={"reason": "bad_weather"}), 422, "invalid_submission", "/matter/reason"),
        (changed(matter={"amount_minor": "5"}), 422, "invalid_submission", "/matter/amount_minor"),
        (changed(matter={"complained_unit": "mars"}), 422, "invalid_submission", "/matter/complained_unit"),
        (changed(matter={"complained_persons": ["no.one"]}), 422, "invalid_submission", "/matter/complained_persons/0"),
        (changed(matter={"narrative": "a\0b"}), 422, "invalid_submission", "/matter/narrative"),
        (changed(matter={"narrative": "字" * 30000}), 422, "invalid_submission", "/matter/narrative"),
        (changed(received_at="2020-03-05T09:00:00"), 422, "invalid_submission", "/received_at"),
        (changed(received_at="2031-03-05T09:00:00Z"), 422, "time_in_future", "/received_at"),
        (changed(received_at="2020-02-05T09:00:00Z"), 422, "late_registration_unexplained", "/received_at"),
        ({}, 422, "invalid_submission", "/matter"),
        (b"{", 400, "bad_json", None),
        (b'{"matter": "\xff\xfe"}', 400, "bad_json", None),
        (b" " * (256 * 1024 + 1), 413, "too_large", None),
    ],
)
def test_bad_input_is_answered_and_nothing_is_appended(
    bank: Settings, body: Any, status: int, code: str, pointer: str | None
) -> None:
    """A problem document with a stable code and the place; the customer's words are not repeated."""
    before = log_length(bank)
    answer = post(bank, "bad", body)
    problem = answer.json()

    assert (status, code) == (answer.status_code, problem["code"])
    assert "application/problem+json" == answer.headers["content-type"]
    assert pointer is None or pointer in problem["pointers"]
    assert NARRATIVE not in answer.text
    assert before == log_length(bank)


@pytest.mark.parametrize(
    ("headers", "channel", "status", "code"),
    [
        ({"Authorization": ""}, "phone", 401, "missing_token"),
        ({"Authorization": "Bearer nonsense"}, "phone", 401, "bad_token"),
        ({"Idempotency-Key": ""}, "phone", 400, "idempotency_key_required"),
        ({}, "carrier-pigeon", 404, "unknown_channel"),
        ({}, "letter", 403, "channel_not_allowed"),
    ],
)
def test_a_call_that_may_not_be_is_refused(
    bank: Settings, headers: dict[str, str], channel: str, status: int, code: str
) -> None:
    """Rights and channels, before anything is looked at."""
    answer = post(bank, "refused", BODY, channel, **headers)

    assert (status, code) == (answer.status_code, answer.json()["code"])


def add_evidence(settings: Settings, case: str, key: str, content: bytes) -> httpx.Response:
    """Send a file as the call-centre system does."""
    url = f"http://127.0.0.1:{settings.ports + 1}/v1/cases/{case}/evidence"
    files = {"file": ("录音.wav", content, "audio/wav")}
    headers = authorization(settings) | {"Idempotency-Key": key}
    return httpx.post(url, files=files, data={"kind": "recording"}, headers=headers, timeout=30)


def test_evidence_is_stored_sealed_and_repeated_under_the_same_event(bank: Settings) -> None:
    """By number or id; the blob lies under its own hash before the event names it."""
    taken = post(bank, "with-evidence", BODY).json()
    first = add_evidence(bank, taken["case_number"], "file-1", b"what was said on the telephone")
    again = add_evidence(bank, taken["case_id"], "file-1", b"what was said on the telephone")
    sha256 = first.json()["sha256"]
    blob = (bank.data / "documents" / sha256[:2] / sha256).read_bytes()

    assert (201, 200) == (first.status_code, again.status_code)
    assert first.json() == again.json()
    assert sha256 == hashlib.sha256(blob).hexdigest()
    assert b"telephone" not in blob


@pytest.mark.parametrize(
    ("case", "size", "status", "code"),
    [
        ("20200305-0000000000-0", 10, 422, "bad_case_number"),
        ("11111111-1111-5111-8111-111111111111", 10, 404, "unknown_case"),
    ],
)
def test_evidence_of_no_case_is_refused(bank: Settings, case: str, size: int, status: int, code: str) -> None:
    """A mistyped number and an unknown id are told apart."""
    answer = add_evidence(bank, case, "file-2", b"x" * size)

    assert (status, code) == (answer.status_code, answer.json()["code"])


def test_a_file_over_the_limit_is_refused(bank: Settings) -> None:
    """20 MiB and one byte."""
    case = post(bank, "large-evidence", BODY).json()["case_id"]
    answer = add_evidence(bank, case, "file-3", b"x" * (20 * 2**20 + 1))

    assert (413, "too_large") == (answer.status_code, answer.json()["code"])


def test_a_system_may_only_use_its_own_channels(bank: Settings) -> None:
    """The mail room is no call centre."""
    answer = post(bank, "mailroom", BODY, **authorization(bank, "mailroom"))

    assert (403, "channel_not_allowed") == (answer.status_code, answer.json()["code"])


def log_length(settings: Settings) -> int:
    """How many events intake has appended; the workers go on answering earlier ones meanwhile."""
    records = asyncio.run(read_topic(settings))
    return sum(record.headers[HEADER_SOURCE] == b"/redress/intake" for record in records)


def content(path: Path) -> bytes:
    """A file's content; the broker takes its drafts away by itself."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def test_no_file_and_no_topic_holds_what_the_customer_said(bank: Settings) -> None:
    """Name, address and words are sealed everywhere but in the letters themselves."""
    post(bank, "sealed", BODY)
    advance(bank, 1)
    words = [text.encode() for text in (NAME, NARRATIVE, "rengui@customer.example", "0000-5559999")]
    outbox = bank.data / "outbox"
    files = [p for p in bank.data.rglob("*") if p.is_file() and outbox not in p.parents]

    assert len(files) > 20
    assert [] == [str(p) for p in files for word in words if word in content(p)]
    # The broker's files are compressed, so what it holds is read from it as well.
    for topic in (EVENTS, REFERENCE, DEAD_LETTERS, CLOCK):
        values = [record.value for record in asyncio.run(read_topic(bank, topic))]
        assert [] == [value for value in values for word in words if word in value]


def test_the_yearly_report_is_fetched_by_a_command(bank: Settings, tmp_path: Path) -> None:
    """A PDF or a spreadsheet by the ending of the file; of what the console refuses nothing is written."""

    def asked(file: str, *more: str) -> tuple[int, str]:
        named = ("report", "yearly", "2020", str(tmp_path / file), "--person", "lin.fang", "--data", str(bank.data))
        done = redress(*named, *more, check=False)
        return done.returncode, done.stderr

    assert [0, 0] == [asked(file, "--unit", "dongqiao")[0] for file in ("a.pdf", "a.xlsx")]
    assert [b"%PDF", b"PK\3\4"] == [(tmp_path / file).read_bytes()[:4] for file in ("a.pdf", "a.xlsx")]
    assert (2, "redress: the file has to end in .pdf or .xlsx.\n") == asked("a.txt")
    assert (2, True) == (asked("b.pdf", "--unit", "nowhere")[0], not (tmp_path / "b.pdf").exists())


def test_a_second_installation_on_the_same_folder_is_refused(bank: Settings) -> None:
    """One clear line, exit code 2."""
    done = redress("up", "--data", str(bank.data), "--ports", str(bank.ports), check=False)

    assert 2 == done.returncode
    assert "has this data folder" in done.stderr


def test_a_planted_error_in_a_service_is_found_by_the_rebuild(bank: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fold that is wrong in one field makes ``rebuild verify`` exit with 1."""
    post(bank, "planted", BODY)
    real = rebuild.Live.cases

    async def wrong(live: rebuild.Live, service: str) -> dict[str, Any]:
        cases = await real(live, service)
        if service == "sla":
            next(iter(cases.values()))["clocks"][0]["due_on"] = "1999-12-31"
        return cases

    advance(bank, 1)
    monkeypatch.setattr(rebuild.Live, "cases", wrong)

    found = asyncio.run(rebuild.verify(bank))

    assert 1 == len(found.differences)
    assert "1999-12-31" in found.differences[0]


def test_the_rebuild_waits_for_who_is_behind_and_names_who_stays_behind(bank: Settings) -> None:
    """What has not been read yet is no difference; a service that reads no more is told, and not compared."""
    post(bank, "read before", BODY)
    advance(bank, 1)
    [notify] = [row["pid"] for row in processes(bank) if row["name"] == "notify"]
    with standing_still(notify):
        post(bank, "behind", BODY)
        stays = asyncio.run(rebuild.verify(bank, seconds=2))
    comes = asyncio.run(rebuild.verify(bank))  # notify appends meanwhile, so the case may be left out
    advance(bank, 1)
    settled = asyncio.run(rebuild.verify(bank))

    assert [f"/notify: {rebuild.BEHIND}"] == stays.differences
    assert [] == comes.differences + settled.differences
    assert 0 < stays.fields < settled.fields
    assert 0 == settled.changed


async def test_whatever_lies_in_a_topic_is_what_is_published_of_it(bank: Settings) -> None:
    """Every record of every topic, with its headers, as the other tests of this file left them."""
    post(bank, "contract-1", BODY)
    advance(bank, 1)
    found = {topic: await read_topic(bank, topic) for topic in (EVENTS, CASES, REFERENCE, ACCESS, CLOCK)}
    told = [
        fault
        for topic, records in found.items()
        for record in records
        for fault in unsaid(topic, json.loads(record.value), set(record.headers))
    ]

    assert [] == told
    assert all(found.values())


def test_a_consumers_token_opens_no_call(bank: Settings) -> None:
    """Each API says what it is for; and it takes one name to issue a token."""
    token = redress("token", "--consumer", "bi", "--data", str(bank.data)).stdout.strip()
    header = {"Authorization": f"Bearer {token}"}
    answers = [
        httpx.get(f"http://127.0.0.1:{bank.ports}/v1/register", headers=header),
        httpx.post(f"http://127.0.0.1:{bank.ports + 1}/v1/complaints/phone", headers=header, json=BODY),
        httpx.post(f"http://127.0.0.1:{bank.ports + 2}/v1/cases/x/commands/close", headers=header, json={}),
    ]
    both = redress("token", "--consumer", "bi", "--person", "lin.fang", "--data", str(bank.data), check=False)

    assert [(403, "topics_only")] * 3 == [(one.status_code, one.json()["code"]) for one in answers]
    assert (2, "redress: name one of --person, --channel-system and --consumer.\n") == (both.returncode, both.stderr)
