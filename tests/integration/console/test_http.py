"""The console over HTTP, on both databases: answers against JSON that was typed by hand."""

import asyncio
from typing import Any

import pytest

from shared.contract.events.sla import ClockMet
from tests.support.console_in_process import Console
from tests.support.console_stories import CLOCK, DUE_AT, Story, shuffled
from tests.support.facts import NOW

AT = "2020-03-05T10:00:00+08:00"
LATE_AT = "2020-03-11T01:00:00+08:00"
HANDLER, ACCEPTING = {"unit": "dongqiao.lending", "person": "luo.tian"}, {"unit": "dongqiao", "person": "lin.fang"}
POST = {"unit": "dongqiao", "post": "complaint_post", "person": "lin.fang"}
CLOCK_JSON: dict[str, Any] = {
    "clock_id": CLOCK,
    "duty_id": None,
    "pack": "cn-bank-internal",
    "pack_version": "p1",
    "milestone": "reply",
    "class": "ordinary",
    "state": "running",
    "started_at": AT,
    "target_on": None,
    "due_on": "2020-03-10",
    "due_at": DUE_AT,
    "met_at": None,
    "in_time": None,
    "breached_at": None,
    "late_by_working_days": None,
    "stopped_at": None,
    "provisional": False,
    "calendar": {"id": "cn", "version": "c1"},
    "late": None,
}


IN_FULL: dict[str, Any] = {
    "case_number": "20200305-0000000001-6",
    "channel": "phone",
    "state": "routed",
    "blocked": False,
    "class": "ordinary",
    "reason": "service_attitude",
    "level": "normal",
    "received_at": AT,
    "receipts": 1,
    "further_receipts": [],
    "recorded_at": AT,
    "receiving_unit": "dongqiao",
    "complained_unit": "dongqiao.lending",
    "first_asked": {"unit": "dongqiao", "person": "wu.qing"},
    "accepting": POST,
    "handler": HANDLER,
    "agent": None,
    "escalated_to": None,
    "due_on": "2020-03-10",
    "origin": {"kind": "none", "body": None, "reference": None, "received_at": None, "reply_due_on": None},
    "language": "zh",
    "reachable_by": ["email"],
    "complainant": {
        "name": None, "title": None, "phone": None, "email": "…", "address": None, "identity": None,
        "on_behalf_of": None, "prefers": None, "interpreter": None,
    },
    "group": None,
    "matter": {
        "narrative": "…", "reason": "service_attitude", "complained_unit": "dongqiao.lending",
        "complained_persons": [], "described_persons": [], "product": None, "business_channel": None,
        "amount_minor": None,
        "currency": None, "incident_at": None, "request": None,
    },
    "details": {},
    "relates_to": None,
    "anonymous": False,
    "parties_concerned": [],
    "fault": None,
    "outcome": None,
    "speakers": None,
    "plans": [],
    "remedies": [],
    "satisfaction": None,
    "decided_at": None,
    "replied_at": None,
    "reported_at": None,
    "ended_at": None,
    "retain_until": None,
    "clocks": [CLOCK_JSON],
    "opened": False,
    "erased": False,
}  # fmt: skip
"""A case of which nothing is opened, but for its id and its place in the log."""


async def test_a_case_in_full(console: Console) -> None:
    """Every field of the contract, for somebody without a right to what is sealed."""
    story = Story(1).clock()
    places = await console.append(story.records())
    found = await console.json(f"/v1/cases/{story.id}")
    duties, messages = found.pop("duties"), found.pop("messages")

    log = {"partition": places[-1].partition, "offset": places[-1].offset}
    assert IN_FULL | {"case_id": story.id, "log": log} == found
    assert [] == messages
    assert [
        ("acknowledge_customer", "discharged"), ("deliver_written_notice", "open"), ("accept_handover", "open"),
        ("contact_customer", "open"), ("handle", "open"), ("reply_customer", "open"), ("report_result", "open"),
        ("track_result", "open"), ("archive", "open"),
    ] == [(duty["kind"], duty["state"]) for duty in duties]  # fmt: skip


