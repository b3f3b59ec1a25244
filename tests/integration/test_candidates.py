"""What was found in media and networks is no case: a person confirms it with a complaint that names it, or drops it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from services.intake.confirmed_candidates import ConfirmedCandidates
from services.intake.http.examples import CANDIDATES, DROPS
from services.intake.submission_intake import SubmissionIntake
from shared.contract.envelope import Event, outgoing
from shared.contract.ids import candidate_subject
from shared.errors import OutcomeUnknown
from shared.process.settings import Settings
from tests.support.console_in_process import Console, running
from tests.support.intake_in_process import JSON, House, client, headers, open_house
from tests.support.memory_log import MemoryLog
from tests.support.waiting import until

FOUND = CANDIDATES["post"]["value"]
DROP = DROPS["praise"]["value"]


def complaint(candidate: str | None, **more: Any) -> dict[str, Any]:
    """A complaint on the online channel that names a candidate."""
    matter = {"narrative": "网上反映排队两小时。", "complained_unit": "dongqiao.hall"}
    return {"received_by": {"unit": "dongqiao"}, "matter": matter, "details": {"candidate": candidate}} | more


class Desk:
    """One intake process and its callers."""

    def __init__(self, house: House, app: Any) -> None:
        self.house, self.app = house, app

    async def post(self, path: str, body: Any, key: str, who: str, kind: str = "person") -> httpx.Response:
        """Post as somebody."""
        async with client(self.app) as caller:
            return await caller.post(path, content=orjson.dumps(body), headers=JSON | headers(key, who, kind))

    async def report(self, body: Any = FOUND, key: str = "r", who: str = "media-watch") -> httpx.Response:
        """Report as a channel system."""
        return await self.post("/v1/candidates", body, key, who, "channel")

    async def drop(self, id_: str, body: Any = DROP, key: str = "d", who: str = "lin.fang") -> httpx.Response:
        """Drop as a person."""
        return await self.post(f"/v1/candidates/{id_}/drop", body, key, who)

    async def confirm(self, id_: str, key: str = "c", who: str = "lin.fang", **more: Any) -> httpx.Response:
        """Submit the complaint that confirms it."""
        return await self.post("/v1/complaints/online", complaint(id_, **more), key, who)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """An empty log."""
    async with open_house(tmp_path) as opened:
        yield opened


@pytest.fixture
async def desk(house: House) -> Desk:
    """One process."""
    return Desk(house, await house.intake())


def code(answer: httpx.Response) -> tuple[int, str | None]:
    """Status and code."""
    return answer.status_code, answer.json().get("code")


def names(house: House) -> list[str]:
    """What is in the log."""
    return sorted(event.name for event in house.events())


async def test_what_is_found_is_kept_and_is_no_case(desk: Desk) -> None:
    """201, then 200 with the same body; other content is a conflict; what was typed is sealed."""
    first, again = await desk.report(), await desk.report()
    other = await desk.report(FOUND | {"words": "别的话。"})
    (event,) = desk.house.events()

    assert [(201, None), (200, None), (409, "idempotency_conflict")] == [code(one) for one in (first, again, other)]
    assert first.json() == again.json()
    assert "open" == first.json()["state"]
    assert (candidate_subject(first.json()["candidate"]), "channel:media-watch") == (event.subject, event.actor)
    assert "排队" not in orjson.dumps(event.data).decode()
    assert {"channel": "online", "unit": "dongqiao"}.items() <= event.data.items()


async def test_a_person_confirms_it_with_a_complaint_that_names_it(desk: Desk) -> None:
    """Nothing is lost: the case names what was found, and what was found names the case."""
    id_ = (await desk.report()).json()["candidate"]
    taken, again = await desk.confirm(id_), await desk.confirm(id_)
    (received,) = desk.house.events("ComplaintReceived")
    (confirmed,) = desk.house.events("CandidateConfirmed")

    assert [201, 200] == [taken.status_code, again.status_code]
    assert id_ == received.data["details"]["candidate"]
    assert taken.json()["case_number"] == confirmed.data["case_number"]
    assert ("person:lin.fang", candidate_subject(id_)) == (confirmed.actor, confirmed.subject)
    assert "confirmed" == (await desk.report()).json()["state"]


async def test_what_was_decided_is_not_decided_again(desk: Desk) -> None:
    """Confirmed or dropped, once; the same call again is the same answer."""
    one = (await desk.report()).json()["candidate"]
    two = (await desk.report(key="r2")).json()["candidate"]
    await desk.confirm(one)
    dropped, again = await desk.drop(two), await desk.drop(two)
    late = [
        await desk.confirm(one, key="c2"),
        await desk.drop(one),
        await desk.drop(two, key="d2"),
        await desk.confirm(two, key="c3"),
    ]

    assert [(201, "dropped"), (200, "dropped")] == [(a.status_code, a.json()["state"]) for a in (dropped, again)]
    assert [(409, "candidate_decided")] * 4 == [code(answer) for answer in late]
    assert (409, "idempotency_conflict") == code(await desk.drop(two, {"ground": "advertising"}))
    assert ["CandidateConfirmed", "CandidateDropped", *["CandidateReported"] * 2, "ComplaintReceived"] == names(
        desk.house
    )


@pytest.mark.parametrize(
    ("who", "kind", "status", "code_"),
    [
        ("lin.fang", "person", 201, None),  # complaint post
        ("wu.qing", "person", 201, None),  # general office
        ("qiu.min", "person", 201, None),  # president's office
        ("gu.heng", "person", 201, None),  # the complaint post above
        ("luo.tian", "person", 403, "not_your_candidate"),
        ("xia.jing", "person", 403, "not_entitled"),
        ("no.body", "person", 403, "unknown_submitter"),
        ("media-watch", "channel", 403, "candidate_for_people"),
    ],
)
async def test_who_confirms_and_drops(desk: Desk, who: str, kind: str, status: int, code_: str | None) -> None:
    """A person of the posts that take it in or watch over it, there or above; nothing of a refusal is recorded."""
    one = (await desk.report()).json()["candidate"]
    two = (await desk.report(key="r2")).json()["candidate"]
    answers = [
        await desk.post("/v1/complaints/online", complaint(one), "c", who, kind),
        await desk.post(f"/v1/candidates/{two}/drop", DROP, "d", who, kind),
    ]

    assert [(status, code_)] * 2 == [code(answer) for answer in answers]
    assert (5 if status == 201 else 2) == len(desk.house.events())


@pytest.mark.parametrize(
    ("changes", "who", "status", "code_", "pointer"),
    [
        ({"channel": "phone"}, "media-watch", 422, "invalid_submission", "/channel"),
        ({"channel": "media"}, "media-watch", 201, None, None),
        ({}, "hotline", 403, "channel_not_allowed", None),
        ({"unit": "mars"}, "media-watch", 422, "invalid_submission", "/unit"),
        ({"found_at": "2020-03-06T10:00:00+08:00"}, "media-watch", 422, "time_in_future", "/found_at"),
        ({"found_at": "1020-03-06T10:00:00+08:00"}, "media-watch", 422, "invalid_submission", "/found_at"),
        ({"words": " "}, "media-watch", 422, "invalid_submission", "/words"),
        ({"case": "x"}, "media-watch", 422, "invalid_submission", "/case"),
    ],
)
async def test_what_cannot_have_been_found_is_refused(
    desk: Desk, changes: dict[str, Any], who: str, status: int, code_: str | None, pointer: str | None
) -> None:
    """With a code and the place."""
    answer = await desk.report(FOUND | changes, who=who)

    assert (status, code_) == code(answer)
    assert ([pointer] if pointer else None) == answer.json().get("pointers")


async def test_a_complaint_names_a_candidate_that_there_is_on_its_channel(desk: Desk) -> None:
    """Else nothing of it is taken in."""
    id_ = (await desk.report(FOUND | {"channel": "media"})).json()["candidate"]
    elsewhere, unknown = await desk.confirm(id_), await desk.confirm("0" * 36, key="c2")
    gone = await desk.drop("0" * 36)

    assert [(422, "invalid_submission"), (404, "unknown_candidate")] == [code(elsewhere), code(unknown)]
    assert (404, "unknown_candidate") == code(gone)
    assert ["/details/candidate"] == elsewhere.json()["pointers"]
    assert ["CandidateReported"] == names(desk.house)


async def left_unsaid(desk: Desk, candidate: str) -> httpx.Response:
    """Confirm a candidate as a process does that dies between the case and the confirmation."""
    log, append = desk.house.log, desk.house.log.append

    async def dies(records: Any) -> Any:
        if b"CandidateConfirmed" in records[0].value:
            raise OutcomeUnknown
        return await append(records)

    log.append = dies  # type: ignore[method-assign]
    try:
        return await desk.confirm(candidate)
    finally:
        log.append = append  # type: ignore[method-assign]


async def test_a_process_that_dies_between_case_and_confirmation_loses_nothing(desk: Desk) -> None:
    """The receipt counts at once; whoever repeats the call, also elsewhere, has the rest said."""
    id_ = (await desk.report()).json()["candidate"]
    lost = await left_unsaid(desk, id_)
    elsewhere = Desk(desk.house, await desk.house.intake())
    refused, repeated = await elsewhere.drop(id_), await elsewhere.confirm(id_)

    assert [503, 409, 200] == [lost.status_code, refused.status_code, repeated.status_code]
    assert ["CandidateConfirmed", "CandidateReported", "ComplaintReceived"] == names(desk.house)


async def started(house: House) -> SubmissionIntake:
    """One more process, which has read the log."""
    await house.intake()
    return house.submissions[-1]


async def test_what_a_dead_process_left_unsaid_is_said_at_the_start_of_the_next(desk: Desk) -> None:
    """Without anybody: nobody repeats the call. Two processes that say it at once say it once."""
    id_ = (await desk.report()).json()["candidate"]
    assert 503 == (await left_unsaid(desk, id_)).status_code
    starts = [ConfirmedCandidates((await started(desk.house)).candidates) for _ in range(2)]
    found = starts[0].intake.index.candidate(id_)
    assert found is not None
    assert ("confirmed", 0) == (found.state, starts[0].told()["candidates_waiting"])
    running = [asyncio.create_task(one.run()) for one in starts]
    await until(lambda: len(desk.house.events("CandidateConfirmed")) >= 1)
    await until(lambda: not list(starts[0].intake.index.candidates.unsaid()))  # it was read back
    for one in running:
        one.cancel()

    (received,) = desk.house.events("ComplaintReceived")
    said = desk.house.events("CandidateConfirmed")
    assert 1 == len({event.id for event in said})
    assert {(received.actor, received.data["case_number"])} == {(e.actor, e.data["case_number"]) for e in said}


async def test_two_desks_that_confirm_one_candidate_in_one_instant_learn_of_each_other(
    desk: Desk, tmp_path: Path
) -> None:
    """Both cases are there; the first confirmation counts for everybody who reads the log, and both are told."""
    id_ = (await desk.report()).json()["candidate"]
    other = Desk(desk.house, await desk.house.intake())
    log, append = desk.house.log, desk.house.log.append
    both = asyncio.Barrier(2)

    async def together(records: Any) -> Any:
        if b"ComplaintReceived" in records[0].value:
            await both.wait()
        return await append(records)

    log.append = together  # type: ignore[method-assign]
    answers = await asyncio.gather(desk.confirm(id_), other.confirm(id_, key="other", who="wu.qing"))
    log.append = append  # type: ignore[method-assign]
    numbers = [answer.json()["case_number"] for answer in answers]
    said = [event.data["case_number"] for event in desk.house.events("CandidateConfirmed")]

    assert [201, 201] == [answer.status_code for answer in answers]
    assert sorted(numbers) == sorted(said)
    late = [await one.confirm(id_, key="late") for one in (desk, other)]
    assert [(409, "candidate_decided")] * 2 == [code(answer) for answer in late]
    fresh = await started(desk.house)
    known = fresh.candidates.index.candidate(id_)
    assert known is not None
    first = next(e for e in desk.house.events("CandidateConfirmed") if e.data["case_number"] == said[0])
    assert first.data["case_id"] == known.told[0]
    async with running(Settings(data=tmp_path / "console"), MemoryLog()) as console:
        await shown(console, desk.house.events())
        (row,) = (await console.json("/v1/candidates", "lin.fang", open="false"))["candidates"]
    assert (said[0], said[1:]) == (row["case_number"], row["other_cases"])


async def shown(console: Console, events: list[Event]) -> None:
    """The console has read these."""
    await console.append([outgoing(event) for event in events])


async def test_the_console_lists_them_to_whoever_decides(desk: Desk, tmp_path: Path) -> None:
    """Newest first, by state; to others there are none; what was typed opens, and that is recorded."""
    ids = [(await desk.report(FOUND, key=key)).json()["candidate"] for key in ("r1", "r2", "r3")]
    await desk.confirm(ids[0])
    await desk.drop(ids[1])
    (reported, *_) = [e.recordedtime for e in desk.house.events("CandidateReported") if e.data["candidate"] == ids[2]]
    waiting = ConfirmedCandidates((await started(desk.house)).candidates).told()
    assert {"candidates_waiting": 1, "candidates_oldest": reported} == waiting
    async with running(Settings(data=tmp_path / "console"), MemoryLog()) as console:
        await shown(console, desk.house.events())
        told = (await console.json("/v1/candidates", "lin.fang", open="false"))["candidates"]
        open_ones = (await console.json("/v1/candidates", "gu.heng", state="open", open="false"))["candidates"]
        other = (await console.json("/v1/candidates", "luo.tian"))["candidates"]
        wrong = await console.get("/v1/candidates", "lin.fang", state="lost")

    (received,) = desk.house.events("ComplaintReceived")
    assert [[]] * 3 == [one["other_cases"] for one in told]
    states = {one["candidate"]: (one["state"], one["ground"], one["case_number"]) for one in told}
    assert {
        ids[0]: ("confirmed", None, received.data["case_number"]),
        ids[1]: ("dropped", "not_a_complaint", None),
        ids[2]: ("open", None, None),
    } == states
    assert ([ids[2]], []) == ([one["candidate"] for one in open_ones], other)
    assert {"…"} == {one["words"] for one in told}
    assert (422, ["/state"]) == (wrong.status_code, wrong.json()["pointers"])
