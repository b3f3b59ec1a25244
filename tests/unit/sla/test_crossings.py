"""What others say while sla is about to speak, or is not there at all: no order and no outage changes a verdict."""

import json
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import example, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from ops.verify.naive_clocks import clock_rows
from services.sla.state import next_due
from shared.contract.envelope import Event, to_json
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
from shared.contract.events.routing import CaseRerouted, DutiesAdded
from shared.contract.events.sla import ClockBreached, ClockMet, ClockRecomputed, ClockStopped
from shared.kernel.service import LogTrigger
from tests.support.facts import NOW, event
from tests.support.sla_case import DUE, REOPENED, SlaCase, at, names, own, replied, said
from tests.unit.sla.test_duties import HANDLERS, answered

OVERRUN = ("report_overrun_reason", "explain_overrun")


def breach_of(case: SlaCase, milestone: str = "reply") -> Event:
    """The breach that sla decides now; it is not in the log yet."""
    timer = next(t for t in case.timers() if t.kind == "breach" and t.clock == case.clocks(milestone)[0]["clock_id"])
    fact = case.given.when(timer, timer.due_at)[0]
    return event(fact.data, timer.id, at=timer.due_at)._replace(basisid=case.events[-1].id)


# -- crossing the breach -----------------------------------------------------------------------------


@pytest.mark.parametrize("breach_first", [True, False])
def test_a_reply_that_crosses_the_breach_is_judged_by_when_it_happened(breach_first: bool) -> None:
    """Both were decided on one basis; the breach stays visible, the verdict is in time."""
    case = replied(at("09 10:00"))
    breach = breach_of(case)
    last = case.act(ResultReported, at("10 23:59"), ends=["report_result"])
    for one in (breach, last) if breach_first else (last, breach):
        case.fold(one)
    met = said(case.answer(), ClockMet)

    assert (True, breach_first) == (met.in_time, met.backdated)
    assert ("breached", True) == (own(case)["state"], own(case)["in_time"])


def test_a_breach_that_was_due_before_the_reply_came_is_let_go_once_the_reply_is_in_the_log() -> None:
    """The reply's answer says what there is to say, in whatever order the session takes the two."""
    case = replied(at("09 10:00"))
    due = case.due(DUE)
    case.fold(case.act(ResultReported, at("10 23:59"), ends=["report_result"]))

    assert own(case)["clock_id"] not in {timer.clock for timer in case.timers()}
    assert [] == case.fire(*due)
    assert [("ClockMet", "reply")] == names(case.answer())
    assert [] == case.fire(*due)


@pytest.mark.parametrize("breach_first", [True, False])
def test_a_reason_that_crosses_the_breach_counts(breach_first: bool) -> None:
    """Told and asked for at the same time: only the explanation is still owed, and has a clock that runs."""
    case = SlaCase()
    breach = breach_of(case)
    told = case.act(OverrunReasonReported, at("10 23:59"))
    for one in (breach, told) if breach_first else (told, breach):
        case.fold(one)
    case.answer()

    assert ["explain_overrun"] == [d.terms.kind for d in case.state.core.open_duties(*OVERRUN)]
    assert {"explain_overrun": "running"} | ({"report_overrun_reason": "met"} if breach_first else {}) == {
        clock["milestone"]: clock["state"] for clock in case.clocks(*OVERRUN)
    }


@pytest.mark.parametrize("breach_first", [True, False])
def test_a_withdrawal_that_crosses_the_breach_leaves_nothing_owed(breach_first: bool) -> None:
    """Stopped, the breach visible, reason and explanation let go with their clocks."""
    case = SlaCase()
    breach = breach_of(case)
    withdrawn = case.act(CaseWithdrawn, at("10 23:59"), waives=[*HANDLERS, "deliver_written_notice", "track_result"])
    for one in (breach, withdrawn) if breach_first else (withdrawn, breach):
        case.fold(one)
    facts = case.answer()

    assert "withdrawn" == said(facts, ClockStopped).ground
    assert "breached" == own(case)["state"]
    assert [] == case.state.core.open_duties(*OVERRUN)
    assert [] == [clock for clock in case.clocks(*OVERRUN) if clock["state"] == "running"]


def test_a_classification_that_the_breach_crossed_needs_no_answer_any_more() -> None:
    """It was owed when it came; the breach lies after it in the log, and the verdict stands."""
    case = SlaCase()
    breach = breach_of(case)
    classified = case.act(ComplaintClassified, at("10 23:59"), reason="violation")
    case.fold(classified)
    assert [classified.id] == list(case.owed)

    case.fold(breach)
    assert [breach.id] == list(case.owed)
    assert ("breached", "2020-03-10") == (own(case)["state"], own(case)["due_on"])


