"""Intake from outside, as who develops a channel system meets it: every answer is one that the document describes."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from ops.local.reading import read_topic
from ops.local.reference import EXAMPLE_ORGANISATION
from services.intake.admission import Admission
from services.intake.http.examples import COMPLAINT, SETTLEMENT, SUBMISSIONS
from services.intake.incoming_receipt import IncomingReceipt
from shared.bank.organisation_file import parse_organisation
from shared.bank.working_days import calendar_of
from shared.contract import submissions
from shared.contract.envelope import from_json, outgoing
from shared.contract.ids import case_id, derived
from shared.contract.subjects import Subject
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings
from shared.sealing.stores import open_vault
from tests.acceptance.test_telephone import advance
from tests.support.facts import NOW
from tests.support.installation import authorization, installed, redress
from tests.support.json_schema import undocumented

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(400)]
COMPLAINTS, EVIDENCE = "/v1/complaints/{channel}", "/v1/cases/{case}/evidence"
MIB = 2**20
LEFT = "  - {id: lu.yao, name: 陆瑶, unit: dongqiao, from: 2015-01-01, until: 2020-03-04}\n"


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """One installation for all tests of this file, with somebody who left the day before."""
    folder = tmp_path_factory.mktemp("intake")
    file = folder / "bank.yaml"
    text = EXAMPLE_ORGANISATION.read_text(encoding="utf-8")
    file.write_text(text.replace("posts:\n", LEFT + "posts:\n", 1), encoding="utf-8")
    with installed(folder / "data", f"steered:{NOW.isoformat()}") as settings:
        who = ("--who", "person:test", "--why", "somebody left", "--data", str(settings.data))
        redress("reference", "publish", "organisation", str(file), *who)
        redress("clock", "advance-to", "2020-03-05T10:00:01+08:00", "--data", str(settings.data))
        yield settings


@pytest.fixture(scope="module")
def document(bank: Settings) -> dict[str, Any]:
    """The OpenAPI document, as anybody gets it."""
    found: dict[str, Any] = httpx.get(address(bank, "/openapi.json")).raise_for_status().json()
    return found


def address(settings: Settings, path: str) -> str:
    """Where intake serves."""
    return f"http://127.0.0.1:{settings.ports + 1}{path}"


JSON = {"Content-Type": "application/json"}


class Caller:
    """Calls intake, and holds every answer against the document."""

    def __init__(self, settings: Settings, document: dict[str, Any]) -> None:
        self.settings = settings
        self._document = document

    def submit(self, key: str | None, body: Any, channel: str = "phone", **headers: str) -> httpx.Response:
        """Submit; bytes go out as they are."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._checked(
            COMPLAINTS, f"/v1/complaints/{channel}", self._headers(key, JSON | headers), content=content
        )

    def add_evidence(self, case: str, key: str | None, content: bytes, **headers: str) -> httpx.Response:
        """Add a file."""
        what: dict[str, Any] = {"files": {"file": ("录音.wav", content, "audio/wav")}, "data": {"kind": "recording"}}
        return self._checked(EVIDENCE, f"/v1/cases/{case}/evidence", self._headers(key, headers), **what)

    def stream(self, case: str, key: str, content: Iterator[bytes], content_type: str) -> httpx.Response:
        """Add a file chunk by chunk."""
        headers = self._headers(key, {"Content-Type": content_type})
        return self._checked(EVIDENCE, f"/v1/cases/{case}/evidence", headers, content=content)

    def _headers(self, key: str | None, headers: dict[str, str]) -> dict[str, str]:
        found = authorization(self.settings) | ({"Idempotency-Key": key} if key else {}) | headers
        return {name: value for name, value in found.items() if value}

    def _checked(self, template: str, path: str, headers: dict[str, str], **what: Any) -> httpx.Response:
        answer = httpx.post(address(self.settings, path), headers=headers, timeout=30, **what)
        assert [] == undocumented(self._document, template, answer)
        return answer


@pytest.fixture
def caller(bank: Settings, document: dict[str, Any]) -> Caller:
    """The call-centre system."""
    return Caller(bank, document)


def timeline(settings: Settings, case: str) -> list[dict[str, Any]]:
    """A case's entries."""
    shown = redress("case", "timeline", case, "--data", str(settings.data), "--json").stdout
    entries: list[dict[str, Any]] = json.loads(shown)["entries"]
    return entries


