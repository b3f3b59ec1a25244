"""The bank's own clock: from first receipt until the last thing it waits for is done, let go, or taken back."""

from datetime import datetime, timedelta

import pytest

from shared.contract.events import EventData
from shared.contract.events.approving import DutyWaived
from shared.contract.events.casework import (
    CustomerContacted,
    CustomerReplied,
    OverrunExplained,
    OverrunReasonReported,
    ResultReported,
)
from shared.contract.events.routing import DutiesAdded
from shared.contract.events.sla import ClockBreached, ClockMet
from tests.support.sla_case import DUE, SlaCase, at, names, own, replied, said


@pytest.mark.holds("article-3.1")
def test_it_counts_from_the_first_receipt_by_any_unit_of_the_bank() -> None:
    """Not from when the complaint reached the unit that accepts it (first-asked responsibility)."""
    case = SlaCase(first_received={"at": at("04 16:00"), "unit": "province"})

    assert "2020-03-09" == own(case)["due_on"]


# -- met ---------------------------------------------------------------------------------------------


@pytest.mark.holds("article-3.1", "article-4.1")
def test_the_reply_alone_does_not_meet_the_clock() -> None:
    """The report upward belongs to the same limit (article 4)."""
    case = replied(at("09 10:00"))

    assert "running" == own(case)["state"]


def test_the_last_of_the_duties_it_watches_meets_it() -> None:
    """Met when that happened, and nothing fires any more."""
    case = replied(at("09 10:00"))
    met = said(case.did(ResultReported, at("09 15:00"), ends=["report_result"]), ClockMet)

    assert (at("09 15:00"), True, False, 0) == (met.met_at, met.in_time, met.backdated, met.late_by_working_days)
    assert ("met", True) == (own(case)["state"], own(case)["in_time"])
    assert [] == [t for t in case.timers() if t.clock == own(case)["clock_id"]]


def test_it_is_met_when_the_latest_of_the_facts_happened_whichever_was_entered_last() -> None:
    """The report was written before the reply but entered after it."""
    case = replied(at("09 15:00"))
    met = said(case.did(ResultReported, at("09 11:00"), at("09 16:00"), ends=["report_result"]), ClockMet)

    assert at("09 15:00") == met.met_at


def test_a_duty_that_is_let_go_counts_as_ended() -> None:
    """Here the reply is let go last."""
    case = SlaCase()
    case.did(ResultReported, at("06 10:00"), ends=["report_result"])
    met = said(case.did(DutyWaived, at("06 12:00"), waives=["reply_customer"]), ClockMet)

    assert at("06 12:00") == met.met_at


def test_one_fact_may_end_all_it_waits_for() -> None:
    """As a settlement on the spot does."""
    case = SlaCase()
    facts = case.did(ResultReported, at("05 11:00"), ends=["handle", "reply_customer", "report_result"])

    assert [("ClockMet", "reply")] == names(facts)


@pytest.mark.parametrize("kind", [CustomerContacted, OverrunReasonReported, OverrunExplained])
def test_other_acts_say_nothing_of_it(kind: type[EventData]) -> None:
    """Nothing happens: there are no words without a cause."""
    assert [] == SlaCase().did(kind)


def test_a_clock_that_was_met_is_not_met_again() -> None:
    """A duty of the kind that is added and done later changes no verdict."""
    case = replied(at("09 10:00"))
    case.did(ResultReported, at("09 15:00"), ends=["report_result"])
    added = case.act(DutiesAdded, at("10 10:00"), opens=["reply_customer"])
    case.tell(added)

    assert [] == case.did(CustomerReplied, at("12 10:00"), ends=["reply_customer"])
    assert at("09 15:00") == datetime.fromisoformat(own(case)["met_at"])


def test_a_case_without_a_handler_waits_until_there_is_something_to_wait_for() -> None:
    """No duty is watched yet, so nothing is met."""
    case = SlaCase(matter={"complained_unit": None})

    assert "running" == own(case)["state"]


# -- in time or late ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("happened", "entered", "breaches", "in_time", "backdated", "days"),
    [
        ("10 23:59", "10 23:59", 0, True, False, 0),
        ("11 00:00", "11 00:00", 1, False, False, 1),  # the due instant itself is too late
        ("10 23:59", "11 09:00", 1, True, True, 0),  # happened in time, entered after the breach
        ("12 10:00", "12 10:00", 1, False, False, 2),
        ("14 10:00", "14 10:00", 1, False, False, 3),  # a Saturday: three working days went by
    ],
)
@pytest.mark.parametrize("away", [False, True], ids=["there", "away"])
def test_the_verdict_is_whether_it_happened_in_time(
    happened: str, entered: str, breaches: int, in_time: bool, backdated: bool, days: int, away: bool
) -> None:
    """Whatever was announced meanwhile, and whether or not sla was there when the limit passed."""
    case = replied(at("09 10:00"))
    facts = [] if away else case.advance(at(entered))
    facts += case.did(ResultReported, at(happened), at(entered), ends=["report_result"])
    met = said(facts, ClockMet)

    assert (in_time, backdated, days) == (met.in_time, met.backdated, met.late_by_working_days)
    assert breaches == len([f for f in facts if isinstance(f, ClockBreached) and f.milestone == "reply"])
    assert ("breached" if breaches else "met", in_time) == (own(case)["state"], own(case)["in_time"])


@pytest.mark.parametrize(
    ("happened", "met_at", "in_time"),
    [
        ("06 12:00", "06 13:00", True),  # then the report was the last
        ("11 09:30", "11 09:30", False),
        ("11 11:00", "11 10:00", False),  # the letter was first
    ],
)
def test_a_reply_before_the_letter_that_ended_the_duty_is_the_one_that_counts(
    happened: str, met_at: str, in_time: bool
) -> None:
    """The decision was entered late, so its notice went out late; the customer had been told on the telephone."""
    case = replied(at("11 10:00"))
    case.advance(at("11 10:00"))
    case.did(CustomerReplied, at(happened), at("11 12:00"))
    met = said(case.did(ResultReported, at("06 13:00"), at("11 12:05"), ends=["report_result"]), ClockMet)

    assert (at(met_at), in_time, in_time) == (met.met_at, met.in_time, met.backdated)


def test_what_is_recorded_within_the_grace_of_a_timer_is_not_breached() -> None:
    """A timer fires two seconds after its instant at the earliest, so nothing recorded by then comes after it."""
    case = replied(at("09 10:00"))
    facts = case.did(ResultReported, at("10 23:59"), DUE + timedelta(seconds=1), ends=["report_result"])
    met = said(facts, ClockMet)

    assert [("ClockMet", "reply")] == names(facts)
    assert (True, True) == (met.in_time, met.backdated)


def test_a_breach_that_the_timer_could_not_say_comes_before_the_verdict() -> None:
    """With its duties, and happened at the limit; the timer has nothing to say after that."""
    case = replied(at("09 10:00"))
    timers = case.due(DUE)
    facts = case.did(ResultReported, at("12 10:00"), ends=["report_result"])

    assert [("ClockBreached", "reply"), ("ClockMet", "reply")] == names(facts)[:2]
    assert 2 == len(said(facts, ClockBreached).duties_opened)
    assert DUE == next(
        f.happened_at for f in case.said if isinstance(f.data, ClockBreached) and f.data.milestone == "reply"
    )
    assert [] == case.fire(*timers)