def test_a_classification_that_also_ends_a_duty_is_still_answered_when_the_breach_crossed_it() -> None:
    """The duty's clock is met; only the limit stays as it was."""
    case = SlaCase(matter={"reason": None})
    breach = breach_of(case)
    case.fold(case.act(ComplaintClassified, at("06 23:59"), ends=["classify"], reason="violation"))
    case.fold(breach)
    facts = case.answer()

    assert ("ClockMet", "classify") in names(facts)
    assert [] == [fact for fact in facts if isinstance(fact, ClockRecomputed)]


# -- crossing sla's other facts ----------------------------------------------------------------------


@pytest.mark.parametrize("seen", [True, False], ids=["late", "crossing"])
def test_a_classification_before_the_clock_is_started_moves_it(seen: bool) -> None:
    """The clock starts for the receipt's reason, whether or not sla had seen the newer one, and is computed anew."""
    case = SlaCase(routed=False, silent=True)
    start = case.given.when(LogTrigger(case.received))[0]
    case.fold(case.act(ComplaintClassified, at("05 10:01"), reason="violation"))
    if not seen:
        case.fold(event(start.data, case.received.id)._replace(basisid=case.received.id))
    said(case.answer(), ClockRecomputed)

    assert "2020-03-19" == own(case)["due_on"]


def test_every_classification_that_waits_for_an_answer_gets_one() -> None:
    """Even if the later one takes back what the earlier one said."""
    case = SlaCase()
    case.fold(case.act(ComplaintClassified, at("06 10:00"), reason="violation"))
    case.fold(case.act(ComplaintClassified, at("06 10:01"), reason="work_error"))

    assert [("ClockRecomputed", "reply")] * 2 == names(case.answer())
    assert "2020-03-10" == own(case)["due_on"]


def test_everything_done_before_the_clock_is_started_is_met_all_the_same() -> None:
    """A settlement on the spot may be in the log before sla has said anything."""
    case = SlaCase(silent=True)
    case.fold(case.act(ResultReported, at("05 10:05"), ends=HANDLERS))

    assert [
        ("ClockStarted", "reply"), ("ClockStarted", "accept_handover"), ("ClockStarted", "contact_customer"),
        ("ClockMet", "accept_handover"), ("ClockMet", "contact_customer"), ("ClockMet", "reply"),
    ] == names(case.answer())  # fmt: skip


@pytest.mark.parametrize("closed_first", [True, False])
def test_a_closing_that_was_overtaken_starts_no_archiving(closed_first: bool) -> None:
    """Another service asked for something that the closing had not seen."""
    case = answered(SlaCase())
    basis = case.events[-1].id
    closed = case.act(CaseClosed, at("06 12:00"))._replace(basisid=basis)
    added = case.act(DutiesAdded, at("06 12:00"), opens=["verify"])._replace(basisid=basis)
    facts = [fact for one in ((closed, added) if closed_first else (added, closed)) for fact in case.tell(one)]

    assert ([("ClockStarted", "archive"), ("ClockStopped", "archive")] if closed_first else []) == names(facts)
    assert ["closing_overtaken"] * closed_first == [f.ground for f in facts if isinstance(f, ClockStopped)]
    case.did(ResultReported, at("09 10:00"), ends=["verify"])
    case.did(CaseClosed, at("09 12:00"))
    assert ["running"] == [clock["state"] for clock in case.clocks("archive")]


# -- whatever comes ----------------------------------------------------------------------------------


class Step(NamedTuple):
    """Something that happens: what, how long after the step before, and how much later it is entered."""

    what: str
    minutes: int
    late: int


ACTS: dict[str, tuple[type[EventData], dict[str, Any]]] = {
    "accepted": (HandoverAccepted, {"ends": ["accept_handover"]}),
    "contacted": (CustomerContacted, {"ends": ["contact_customer", "promise"]}),
    "promised": (CustomerContacted, {"ends": ["contact_customer", "promise"], "opens": ["promise"]}),
    "decided": (ResultReported, {"ends": ["handle"]}),
    "replied": (CustomerReplied, {"ends": ["reply_customer", "contact_customer", "promise"]}),
    "reported": (ResultReported, {"ends": ["report_result"]}),
    "waived": (DutyWaived, {"waives": ["contact_customer"]}),
    "complex": (ComplaintClassified, {"reason": "violation", "ends": ["classify"]}),
    "ordinary": (ComplaintClassified, {"reason": "work_error", "ends": ["classify"]}),
    "reason": (OverrunReasonReported, {"ends": ["report_overrun_reason"]}),
    "explained": (OverrunExplained, {"ends": ["explain_overrun"]}),
    "rerouted": (CaseRerouted, {"waives": HANDLERS, "opens": HANDLERS}),
    "added": (DutiesAdded, {"opens": ["answer_transferring_body", "pass_down/province", "pass_down/dongqiao"]}),
    "body": (ResultReported, {"ends": ["answer_transferring_body", "pass_down/province"]}),
    "withdrawn": (CaseWithdrawn, {"waives": [*HANDLERS, *OVERRUN, "promise", "classify", "track_result"]}),
    "refused": (CaseNotAccepted, {"waives": [*HANDLERS[:3], "report_result", *OVERRUN, "promise", "classify"]}),
    "closed": (CaseClosed, {}),
    "archived": (CaseArchived, {"ends": ["archive"]}),
    "reopened": (CaseReopened, {"waives": [*REOPENED], "opens": REOPENED}),
}
CLASSIFIED = ("complex", "ordinary")
steps = st.lists(
    st.builds(Step, st.sampled_from(sorted(ACTS)), st.integers(0, 3 * 24 * 60), st.sampled_from([0, 0, 1, 600, 4000])),
    max_size=9,
)
cases = st.sampled_from(["service_attitude", "violation", None])
END = at("31 12:00")


