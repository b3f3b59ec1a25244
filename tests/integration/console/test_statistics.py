"""Every definition of the statistics by a small set of cases, counted by hand, on both databases."""

from typing import Any

from shared.bank.reference import Reference
from shared.contract.events.routing import CaseEscalated
from shared.contract.events.sla import ClockMet, ClockStarted
from tests.support.casework import CONTACT, DECISION, INVESTIGATION
from tests.support.console_in_process import Console
from tests.support.console_stories import DUE_AT, Story, deadline, shuffled
from tests.support.facts import NOW, SEALED, document

MONEY = ("granted_minor", "executed_minor")
YEAR = {"from": "2020-01-01", "to": "2020-12-31"}


async def figures(console: Console, stories: list[Story], **params: Any) -> dict[str, Any]:
    """The statistics of the year over these cases."""
    await console.append(shuffled(stories))
    found: dict[str, Any] = await console.json("/v1/statistics", **(YEAR | params))
    return found


def picked(found: dict[str, Any], *names: str) -> list[Any]:
    """Some of the figures."""
    return [found[name] for name in names]


def in_hall(number: int, **matter: Any) -> Story:
    """A case about the outlet, which its head handles."""
    story = Story(number, changes={"matter": {"complained_unit": "dongqiao.hall", **matter}})
    story.case.handler = "bai.xue"
    return story


async def test_the_golden_year_of_the_sub_branch(console: Console) -> None:
    """25 complaints, 21 inside and 4 from outside, 78,000 customers, 57,000 transactions, all settled in place."""
    outside = {"origin": {"kind": "consumer_body"}}
    stories = [Story(n, changes=outside if n <= 4 else {}).clock().settled().met() for n in range(1, 26)]
    for story in stories:
        story.does("lin.fang", "close")
    found = await figures(console, stories, unit="dongqiao")

    golden = {
        "unit": "dongqiao",
        "from": "2020-01-01",
        "to": "2020-12-31",
        "as_of": None,
        "customers": 78000,
        "customers_source": "东侨支行2020年年报 (example)",
        "transactions": 57000,
        "transactions_source": "东侨支行2020年年报 (example)",
        "complaints": 25,
        "persons": 25,
        "per_10k_customers": "3.205",
        "per_10k_transactions": "4.386",
        "inside": 21,
        "outside": 4,
        "resolved_in_place_rate": "100.000",
        "escalated": 0,
        "repeat": 0,
        "on_time_rate": "100.000",
        "satisfaction": {
            "satisfied": 25, "mostly_satisfied": 0, "dissatisfied": 0, "not_reached": 0, "declined": 0,
            "rate": "100.000",
        },
        "by_channel": {"phone": 25},
        "by_reason": {"service_attitude": 25},
        "by_unit": {"dongqiao.lending": 25},
        "by_origin": {"consumer_body": 4, "none": 21},
        "by_product": {"not_named": 25},
        "by_handler": {"luo.tian": 25},
        "bypassed": 4,
        "joint": 0,
        "registered_late": 0,
        "late": 0,
        "remedies": {"refund": {"cases": 25, "times": 25, **{name: {"CNY": 50_000} for name in MONEY}}},
    }  # fmt: skip

    assert golden == {name: found[name] for name in golden}


async def test_without_cases_nothing_is_divided_by_nothing(console: Console) -> None:
    """Counts are 0, rates that need a case or a base are null."""
    found = await figures(console, [Story(1)], **{"from": "2021-01-01", "to": "2021-12-31"})

    assert [0, 0, None, None, None, None] == picked(
        found,
        "complaints",
        "persons",
        "per_10k_customers",
        "per_10k_transactions",
        "resolved_in_place_rate",
        "on_time_rate",
    )
    assert [{}, {}, {}] == picked(found, "by_channel", "by_reason", "by_unit")
    assert found["satisfaction"]["rate"] is None


