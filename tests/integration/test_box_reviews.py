"""Reviews of opinion boxes over HTTP: once a day, by whoever looked into it, with a witness, on days it hung there."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from services.intake.http.examples import BOX_REVIEWS
from shared.contract.envelope import outgoing
from shared.contract.ids import box_subject
from tests.support.facts import reference
from tests.support.intake_in_process import JSON, House, client, headers, open_house
from tests.support.opinion_boxes import reviewed, with_box

REVIEW = BOX_REVIEWS["empty"]["value"] | {"opened_at": "2020-03-05T09:40:00+08:00"}
"""Of the day on which the clock of these tests stands, at 10:00."""
BANK = with_box('{since: 2020-03-02, until: 2020-04-30, closes_at: "17:00"}')
MONDAY = REVIEW | {"date": "2020-03-02"}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """An empty log."""
    async with open_house(tmp_path) as opened:
        opened.known = reference(organisation=BANK)
        yield opened


class Desk:
    """One intake process, and people who post reviews there."""

    def __init__(self, house: House, app: Any) -> None:
        self.house, self.app = house, app

    async def post(
        self, body: Any, key: str = "k", who: str = "mo.ran", unit: str = "dongqiao", kind: str = "person"
    ) -> httpx.Response:
        """Post one."""
        async with client(self.app) as caller:
            content = orjson.dumps(body)
            return await caller.post(
                f"/v1/opinion-boxes/{unit}/reviews", content=content, headers=JSON | headers(key, who, kind)
            )


@pytest.fixture
async def desk(house: House) -> Desk:
    """One process."""
    return Desk(house, await house.intake())


@pytest.mark.holds("article-2.2.1")
async def test_a_review_is_one_event_of_the_box_whoever_repeats_the_call(desk: Desk) -> None:
    """201, then 200 with the same body; other content under the key is a conflict."""
    first, again = await desk.post(REVIEW), await desk.post(REVIEW)
    other = await desk.post(REVIEW | {"entries_found": 3})

    assert (201, 200, 409) == (first.status_code, again.status_code, other.status_code)
    assert (first.json(), "idempotency_conflict") == (again.json(), other.json()["code"])
    (event,) = desk.house.events()
    assert (box_subject("dongqiao"), "OpinionBoxReviewed", "person:mo.ran") == (event.subject, event.name, event.actor)
    assert (first.json()["event_id"], False) == (event.id, first.json()["late"])
    assert {"unit": "dongqiao", "witness": "he.yun", "entries_found": 0, "late": False}.items() <= event.data.items()


async def test_a_second_review_of_a_day_is_refused_also_by_another_process(desk: Desk) -> None:
    """Whoever was first in the log counts."""
    await desk.post(REVIEW)
    here = await desk.post(REVIEW | {"reviewer": "he.yun", "witness": "mo.ran"}, key="other", who="he.yun")
    elsewhere = Desk(desk.house, await desk.house.intake())
    there = await elsewhere.post(REVIEW | {"reviewer": "he.yun", "witness": "mo.ran"}, key="third", who="he.yun")

    assert [(409, "box_reviewed_already")] * 2 == [(one.status_code, one.json()["code"]) for one in (here, there)]
    assert 1 == len(desk.house.events())


async def test_of_two_processes_that_append_at_once_the_first_in_the_log_counts(desk: Desk) -> None:
    """The other's record is in the log too, without effect; its sender is told so, also when he repeats the call."""
    log, append = desk.house.log, desk.house.log.append
    ahead = reviewed("2020-03-05", datetime.fromisoformat("2020-03-05T09:30:00+08:00"), reviewer="he.yun")

    async def overtaken(records: Any) -> Any:
        log.append = append  # type: ignore[method-assign]
        await append([outgoing(ahead)])
        return await append(records)

    log.append = overtaken  # type: ignore[method-assign]
    answers = [await desk.post(REVIEW), await desk.post(REVIEW)]

    assert [(409, "box_reviewed_already")] * 2 == [(one.status_code, one.json()["code"]) for one in answers]
    assert 2 == len(desk.house.events())


async def test_a_review_of_a_day_that_is_over_is_late(desk: Desk) -> None:
    """Monday's, told on Thursday; of the Sunday before nothing hung there."""
    late = await desk.post(MONDAY)

    assert (201, True) == (late.status_code, late.json()["late"])
    assert [True] == [event.data["late"] for event in desk.house.events()]


REFUSED: dict[str, tuple[dict[str, Any], dict[str, str], int, str, str | None]] = {
    "no box in the unit": ({}, {"unit": "dongqiao.hall"}, 404, "no_opinion_box", None),
    "no such unit": ({}, {"unit": "moon"}, 404, "no_opinion_box", None),
    "before it hung there": ({"date": "2020-03-01"}, {}, 422, "box_not_up", "/date"),
    "tomorrow": ({"date": "2020-03-06"}, {}, 422, "time_in_future", "/date"),
    "opened in an hour": ({"opened_at": "2020-03-05T11:00:00+08:00"}, {}, 422, "time_in_future", "/opened_at"),
    "opened the day before": ({"opened_at": "2020-03-04T16:00:00+08:00"}, {}, 422, "invalid_submission", "/opened_at"),
    "his own witness": ({"witness": "mo.ran"}, {}, 422, "invalid_submission", "/witness"),
    "no such witness": ({"witness": "nobody"}, {}, 422, "invalid_submission", "/witness"),
    "in another's name": ({"reviewer": "he.yun", "witness": "mo.ran"}, {}, 403, "reviewed_by_another", "/reviewer"),
    "a machine": ({}, {"who": "hotline", "kind": "channel"}, 403, "reviewed_by_another", None),
    "an auditor": ({"reviewer": "xia.jing"}, {"who": "xia.jing"}, 403, "not_entitled", None),
    "somebody of elsewhere": ({"reviewer": "tao.rui"}, {"who": "tao.rui"}, 403, "not_your_box", None),
    "somebody of an outlet below": ({"reviewer": "jin.hao"}, {"who": "jin.hao"}, 403, "not_your_box", None),
    "fewer than none": ({"entries_found": -1}, {}, 422, "invalid_submission", "/entries_found"),
    "an unknown field": ({"late": False}, {}, 422, "invalid_submission", "/late"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_cannot_be_is_refused_and_nothing_is_appended(desk: Desk, what: str) -> None:
    """Each with its code and the place that is wrong."""
    changes, call, status, code, pointer = REFUSED[what]
    answer = await desk.post(REVIEW | changes, **call)

    assert (status, code) == (answer.status_code, answer.json()["code"])
    assert [pointer] * (pointer is not None) == answer.json().get("pointers", [])
    assert [] == desk.house.events()


async def test_the_office_of_the_unit_above_may_look_into_it_too(desk: Desk) -> None:
    """So no box is left alone while everybody of the sub-branch is away."""
    answer = await desk.post(REVIEW | {"reviewer": "ye.lan"}, who="ye.lan")

    assert 201 == answer.status_code
