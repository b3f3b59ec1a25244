"""What can be read in two ways is refused by every call of every API, in the language of whoever sent it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from shared.process.settings import Settings
from tests.acceptance.test_telephone import BODY
from tests.support.installation import authorization
from tests.support.json_schema import faults
from tests.unit.contract.test_refusal_words import HALF_WIDTH
from tests.unit.web.test_documents import CALLS, DOCUMENTS

PORTS = {"console": 0, "intake": 1, "casework": 2}
NAMES = {
    "case": "20200305-1908470801-4",
    "id": "x",
    "opening": "x",
    "name": "redress.CaseRouted.v1.json",
    "channel": "phone",
    "unit": "dongqiao.hall",
    "message": "x",
    "kind": "organisation",
    "document": "bank",
    "candidate": "0b3c4f0e-5f0e-5b0a-8e0a-0f6f2d1c9a11",
    "version": "x",
}
GETS = [(api, name.split()[1]) for api, name, _ in CALLS if name.startswith("GET")]
SOME = ("close", "decide", "classify")
"""Commands are read alike: three of them stand for all."""
WRITES = [
    (api, name.split()[1], call)
    for api, name, call in CALLS
    if name.startswith("POST") and (api != "casework" or name.endswith(SOME))
]
CLIENT = httpx.Client(timeout=20, limits=httpx.Limits(max_keepalive_connections=0))
LANGUAGES = ("zh-CN,zh;q=0.9", "en")


def url(bank: Settings, api: str, path: str) -> str:
    """The address of a call, on a case that is not there."""
    return f"http://127.0.0.1:{bank.ports + PORTS[api]}{path.format_map(NAMES)}"


def who(bank: Settings) -> dict[str, str]:
    """Somebody who may make every call of an API."""
    return authorization(bank, "lin.fang", "person")


def problem(answer: httpx.Response, status: int, code: str, language: str) -> dict[str, Any]:
    """The problem of an answer, which is one, of this status and code, in this language."""
    found: dict[str, Any] = answer.json()
    chinese = any("\u4e00" <= sign <= "\u9fff" for sign in found["title"])
    assert (status, code) == (answer.status_code, found["code"]), answer.text
    assert chinese is language.startswith("zh"), answer.text
    assert not HALF_WIDTH.search(found["detail"]) or not chinese
    assert answer.headers["x-request-id"]
    assert language[:2] == answer.headers["content-language"]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("api", "path"), GETS)
def test_no_call_passes_over_a_parameter_that_it_does_not_take(
    bank: Settings, api: str, path: str, language: str
) -> None:
    """It is named, and so is what there is."""
    headers = who(bank) | {"Accept-Language": language}
    found = problem(
        CLIENT.get(url(bank, api, path), params={"as_off": "x"}, headers=headers), 400, "unknown_parameter", language
    )

    assert ("as_off", ["/as_off"]) == (found["parameter"], found["pointers"])
    assert "as_off" in found["detail"]
    call = DOCUMENTS[api]["paths"][path]["get"]
    assert {one["name"] for one in call.get("parameters", ()) if one["in"] == "query"} == set(found["allowed"])


BY_ANY_ID = ("handler", "name")
"""What may be any text: a handler that nobody is has no cases; a name is in the path."""


@pytest.mark.parametrize(("api", "path"), GETS)
def test_no_parameter_is_passed_over_whatever_it_says(bank: Settings, api: str, path: str) -> None:
    """Each of a call's parameters alone, with a text that means nothing."""
    call = DOCUMENTS[api]["paths"][path]["get"]
    names = [one["name"] for one in call.get("parameters", ()) if one["in"] == "query"]
    said = {name: "~" for name in names if name not in BY_ANY_ID}
    answers = {name: CLIENT.get(url(bank, api, path), params={name: "~"}, headers=who(bank)) for name in said}

    assert {} == {name: answer.text for name, answer in answers.items() if answer.status_code < 400}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("api", "path", "call"), WRITES, ids=[path for _, path, _ in WRITES])
