"""Every figure opens into its cases: the query that it names lists exactly those that were counted."""

import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from ops.verify import naive_console
from services.console.statistics.counting import NAMES, RESTS_ON
from services.console.statistics.outlet_involved import is_escalated
from shared.bank.in_force import organisation_in_force
from tests.support.console_in_process import Console
from tests.support.console_stories import Story, shuffled
from tests.support.facts import NOW, SEALED

YEAR = {"from": "2020-01-01", "to": "2020-12-31"}
AUDITOR = "an.jie"
"""Sees every case; concerned in none of these."""
SUMS = ("persons", "joint_persons")


def drawn(number: int, draw: random.Random, before: list[Story]) -> Story:
    """A case as chance has it."""
    changes: dict[str, Any] = {
        "channel": draw.choice(["phone", "phone", "mail", "online"]),
        "origin": {"kind": draw.choice(["none", "none", "none", "regulator", "consumer_body"])},
        "group": draw.choice([None, None, {"size": draw.randint(2, 9)}]),
        "matter": {
            "complained_unit": draw.choice(["dongqiao.lending", "dongqiao.lending", "dongqiao.hall"]),
            "product": draw.choice([None, "mortgage", "credit_card"]),
            "reason": draw.choice(["work_error", "service_attitude", "service_product"]),
        },
    }
    if draw.random() < 0.2:
        changes["late_registration"] = {"cause": "outage", "explanation": SEALED}
    story = Story(number, at=NOW.replace(day=draw.randint(1, 5)), changes=changes)
    if changes["matter"]["complained_unit"] == "dongqiao.hall":
        story.case.handler = "bai.xue"
    if before and draw.random() < 0.3:
        story.relates(draw.choice(before), draw.choice(["same_matter", "repeat", "review"]))
    return _lived(story.clock(), draw)


def _lived(story: Story, draw: random.Random) -> Story:
    """What became of it."""
    refusal = {"ground": "not_this_bank", "signpost": "请联系他行。", "approved_by": "he.yun"}
    match draw.choice(["open", "settled", "handled", "handled", "late", "refused", "reopened"]):
        case "settled":
            story.settled().met().does("lin.fang", "close")
        case "handled":
            story.handled(draw.choice(["satisfied", "dissatisfied", "declined"])).met().does("lin.fang", "close")
        case "late":
            story.breached().handled().met().does("lin.fang", "close")
        case "refused":
            story.does("lin.fang", "not-accept", **refusal)
        case "reopened":
            story.settled().met().does("lin.fang", "close")
            story.does("lin.fang", "reopen", ground="客户不满意。", received_at=NOW.isoformat())
    return story


