"""A case in full shows what was agreed on: plans with their steps, remedies with how far they are."""

from typing import Any

from ops.verify import naive_console
from services.console.projection.dump import dump
from tests.support.casework import DECISION, INVESTIGATION
from tests.support.console_in_process import Console
from tests.support.console_stories import Story

REFUND: dict[str, Any] = {"kind": "refund", "amount_minor": 40000, "currency": "CNY", "words": "退回原账户"}


def agreed() -> Story:
    """A plan with two steps was accepted, one step done; then a decision names its remedy and one more."""
    story = Story(1).clock()
    case = story.case.accepted()
    step = {"what": "核对账目。", "due_on": "2020-03-11", "by": "luo.tian"}
    plan = case.accepted_plan(steps=[step, step | {"due_on": "2020-03-12"}], remedies=[REFUND])
    case.does("luo.tian", "execute-step", plan=plan, step=1, outcome="已核对。")
    case.does("luo.tian", "record-investigation", **INVESTIGATION)
    remedies = [{"kind": "apology"}, REFUND, {"kind": "fee_waiver", "done": True}]
    case.does("luo.tian", "decide", **DECISION, remedies_offered=remedies)
    case.does("luo.tian", "execute-remedy", remedy=2, outcome="已到账。", arrived_on="2020-03-05")
    case.offered()
    return story


async def test_a_case_in_full_shows_its_plans_and_remedies(console: Console) -> None:
    """A remedy that plan and decision grant is one: carried out, it is so in both lists."""
    story = agreed()
    await console.append(story.records())
    found = await console.json(f"/v1/cases/{story.id}")
    first, second = found["plans"]

    assert [(1, "accepted"), (2, None)] == [(one["version"], one["answer"]) for one in found["plans"]]
    assert [("executed", "…"), ("open", "…")] == [(step["state"], step["what"]) for step in first["steps"]]
    assert [("offered", None)] == [(step["state"], step["executed_at"]) for step in second["steps"]]
    assert [
        ("plan", 1, "refund", "executed", "2020-03-05"), ("decision", 1, "apology", "said", None),
        ("decision", 2, "refund", "executed", "2020-03-05"), ("decision", 3, "fee_waiver", "done", None),
    ] == [
        (one["granted_in"], one["remedy"], one["kind"], one["state"], one["arrived_on"]) for one in found["remedies"]
    ]  # fmt: skip
    assert ["…", None, "…", None] == [one["words"] for one in found["remedies"]]


async def test_what_was_agreed_on_is_told_from_the_log_alone_too(console: Console) -> None:
    """The independent reading comes to the same plans and levels."""
    stories = [agreed(), Story(2).clock()]
    records = [record for story in stories for record in story.records()]
    await console.append(records)

    assert naive_console.console(record.value for record in records) == await dump(console.live.following.database)


async def test_the_statistics_add_up_what_was_granted_and_carried_out(console: Console) -> None:
    """Each remedy once, in minor units."""
    story = agreed()
    await console.append(story.records())
    found = await console.json("/v1/statistics", unit="dongqiao", **{"from": "2020-01-01", "to": "2020-12-31"})

    assert ["apology", "fee_waiver", "refund"] == sorted(found["remedies"])
    money = {"granted_minor": {"CNY": 40000}, "executed_minor": {"CNY": 40000}}
    assert {"cases": 1, "times": 1, **money} == found["remedies"]["refund"]
