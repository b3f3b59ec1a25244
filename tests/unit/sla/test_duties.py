"""The clocks of duties: each limit counts from when somebody owed it, and ends with the duty."""

from datetime import datetime
from typing import Any

import pytest

from shared.case.duty_kinds import KINDS
from shared.contract.events import EventData
from shared.contract.events.approving import DutyWaived
from shared.contract.events.casework import (
    ComplaintClassified,
    CustomerContacted,
    CustomerReplied,
    OverrunExplained,
    OverrunReasonReported,
    ResultReported,
)
from shared.contract.events.ending import CaseArchived, CaseClosed, CaseNotAccepted, CaseReopened, CaseWithdrawn
from shared.contract.events.ownership import HandoverAccepted
from shared.contract.events.passing import DispatchPassedDown
from shared.contract.events.routing import CaseRerouted, DutiesAdded
from shared.contract.events.sla import ClockBreached, ClockMet, ClockStarted, ClockStopped
from tests.support.sla_case import REOPENED, SlaCase, at, names, said

HANDLERS = ("accept_handover", "contact_customer", "handle", "reply_customer", "report_result")


def clock(case: SlaCase, kind: str) -> dict[str, Any]:
    """The one clock of a kind of duty."""
    found = case.clocks(kind)
    assert 1 == len(found), found
    return found[0]


def due(case: SlaCase, kind: str) -> datetime:
    """When its limit ends."""
    return datetime.fromisoformat(clock(case, kind)["due_at"])


# -- started -----------------------------------------------------------------------------------------


def test_routing_starts_a_clock_for_every_duty_with_a_limit() -> None:
    """In business hours or working days; all facts of one trigger, each naming its duty."""
    case = SlaCase(routed=False)
    facts = case.tell(case.routing())
    open_ = {duty.id for duty in case.state.core.open_duties("accept_handover", "contact_customer")}

    assert [("ClockStarted", "accept_handover"), ("ClockStarted", "contact_customer")] == names(facts)
    assert open_ == {fact.duty_id for fact in facts if isinstance(fact, ClockStarted)}
    assert (at("05 14:00"), at("07 00:00")) == (due(case, "accept_handover"), due(case, "contact_customer"))


def test_a_missing_reason_has_one_working_day_to_be_found() -> None:
    """Classification has a limit as well."""
    case = SlaCase(matter={"reason": None})

    assert at("07 00:00") == due(case, "classify")


def test_a_duty_that_begins_ended_has_no_clock() -> None:
    """Nobody can be contacted: the duty is waived from the start."""
    assert [] == SlaCase(anonymous=True, complainant=None, reachable_by=[]).clocks("contact_customer")


@pytest.mark.parametrize("kind", sorted(name for name, kind in KINDS.items() if not kind.clocked))
def test_a_kind_without_a_limit_has_no_clock(kind: str) -> None:
    """Only the bank's own runs for it."""
    case = SlaCase()

    assert [] == case.tell(case.act(DutiesAdded, opens=[kind]))


@pytest.mark.parametrize("kind", ["pass_down/province", "forward/province", "hand_over_to_general_office", "classify"])
def test_a_duty_that_is_added_later_counts_from_then(kind: str) -> None:
    """Whoever opened it."""
    case = SlaCase()
    started = case.tell(case.act(DutiesAdded, at("09 10:00"), opens=[kind]))

    assert [("ClockStarted", kind.split("/")[0])] == names(started)
    assert [at("09 10:00")] == [fact.deadline.received_at for fact in started if isinstance(fact, ClockStarted)]


# -- ended -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("happened", "breaches", "in_time"), [("05 13:59", 0, True), ("05 14:00", 1, False), ("06 09:30", 1, False)]
)
@pytest.mark.parametrize("away", [False, True], ids=["there", "away"])
def test_it_is_met_when_the_duty_is_done(happened: str, breaches: int, in_time: bool, away: bool) -> None:
    """In time or late; a breach opens nothing, and lies before the verdict even if the timer could not say it."""
    case = SlaCase()
    facts = [] if away else case.advance(at(happened))
    facts += case.did(HandoverAccepted, at(happened), ends=["accept_handover"])
    met = said(facts, ClockMet, "accept_handover")
    breached = [f for f in facts if isinstance(f, ClockBreached) and f.milestone == "accept_handover"]

    assert (at(happened), in_time) == (met.met_at, met.in_time)
    assert [()] * breaches == [f.duties_opened for f in breached]
    assert ("breached" if breaches else "met") == clock(case, "accept_handover")["state"]


