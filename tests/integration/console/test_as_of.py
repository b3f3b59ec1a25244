"""Every call answers as of an instant what it answered then; before the receipt there is no case."""

from typing import Any

import pytest

from tests.support.console_in_process import Console
from tests.support.console_stories import Story
from tests.support.facts import NOW

BEFORE = "2020-03-05T09:59:59+08:00"
UNRELATED = Story(2, at=NOW.replace(month=2))


def lived() -> Story:
    """A case that goes through everything, and is taken up again."""
    story = Story(1).clock()
    story.does("lin.fang", "classify", reason="service_attitude", level="hard", ground="客户多次来电。")
    return story.handled().met().does("lin.fang", "close")


def calls(story: Story) -> list[tuple[str, dict[str, Any]]]:
    """Every call that says something of a case or of many, and its parameters."""
    name = f"/v1/cases/{story.id}"
    lists: list[dict[str, Any]] = [
        {},
        {"state": "routed"},
        {"state": "closed"},
        {"handler": "luo.tian"},
        {"unit": "dongqiao.lending"},
    ]
    lists += [{"due_before": "2020-03-11"}, {"due_before": "2020-03-10T16:00:00Z"}, {"channel": "letter"}, {"limit": 1}]
    register: list[dict[str, Any]] = [{}, {"state": "closed"}, {"from": "2020-03-01"}]
    return [
        (name, {}), (f"{name}/clocks", {}), (f"{name}/duties", {}), (f"{name}/timeline", {}), ("/v1/statistics", {}),
        *(("/v1/cases", params) for params in lists), *(("/v1/register", params) for params in register),
    ]  # fmt: skip


async def answers(console: Console, story: Story, as_of: str | None = None) -> list[Any]:
    """What every call answers now, or as of an instant."""
    extra = {"as_of": as_of} if as_of else {}
    found = []
    for path, params in calls(story):
        answer = await console.json(path, **params, **extra)
        found.append(_without_instant(answer))
    return found


def _without_instant(answer: Any) -> Any:
    """An answer without what repeats the instant that was asked for: itself, and the queries that figures open by."""
    if isinstance(answer, list):
        return [_without_instant(one) for one in answer]
    if not isinstance(answer, dict):
        return answer
    return {name: _without_instant(one) for name, one in answer.items() if name not in ("as_of", "opens")}


async def test_every_call_answers_as_of_an_instant_what_it_answered_then(console: Console) -> None:
    """After each record all calls are asked; once everything is over they are asked again as of each instant."""
    await console.append(UNRELATED.records())
    story = lived()
    then = {}
    for record, event in zip(story.records(), story.events(), strict=True):
        await console.append([record])
        then[event.recordedtime] = await answers(console, story)

    assert 10 < len(then)
    for instant, told in then.items():
        assert told == await answers(console, story, instant), instant


@pytest.mark.parametrize("call", ["", "/clocks", "/duties", "/timeline"])
async def test_before_the_receipt_there_is_no_case(console: Console, call: str) -> None:
    """As a case that was never received; in lists it is not there either."""
    story = lived()
    await console.append(story.records())
    answer = await console.get(f"/v1/cases/{story.id}{call}", as_of=BEFORE)

    assert (404, "unknown_case") == (answer.status_code, answer.json()["code"])
    assert [] == (await console.json("/v1/cases", as_of=BEFORE))["cases"]
    assert [] == (await console.json("/v1/register", as_of=BEFORE))["rows"]


@pytest.mark.parametrize("call", ["/v1/cases", "/v1/register", "/v1/register.csv", "/v1/register.xlsx"])
async def test_an_instant_without_an_offset_is_refused(console: Console, call: str) -> None:
    """It would be another one in every zone."""
    answer = await console.get(call, as_of="2020-03-05T10:00:00")

    assert (422, ["/as_of"]) == (answer.status_code, answer.json()["pointers"])


async def test_a_bulk_opening_holds_for_the_instant_it_was_asked_for(console: Console) -> None:
    """The lines of another instant are other lines: they were not allowed."""
    story = lived()
    routed = story.events()[1].recordedtime
    await console.append(story.records())
    opening = await console.opening("luo.tian", as_of=routed)
    (line,) = (await console.json("/v1/register", "luo.tian", **opening))["rows"]
    refused = await console.get("/v1/register", "luo.tian", **{k: v for k, v in opening.items() if k != "as_of"})

    assert ("routed", False) == (line["state"], "…" in line["narrative"])
    assert 400 <= refused.status_code < 500
