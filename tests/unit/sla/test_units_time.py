"""Whose time a limit is: a unit keeps it whoever has the case; what is entered late has it from the entry."""

from datetime import datetime

import pytest

from shared.contract.events import EventData
from shared.contract.events.casework import CustomerContacted
from shared.contract.events.ending import CaseReopened
from shared.contract.events.ownership import HandlerReassigned
from shared.contract.events.routing import CaseEscalated, CaseRerouted, DutiesAdded
from shared.contract.events.sla import ClockBreached, ClockWarned, TargetPassed
from tests.support.sla_case import DUE, REOPENED, SlaCase, at, names, said

CONTACT = "contact_customer"
MOVES = [CaseRerouted, HandlerReassigned, CaseEscalated]


def due(case: SlaCase, kind: str = CONTACT) -> list[datetime]:
    """When each clock of a kind is due, in the order of starting."""
    return [datetime.fromisoformat(clock["due_at"]) for clock in case.clocks(kind)]


@pytest.mark.parametrize("kind", MOVES)
def test_a_units_time_does_not_begin_anew_when_the_person_changes(kind: type[EventData]) -> None:
    """It has one working day for the contact since it got the case, also with a third person."""
    case = SlaCase()
    case.did(kind, at("05 15:00"), waives=[CONTACT], opens=[CONTACT])
    case.did(kind, at("06 10:00"), waives=[CONTACT], opens=[CONTACT])

    assert [at("07 00:00")] * 3 == due(case)
    assert ["stopped", "stopped", "running"] == [clock["state"] for clock in case.clocks(CONTACT)]


@pytest.mark.parametrize("away", [False, True], ids=["there", "away"])
@pytest.mark.parametrize("kind", MOVES)
def test_a_missed_limit_of_a_unit_is_said_once(kind: type[EventData], away: bool) -> None:
    """The verdict stays with the clock that it was said of; whoever gets the case then is not judged for it."""
    case = SlaCase()
    if not away:
        case.advance(at("07 10:00"))
    case.did(kind, at("07 10:00"), waives=[CONTACT], opens=[CONTACT])
    case.did(kind, at("09 11:00"), waives=[CONTACT], opens=[CONTACT])
    case.advance(DUE)

    assert ["breached"] == [clock["state"] for clock in case.clocks(CONTACT)]
    assert 1 == len([f for f in case.said if isinstance(f.data, ClockBreached) and f.data.milestone == CONTACT])
    assert 1 == len(case.state.core.open_duties(CONTACT))


def test_a_new_round_has_a_time_of_its_own() -> None:
    """The contact of a reopened case is another one."""
    case = SlaCase()
    case.did(CaseReopened, at("06 12:00"), received_at=at("06 12:00"), waives=REOPENED, opens=REOPENED)

    assert [at("07 00:00"), at("10 00:00")] == due(case)


def test_a_duty_that_is_opened_late_has_its_time_from_the_entry() -> None:
    """The case was taken up again on the 6th, which is entered on the 12th."""
    case = SlaCase()
    facts = case.did(
        CaseReopened, at("06 12:00"), at("12 09:00"), received_at=at("06 12:00"), waives=REOPENED, opens=REOPENED
    )

    assert at("14 00:00") == due(case)[-1]
    assert [] == [row for row in names(facts) if row == ("ClockBreached", CONTACT)][1:]


def test_a_breach_that_is_said_late_leaves_a_working_day_to_explain_it() -> None:
    """The case came in after its limit had passed: what that opens is not overdue as well."""
    case = SlaCase()
    timers = case.due(DUE)
    case.fire(*timers, now=at("16 10:00"))

    assert [at("18 00:00")] == due(case, "explain_overrun") == due(case, "report_overrun_reason")


def test_a_promise_that_had_passed_when_it_was_entered_is_due_a_working_day_later() -> None:
    """It is owed still; nobody is chased at once for a time that was past."""
    case = SlaCase()
    made = {"ends": [CONTACT], "opens": ["promise"], "promised_at": at("05 18:00")}
    facts = case.did(CustomerContacted, at("05 11:00"), at("06 09:30"), **made)

    assert [("ClockMet", CONTACT), ("ClockStarted", "promise")] == names(facts)
    assert [at("10 00:00")] == due(case, "promise")


def test_nobody_is_reminded_of_a_limit_that_had_passed_when_the_case_was_entered() -> None:
    """The breach is said, and nothing before it."""
    case = SlaCase(entered=at("27 10:00"), matter={"reason": "violation"})
    case.advance(at("28 10:00"))

    reminders = [f.data for f in case.said if isinstance(f.data, ClockWarned | TargetPassed)]
    assert [] == [fact for fact in reminders if fact.milestone == "reply"]
    assert 1 == len([f for f in case.said if isinstance(f.data, ClockBreached) and f.data.milestone == "reply"])


def test_what_is_added_by_somebody_else_counts_from_then() -> None:
    """A duty of the same kind that did not take the place of another one."""
    case = SlaCase()
    case.did(DutiesAdded, at("06 10:00"), opens=[CONTACT])

    assert [at("07 00:00"), at("10 00:00")] == due(case)
    assert said(case.advance(DUE), ClockBreached).duties_opened