def test_every_example_of_the_document_is_taken(caller: Caller) -> None:
    """As it stands there, but with the number of a case that is there; repeated, it gets the same answer."""
    number = caller.submit("first", COMPLAINT).json()["case_number"]
    for name, example in SUBMISSIONS.items():
        body = dict(example["value"])
        if "relates_to" in body:
            body["relates_to"] = body["relates_to"] | {"case": number}
        first, again = caller.submit(f"example {name}", body), caller.submit(f"example {name}", body)

        assert (201, 200) == (first.status_code, again.status_code)
        assert first.json() == again.json()


def test_a_further_receipt_stands_in_the_named_case_and_disturbs_nobody(caller: Caller) -> None:
    """No second case, no second routing, clock or letter; the log folds as before."""
    first = caller.submit("original", COMPLAINT).json()
    body = COMPLAINT | {"relates_to": {"case": first["case_number"], "relation": "same_receipt"}}
    added = caller.submit("further", body).json()
    advance(caller.settings, 1)
    told = timeline(caller.settings, first["case_number"])
    names = [entry["type"].split(".")[1] for entry in told]
    clocks = [entry for entry in told if ".ClockStarted." in entry["type"] and entry["data"]["duty_id"] is None]
    letters = [e for e in told if ".MessageSent." in e["type"] and e["data"]["kind"] == "acknowledgement"]

    assert (first["case_id"], first["case_number"]) == (added["case_id"], added["case_number"])
    assert "redress.ReceiptAdded.v4" in [entry["type"] for entry in told]
    assert [1, 1, 1] == [names.count(name) for name in ("ComplaintReceived", "ReceiptAdded", "CaseRouted")]
    assert (1, 1) == (len(clocks), len(letters))
    redress("rebuild", "verify", "--data", str(caller.settings.data))


def test_a_settlement_is_taken_in_sealed(caller: Caller) -> None:
    """Codes and amounts can be read in the log, what was typed cannot."""
    case = caller.submit("settled", COMPLAINT | {"settlement": SETTLEMENT}).json()["case_id"]
    records = [record for record in asyncio.run(read_topic(caller.settings)) if record.key == case]
    settlement = from_json(records[0].value).data["settlement"]
    typed = [text for text in SETTLEMENT.values() if isinstance(text, str)]

    assert ("fee_waiver", 2000, "CNY") == tuple(settlement["remedy"][f] for f in ("kind", "amount_minor", "currency"))
    assert (True, "satisfied", ["dongqiao.operations"]) == (
        settlement["customer_agreed"],
        settlement["satisfaction"]["value"],
        settlement["copy_to"],
    )
    assert 6 == len(typed)
    assert [] == [text for text in typed for record in records if text.encode() in record.value]


def appended(settings: Settings) -> int:
    """How many events of intake the log holds; what other services answer earlier tests with may still be coming."""
    return sum(from_json(record.value).service == "intake" for record in asyncio.run(read_topic(settings)))


def with_matter(**changes: Any) -> dict[str, Any]:
    """The example complaint with another matter."""
    return COMPLAINT | {"matter": COMPLAINT["matter"] | changes}