def played(todo: list[Step], reason: str | None, *, timers: bool, answers: bool = True) -> SlaCase:
    """A case to which these steps happen. Without ``timers`` none fires; without ``answers`` sla is away altogether."""
    case = SlaCase(matter={"reason": reason}, silent=not answers)
    now = NOW + timedelta(seconds=30)  # never within the seconds in which timer and fact are close
    for step in todo:
        now += timedelta(minutes=step.minutes)
        if case.state.core.ended == (step.what in CLASSIFIED) and step.what in (*CLASSIFIED, "reopened"):
            continue  # nobody classifies a case that is over, or takes up one that is not
        if timers:
            case.advance(now)
        kind, more = ACTS[step.what]
        if step.what == "promised":
            more = more | {"promised_at": now + timedelta(hours=30)}
        if step.what == "reopened":
            more = more | {"received_at": now}
        happened = max(NOW, now - timedelta(minutes=step.late))
        case.fold(case.act(kind, happened, **more)._replace(recordedtime=now.isoformat()))
        if answers:
            case.answer()
    return case


def verdicts(case: SlaCase) -> list[dict[str, Any]]:
    """Every clock but those of the overrun's duties, which begin when the breach is said; what fired aside."""
    left = [clock for clock in case.clocks() if clock["milestone"] not in OVERRUN]
    return [{name: value for name, value in clock.items() if name != "fired"} for clock in left]


@settings(max_examples=150)
@for_all(steps, cases)
def test_an_outage_changes_no_verdict(todo: list[Step], reason: str | None) -> None:
    """Timers that could not fire say the same of every clock afterwards as if they had fired in time."""
    there, away = played(todo, reason, timers=True), played(todo, reason, timers=False)
    there.advance(END)
    away.advance(END)

    assert verdicts(there) == verdicts(away)


ASKED, AGAIN = Step("added", 0, 0), Step("reopened", 840, 0)
"""A body asks for an answer; another day the case is taken up again, with another limit of the bank's own."""


@settings(max_examples=150)
@for_all(steps, cases)
@example([ASKED, Step("closed", 0, 0), AGAIN, Step("ordinary", 0, 0)], "service_attitude")
@example([ASKED, Step("withdrawn", 0, 0), AGAIN, Step("complex", 0, 0), Step("ordinary", 0, 0)], "violation")
def test_answering_late_is_answering_the_same(todo: list[Step], reason: str | None) -> None:
    """Whatever was folded between an event and its answer."""
    prompt = played(todo, reason, timers=False)
    late = played(todo, reason, timers=False, answers=False)
    late.answer()
    assert () == late.state.todo
    prompt.advance(END)
    late.advance(END)

    assert sorted(map(str, verdicts(prompt))) == sorted(map(str, verdicts(late)))


@settings(max_examples=150)
@for_all(steps, cases)
def test_the_independent_reading_comes_to_the_same_clocks(todo: list[Step], reason: str | None) -> None:
    """Told from the clocks' events alone, by code that imports nothing of the product."""
    case = played(todo, reason, timers=True)
    case.advance(END)

    assert clock_rows([json.loads(to_json(one)) for one in case.events]) == case.clocks()


@settings(max_examples=150)
@for_all(steps, cases)
def test_every_clock_of_a_case_that_ended_has_ended_or_passed_its_limit(todo: list[Step], reason: str | None) -> None:
    """Nothing runs for ever, each fact is said once, and what is next is what fires next."""
    case = played(todo, reason, timers=True)
    first = min((timer.due_at.timestamp() for timer in case.timers()), default=None)
    assert first == next_due(case.state)
    case.advance(at("31 12:00") + timedelta(days=60))

    assert [] == [clock for clock in case.clocks() if clock["state"] == "running"]
    ends = [(type(f.data), f.data.clock_id) for f in case.said if isinstance(f.data, ClockMet | ClockBreached)]
    assert len(ends) == len(set(ends))
    assert len(case.events) == len({one.id for one in case.events})