async def test_duties_say_who_owes_what_to_whom_until_when_and_what_ended_them(console: Console) -> None:
    """By case number, with the event that discharged a duty."""
    story = Story(1).clock().does("luo.tian", "accept-handover")
    await console.append(shuffled([story]))
    duties = {duty["kind"]: duty for duty in await console.json(f"/v1/cases/{story.case_number}/duties")}
    accepted = story.events()[-1].id
    ids = {duty["kind"]: duty["id"] for duty in story.events()[1].data["duties_opened"]}

    assert {
        "id": ids["reply_customer"],
        "kind": "reply_customer",
        "debtor": {"unit": "dongqiao.lending", "post": "unit_head", "person": "luo.tian"},
        "creditor": "customer",
        "level": None,
        "state": "open",
        "due_at": DUE_AT,
        "ended_by": None,
    } == duties["reply_customer"]
    assert {
        "id": ids["accept_handover"],
        "kind": "accept_handover",
        "debtor": {"unit": "dongqiao.lending", "post": "unit_head", "person": "luo.tian"},
        "creditor": POST,
        "level": None,
        "state": "discharged",
        "due_at": None,
        "ended_by": accepted,
    } == duties["accept_handover"]


async def test_clocks_come_earliest_first_with_their_verdict(console: Console) -> None:
    """Running, met and breached."""
    await console.append(
        shuffled([Story(1).clock(), Story(2).clock().met(), Story(3).clock().breached().met(in_time=False)])
    )
    running = await console.json(f"/v1/cases/{Story(1).id}/clocks")
    met = await console.json(f"/v1/cases/{Story(2).id}/clocks")
    late = await console.json(f"/v1/cases/{Story(3).id}/clocks")
    verdict = {"state": "met", "met_at": AT, "in_time": True, "late_by_working_days": 0}
    breach = {"state": "breached", "breached_at": AT, "met_at": AT, "in_time": False, "late_by_working_days": 1}

    assert [CLOCK_JSON] == running
    assert [CLOCK_JSON | verdict] == met
    assert [CLOCK_JSON | breach] == late


async def test_a_clock_says_who_overran_it(console: Console) -> None:
    """The desk, where nobody's letter was missing; the system, where the letter that ended it was all that was."""
    overrun = {"in_time": False, "met_at": LATE_AT, "late_by_working_days": 1, "backdated": False}
    met = ClockMet.model_validate({"clock_id": CLOCK, "milestone": "reply", **overrun})
    by_hand, by_letter = Story(4).clock().breached().happens(met), Story(5).clock().answered_by_letter(LATE_AT)
    await console.append(shuffled([by_hand, by_letter]))
    told = [await console.json(f"/v1/cases/{one.id}/clocks") for one in (by_hand, by_letter)]
    before = await console.json(f"/v1/cases/{by_letter.id}/clocks", as_of=DUE_AT)
    (in_full,) = (await console.json(f"/v1/cases/{by_letter.id}"))["clocks"]

    assert [{"by_seconds": 3600, "whose": whose} for whose in ("desk", "system")] == [one["late"] for (one,) in told]
    assert [None] == [clock["late"] for clock in before]
    assert in_full == told[1][0]


@pytest.mark.holds("practice-1")
async def test_the_timeline_tells_every_event_in_log_order(console: Console) -> None:
    """One sentence in both languages each, never anything sealed in it."""
    story = Story(1).does("luo.tian", "accept-handover")
    places = await console.append(story.records())
    found = await console.json(f"/v1/cases/{story.id}/timeline")
    entries = found.pop("entries")
    last = entries[-1]

    assert {"case_id": story.id, "case_number": story.case_number, "opened": False, "erased": False} == found
    assert ["ComplaintReceived", "CaseRouted", "HandoverAccepted"] == [e["type"].split(".")[1] for e in entries]
    assert {
        "event_id": story.events()[-1].id,
        "type": "redress.HandoverAccepted.v1",
        "time": "2020-03-05T10:01:00+08:00",
        "recordedtime": "2020-03-05T10:01:00+08:00",
        "actor": "person:luo.tian",
        "sentence": {
            "zh": "罗天（东侨支行信贷部）接办。",
            "en": "Tian Luo (Dongqiao Lending) took the case on.",
        },
        "data": story.events()[-1].data,
        "overtaken": False,
        "late": None,
        "log": {"partition": places[-1].partition, "offset": places[-1].offset},
    } == last
    assert "…" == entries[0]["data"]["matter"]["narrative"]


async def test_the_timeline_as_of_an_instant_shows_what_was_recorded_by_then(console: Console) -> None:
    """Later facts are not there; a minute before the receipt there is no case."""
    story = (
        Story(1).does("luo.tian", "accept-handover").does("luo.tian", "interim-reply", way="phone", words="正在查。")
    )
    await console.append(shuffled([story]))

    async def known(as_of: str) -> list[str]:
        entries = (await console.json(f"/v1/cases/{story.id}/timeline", as_of=as_of))["entries"]
        return [entry["type"].split(".")[1] for entry in entries]

    assert ["ComplaintReceived", "CaseRouted"] == await known("2020-03-05T10:00:59+08:00")
    assert ["ComplaintReceived", "CaseRouted", "HandoverAccepted"] == await known("2020-03-05T02:01:00Z")
    assert ["ComplaintReceived", "CaseRouted"] == await known("2020-03-05T10:00:00 08:00")  # a plus not encoded
    before = await console.get(f"/v1/cases/{story.id}/timeline", as_of="2020-03-05T09:59:00+08:00")
    assert (404, "unknown_case") == (before.status_code, before.json()["code"])