async def test_complaints_are_those_received_in_the_period_about_the_unit_or_below(console: Console) -> None:
    """By the bank's date of receipt; what is not accepted does not count, what is withdrawn does."""
    refusal = {"ground": "not_this_bank", "signpost": "请联系他行。", "approved_by": "he.yun"}
    withdrawal = {"received_at": NOW.isoformat(), "way": "phone", "proof": "录音"}
    stories = [
        Story(1, at=NOW.replace(month=1, day=1, hour=0, minute=0)),
        Story(2, at=NOW.replace(month=12, day=31, hour=23, minute=59)),
        Story(3, at=NOW.replace(year=2021, month=1, day=1, hour=0, minute=0)),
        Story(4).does("lin.fang", "not-accept", **refusal),
        Story(5).does("lin.fang", "withdraw", **withdrawal),
        in_hall(6),
        Story(7, changes={"matter": {"complained_unit": None}}, routed=False),
    ]
    everywhere = await figures(console, stories)
    lending = await figures(console, [], unit="dongqiao.lending")
    hall = await figures(console, [], unit="dongqiao.hall")

    assert [5, {"dongqiao.hall": 1, "dongqiao.lending": 3, "undetermined": 1}] == picked(
        everywhere, "complaints", "by_unit"
    )
    assert [3, {"dongqiao.lending": 3}] == picked(lending, "complaints", "by_unit")
    assert [1, {"dongqiao.hall": 1}] == picked(hall, "complaints", "by_unit")


async def test_a_group_counts_once_and_its_persons_beside_it(console: Console) -> None:
    """Seven people complain together."""
    found = await figures(console, [Story(1, changes={"group": {"size": 7}}), Story(2)])

    assert [2, 8] == picked(found, "complaints", "persons")


async def test_the_same_matter_counts_once(console: Console) -> None:
    """Of a chain of cases the first; also where the one between was not accepted, or the first is out of the period."""
    refusal = {"ground": "same_without_new_facts", "signpost": "见前次答复。", "approved_by": "he.yun"}
    first = Story(1, at=NOW.replace(day=1))
    second = Story(2, at=NOW.replace(day=2)).relates(first, "same_matter").does("lin.fang", "not-accept", **refusal)
    third = Story(3, at=NOW.replace(day=3), changes={"channel": "letter"}).relates(second, "same_matter")
    other = Story(4, at=NOW.replace(day=4))
    found = await figures(console, [first, second, third, other])
    later = await figures(console, [], **{"from": "2020-03-03", "to": "2020-03-31"})

    assert [2, 2, {"phone": 2}] == picked(found, "complaints", "persons", "by_channel")
    assert [2, {"letter": 1, "phone": 1}] == picked(later, "complaints", "by_channel")


async def test_a_repeat_counts_as_a_complaint_and_as_a_repeat(console: Console) -> None:
    """It names the case that it repeats."""
    first = Story(1)
    found = await figures(console, [first, Story(2).relates(first, "repeat"), Story(3).relates(first, "review")])

    assert [3, 1] == picked(found, "complaints", "repeat")


async def test_outside_is_an_origin_or_the_channels_of_regulators_and_media(console: Console) -> None:
    """Any origin kind but `none`, on any channel; regulator and media whatever the origin says."""
    stories = [
        Story(1),
        Story(2, changes={"origin": {"kind": "government"}}),
        Story(3, changes={"channel": "regulator"}, routed=False),
        Story(4, changes={"channel": "media"}, routed=False),
        Story(5, changes={"channel": "upper_branch"}, routed=False),
    ]
    found = await figures(console, stories)

    assert [2, 3] == picked(found, "inside", "outside")


def escalated(story: Story) -> Story:
    """The case goes up by CaseEscalated, in support of its handler."""
    data = {
        "mode": "supports", "rung": "deputy_president", "to": {"unit": "dongqiao", "person": "shen.bo"},
        "ground": "handler_asked", "organisation": {"id": "bank", "version": "v"},
    }  # fmt: skip
    return story.happens(CaseEscalated.model_validate(data))


async def test_escalated_is_by_event_or_by_a_handler_outside_the_place(console: Console) -> None:
    """An outlet's case that the sub-branch handles went up; a department's place is its sub-branch."""
    concerned = in_hall(3, complained_persons=["bai.xue"])
    found = await figures(console, [Story(1), in_hall(2), concerned, escalated(Story(4))])

    assert "dongqiao" == concerned.case.events[1].data["decision"]["handler"]["unit"]
    assert [4, 2] == picked(found, "complaints", "escalated")