def test_a_duty_done_in_time_and_entered_late_is_backdated() -> None:
    """The breach stays visible, the verdict is in time."""
    case = SlaCase()
    case.advance(at("09 10:00"))
    met = said(
        case.did(CustomerContacted, at("06 10:00"), at("09 10:00"), ends=["contact_customer"]),
        ClockMet,
        "contact_customer",
    )

    assert (True, True) == (met.in_time, met.backdated)
    assert "breached" == clock(case, "contact_customer")["state"]


def test_it_is_stopped_when_the_duty_is_let_go() -> None:
    """Nothing is judged."""
    case = SlaCase()
    stopped = said(case.did(DutyWaived, at("05 11:00"), waives=["contact_customer"]), ClockStopped, "contact_customer")

    assert "duty_waived" == stopped.ground
    assert ("stopped", None) == (clock(case, "contact_customer")["state"], clock(case, "contact_customer")["in_time"])


def test_a_reply_ends_contact_and_reply_and_its_own_clocks_only() -> None:
    """One fact, one verdict for each clock that it ends."""
    case = SlaCase()
    facts = case.did(CustomerReplied, at("05 11:00"), ends=["contact_customer", "reply_customer"])

    assert [("ClockMet", "contact_customer")] == names(facts)


def test_a_classification_ends_its_duty_and_may_move_the_limit() -> None:
    """Both are said in one answer."""
    case = SlaCase(matter={"reason": None})
    facts = case.did(ComplaintClassified, at("05 11:00"), ends=["classify"], reason="violation")

    assert {("ClockMet", "classify"), ("ClockRecomputed", "reply")} == set(names(facts))


def test_another_handler_has_his_own_time() -> None:
    """The former one's clocks are stopped, the new one's count from when the case became his."""
    case = SlaCase()
    facts = case.did(CaseRerouted, at("05 13:00"), waives=HANDLERS, opens=HANDLERS)

    assert {("ClockStopped", "accept_handover"), ("ClockStopped", "contact_customer")} == set(names(facts)[:2])
    assert [("ClockStarted", "accept_handover"), ("ClockStarted", "contact_customer")] == names(facts)[2:]
    assert at("05 17:00") == datetime.fromisoformat(case.clocks("accept_handover")[1]["due_at"])


def test_the_first_clock_of_the_bank_runs_on_for_another_handler() -> None:
    """Whoever has the case, the limit is the customer's."""
    case = SlaCase()
    case.did(CaseRerouted, at("06 10:00"), waives=HANDLERS, opens=HANDLERS)

    assert "running" == clock(case, "reply")["state"]
    case.did(CustomerReplied, at("09 10:00"), ends=["reply_customer", "report_result"])
    assert "met" == clock(case, "reply")["state"]


# -- after a breach ----------------------------------------------------------------------------------


def test_reason_and_explanation_have_one_working_day_from_the_breach() -> None:
    """Sla's own event opens them, and sla answers it."""
    case = SlaCase()
    facts = case.advance(at("11 00:00"))

    assert [
        ("ClockBreached", "reply"),
        ("ClockStarted", "report_overrun_reason"),
        ("ClockStarted", "explain_overrun"),
    ] == names(facts)[-3:]
    assert at("13 00:00") == due(case, "explain_overrun")


def test_they_are_met_by_the_report_and_by_the_explanation() -> None:
    """Each by its own."""
    case = SlaCase()
    case.advance(at("11 00:00"))

    assert [("ClockMet", "report_overrun_reason")] == names(
        case.did(OverrunReasonReported, at("11 10:00"), ends=["report_overrun_reason"])
    )
    assert [("ClockMet", "explain_overrun")] == names(
        case.did(OverrunExplained, at("11 11:00"), ends=["explain_overrun"])
    )


# -- archiving ---------------------------------------------------------------------------------------


def answered(case: SlaCase) -> SlaCase:
    """Everything is done but closing and archiving."""
    case.did(ResultReported, at("05 15:00"), ends=HANDLERS)
    return case


@pytest.mark.parametrize("end", [CaseClosed, CaseWithdrawn, CaseNotAccepted])
def test_archiving_has_five_working_days_from_the_end_of_the_case(end: type[EventData]) -> None:
    """Not from routing, where the duty was opened."""
    case = answered(SlaCase())
    assert [] == case.clocks("archive")
    started = said(case.did(end, at("06 12:00")), ClockStarted, "archive")

    assert (at("06 12:00"), at("14 00:00")) == (started.deadline.received_at, started.deadline.due_at)


