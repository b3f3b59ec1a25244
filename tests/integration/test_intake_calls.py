"""Calls that repeat, contradict or meet each other; and what is answered while nothing can be known."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI

from services.intake.http.examples import CASE_NUMBER, COMPLAINT, SETTLEMENT
from services.intake.waiting import ANSWER_WITHIN_SECONDS
from services.routing.decisions import SERVICE as ROUTING
from shared.contract.envelope import outgoing
from shared.contract.ids import case_id
from shared.contract.records import Outgoing, Position
from shared.web.case_index import Uploads
from tests.support.facts import Given, event
from tests.support.intake_in_process import JSON, House, add_evidence, client, headers, open_house, submit

OTHER = COMPLAINT | {"matter": COMPLAINT["matter"] | {"narrative": "另一件事。"}}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """An empty log."""
    async with open_house(tmp_path) as opened:
        yield opened


@pytest.fixture
async def app(house: House) -> FastAPI:
    """One intake process."""
    return await house.intake()


def further(case: str, body: dict[str, Any] = COMPLAINT) -> dict[str, Any]:
    """The same complaint once more."""
    return body | {"relates_to": {"case": case, "relation": "same_receipt"}}


async def test_a_further_receipt_opens_no_case_and_is_repeated_under_the_same_event(house: House, app: FastAPI) -> None:
    """201 with the named case's id and number, by number or id, then 200 with the same body."""
    first = (await submit(app, "first", COMPLAINT)).json()
    added = await submit(app, "second", further(first["case_number"]))
    again = await submit(app, "second", further(first["case_number"]))
    by_id = await submit(app, "third", further(first["case_id"], OTHER))

    assert (201, 200, 201) == (added.status_code, again.status_code, by_id.status_code)
    assert added.json() == again.json()
    assert [(first["case_id"], first["case_number"])] * 2 == [
        (answer.json()["case_id"], answer.json()["case_number"]) for answer in (added, by_id)
    ]
    assert 3 == len({answer["event_id"] for answer in (first, added.json(), by_id.json())})
    receipts = house.events("ReceiptAdded")
    assert [added.json()["event_id"], by_id.json()["event_id"]] == [event.id for event in receipts]
    assert {first["case_id"]} == {event.subject for event in house.events()}
    assert 3 == len(house.events())


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_key_means_one_thing_whatever_it_was_used_for(house: House, app: FastAPI, restarted: bool) -> None:
    """A case's key for a further receipt, a receipt's key for a case, another content: 409, and recorded there."""
    first = (await submit(app, "case", COMPLAINT)).json()
    await submit(app, "receipt", further(first["case_id"]))
    if restarted:
        app = await house.intake()
    answers = [
        await submit(app, "case", OTHER),
        await submit(app, "case", further(first["case_id"])),
        await submit(app, "receipt", COMPLAINT),
        await submit(app, "receipt", further(first["case_id"], OTHER)),
        await submit(app, "case", COMPLAINT | {"relates_to": {"case": first["case_id"], "relation": "repeat"}}),
        await submit(app, "case", COMPLAINT | {"settlement": SETTLEMENT}),
        await submit(app, "case", OTHER | {"relates_to": {"case": "nowhere", "relation": "same_receipt"}}),
    ]

    assert [(409, "idempotency_conflict")] * 7 == [(a.status_code, a.json()["code"]) for a in answers]
    conflicts = house.events("ReceiptConflictDetected")
    assert 7 == len({event.id for event in conflicts})
    assert {first["case_id"]} == {event.subject for event in house.events()}
    assert (200, 200) == (
        (await submit(app, "case", COMPLAINT)).status_code,
        (await submit(app, "receipt", further(first["case_id"]))).status_code,
    )


@pytest.mark.parametrize("relation", ["same_receipt", "same_matter", "repeat", "review"])
async def test_a_relation_needs_a_case_that_is_there(house: House, app: FastAPI, relation: str) -> None:
    """Unknown id 404, mistyped number 422, both with the place; nothing is appended and no key is made."""
    missing = "11111111-1111-5111-8111-111111111111"
    answers = [
        await submit(app, "lost", COMPLAINT | {"relates_to": {"case": case, "relation": relation}})
        for case in (missing, CASE_NUMBER, CASE_NUMBER[:-1] + "5", "the-one-of-monday")
    ]

    assert [(404, "unknown_case"), (404, "unknown_case"), (422, "bad_case_number"), (422, "bad_case_number")] == [
        (answer.status_code, answer.json()["code"]) for answer in answers
    ]
    assert [["/relates_to/case"]] * 4 == [answer.json()["pointers"] for answer in answers]
    assert [] == house.events()