async def test_resolved_in_place_is_of_what_ended_with_reply_or_settlement(console: Console) -> None:
    """Two of three: one went up. What is open, withdrawn, or ended without an answer is in neither number."""
    withdrawal = {"received_at": NOW.isoformat(), "way": "phone", "proof": "录音"}
    anonymous = {"anonymous": True, "reachable_by": [], "complainant": None}
    silent = Story(6, changes=anonymous).does("luo.tian", "accept-handover")
    stories = [
        Story(1).handled().does("lin.fang", "close"),
        Story(2).settled().does("lin.fang", "close"),
        escalated(Story(3).handled()).does("lin.fang", "close"),
        Story(4).handled(),
        Story(5).does("lin.fang", "withdraw", **withdrawal),
        silent,
    ]
    found = await figures(console, stories)
    reopened = {"ground": "客户不满意。", "received_at": NOW.isoformat()}
    again = await figures(
        console, [Story(7).handled().does("lin.fang", "close").does("lin.fang", "reopen", **reopened)]
    )

    assert "66.667" == found["resolved_in_place_rate"]
    assert "66.667" == again["resolved_in_place_rate"]


async def test_a_breached_clock_never_becomes_met(console: Console) -> None:
    """One in time, one late, one breached and met in time by a late proof; running and stopped ones do not count."""
    stories = [
        Story(1).clock().met(),
        Story(2).clock().met(in_time=False),
        Story(3).clock().breached().met(in_time=True),
        Story(4).clock(),
        Story(5).clock().stopped(),
    ]

    assert "33.333" == (await figures(console, stories))["on_time_rate"]


async def test_bypassed_is_what_came_from_above_or_outside_before_the_unit_had_it(console: Console) -> None:
    """Not what came from outside after the customer had been to the unit; the bank's own hotline is its own door."""
    first = Story(1)
    stories = [
        first,
        Story(2, changes={"origin": {"kind": "pbc"}}),
        Story(3, changes={"channel": "upper_branch"}, routed=False),
        Story(4, changes={"channel": "media"}, routed=False),
        Story(5, changes={"origin": {"kind": "pbc"}}).relates(first, "repeat"),
    ]
    found = await figures(console, stories)

    assert [3, 3] == picked(found, "bypassed", "outside")
    assert {"media": 1, "none": 2, "pbc": 2} == found["by_origin"]


async def test_joint_complaints_and_late_registrations_are_counted(console: Console) -> None:
    """A joint one beside its persons; late is what had to be explained."""
    late = {"late_registration": {"cause": "outage", "explanation": SEALED}}
    found = await figures(console, [Story(1, changes={"group": {"size": 7}}), Story(2), Story(3, changes=late)])

    assert [1, 7, 1] == picked(found, "joint", "joint_persons", "registered_late")


def to_body(story: Story, clock: str, in_time: bool) -> Story:
    """The clock of an answer to a body starts and is met."""
    named = {"clock_id": clock, "milestone": "answer_transferring_body"}
    started = {**named, "duty_id": "dddddddd-0000-5000-8000-000000000001", **deadline(DUE_AT)}
    story.happens(ClockStarted.model_validate(started))
    verdict = {"met_at": NOW, "in_time": in_time, "backdated": False, "late_by_working_days": 0 if in_time else 1}
    return story.happens(ClockMet.model_validate({**named, **verdict}))


async def test_on_time_for_the_transferring_body_is_told_beside_the_banks_own(console: Console) -> None:
    """Each by its own clocks: one body got its answer late in a case that the bank kept in time."""
    first, second = "bbbbbbbb-0000-5000-8000-000000000001", "bbbbbbbb-0000-5000-8000-000000000002"
    stories = [
        to_body(Story(1).clock().met(), first, in_time=False),
        to_body(to_body(Story(2), first, in_time=True), second, in_time=True),
        Story(3).clock().breached(),
    ]
    found = await figures(console, stories)

    assert ["50.000", "66.667"] == picked(found, "on_time_rate", "bodies_on_time_rate")
    assert [1, 1, 1, 1] == picked(found, "on_time", "late", "bodies_on_time", "bodies_late")


async def test_money_is_told_by_kind_and_currency_over_all_rounds(console: Console) -> None:
    """What a round granted before the case was taken up again the customer has."""
    refund = {"kind": "refund", "amount_minor": 3000, "currency": "USD"}
    reopened = {"ground": "客户不满意。", "received_at": NOW.isoformat()}
    story = Story(1).settled().does("lin.fang", "close").does("lin.fang", "reopen", **reopened)
    who = story.case.handler
    story.does(who, "record-contact", **CONTACT).does(who, "record-investigation", **INVESTIGATION)
    story.does(who, "decide", **(DECISION | {"remedies_offered": [refund, {"kind": "apology"}]}))
    found = await figures(console, [story, Story(2).settled()])

    assert {
        "apology": {"cases": 1, "times": 1, "granted_minor": {}, "executed_minor": {}},
        "refund": {
            "cases": 2,
            "times": 3,
            "granted_minor": {"CNY": 4000, "USD": 3000},
            "executed_minor": {"CNY": 4000, "USD": 0},
        },
    } == found["remedies"]


