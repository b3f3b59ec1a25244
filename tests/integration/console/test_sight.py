"""Who sees which case in which call of the console: reader × case × call, typed by hand, on both databases."""

from typing import Any

import pytest

from services.console.http.case_pages import CaseFilter, conditions
from services.console.http.seen_cases import newest_seen
from shared.bank.organisation_file import parse_organisation
from shared.bank.sight import Sight, sight_of
from shared.contract.ties import person_tie
from tests.support.casework import ORGANISATION
from tests.support.console_in_process import Console
from tests.support.console_stories import Story, shuffled
from tests.support.facts import NOW

ONE_CASE = ("", "/timeline", "/clocks", "/duties")
LENDING, FAN_YI, ITS_HEAD, HALL, TELLER = range(5)
SEES: dict[str, tuple[int, ...]] = {
    "lin.fang": (LENDING, FAN_YI, ITS_HEAD, HALL, TELLER),  # accepts all of them
    "wu.qing": (LENDING, FAN_YI, ITS_HEAD, HALL, TELLER),
    "luo.tian": (LENDING, FAN_YI),  # handles; of the third he is a party
    "fan.yi": (),  # no part in the first, party of the second, below a party in the third
    "tang.yu": (),
    "he.yun": (ITS_HEAD,),  # handles what its head cannot
    "bai.xue": (HALL, TELLER),  # heads the hall
    "jin.hao": (TELLER,),  # a teller of the hall, who took it down
    "mo.ran": (),  # another department
    "cen.lu": (),  # another outlet
    "shen.bo": (),
    "qiu.min": (LENDING, FAN_YI, ITS_HEAD, HALL, TELLER),  # heads the sub-branch
    "zhong.an": (LENDING, FAN_YI, ITS_HEAD, HALL, TELLER),
    "ye.lan": (LENDING, FAN_YI, ITS_HEAD, HALL, TELLER),
    "gu.heng": (LENDING, FAN_YI, ITS_HEAD, HALL, TELLER),
    "tao.rui": (LENDING, FAN_YI, ITS_HEAD, HALL, TELLER),
    "an.jie": (LENDING, FAN_YI, ITS_HEAD, HALL, TELLER),  # auditor
    "xia.jing": (LENDING, FAN_YI, ITS_HEAD, HALL, TELLER),
}


def stories() -> list[Story]:
    """Five cases: of lending, about a clerk of it, about its head, of the hall, and of the hall by a teller."""
    changes: list[dict[str, Any]] = [
        {}, {"matter": {"complained_persons": ["fan.yi"]}}, {"matter": {"complained_persons": ["luo.tian"]}},
        {"matter": {"complained_unit": "dongqiao.hall"}}, {"matter": {"complained_unit": "dongqiao.hall"}},
    ]  # fmt: skip
    found = [Story(n + 1, at=NOW.replace(day=n + 1), changes=change) for n, change in enumerate(changes)]
    received = found[TELLER].case.events[0]
    found[TELLER].case.events[0] = received._replace(actor="person:jin.hao")
    return found


@pytest.mark.parametrize("reader", SEES)
@pytest.mark.holds("practice-9", "practice-34")
async def test_a_reader_finds_exactly_his_cases_in_every_call(console: Console, reader: str) -> None:
    """In lists, register, CSV and XLSX; one by one by id and by number: 404 as if there were none."""
    told = stories()
    await console.append(shuffled(told))
    seen = [told[place].case_number for place in sorted(SEES[reader], reverse=True)]
    listed = (await console.json("/v1/cases", reader))["cases"]
    registered = (await console.json("/v1/register", reader))["rows"]
    csv = (await console.get("/v1/register.csv", reader)).text.splitlines()[1:]

    assert seen == [one["case_number"] for one in listed]
    assert seen == [one["case_number"] for one in registered]
    assert seen == [line.split(",")[0] for line in csv]
    for place, story in enumerate(told):
        for name in (story.id, story.case_number):
            answers = [await console.get(f"/v1/cases/{name}{call}", reader) for call in ONE_CASE]
            expected = 200 if place in SEES[reader] else 404
            assert [expected] * len(ONE_CASE) == [answer.status_code for answer in answers]


