"""Who sees a case, from outside: reader × call on a running installation, and what the access log says afterwards."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from ops.local.accesses import Wanted, recorded
from shared.process.settings import Settings
from tests.acceptance.test_telephone import BODY, START
from tests.support.installation import authorization, installed

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]
ABOUT_HER = BODY | {
    "matter": BODY["matter"] | {"complained_unit": "dongqiao.lending", "complained_persons": ["fan.yi"]}
}
INVESTIGATION = {"findings": "属实。", "fault": "responsible"}
ALL_SEE, NONE_SEE = [200] * 4, [404] * 4

# reader: console (case, timeline, clocks, duties), his lists, a command, an outcome of the handler's, a file
MATRIX: dict[tuple[str, str], tuple[list[int], int, tuple[int, str], int, tuple[int, str]]] = {
    ("luo.tian", "person"): (ALL_SEE, 1, (200, ""), 200, (201, "")),  # handles
    ("lin.fang", "person"): (ALL_SEE, 1, (403, "not_entitled"), 404, (201, "")),  # accepts
    ("qiu.min", "person"): (ALL_SEE, 1, (200, ""), 404, (201, "")),  # heads the sub-branch, acts for the handler
    ("xia.jing", "person"): (ALL_SEE, 1, (403, "not_entitled"), 404, (403, "not_entitled")),  # auditor
    ("fan.yi", "person"): (NONE_SEE, 0, (403, "party_concerned"), 404, (403, "party_concerned")),
    ("jin.hao", "person"): (NONE_SEE, 0, (404, "unknown_case"), 404, (404, "unknown_case")),  # a teller elsewhere
    ("mo.ran", "person"): (NONE_SEE, 0, (404, "unknown_case"), 404, (404, "unknown_case")),  # another department
    ("no.one", "person"): ([403] * 4, -403, (404, "unknown_case"), 404, (403, "unknown_submitter")),
    ("hotline", "channel"): ([403] * 4, -403, (404, "unknown_case"), 404, (201, "")),  # submitted it
    ("mailroom", "channel"): ([403] * 4, -403, (404, "unknown_case"), 404, (404, "unknown_case")),
}


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation."""
    with installed(tmp_path_factory.mktemp("sight"), f"steered:{START}") as settings:
        yield settings


class Caller:
    """Somebody who asks every service; ``offset`` of a port: 0 console, 1 intake, 2 casework."""

    def __init__(self, settings: Settings, who: str, kind: str) -> None:
        self._ports = settings.ports
        self._headers = authorization(settings, who, kind)

    def call(self, method: str, offset: int, path: str, key: str = "", **more: Any) -> httpx.Response:
        """One call."""
        headers = self._headers | ({"Idempotency-Key": key} if key else {})
        url = f"http://127.0.0.1:{self._ports + offset}{path}"
        return httpx.request(method, url, headers=headers, timeout=20, **more)

    def console(self, path: str, **params: str) -> httpx.Response:
        """A question to the console."""
        return self.call("GET", 0, path, params=params)


def answer(found: httpx.Response) -> tuple[int, str]:
    """Status and code."""
    return found.status_code, found.json().get("code", "") if found.status_code >= 400 else ""


def seen_by_all(settings: Settings, case_id: str) -> None:
    """Wait until every service knows a case, as its auditor sees."""
    auditor, until = Caller(settings, "xia.jing", "person"), time.monotonic() + 20
    while auditor.console(f"/v1/cases/{case_id}").status_code != 200 and time.monotonic() < until:
        time.sleep(0.05)


@pytest.fixture(scope="module")
def case(bank: Settings) -> tuple[str, str]:
    """A complaint about Fan Yi of lending, and the outcome of a command of its handler."""
    hotline, handler = Caller(bank, "hotline", "channel"), Caller(bank, "luo.tian", "person")
    taken = hotline.call("POST", 1, "/v1/complaints/phone", "sight", json=ABOUT_HER).json()
    seen_by_all(bank, taken["case_id"])
    done = handler.call("POST", 2, f"/v1/cases/{taken['case_id']}/commands/accept-handover", "accept", json={})
    return taken["case_id"], f"/v1/cases/{taken['case_id']}/commands/{done.json()['command_id']}"


@pytest.mark.parametrize("who", MATRIX, ids=lambda who: str(who[0]))
def test_what_a_reader_gets_of_the_case_at_every_door(
    bank: Settings, case: tuple[str, str], who: tuple[str, str]
) -> None:
    """By the table above; a list that he may not ask for at all is the status, negative."""
    id_, outcome = case
    caller = Caller(bank, *who)
    pages = [caller.console(f"/v1/cases/{id_}{call}").status_code for call in ("", "/timeline", "/clocks", "/duties")]
    listed = caller.console("/v1/cases")
    seen = [one["case_id"] for one in listed.json()["cases"]].count(id_) if listed.is_success else -listed.status_code
    command = caller.call("POST", 2, f"/v1/cases/{id_}/commands/record-investigation", f"{who}", json=INVESTIGATION)
    told = caller.call("GET", 2, outcome).status_code
    files = {"file": ("a.pdf", b"scan")}
    file = caller.call("POST", 1, f"/v1/cases/{id_}/evidence", f"{who}", files=files, data={"kind": "scan"})

    assert MATRIX[who] == (pages, seen, answer(command), told, answer(file))