@pytest.mark.parametrize("relation", ["same_matter", "repeat", "review"])
async def test_a_new_case_keeps_what_it_relates_to(house: House, app: FastAPI, relation: str) -> None:
    """By id and number of the other case, however it was named."""
    first = (await submit(app, "first", COMPLAINT)).json()
    body = COMPLAINT | {"relates_to": {"case": first["case_number"], "relation": relation}}
    second = await submit(app, "second", body)
    event = house.events("ComplaintReceived")[-1]

    assert (201, 200) == (second.status_code, (await submit(app, "second", body)).status_code)
    assert event.subject == second.json()["case_id"] != first["case_id"]
    assert {
        "case_id": first["case_id"], "relation": relation, "case_number": first["case_number"],
        "times": 2 if relation == "repeat" else None,
    } == event.data["relates_to"]  # fmt: skip


async def test_an_erased_case_takes_nothing_more(house: House, app: FastAPI) -> None:
    """Neither its own key, nor a further receipt's old or new one, nor a file: 410. It may still be referred to."""
    first = (await submit(app, "first", COMPLAINT)).json()["case_id"]
    await submit(app, "receipt", further(first))
    await add_evidence(app, first, "file", b"scan")
    for erased in (first, case_id("channel:hotline", "elsewhere")):
        await house.vault.destroy(erased)
    before = len(house.events())
    answers = [
        await submit(app, "elsewhere", COMPLAINT),
        await submit(app, "first", COMPLAINT),
        await submit(app, "receipt", further(first)),
        await submit(app, "new receipt", further(first)),
        await add_evidence(app, first, "file", b"scan"),
        await add_evidence(app, first, "new file", b"scan"),
    ]

    assert [(410, "case_erased")] * 6 == [(answer.status_code, answer.json()["code"]) for answer in answers]
    assert all("new Idempotency-Key" in answer.json()["detail"] for answer in answers)
    assert before == len(house.events())
    repeat = COMPLAINT | {"relates_to": {"case": first, "relation": "repeat"}}
    assert 201 == (await submit(app, "repeat", repeat)).status_code


@pytest.mark.parametrize("processes", [1, 2])
async def test_of_many_equal_calls_at_once_one_is_the_first_and_all_get_its_answer(
    house: House, processes: int
) -> None:
    """In one process they take turns; between two, what is first in the log counts."""
    apps = [await house.intake() for _ in range(processes)]
    case = (await submit(apps[0], "before", COMPLAINT)).json()["case_id"]
    for key, body in (("case", OTHER), ("receipt", further(case))):
        answers = await asyncio.gather(*(submit(app, key, body) for app in apps * 5))
        files = await asyncio.gather(*(add_evidence(app, case, f"file of {key}", b"scan") for app in apps * 5))

        for found in (answers, files):
            assert 1 == sum(answer.status_code == 201 for answer in found)
            assert {200, 201} == {answer.status_code for answer in found}
            assert 1 == len({answer.text for answer in found})
    assert 5 == len({event.id for event in house.events()})
    assert processes > 1 or 5 == len(house.events())


@pytest.mark.parametrize("processes", [1, 2])
async def test_of_two_contents_at_once_under_one_key_one_is_taken(house: House, processes: int) -> None:
    """The other one is a conflict."""
    apps = [await house.intake() for _ in range(processes)]
    case = (await submit(apps[0], "before", COMPLAINT)).json()["case_id"]
    pairs = [
        (submit(apps[0], "a", COMPLAINT), submit(apps[-1], "a", OTHER)),
        (submit(apps[0], "b", further(case)), submit(apps[-1], "b", further(case, OTHER))),
        (add_evidence(apps[0], case, "c", b"one"), add_evidence(apps[-1], case, "c", b"another")),
    ]
    for pair in pairs:
        answers = await asyncio.gather(*pair)

        assert [201, 409] == sorted(answer.status_code for answer in answers)


async def test_a_new_case_and_a_further_receipt_at_once_under_one_key_are_not_both_taken(
    house: House, app: FastAPI
) -> None:
    """They lie in different partitions, which have no common order: within a process they take turns."""
    case = (await submit(app, "before", COMPLAINT)).json()["case_id"]
    for key in ("a", "b", "c"):
        answers = await asyncio.gather(submit(app, key, COMPLAINT), submit(app, key, further(case)))

        assert [201, 409] == sorted(answer.status_code for answer in answers)