@pytest.mark.parametrize(
    ("body", "code", "pointers"),
    [
        (COMPLAINT | {"complainant": {"email": "a,b@c"}}, "invalid_submission", ["/complainant/email"]),
        (COMPLAINT | {"complainant": {"email": "jia@customer"}}, "invalid_submission", ["/complainant/email"]),
        (
            COMPLAINT | {"received_by": {"unit": "dongqiao", "person": "lu.yao"}},
            "invalid_submission",
            ["/received_by/person"],
        ),
        (with_matter(amount_minor=100), "invalid_submission", ["/matter/currency"]),
        (with_matter(currency="CNY"), "invalid_submission", ["/matter/amount_minor"]),
        (COMPLAINT | {"group": {"size": 2, "members": ["a", "b", "c"]}}, "invalid_submission", ["/group/size"]),
        (COMPLAINT | {"received_at": "0001-01-01T00:00:00+14:00"}, "invalid_submission", ["/received_at"]),
        (
            COMPLAINT | {"relates_to": {"case": "x", "relation": "sequel"}},
            "invalid_submission",
            ["/relates_to/relation"],
        ),
        (
            COMPLAINT | {"relates_to": {"case": "20200305-1908470801-5", "relation": "repeat"}},
            "bad_case_number",
            ["/relates_to/case"],
        ),
        (
            COMPLAINT | {"settlement": SETTLEMENT | {"customer_agreed": False}},
            "settlement_incomplete",
            ["/settlement/customer_agreed"],
        ),
        (
            COMPLAINT | {"settlement": {name: v for name, v in SETTLEMENT.items() if name != "agreed_proof"}},
            "settlement_incomplete",
            ["/settlement/agreed_proof"],
        ),
        (
            COMPLAINT | {"settlement": {name: v for name, v in SETTLEMENT.items() if name != "findings"}},
            "invalid_submission",
            ["/settlement/findings"],
        ),
        (
            COMPLAINT | {"settlement": SETTLEMENT | {"copy_to": ["mars"]}},
            "invalid_submission",
            ["/settlement/copy_to/0"],
        ),
        (COMPLAINT | {"details": {"room": "2"}}, "invalid_submission", ["/details/room"]),
        ([], "invalid_submission", [""]),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_appended(
    caller: Caller, body: Any, code: str, pointers: list[str]
) -> None:
    """422 with the place; the same key can be used for the corrected submission."""
    before = appended(caller.settings)
    answer = caller.submit("wrong", body)

    assert (422, code, pointers) == (answer.status_code, answer.json()["code"], answer.json()["pointers"])
    assert before == appended(caller.settings)


def test_somebody_complained_of_may_have_left(caller: Caller) -> None:
    """What happened does not change with the staff."""
    assert 201 == caller.submit("left", with_matter(complained_persons=["lu.yao"])).status_code


def test_a_relation_to_an_unknown_case_is_not_found(caller: Caller) -> None:
    """404 with the place."""
    relation = {"case": "11111111-1111-5111-8111-111111111111", "relation": "repeat"}
    answer = caller.submit("unknown", COMPLAINT | {"relates_to": relation})

    assert (404, "unknown_case") == (answer.status_code, answer.json()["code"])
    assert ["/relates_to/case"] == answer.json()["pointers"]


@pytest.mark.parametrize(
    ("key", "headers", "channel", "status", "code"),
    [
        ("x", {"Authorization": ""}, "phone", 401, "missing_token"),
        ("x", {"Authorization": "Bearer nonsense"}, "phone", 401, "bad_token"),
        (None, {}, "phone", 400, "idempotency_key_required"),
        ("k" * 201, {}, "phone", 400, "idempotency_key_required"),
        ("x", {}, "carrier-pigeon", 404, "unknown_channel"),
        ("x", {}, "walk_in", 404, "unknown_channel"),
        ("x", {}, "walk-in", 403, "channel_not_allowed"),
    ],
)
def test_a_call_that_may_not_be_is_refused(
    caller: Caller, key: str | None, headers: dict[str, str], channel: str, status: int, code: str
) -> None:
    """Without a token, a key, or a channel."""
    answer = caller.submit(key, COMPLAINT, channel, **headers)

    assert (status, code) == (answer.status_code, answer.json()["code"])


def test_bodies_nobody_can_read_are_refused(caller: Caller) -> None:
    """No JSON, too much of it; no form."""
    case = caller.submit("readable", COMPLAINT).json()["case_id"]
    answers = [
        caller.submit("unreadable", b"{"),
        caller.submit("unreadable", b" " * (256 * 1024 + 1)),
        caller.stream(case, "unreadable", iter([b"{}"]), "application/json"),
        caller.stream(case, "unreadable", iter([b"--x--\r\n"]), "multipart/form-data; boundary=x"),
    ]

    assert [(400, "bad_json"), (413, "too_large"), (415, "unsupported_media_type"), (422, "invalid_submission")] == [
        (answer.status_code, answer.json()["code"]) for answer in answers
    ]
    assert ["/file", "/kind"] == answers[-1].json()["pointers"]


def test_evidence_is_answered_as_it_is_described(caller: Caller) -> None:
    """Taken, repeated, contradicted, without token, key, right or case; and 20 MiB are taken."""
    case = caller.submit("evidence", COMPLAINT).json()
    answers = [
        caller.add_evidence(case["case_number"], "file", b"one"),
        caller.add_evidence(case["case_id"], "file", b"one"),
        caller.add_evidence(case["case_id"], "file", b"another"),
        caller.add_evidence(case["case_id"], "large", b"x" * (20 * MIB)),
        caller.add_evidence(case["case_id"], "larger", b"x" * (20 * MIB + 1)),
        caller.add_evidence(case["case_id"], "file", b"one", Authorization=""),
        caller.add_evidence(case["case_id"], None, b"one"),
        caller.add_evidence(case["case_id"], "x", b"one", **authorization(caller.settings, "no.one", "person")),
        caller.add_evidence("11111111-1111-5111-8111-111111111111", "x", b"one"),
        caller.add_evidence("20200305-1908470801-5", "x", b"one"),
    ]

    assert [201, 200, 409, 201, 413, 401, 400, 403, 404, 422] == [answer.status_code for answer in answers]
    assert answers[0].json() == answers[1].json()
    assert "idempotency_conflict" == answers[2].json()["code"]
    assert "bad_case_number" == answers[9].json()["code"]


def test_a_gigabyte_is_refused_before_it_has_come_in(caller: Caller) -> None:
    """The sender is told while most of it is still to be sent."""
    case = caller.submit("gigabyte", COMPLAINT).json()["case_id"]
    sent = [0]

    def gigabyte() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
        for _ in range(1024):
            sent[0] += 1
            yield b"x" * MIB

    answer = caller.stream(case, "gigabyte", gigabyte(), "multipart/form-data; boundary=x")

    assert (413, "too_large") == (answer.status_code, answer.json()["code"])
    assert sent[0] < 100


def test_the_document_and_its_page_need_no_token_and_everything_else_does(
    bank: Settings, document: dict[str, Any]
) -> None:
    """Also before anything else is looked at."""
    page = httpx.get(address(bank, "/docs"))
    writes = [path for path, calls in document["paths"].items() if "post" in calls or path == "/v1/complaints/{case}"]
    refused = [httpx.post(address(bank, path.replace("{channel}", "phone"))) for path in writes]

    assert (200, True) == (page.status_code, "/openapi.json" in page.text)
    assert [(401, "missing_token", "Bearer")] * len(writes) == [
        (answer.status_code, answer.json()["code"], answer.headers["www-authenticate"]) for answer in refused
    ]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("DELETE", "/v1/complaints/phone", 405, "method_not_allowed"), ("POST", "/v2/complaints", 404, "not_found")],
)
def test_a_wrong_address_or_method_is_told_apart(
    bank: Settings, method: str, path: str, status: int, code: str
) -> None:
    """Each with what to do; the other method is named."""
    answer = httpx.request(method, address(bank, path))

    assert (status, code) == (answer.status_code, answer.json()["code"])
    assert "application/problem+json" == answer.headers["content-type"]
    assert ("POST" if status == 405 else None) == answer.headers.get("allow")