async def test_a_case_that_is_not_seen_answers_as_one_that_is_not_there(desk: Console) -> None:
    """To the byte."""
    (story, *_) = told = stories()
    await desk.append(shuffled(told))
    hidden = await desk.get(f"/v1/cases/{story.id}", "fan.yi")
    absent = await desk.get(f"/v1/cases/{Story(99).id}", "fan.yi")

    assert (404, absent.content) == (hidden.status_code, hidden.content)


async def test_who_is_named_later_sees_the_case_no_more_from_then_on(console: Console) -> None:
    """Also his own: he handled it until then."""
    story = Story(1).does("luo.tian", "accept-handover")
    records = story.records()
    await console.append(records)
    before = await console.get(f"/v1/cases/{story.id}", "luo.tian")
    story.does("lin.fang", "name-party", person="luo.tian", ground="客户提到他")
    await console.append(story.records()[len(records) :])
    after = await console.get(f"/v1/cases/{story.id}", "luo.tian")
    as_of = await console.get(f"/v1/cases/{story.id}/timeline", "luo.tian", as_of=NOW.isoformat())

    assert (200, 404, 404) == (before.status_code, after.status_code, as_of.status_code)
    assert [] == (await console.json("/v1/cases", "luo.tian"))["cases"]


async def test_pages_hold_what_is_seen_without_a_gap(console: Console) -> None:
    """Every second case is of the hall: its head pages through these, two at a time."""
    units = ("dongqiao.hall", "dongqiao.lending")
    told = [
        Story(n, at=NOW.replace(day=n), changes={"matter": {"complained_unit": units[n % 2]}}) for n in range(1, 12)
    ]
    await console.append(shuffled(told))
    found: list[str] = []
    cursor = None
    while cursor is not None or not found:
        page = await console.json("/v1/cases", "bai.xue", limit=2, **({"cursor": cursor} if cursor else {}))
        found += [one["case_number"] for one in page["cases"]]
        cursor = page["next"]

    assert [story.case_number for story in reversed(told) if story.number % 2 == 0] == found


async def test_somebody_who_answers_to_very_much_finds_the_same(console: Console) -> None:
    """Above some number of ties the database is asked in another way."""
    told = stories()
    await console.append(shuffled(told))
    few = sight_of(parse_organisation(ORGANISATION), "bai.xue", NOW.date())
    many = Sight(few.answers_to | {person_tie(f"nobody.{n}") for n in range(60)}, few.concerned)
    database = console.live.following.database
    async with database.read() as connection:
        for sight in (few, many):
            query = newest_seen(sight, conditions(CaseFilter()), None, 10)
            rows = (await connection.execute(query)).mappings().all()
            assert [told[TELLER].id, told[HALL].id] == [row["case_id"] for row in rows]


@pytest.mark.parametrize("reader", ["jin.hao", "qiu.min", "an.jie"])
async def test_no_page_goes_through_all_cases(desk: Console, reader: str) -> None:
    """Cases are found by the ties of the reader, or newest first until the page is full."""
    sight = sight_of(parse_organisation(ORGANISATION), reader, NOW.date())
    plan = await desk.live.following.database.plan(newest_seen(sight, conditions(CaseFilter()), None, 10))
    scans = [step for step in plan if step.startswith("SCAN") and "case_by_receipt" not in step]

    assert [] == [step for step in scans if "SCAN case" in step], plan


async def test_a_case_that_is_not_seen_is_not_named_by_another_either(desk: Console) -> None:
    """Fan Yi took down the repeat of a complaint about herself: who accepted both sees the link, she does not."""
    first = Story(1, changes={"matter": {"complained_persons": ["fan.yi"]}})
    again = Story(2).relates(first, "repeat")
    received = again.case.events[0]
    again.case.events[0] = received._replace(actor="person:fan.yi")
    await desk.append([*first.records(), *again.records()])

    for reader, named in (("lin.fang", first.id), ("fan.yi", "…")):
        case = await desk.json(f"/v1/cases/{again.id}", reader)
        timeline = await desk.get(f"/v1/cases/{again.id}/timeline", reader)
        rows = {row["case_number"]: row for row in (await desk.json("/v1/register", reader))["rows"]}
        assert named == case["relates_to"]["case_id"]
        assert named == rows[again.case_number]["related_case"]
        assert (first.id in timeline.text) == (reader == "lin.fang")