def test_a_case_that_somebody_does_not_see_is_one_that_there_is_not(bank: Settings, case: tuple[str, str]) -> None:
    """Also where he names it in a command on another one: the answers are the same."""
    elsewhere = {"received_by": {"unit": "province"}, "matter": BODY["matter"] | {"complained_unit": "province"}}
    hotline = Caller(bank, "hotline", "channel")
    hidden = hotline.call("POST", 1, "/v1/complaints/phone", "hidden", json=BODY | elsewhere).json()
    seen_by_all(bank, hidden["case_id"])
    accepting, path = Caller(bank, "lin.fang", "person"), f"/v1/cases/{case[0]}/commands/not-accept"
    said = {"ground": "duplicate", "signpost": "请见另一件。"}
    there_is, there_is_none = (
        accepting.call("POST", 2, path, named, json=said | {"of_case": named})
        for named in (hidden["case_id"], "0" * 8 + hidden["case_id"][8:])
    )

    assert (422, "bad_of_case") == answer(there_is) == answer(there_is_none)
    assert there_is.json() == there_is_none.json()


@pytest.mark.parametrize("command", ["approve", "refuse-approval", "withdraw-request"])
def test_a_stranger_learns_of_no_case_by_answering_what_nobody_asked_him(
    bank: Settings, case: tuple[str, str], command: str
) -> None:
    """Neither whether it is there, nor whether anything waits on it; nor is he on record there."""
    body = {"approval": "any"} | ({} if command == "approve" else {"ground": "不同意。"})
    stranger, seen = Caller(bank, "jin.hao", "person"), Caller(bank, "lin.fang", "person")
    there_is, there_is_none = (
        stranger.call("POST", 2, f"/v1/cases/{id_}/commands/{command}", f"{command}-{id_}", json=body)
        for id_ in (case[0], "0" * 8 + case[0][8:])
    )
    asked = seen.call("POST", 2, f"/v1/cases/{case[0]}/commands/{command}", command, json=body)

    assert (404, "unknown_case") == answer(there_is) == answer(there_is_none)
    assert there_is.json() == there_is_none.json()
    assert (409, "nothing_asked") == answer(asked)


def test_only_its_submitter_asks_intake_how_it_stands(bank: Settings, case: tuple[str, str]) -> None:
    """Neither another system nor its handler."""
    path = f"/v1/complaints/{case[0]}"
    answers = {who: Caller(bank, *who).call("GET", 1, path).status_code for who in MATRIX}

    assert {("hotline", "channel")} == {who for who, status in answers.items() if status == 200}
    assert {404, 403} == {status for who, status in answers.items() if who != ("hotline", "channel")}


def test_many_cases_open_by_a_second_person_and_everything_is_on_record(bank: Settings, case: tuple[str, str]) -> None:
    """The register with names; afterwards the access log tells who opened and who was refused."""
    handler, head = Caller(bank, "luo.tian", "person"), Caller(bank, "qiu.min", "person")
    alone = handler.console("/v1/register.csv", open="true")
    asked = handler.call("POST", 0, "/v1/register/openings", "year", json={"ground": "年度检查"}).json()["opening"]
    own = handler.call("POST", 0, f"/v1/register/openings/{asked}/approve", "a")
    head.call("POST", 0, f"/v1/register/openings/{asked}/approve", "a")
    opened = handler.console("/v1/register.csv", open="true", opening=asked)
    Caller(bank, "fan.yi", "person").console(f"/v1/cases/{case[0]}")
    handler.console(f"/v1/cases/{case[0]}")
    time.sleep(1)  # a refusal is recorded behind its answer
    told = asyncio.run(recorded(bank, Wanted()))

    assert [(403, "opening_needed"), (403, "own_opening")] == [answer(alone), answer(own)]
    assert BODY["complainant"]["name"] in opened.text
    assert {"opening_requested", "opening_approved"} <= {one.kind for one in told}
    assert ("person:luo.tian", case[0], "register.csv", asked) in {(o.who, o.case, o.call, o.why) for o in told}
    assert ("person:luo.tian", case[0], "case") in {(o.who, o.case, o.call) for o in told if o.kind == "opened"}
    assert ("person:fan.yi", case[0]) in {(o.who, o.case) for o in told if o.kind == "refused"}
    assert any(one.who == "service:notify" for one in told)
    assert BODY["complainant"]["name"] not in "".join(one.model_dump_json() for one in told)