async def test_a_table_tells_all_figures_per_value(console: Console) -> None:
    """Per channel, unit, reason, product, handler and origin; and of one part alone by `of`."""
    mail = Story(2, changes={"channel": "mail", "origin": {"kind": "pbc"}, "matter": {"product": "mortgage"}})
    found = await figures(console, [Story(1).clock().met(), mail.clock().breached()])
    alone = await figures(console, [], of="channel.mail,product.mortgage")

    assert ["100.000", "0.000"] == [found["tables"]["channel"][name]["on_time_rate"] for name in ("phone", "mail")]
    assert [0, 1] == [found["tables"]["product"][name]["outside"] for name in ("not_named", "mortgage")]
    assert [1, 1, "0.000", {"mail": 1}] == picked(alone, "complaints", "outside", "on_time_rate", "by_channel")


async def test_satisfaction_counts_each_value_and_rates_those_who_rated(console: Console) -> None:
    """Two of three are content; who was not reached or declined did not rate."""
    values = ("satisfied", "mostly_satisfied", "dissatisfied", "not_reached", "declined")
    stories = [Story(number).handled(value) for number, value in enumerate(values, 1)]
    found = await figures(console, stories)

    assert {**dict.fromkeys(values, 1), "rate": "66.667"} == found["satisfaction"]


async def test_the_address_overrides_the_published_figures_and_is_echoed(console: Console) -> None:
    """Rates are rounded half up at the third place."""
    found = await figures(console, [Story(1)], unit="dongqiao", customers=160_000, transactions=6)

    assert [160_000, "address", 6, "address"] == picked(
        found, "customers", "customers_source", "transactions", "transactions_source"
    )
    assert ["0.063", "1666.667"] == picked(found, "per_10k_customers", "per_10k_transactions")


async def test_figures_are_of_exactly_a_unit_and_a_period(console: Console) -> None:
    """A quarter of a year, or another unit, has no figures unless somebody publishes them."""
    quarter = await figures(console, [Story(1)], unit="dongqiao", to="2020-03-31")
    other = await figures(console, [], unit="dongqiao.hall")

    assert [None, None, None, None] == picked(
        quarter, "customers", "transactions", "customers_source", "per_10k_customers"
    )
    assert [None, None] == picked(other, "customers", "transactions")


async def test_figures_published_later_replace_those_before(desk: Console) -> None:
    """Another document about the same unit and period counts from when it is in force."""
    figure = "{unit: dongqiao, from: 2020-01-01, to: 2020-12-31, customers: 80000, source: corrected}"
    added = document("figures", "correction", f"figures:\n  - {figure}\n", published_at=NOW)
    reference: Reference = desk.reference
    reference.add(added)
    try:
        found = await figures(desk, [Story(1)], unit="dongqiao")
    finally:
        reference._documents.pop(("figures", "correction"))

    assert [80000, "corrected", None] == picked(found, "customers", "customers_source", "transactions")


async def test_as_of_counts_what_was_recorded_by_then(console: Console) -> None:
    """The same period asked twice: before the case was classified and closed, and after."""
    story = Story(1, changes={"matter": {"reason": None}}).clock()
    story.does("lin.fang", "classify", reason="work_error", ground="操作失误。")  # 10:01
    story.handled().met().does("lin.fang", "close")
    late = Story(2, at=NOW.replace(hour=12))
    await console.append(shuffled([story, late]))

    async def known(as_of: str | None) -> list[Any]:
        found = await console.json("/v1/statistics", **(YEAR | ({"as_of": as_of} if as_of else {})))
        return picked(found, "complaints", "by_reason", "resolved_in_place_rate", "on_time_rate")

    assert [0, {}, None, None] == await known("2020-03-05T09:59:59+08:00")
    assert [1, {"unclassified": 1}, None, None] == await known("2020-03-05T10:00:30+08:00")
    assert [1, {"work_error": 1}, None, None] == await known("2020-03-05T02:01:00Z")
    assert [1, {"work_error": 1}, "100.000", "100.000"] == await known("2020-03-05T11:00:00+08:00")
    assert [2, {"service_attitude": 1, "work_error": 1}, "100.000", "100.000"] == await known(None)