def test_a_receipt_of_the_version_before_is_handled_told_and_repeated(caller: Caller) -> None:
    """A log written before the upgrade: version 1 of the event, as it lies there."""
    asyncio.run(append_version_1(caller.settings, "before the upgrade"))
    answer = caller.submit("before the upgrade", COMPLAINT | {"received_at": NOW.isoformat()})
    other = caller.submit("before the upgrade", COMPLAINT)
    advance(caller.settings, 1)
    case = answer.json()["case_id"]
    lying = [from_json(r.value) for r in asyncio.run(read_topic(caller.settings)) if r.key == case]

    assert (200, 409) == (answer.status_code, other.status_code)
    assert "redress.ComplaintReceived.v1" == lying[0].type
    assert "relates_to" not in lying[0].data
    assert {"CaseRouted", "ClockStarted", "MessageSent"} < {event.name for event in lying}
    assert None is timeline(caller.settings, case)[0]["data"]["settlement"]
    redress("rebuild", "verify", "--data", str(caller.settings.data))


async def append_version_1(settings: Settings, key: str) -> None:
    """What the version before wrote for a telephone complaint."""
    subject, log = Subject("channel", "hotline"), KafkaLog(settings)
    case = case_id(str(subject), key)
    organisation = parse_organisation(EXAMPLE_ORGANISATION.read_text(encoding="utf-8"))
    submission = submissions.SUBMISSIONS["phone"].model_validate(COMPLAINT | {"received_at": NOW.isoformat()})
    async with open_vault(settings) as vault:
        admission = Admission(organisation, calendar_of("cn", ()), NOW)
        receipt = IncomingReceipt(case, await vault.ensure_key(case), submission, subject, "phone", admission)
    event = receipt.received(derived("submission", str(subject), key), lambda number: False, None)
    data = {name: value for name, value in event.data.items() if name not in ("relates_to", "settlement")}
    await log.append([outgoing(event._replace(type="redress.ComplaintReceived.v1", data=data))])
    await log.stop()