def test_no_write_takes_what_can_be_read_in_two_ways(
    bank: Settings, api: str, path: str, call: dict[str, Any], language: str
) -> None:
    """Two keys, a key twice, no JSON, another type; each is refused before anything is done."""
    headers = who(bank) | {"Accept-Language": language}
    to, key = url(bank, api, path), {"Idempotency-Key": "one"}
    two = [*headers.items(), *key.items(), ("Idempotency-Key", "two"), ("Content-Type", "application/json")]
    problem(CLIENT.post(to, content=b"{}", headers=two), 400, "repeated_header", language)
    problem(CLIENT.post(to + "?as_off=x", content=b"{}", headers=headers | key), 400, "unknown_parameter", language)
    if "application/json" not in call.get("requestBody", {}).get("content", {}):
        return
    typed = headers | key | {"Content-Type": "application/json; charset=utf-8"}
    if api != "casework" and "{" not in path:  # there the case is looked for first, here box or candidate
        twice = problem(CLIENT.post(to, content=b'{"a": 1,\n "a": 2}', headers=typed), 400, "duplicate_key", language)
        broken = problem(CLIENT.post(to, content=b'{"a": 1,\n b}', headers=typed), 400, "bad_json", language)
        assert ("a", 2, 2) == (twice["key"], twice["line"], twice["column"])
        assert (2, 2) == (broken["line"], broken["column"])
    for type_ in ("text/plain", "application/json; charset=gbk", "application/x-www-form-urlencoded", ""):
        other = typed | {"Content-Type": type_}
        problem(CLIENT.post(to, content=b"{}", headers=other), 415, "unsupported_media_type", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_of_a_body_is_told_in_the_callers_language(bank: Settings, language: str) -> None:
    """Each at its place; the document says that it can be answered."""
    wrong = {"matter": {"narrative": "\u3000", "reason": "x", "amount_minor": -1}, "received_at": "2020", "b": 1}
    headers = authorization(bank) | {"Accept-Language": language, "Idempotency-Key": "wrong"}
    answer = CLIENT.post(url(bank, "intake", "/v1/complaints/phone"), json=BODY | wrong, headers=headers)
    found = problem(answer, 422, "invalid_submission", language)
    answers = DOCUMENTS["intake"]["paths"]["/v1/complaints/{channel}"]["post"]["responses"]

    assert {"/received_at", "/matter/narrative", "/matter/reason", "/matter/amount_minor", "/b"} == set(
        found["pointers"]
    )
    assert all(pointer in found["detail"] for pointer in found["pointers"])
    assert [] == faults(DOCUMENTS["intake"], answers["422"]["content"]["application/problem+json"]["schema"], found)


def test_the_same_instant_is_the_same_complaint_and_its_event_names_a_schema_that_is_there(bank: Settings) -> None:
    """Written with Z or with an offset: 201, then 200. The schema is where the event says."""
    headers = authorization(bank) | {"Idempotency-Key": "one instant"}
    to = url(bank, "intake", "/v1/complaints/phone")
    at = (datetime.now(UTC) - timedelta(minutes=5)).replace(microsecond=0)
    written = [at.astimezone(ZoneInfo("Asia/Shanghai")).isoformat(), f"{at:%FT%T}Z", f"{at:%FT%T}.000+00:00"]
    sent = [CLIENT.post(to, json=BODY | {"received_at": one}, headers=headers) for one in written]
    schemas = [CLIENT.get(url(bank, "console", f"/schemas/redress.ComplaintReceived.v{n}.json")) for n in (1, 2, 3)]

    assert [201, 200, 200] == [answer.status_code for answer in sent], sent[0].text
    assert 1 == len({json.dumps(answer.json()) for answer in sent})
    for number, schema in enumerate(schemas, 1):
        address = f"{bank.schemas_at}/redress.ComplaintReceived.v{number}.json"
        assert (200, address) == (schema.status_code, schema.json()["$id"])