async def test_an_overtaken_acceptance_stands_in_the_timeline_without_effect(console: Console) -> None:
    """It was decided before its actor had seen the routing (crossings, rule 1)."""
    story = Story(1).does("luo.tian", "accept-handover")
    received, routed, accepted = story.events()
    story.case.events[2] = story.case.events[2]._replace(basisid=received.id)
    await console.append(shuffled([story]))
    entries = (await console.json(f"/v1/cases/{story.id}/timeline"))["entries"]

    assert [received.id, routed.id, accepted.id] == [entry["event_id"] for entry in entries]
    assert [False, False, True] == [entry["overtaken"] for entry in entries]
    assert "routed" == (await console.json(f"/v1/cases/{story.id}"))["state"]


async def numbers(console: Console, **params: Any) -> list[int]:
    """The story numbers of the cases that are listed."""
    return [int(one["case_number"].split("-")[1]) for one in (await console.json("/v1/cases", **params))["cases"]]


async def test_cases_are_filtered_by_state_unit_handler_channel_and_due(console: Console) -> None:
    """Each filter alone, and together; last received comes first."""
    hall = {"matter": {"complained_unit": "dongqiao.hall"}}
    letter = {"channel": "letter"}
    await console.append(
        shuffled(
            [
                Story(1, at=NOW.replace(hour=1)).clock(),
                Story(2, at=NOW.replace(hour=2)).clock("2020-03-12T00:00:00+08:00").does("luo.tian", "accept-handover"),
                Story(3, at=NOW.replace(hour=3), changes=hall).clock().met(),
                Story(4, at=NOW.replace(hour=4), changes=letter, routed=False),
            ]
        )
    )

    assert [4, 3, 2, 1] == await numbers(console)
    assert [2] == await numbers(console, state="accepted")
    assert [3] == await numbers(console, unit="dongqiao.hall")
    assert [4, 3, 2, 1] == await numbers(console, unit="dongqiao")
    assert [2, 1] == await numbers(console, handler="luo.tian")
    assert [4] == await numbers(console, channel="letter")
    assert [1] == await numbers(console, due_before="2020-03-11")
    assert [1] == await numbers(console, due_before=DUE_AT)
    assert [] == await numbers(console, due_before="2020-03-10")
    assert [2, 1] == await numbers(console, due_before="2020-03-12T16:00:00Z")
    assert [1] == await numbers(console, state="routed", handler="luo.tian", unit="dongqiao.lending")


async def test_pages_follow_each_other_without_a_gap_while_cases_come_in(console: Console) -> None:
    """A cursor is a place, so what is received meanwhile moves nothing; also among cases of the same instant."""
    await console.append(shuffled([Story(number) for number in range(1, 6)]))
    in_order = sorted(range(1, 6), key=lambda number: Story(number).id, reverse=True)
    first = await console.json("/v1/cases", limit=2)
    await console.append(Story(9, at=NOW.replace(minute=9)).records())
    second = await console.json("/v1/cases", limit=2, cursor=first["next"])
    third = await console.json("/v1/cases", limit=2, cursor=second["next"])
    pages = [[int(c["case_number"].split("-")[1]) for c in page["cases"]] for page in (first, second, third)]

    assert [in_order[:2], in_order[2:4], in_order[4:]] == pages
    assert third["next"] is None


async def test_an_answer_waits_for_the_place_in_the_log_that_it_is_asked_after(console: Console) -> None:
    """A caller reads what it has just written, without asking twice."""
    story = Story(1)
    await console.append(shuffled([story]))
    partition = console.log._rows.index(max(console.log._rows, key=len))
    end = len(console.log._rows[partition])
    asking = asyncio.create_task(console.json(f"/v1/cases/{story.id}", after=f"{partition}:{end}"))
    answered, _ = await asyncio.wait({asking}, timeout=0.3)
    assert not answered
    await console.log.append(story.does("luo.tian", "accept-handover").records()[2:])

    assert "accepted" == (await asking)["state"]


async def test_a_place_that_is_not_reached_is_answered_after_five_seconds(desk: Console) -> None:
    """504 `projection_behind`: the log does not go that far."""
    answer = await desk.get("/v1/cases", after="0:999")

    assert (504, "projection_behind") == (answer.status_code, answer.json()["code"])