def test_a_second_end_does_not_start_it_again() -> None:
    """A refused case is closed as well."""
    case = answered(SlaCase())
    case.did(CaseNotAccepted, at("06 12:00"))

    assert [] == case.did(CaseClosed, at("09 12:00"))


def test_archiving_ends_it() -> None:
    """In time here."""
    case = answered(SlaCase())
    case.did(CaseClosed, at("06 12:00"))

    assert said(case.did(CaseArchived, at("13 23:00"), ends=["archive"]), ClockMet, "archive").in_time


@pytest.mark.parametrize("listed", [True, False], ids=["waived", "left"])
def test_a_reopened_case_is_not_to_be_archived(listed: bool) -> None:
    """Its clock stops, and the next end starts one again."""
    case = answered(SlaCase())
    case.did(CaseClosed, at("06 12:00"))
    waived = ["archive"] if listed else []
    opened = REOPENED if listed else REOPENED[:-1]
    facts = case.did(CaseReopened, at("09 12:00"), received_at=at("09 12:00"), waives=waived, opens=opened)
    assert ("duty_waived" if listed else "reopened") == said(facts, ClockStopped, "archive").ground

    case.did(CustomerReplied, at("10 10:00"), ends=[*HANDLERS, "track_result"])
    started = said(case.did(CaseClosed, at("10 12:00")), ClockStarted, "archive")
    assert at("18 00:00") == started.deadline.due_at
    assert "running" == case.clocks("archive")[-1]["state"]


# -- levels ------------------------------------------------------------------------------------------


LETTER: dict[str, Any] = {"channel": "letter", "received_by": {"unit": "province", "person": None}}
"""Received by the province on the fifth at 10 o'clock, about lending: it goes down two levels, and up again."""


def test_an_upper_level_has_its_time_from_when_it_got_the_case() -> None:
    """The next level's clock starts with the fact that ended the one before it; four business hours each."""
    case = SlaCase(**LETTER)
    first = due(case, "pass_down")
    second = case.did(DispatchPassedDown, at("05 12:00"), ends=["pass_down/province"])
    third = case.did(DispatchPassedDown, at("05 13:00"), ends=["pass_down/dongqiao"])

    assert at("05 14:00") == first
    assert [("ClockMet", "pass_down"), ("ClockStarted", "pass_down")] == names(second)
    assert [("ClockMet", "pass_down")] == names(third)
    assert [at("05 14:00"), at("05 16:00")] == [datetime.fromisoformat(c["due_at"]) for c in case.clocks("pass_down")]


def test_the_handlers_report_upward_has_the_banks_own_limit_and_the_levels_above_have_theirs() -> None:
    """Charged to each level only: the bank's own clock is met before the office has passed it on."""
    case = SlaCase(**LETTER)
    assert [] == case.clocks("report_up")

    facts = case.did(ResultReported, at("09 12:00"), ends=["report_up/dongqiao.lending", "reply_customer"])
    assert {("ClockStarted", "report_up"), ("ClockMet", "reply")} == set(names(facts))
    assert at("09 16:00") == due(case, "report_up")


def test_a_handler_who_is_a_general_office_reports_upward_within_the_banks_own_limit_too() -> None:
    """It is the lowest level, whatever post its debtor holds: the last resort handles, and the bank's clock waits."""
    case = SlaCase(channel="letter", matter={"complained_persons": ["qiu.min"]})
    handler = case.state.core.handler
    assert handler is not None

    assert ("province", "ye.lan") == (handler.unit, handler.person)
    assert {"report_up", "reply_customer"} == {duty.terms.kind for duty in case.state.core.watched_duties()}
    assert [] == case.clocks("report_up")


def test_a_department_that_hands_over_first_leaves_the_level_after_it_its_own_time() -> None:
    """The general office has its four hours from when it got the case."""
    given = {"unit": "dongqiao.operations", "person": None}
    case = SlaCase(channel="regulator", received_by=given, details={"form": "letter", "body": "某监管局"})
    assert [] == case.clocks("pass_down")
    assert at("05 14:00") == due(case, "hand_over_to_general_office")

    case.did(DispatchPassedDown, at("05 11:30"), ends=["hand_over_to_general_office"])
    assert at("05 15:30") == due(case, "pass_down")


def test_down_and_up_are_each_a_way_of_its_own() -> None:
    """The handler reports although the formal levels have not got the case yet."""
    case = SlaCase(**LETTER)
    case.did(ResultReported, at("05 11:00"), ends=["report_up/dongqiao.lending"])

    assert {"pass_down": "running", "report_up": "running"} == {
        c["milestone"]: c["state"] for c in case.clocks("pass_down", "report_up")
    }