def told(found: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every figure of an answer, by its name."""
    for name in (*NAMES, *RESTS_ON):
        group, _, value = name.partition(".")
        if not value:
            yield name, found.get(name)
        elif group == "remedies":
            yield name, found.get(group, {}).get(value, {}).get("cases", 0)
        else:
            yield name, found[group][value]


async def listed(console: Console, query: str, figure: str, person: str = AUDITOR) -> list[dict[str, Any]]:
    """The lines that a figure's query gives."""
    address = urlsplit(query.replace("{figure}", figure))
    params = dict(parse_qsl(address.query)) | {"limit": 200}
    rows: list[dict[str, Any]] = (await console.json(address.path, person, **params))["rows"]
    return rows


@pytest.mark.parametrize("seed", range(2))
async def test_every_figure_lists_exactly_the_cases_that_it_counts(desk: Console, seed: int) -> None:
    """Over random cases: of the whole, of each row of each table, and by a unit; sums are those of the lines."""
    draw, stories = random.Random(seed), list[Story]()
    for number in range(1, 26):
        stories.append(drawn(number, draw, stories))
    await desk.append(shuffled(stories))
    found = await desk.json("/v1/statistics", AUDITOR, **YEAR, unit="dongqiao")
    first = next(iter(found["tables"]["reason"].values()))
    wholes = [found, first]

    assert found["complaints"] > 10
    assert sum(found[name] > 0 for name in NAMES if "." not in name) > 10
    for whole in wholes:
        for name, figure in told(whole):
            rows = await listed(desk, whole["opens"], name)
            if name in SUMS:
                assert figure == sum(row["persons"] for row in rows), name
            elif name in NAMES and not (name.startswith("remedies.") and whole is not found):
                assert figure == len(rows), name
    for name, rows in found["tables"].items():
        for value, row in rows.items():
            names = {line["case_number"] for line in await listed(desk, found["opens"], f"by_{name}.{value}")}
            assert row["complaints"] == found[f"by_{name}"][value] == len(names)
            assert names == {line["case_number"] for line in await listed(desk, row["opens"], "complaints")}


@pytest.mark.parametrize("seed", range(2))
async def test_an_independent_fold_counts_the_same(desk: Console, seed: int) -> None:
    """What is told of each case from the log alone, added up by hand."""
    draw, stories = random.Random(100 + seed), list[Story]()
    for number in range(1, 26):
        stories.append(drawn(number, draw, []))
    await desk.append(shuffled(stories))
    found = await desk.json("/v1/statistics", AUDITOR, **YEAR)
    cases = naive_console.console(record.value for story in stories for record in story.records())
    rows = [case["counted"] for case in cases.values() if not case["counted"]["not_accepted"]]
    organisation = organisation_in_force(desk.reference, NOW).organisation
    up = [r for r in rows if is_escalated(r["escalated"], r["unit"], r["handler_unit"], organisation)]

    assert len(rows) == found["complaints"]
    for name in ("bypassed", "registered_late", "resolved"):
        assert sum(row[name] for row in rows) == found[name], name
    assert sum(row["origin"] != "none" for row in rows) == found["outside"]
    assert sum(row["persons"] for row in rows if row["persons"] > 1) == found["joint_persons"]
    assert len(up) == found["escalated"]
    assert sum(row["clocks_kept"] < row["clocks_judged"] for row in rows) == found["late"]
    for value in ("satisfied", "dissatisfied", "declined"):
        assert sum(row["satisfaction"] == value for row in rows) == found["satisfaction"][value]
    settled = sum('"refund"' in row["remedies"] for row in rows)
    money = {"CNY": 2000 * settled}
    told = {"cases": settled, "times": settled, "granted_minor": money, "executed_minor": money}
    assert told == found["remedies"]["refund"]


async def test_as_of_a_figure_opens_into_the_cases_that_counted_then(desk: Console) -> None:
    """The same query before and after the case was closed."""
    story = Story(1).clock().handled().met()
    then = story.case.now.isoformat()
    story.does("lin.fang", "close")
    await desk.append(story.records())
    before = await desk.json("/v1/statistics", AUDITOR, **YEAR, as_of=then)
    after = await desk.json("/v1/statistics", AUDITOR, **YEAR)

    assert [0, 1] == [before["resolved"], after["resolved"]]
    assert [1, 1] == [before["on_time"], after["on_time"]]
    for found in (before, after):
        for name in ("resolved", "on_time", "complaints"):
            assert found[name] == len(await listed(desk, found["opens"], name)), name


async def test_a_case_in_which_a_reader_is_concerned_is_in_no_figure_of_his(desk: Console) -> None:
    """Else the difference between a count and its list would tell him that there is one."""
    of_him = Story(2, changes={"matter": {"complained_persons": ["luo.tian"]}})
    await desk.append(shuffled([Story(1), of_him]))
    own = await desk.json("/v1/statistics", "luo.tian", **YEAR)
    whole = await desk.json("/v1/statistics", AUDITOR, **YEAR)

    assert [1, 2] == [own["complaints"], whole["complaints"]]
    assert 1 == len(await listed(desk, own["opens"], "complaints", "luo.tian"))
    assert {"luo.tian": 1} == own["by_handler"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"counted": "everything"}, "/counted"),
        ({"counted": "by_colour.red"}, "/counted"),
        ({"counted": "by_unit."}, "/counted"),
        ({"counted": "late", "of": "colour.red"}, "/of"),
        ({"counted": "late", "of": "channel.x"}, "/of"),
        ({"counted": "late", "of": "channel.phone,channel.video-call"}, "/of"),
        ({"counted": "late", "of": "origin.mars"}, "/of"),
        ({"counted": "late", "of": "reason.rude"}, "/of"),
        ({"counted": "late", "of": "month.2020-13"}, "/of"),
        ({"counted": "by_channel.x"}, "/counted"),
        ({"counted": "by_month.march"}, "/counted"),
        ({"of": "channel.phone"}, "/of"),
    ],
)
async def test_a_figure_that_there_is_not_is_refused(desk: Console, query: dict[str, str], pointer: str) -> None:
    """With a pointer; and a part that means nothing alone."""
    answer = await desk.get("/v1/register", AUDITOR, **query)

    assert (422, [pointer]) == (answer.status_code, answer.json()["pointers"])


async def test_a_bulk_opening_is_of_a_figures_cases_too(desk: Console) -> None:
    """The filter that is approved names the figure, so another one is another filter."""
    await desk.append(Story(1).records())
    granted = await desk.opening("lin.fang", counted="complaints", of="channel.phone")
    opened = await desk.json("/v1/register", "lin.fang", **granted)
    other = await desk.get("/v1/register", "lin.fang", **(granted | {"of": "channel.mail"}))

    assert 1 == len(opened["rows"])
    assert (422, "other_query") == (other.status_code, other.json()["code"])
