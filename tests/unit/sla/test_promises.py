"""Promises: due at the very instant that was promised, whoever has the case then, and broken once."""

from datetime import datetime

import pytest

from shared.contract.events import EventData
from shared.contract.events.casework import CustomerContacted, OverrunExplained
from shared.contract.events.ownership import HandlerReassigned
from shared.contract.events.routing import CaseEscalated, CaseRerouted
from shared.contract.events.sla import ClockBreached, ClockWarned
from tests.support.sla_case import SlaCase, at, names, said


def due(case: SlaCase) -> datetime:
    """When the promise is due that was made or passed on last."""
    return datetime.fromisoformat(case.clocks("promise")[-1]["due_at"])


def promised() -> SlaCase:
    """A case whose customer was promised to hear on Sunday the 8th at 18:00."""
    case = SlaCase()
    case.did(
        CustomerContacted, at("05 11:00"), ends=["contact_customer"], opens=["promise"], promised_at=at("08 18:00")
    )
    return case


def test_a_promise_is_due_when_it_was_promised() -> None:
    """To the minute, business hours or not."""
    assert at("08 18:00") == due(promised())


def test_a_day_that_was_promised_with_an_explanation_is_a_promise() -> None:
    """Due at the instant that the fact says; one of before, which says none, has no clock."""
    case = SlaCase()
    facts = case.did(OverrunExplained, at("05 11:00"), opens=["promise"], promised_at=at("10 00:00"))
    assert [("ClockStarted", "promise")] == names(facts)
    assert ("2020-03-09", at("10 00:00")) == (case.clocks("promise")[0]["due_on"], due(case))

    assert [] == SlaCase().did(OverrunExplained, at("05 11:00"))


@pytest.mark.parametrize(
    ("made", "due_at", "warned"),
    [
        ("05 11:00", "11 00:00", "09 09:00"),
        ("05 11:00", "09 10:00", "06 09:00"),
        ("05 11:00", "06 18:00", "06 09:00"),
        ("05 11:00", "05 18:00", "05 17:00"),
        ("05 11:00", "05 11:30", None),
    ],
    ids=["the-working-day-before", "over-a-weekend", "on-the-day", "an-hour-before", "too-soon"],
)
def test_whoever_promised_is_reminded_once_while_there_is_time(made: str, due_at: str, warned: str | None) -> None:
    """When the bank opens on the working day before, else on the day, else an hour before."""
    case = SlaCase()
    case.did(CustomerContacted, at(made), ends=["contact_customer"], opens=["promise"], promised_at=at(due_at))
    found = [
        t.due_at
        for t in case.timers()
        if t.kind.startswith("warning") and t.clock == case.clocks("promise")[0]["clock_id"]
    ]

    assert ([at(warned)] if warned else []) == found
    case.advance(at(due_at))
    said_of_it = [
        fact.data for fact in case.said if isinstance(fact.data, ClockWarned) and fact.data.milestone == "promise"
    ]
    assert [case.clocks("promise")[0]["duty_id"]] * len(found) == [fact.duty_id for fact in said_of_it]


def test_the_next_contact_keeps_it() -> None:
    """And may promise again."""
    case = promised()
    case.did(CustomerContacted, at("08 17:00"), ends=["promise"], opens=["promise"], promised_at=at("10 10:00"))

    assert [("met", True), ("running", None)] == [(c["state"], c["in_time"]) for c in case.clocks("promise")]


def test_a_promise_that_is_not_kept_is_breached() -> None:
    """It opens nothing."""
    breach = said(promised().advance(at("08 18:00")), ClockBreached, "promise")

    assert (at("08 18:00"), ()) == (breach.due_at, breach.duties_opened)


@pytest.mark.parametrize("kind", [CaseRerouted, HandlerReassigned, CaseEscalated])
def test_a_promise_goes_to_another_handler_with_its_instant(kind: type[EventData]) -> None:
    """The customer was promised that hour, whoever has the case then."""
    case = promised()
    facts = case.did(kind, at("06 10:00"), waives=["promise"], opens=["promise"])

    assert [("ClockStopped", "promise"), ("ClockStarted", "promise")] == names(facts)
    assert at("08 18:00") == due(case)
    later = [row for row in names(case.advance(at("08 18:00"))) if "promise" in row]
    assert [("ClockWarned", "promise"), ("ClockBreached", "promise")] == later


def test_a_promise_that_was_broken_before_is_not_broken_again_by_another_handler() -> None:
    """He still owes the contact; what is said of the limit was said."""
    case = promised()
    case.advance(at("08 18:00"))
    facts = case.did(CaseRerouted, at("09 10:00"), waives=["promise"], opens=["promise"])
    later = case.did(CaseRerouted, at("10 10:00"), waives=["promise"], opens=["promise"])

    assert [] == [row for row in names([*facts, *later]) if row == ("ClockStarted", "promise")]
    assert ["breached"] == [c["state"] for c in case.clocks("promise")]
    assert 1 == len(case.state.core.open_duties("promise"))


def test_two_promises_that_become_one_duty_are_due_at_the_earlier_instant() -> None:
    """Of those that can still be kept."""
    case = promised()
    case.did(CustomerContacted, at("05 12:00"), opens=["promise"], promised_at=at("06 12:00"))
    case.did(CustomerContacted, at("05 13:00"), opens=["promise"], promised_at=at("09 12:00"))
    case.advance(at("07 10:00"))
    case.did(CaseRerouted, at("07 10:00"), waives=["promise"], opens=["promise"])

    assert at("08 18:00") == due(case)


def test_a_promise_goes_on_also_while_sla_has_not_said_yet_that_it_was_made() -> None:
    """Sla lags: the contact and the new handler are both in the log before it answers."""
    case = SlaCase()
    made = case.act(CustomerContacted, at("05 11:00"), opens=["promise"], promised_at=at("08 18:00"))
    case.fold(made)
    case.fold(case.act(CaseRerouted, at("06 10:00"), waives=["promise"], opens=["promise"]))
    case.answer()

    assert [("stopped", at("08 18:00")), ("running", at("08 18:00"))] == [
        (c["state"], datetime.fromisoformat(c["due_at"])) for c in case.clocks("promise")
    ]