async def test_evidence_is_repeated_under_the_same_answer_and_another_file_is_a_conflict(
    house: House, app: FastAPI
) -> None:
    """Content, kind, note, name and case all belong to what the key stands for."""
    case = (await submit(app, "case", COMPLAINT)).json()["case_id"]
    other = (await submit(app, "other case", COMPLAINT)).json()["case_id"]
    first = await add_evidence(app, case, "file", b"scan", note="第一页")
    blobs = len([p for p in (house.data / "documents").rglob("*") if p.is_file()])
    restarted = await house.intake()
    again = [await add_evidence(one, case, "file", b"scan", note="第一页") for one in (app, restarted)]
    conflicts = [
        await add_evidence(app, case, "file", b"another", note="第一页"),
        await add_evidence(app, case, "file", b"scan"),
        await add_evidence(app, case, "file", b"scan", note="第一页", kind="letter"),
        await add_evidence(app, case, "file", b"scan", note="第一页", name="b.pdf"),
        await add_evidence(app, other, "file", b"scan", note="第一页"),
        await add_evidence(restarted, case, "file", b"another", note="第一页"),
    ]

    assert [201, 200, 200] == [answer.status_code for answer in (first, *again)]
    assert {first.text} == {answer.text for answer in again}
    assert [(409, "idempotency_conflict")] * 6 == [(a.status_code, a.json()["code"]) for a in conflicts]
    assert 1 == len(house.events("EvidenceAdded"))
    assert blobs == len([p for p in (house.data / "documents").rglob("*") if p.is_file()])


async def test_the_twenty_first_file_of_a_case_is_refused_and_the_twenty_repeat(house: House, app: FastAPI) -> None:
    """Also where all come at once."""
    case = (await submit(app, "case", COMPLAINT)).json()["case_id"]
    answers = await asyncio.gather(*(add_evidence(app, case, f"file {n}", b"scan %d" % n) for n in range(21)))
    refused = next(n for n, answer in enumerate(answers) if answer.status_code != 201)
    again = await asyncio.gather(*(add_evidence(app, case, f"file {n}", b"scan %d" % n) for n in range(21)))

    assert [201] * 20 + [413] == sorted(answer.status_code for answer in answers)
    assert ("too_large", ["/file"]) == (answers[refused].json()["code"], answers[refused].json()["pointers"])
    assert [200] * 20 + [413] == sorted(answer.status_code for answer in again)


async def added_by(app: FastAPI, case: str, who: str, kind: str, key: str = "file") -> tuple[int, str | None]:
    """Status and code of somebody's attempt to add a file."""
    files, data = {"file": ("a.pdf", b"scan")}, {"kind": "scan"}
    async with client(app) as caller:
        sent = headers(key, who, kind)
        answer = await caller.post(f"/v1/cases/{case}/evidence", files=files, data=data, headers=sent)
    return answer.status_code, answer.json().get("code")


async def routed(house: House, case: str) -> None:
    """The case gets its owners."""
    received = next(one for one in house.events("ComplaintReceived") if one.subject == case)
    facts = Given(ROUTING).when_event(received)
    records = [outgoing(event(fact, received.id, place)._replace(subject=case)) for place, fact in enumerate(facts)]
    await house.log.append(records)
    await house.folded()


NOBODY = (404, "unknown_case")
ADDS: dict[tuple[str, str], tuple[int, str | None]] = {
    ("hotline", "channel"): (201, None),  # submitted it
    ("mailroom", "channel"): NOBODY,
    ("lin.fang", "person"): (201, None),  # accepts
    ("luo.tian", "person"): (201, None),  # handles
    ("wu.qing", "person"): (201, None),
    ("mo.ran", "person"): NOBODY,  # another department
    ("jin.hao", "person"): NOBODY,
    ("fan.yi", "person"): (403, "party_concerned"),
    ("xia.jing", "person"): (403, "not_entitled"),  # auditor
    ("no.one", "person"): (403, "unknown_submitter"),
    ("nothing", "channel"): (403, "unknown_submitter"),
}


async def test_only_who_sees_a_case_adds_to_it_and_no_party_and_no_auditor(house: House, app: FastAPI) -> None:
    """A channel system adds to its own submissions only."""
    about = COMPLAINT | {"matter": COMPLAINT["matter"] | {"complained_persons": ["fan.yi"]}}
    about["matter"] |= {"complained_unit": "dongqiao.lending"}
    case = (await submit(app, "case", about)).json()["case_id"]
    await routed(house, case)

    assert ADDS == {(who, kind): await added_by(app, case, who, kind, f"of {who}") for who, kind in ADDS}


async def test_a_party_adds_no_further_receipt(house: House, app: FastAPI) -> None:
    """Neither by knowing the number of the case."""
    about = COMPLAINT | {"matter": COMPLAINT["matter"] | {"complained_persons": ["lin.fang"]}}
    case = (await submit(app, "case", about)).json()["case_id"]
    body = orjson.dumps(further(case))
    async with client(app) as caller:
        answer = await caller.post(
            "/v1/complaints/phone", content=body, headers=JSON | headers("k", "lin.fang", "person")
        )

    assert (403, "party_concerned") == (answer.status_code, answer.json()["code"])
    assert [] == house.events("ReceiptAdded")


