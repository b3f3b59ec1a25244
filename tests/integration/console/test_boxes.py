"""Who may see which opinion box, and which day's review was done, late or missed."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path

import pytest

from ops.local.reference import EXAMPLE_ORGANISATION
from shared.contract.envelope import Event, outgoing
from shared.contract.events.base import Versioned
from shared.contract.events.sla import BoxReviewMissed
from shared.process.settings import Settings
from tests.support.casework import known
from tests.support.console_in_process import Console, running
from tests.support.facts import event
from tests.support.memory_log import MemoryLog
from tests.support.opinion_boxes import BOX, reviewed, with_box

CALL = "/v1/opinion-boxes/dongqiao/reviews"
FILE = EXAMPLE_ORGANISATION.read_text(encoding="utf-8")
TOP = "kind: branch"
TWO = with_box('{since: 2020-03-02, closes_at: "17:00"}').replace(
    TOP, f'{TOP}, opinion_box: {{since: 2020-01-01, until: 2020-02-28, closes_at: "16:00"}}', 1
)


def at(text: str) -> datetime:
    """An instant of March 2020 in Shanghai, such as "05 16:30"."""
    return datetime.fromisoformat(f"2020-03-{text}:00+08:00")


def missed(day: str) -> Event:
    """The event of a review that nobody did."""
    due, calendar = at(f"{day} 17:00"), Versioned(id="cn", version="sha256:0")
    fact = BoxReviewMissed(unit="dongqiao", date=date(2020, 3, int(day)), due_at=due, calendar=calendar)
    return event(fact, f"missed-{day}", at=due)._replace(subject=BOX, correlationid=BOX)


@pytest.fixture
async def boxes(tmp_path: Path) -> AsyncIterator[Console]:
    """A console where the province had a box and the sub-branch has one, of which four days are told."""
    facts = [
        reviewed("2020-03-02", at("02 16:40")),
        missed("03"),
        reviewed("2020-03-03", at("04 09:00"), late=True),
        missed("04"),
        reviewed("2020-03-05", at("05 16:00"), entries_found=3),
        reviewed("2020-03-05", at("05 16:30"), cause="again"),
    ]
    async with running(Settings(data=tmp_path), MemoryLog(), known(TWO)) as found:
        await found.append([outgoing(one) for one in facts])
        yield found


@pytest.mark.parametrize(
    ("person", "seen"),
    [
        ("wu.qing", ["dongqiao"]),  # the general office of the sub-branch
        ("mo.ran", ["dongqiao"]),  # its head of operations
        ("qiu.min", ["dongqiao"]),  # its president
        ("fan.yi", ["dongqiao"]),  # works in a department of the house where it hangs
        ("jin.hao", []),  # a teller of an outlet
        ("ye.lan", ["province", "dongqiao"]),  # the general office above
        ("xia.jing", ["province", "dongqiao"]),  # an auditor
    ],
)
async def test_who_keeps_or_oversees_a_box_sees_it(boxes: Console, person: str, seen: list[str]) -> None:
    """To others it does not exist, no more than one that there never was."""
    listed = [box["unit"] for box in await boxes.json("/v1/opinion-boxes", person)]
    answers = {unit: await boxes.get(f"/v1/opinion-boxes/{unit}/reviews", person) for unit in ("province", "dongqiao")}

    assert seen == listed
    assert {unit: 200 if unit in seen else 404 for unit in answers} == {u: a.status_code for u, a in answers.items()}
    assert all("no_opinion_box" == a.json()["code"] for a in answers.values() if a.status_code == 404)


async def test_each_day_says_whether_its_review_was_done_late_or_missed(boxes: Console) -> None:
    """In order; of several reviews of a day the first counts; what was missed stays missed."""
    told = await boxes.json(CALL, "wu.qing")
    days = [(day["date"], day["missed_at"], day["review"] and day["review"]["late"]) for day in told.pop("days")]

    assert [
        ("2020-03-02", None, False),
        ("2020-03-03", "2020-03-03T17:00:00+08:00", True),
        ("2020-03-04", "2020-03-04T17:00:00+08:00", None),
        ("2020-03-05", None, False),
    ] == days
    assert {
        "unit": "dongqiao", "name": "东侨支行", "since": "2020-03-02", "until": None, "closes_at": "17:00", "up": True,
    } == told  # fmt: skip


async def test_days_are_asked_for_by_their_dates(boxes: Console) -> None:
    """Both included; what is no date is refused."""
    some = await boxes.json(CALL, "wu.qing", **{"from": "2020-03-04", "to": "2020-03-05"})
    wrong = await boxes.get(CALL, "wu.qing", **{"from": "yesterday"})

    assert ["2020-03-04", "2020-03-05"] == [day["date"] for day in some["days"]]
    assert {
        "opened_at": "2020-03-05T16:00:00+08:00", "reviewer": "mo.ran", "witness": "he.yun", "entries_found": 3,
        "late": False, "recorded_at": "2020-03-05T16:00:00+08:00",
    } == some["days"][1]["review"]  # fmt: skip
    assert (422, ["/from"]) == (wrong.status_code, wrong.json()["pointers"])


async def test_a_box_that_there_never_was_is_refused(boxes: Console) -> None:
    """Whatever its unit is called."""
    asked = [await boxes.get(f"/v1/opinion-boxes/{unit}/reviews", "xia.jing") for unit in ("dongqiao.hall", "x" * 300)]

    assert [404, 404] == [answer.status_code for answer in asked]