async def test_a_submitter_asks_how_his_case_stands_and_nobody_else(house: House, app: FastAPI) -> None:
    """By id and by number; to everybody else it does not exist."""
    taken = (await submit(app, "case", COMPLAINT)).json()
    await routed(house, taken["case_id"])
    async with client(app) as caller:

        async def asked(name: str, who: str, kind: str) -> httpx.Response:
            return await caller.get(f"/v1/complaints/{name}", headers=headers(None, who, kind))

        own = [await asked(taken[name], "hotline", "channel") for name in ("case_id", "case_number")]
        others = [await asked(taken["case_id"], *who) for who in (("mailroom", "channel"), ("lin.fang", "person"))]
        absent = await asked("11111111-1111-5111-8111-111111111111", "mailroom", "channel")

    named = {"case_id": taken["case_id"], "case_number": taken["case_number"]}
    assert [named | {"state": "routed", "due_on": None, "ended": False}] * 2 == [answer.json() for answer in own]
    assert [(404, absent.content)] * 2 == [(answer.status_code, answer.content) for answer in others]


async def test_a_submitter_adds_so_many_files_a_day(house: House) -> None:
    """By count and by bytes, over all cases, also after a restart; a repetition is no new file."""
    app = await house.intake(quota=Uploads(2, 1000))
    case, other = [(await submit(app, name, COMPLAINT)).json()["case_id"] for name in "ab"]
    answers = [
        await add_evidence(app, case, "one", b"x" * 400), await add_evidence(app, case, "large", b"x" * 601),
        await add_evidence(app, other, "two", b"y"), await add_evidence(app, other, "three", b"z"),
        await add_evidence(await house.intake(quota=Uploads(2, 1000)), other, "three", b"z"),
        await add_evidence(app, case, "one", b"x" * 400),
    ]  # fmt: skip

    assert [201, 429, 201, 429, 429, 200] == [answer.status_code for answer in answers]
    assert "upload_quota" == answers[1].json()["code"]


class Silent:
    """A log on a broker that is away: it never answers."""

    async def append(self, records: Sequence[Outgoing]) -> list[Position]:
        """Never comes back."""
        await asyncio.Event().wait()
        return []


async def test_a_log_that_does_not_answer_is_an_unknown_outcome_within_five_seconds(
    house: House, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For complaints, receipts, files and whoever waits behind them; repeated later, there is one of each."""
    case = (await submit(app, "case", COMPLAINT)).json()["case_id"]
    with monkeypatch.context() as away:
        away.setattr(house.log, "append", Silent().append)
        answers = await asyncio.gather(
            submit(app, "a", COMPLAINT),
            submit(app, "a", COMPLAINT),
            submit(app, "b", further(case)),
            add_evidence(app, case, "c", b"scan"),
            add_evidence(app, case, "c", b"scan"),
        )

    assert [(503, "outcome_unknown")] * 5 == [(answer.status_code, answer.json()["code"]) for answer in answers]
    assert ANSWER_WITHIN_SECONDS < 5
    assert 201 == (await submit(app, "a", COMPLAINT)).status_code
    assert 201 == (await submit(app, "b", further(case))).status_code
    assert 201 == (await add_evidence(app, case, "c", b"scan")).status_code


async def test_a_process_that_has_not_read_the_log_yet_says_nothing_about_it(house: House) -> None:
    """Not that a case is unknown, nor that a key is new."""
    case = (await submit(await house.intake(), "case", COMPLAINT)).json()["case_id"]
    starting = await house.intake(caught_up=False)
    answers = await asyncio.gather(
        submit(starting, "case", COMPLAINT),
        submit(starting, "more", further(case)),
        add_evidence(starting, case, "file", b"scan"),
    )

    assert [(503, "outcome_unknown")] * 3 == [(answer.status_code, answer.json()["code"]) for answer in answers]
    assert 1 == len(house.events())


@pytest.mark.parametrize("missing", ["clock_set", "published"])
async def test_a_process_without_clock_or_organisation_decides_nothing(house: House, missing: str) -> None:
    """503, and what to do; nothing is appended."""
    case = (await submit(await house.intake(), "case", COMPLAINT)).json()["case_id"]
    starting = await house.intake(clock_set=missing != "clock_set", published=missing != "published")
    answers = [await submit(starting, "new", OTHER), await add_evidence(starting, case, "file", b"scan")]

    assert [(503, "reference_missing")] * 2 == [(answer.status_code, answer.json()["code"]) for answer in answers]
    assert 1 == len(house.events())


async def test_a_key_made_before_a_death_seals_the_repetition(house: House, app: FastAPI) -> None:
    """The case's key may be there without its first event."""
    await house.vault.ensure_key(case_id("channel:hotline", "case"))

    assert 201 == (await submit(app, "case", COMPLAINT)).status_code
