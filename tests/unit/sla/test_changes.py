"""What ends or moves the bank's own clock besides the reply: withdrawal, class, reopening; and what a breach opens."""

import pytest

from shared.case.sentences import tell
from shared.contract.events import EventData
from shared.contract.events.base import Sealed
from shared.contract.events.casework import (
    ComplaintClassified,
    CustomerReplied,
    OverrunExplained,
    OverrunReasonReported,
    ResultReported,
)
from shared.contract.events.ending import CaseArchived, CaseClosed, CaseNotAccepted, CaseReopened, CaseWithdrawn
from shared.contract.events.routing import DutiesAdded
from shared.contract.events.sla import ClockBreached, ClockMet, ClockRecomputed, ClockStarted, ClockStopped
from tests.support import facts
from tests.support.facts import NOW, event
from tests.support.sla_case import DUE, REOPENED, SlaCase, at, names, own, replied, said

# -- withdrawn, not accepted -------------------------------------------------------------------------


def test_a_withdrawal_stops_it() -> None:
    """The procedure ends the day it arrives; nothing is judged."""
    case = SlaCase()
    waived = ["accept_handover", "contact_customer", "handle", "reply_customer", "report_result"]
    facts = case.did(CaseWithdrawn, at("06 12:00"), waives=waived)
    running = ["accept_handover", "contact_customer", "reply"]

    assert sorted(running) == sorted(
        f.milestone for f in facts if isinstance(f, ClockStopped) and f.ground == "withdrawn"
    )
    assert ("stopped", None) == (own(case)["state"], own(case)["in_time"])


def test_a_withdrawal_does_not_stop_it_while_the_transferring_body_waits() -> None:
    """The authority that passed the complaint on still gets its answer within the limit."""
    case = SlaCase()
    case.tell(case.act(DutiesAdded, opens=["answer_transferring_body"]))
    facts = case.did(CaseWithdrawn, at("06 12:00"), waives=["handle", "reply_customer", "report_result"])
    assert "running" == own(case)["state"]
    assert [] == [f for f in facts if isinstance(f, ClockStopped) and f.milestone == "reply"]

    met = said(case.did(ResultReported, at("09 12:00"), ends=["answer_transferring_body"]), ClockMet)
    assert (at("09 12:00"), True) == (met.met_at, met.in_time)


def test_a_withdrawal_after_the_limit_leaves_the_breach_visible() -> None:
    """The clock ends, its verdict stands."""
    case = SlaCase()
    case.advance(at("12 00:00"))
    facts = case.did(CaseWithdrawn, at("12 12:00"), waives=["handle", "reply_customer", "report_result"])

    assert "withdrawn" == said(facts, ClockStopped).ground
    assert "breached" == own(case)["state"]


def test_a_withdrawal_after_the_verdict_says_nothing() -> None:
    """Nothing runs any more."""
    case = replied(at("05 10:00"))
    case.did(ResultReported, at("05 15:00"), ends=["report_result", "accept_handover", "contact_customer"])
    facts = case.did(CaseWithdrawn, at("06 12:00"))

    assert [("ClockStarted", "archive")] == names(facts)


def test_a_case_that_nobody_handled_yet_is_withdrawn_as_well() -> None:
    """Nothing it waits for was ever opened; the withdrawal ends it all the same."""
    case = SlaCase(matter={"complained_unit": None})

    assert "withdrawn" == said(case.did(CaseWithdrawn, at("06 12:00"), waives=["determine_unit"]), ClockStopped).ground


def test_a_refusal_to_accept_keeps_it_until_the_reply() -> None:
    """The sender is told where to go, within the limit."""
    case = SlaCase()
    case.did(CaseNotAccepted, at("06 12:00"), waives=["handle", "report_result"])
    assert "running" == own(case)["state"]

    assert said(case.did(CustomerReplied, at("09 12:00"), ends=["reply_customer"]), ClockMet).in_time


# -- class -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "due"),
    [
        ("service_attitude", "violation", "2020-03-19"),
        ("violation", "work_error", "2020-03-10"),
        (None, "service_channel", "2020-03-19"),
    ],
)
def test_another_class_computes_it_anew_from_first_receipt(before: str | None, after: str, due: str) -> None:
    """Not from when it was found out."""
    case = SlaCase(matter={"reason": before})
    anew = said(case.did(ComplaintClassified, at("06 10:00"), reason=after), ClockRecomputed)

    assert ("reclassified", due, NOW) == (anew.ground, anew.deadline.due_on.isoformat(), anew.deadline.received_at)
    assert due == own(case)["due_on"]


def test_the_timeline_says_from_what_to_what_and_why_a_limit_moved() -> None:
    """Of a class that has a name, by that; of a shape of before, what it was is not known."""
    case = SlaCase(matter={"reason": "work_error"})
    anew = event(said(case.did(ComplaintClassified, at("06 10:00"), reason="violation"), ClockRecomputed))
    unknown = anew._replace(data=anew.data | {"former_due_on": None, "former_due_at": None})

    assert "办理时限由2020年3月10日改为2020年3月19日（10个工作日）：定类为复杂投诉。" == tell(anew, facts.names())["zh"]
    assert (
        "The limit of the case moved from 10 March 2020 to 19 March 2020 (10 working days), since it was classified as "
        "a complex complaint."
    ) == tell(anew, facts.names())["en"]
    assert "办理时限改为2020年3月19日（10个工作日）：定类为复杂投诉。" == tell(unknown, facts.names())["zh"]


@pytest.mark.parametrize(
    ("before", "after", "level"),
    [
        ("service_attitude", "work_error", "normal"),
        (None, "work_error", "normal"),
        ("work_error", "work_error", "major"),
    ],
)
def test_another_reason_of_the_class_or_another_level_changes_no_limit(
    before: str | None, after: str, level: str
) -> None:
    """Nothing happens."""
    case = SlaCase(matter={"reason": before})

    assert [] == case.did(ComplaintClassified, reason=after, level=level)


def test_after_a_breach_the_class_changes_no_verdict() -> None:
    """Nothing is owed; also where the timer could not say the breach, it is said instead."""
    there, away = SlaCase(), SlaCase()
    there.advance(at("12 00:00"))

    assert [] == there.did(ComplaintClassified, at("12 10:00"), reason="violation")
    assert ("ClockBreached", "reply") == names(away.did(ComplaintClassified, at("12 10:00"), reason="violation"))[0]
    assert "2020-03-10" == own(there)["due_on"] == own(away)["due_on"]
    assert "breached" == own(there)["state"] == own(away)["state"]


def test_nothing_is_breached_before_the_case_is_routed() -> None:
    """Nobody could owe what the breach opens: the class is changed, and the breach waits."""
    case = SlaCase(routed=False)
    facts = case.did(ComplaintClassified, at("12 10:00"), reason="violation")

    assert [("ClockRecomputed", "reply")] == names(facts)


def test_after_the_verdict_the_class_changes_nothing() -> None:
    """A clock that was met has ended."""
    case = replied(at("09 10:00"))
    case.did(ResultReported, at("09 15:00"), ends=["report_result"])

    assert [] == case.did(ComplaintClassified, at("09 16:00"), reason="violation")


def test_the_timers_of_the_former_limit_are_let_go() -> None:
    """A breach that was due already when the class changed is none under the longer limit."""
    case = SlaCase()
    former = case.timers()
    case.did(ComplaintClassified, at("06 10:00"), reason="violation")

    assert [] == [f for f in case.fire(*former) if getattr(f, "milestone", "") == "reply"]
    assert ["target", "warning:day_before_due", "breach"] == [
        t.kind for t in case.timers() if t.clock == own(case)["clock_id"]
    ]


def test_a_shorter_limit_that_is_over_already_is_breached_at_once() -> None:
    """Counted from first receipt, it ended in the past."""
    case = SlaCase(matter={"reason": "violation"})
    case.advance(at("13 10:00"))
    case.did(ComplaintClassified, at("13 10:00"), reason="work_error")

    assert DUE == said(case.advance(at("13 10:00")), ClockBreached).due_at


# -- what a breach opens -----------------------------------------------------------------------------


def overrun(case: SlaCase) -> dict[str, tuple[str, str | None, str | None]]:
    """What the breach opens: per kind state, reason and debtor."""
    breach = said(case.advance(DUE), ClockBreached)
    return {d.kind: (d.state, d.reason, d.debtor.person) for d in breach.duties_opened}


@pytest.mark.holds("article-3.5", "article-3.6")
def test_a_breach_opens_reason_and_explanation_owed_by_the_handler() -> None:
    """Article 3."""
    assert {
        "report_overrun_reason": ("open", None, "luo.tian"),
        "explain_overrun": ("open", None, "luo.tian"),
    } == overrun(SlaCase())


def test_without_a_handler_the_accepting_post_owes_them() -> None:
    """The case belongs to somebody at any time."""
    found = overrun(SlaCase(matter={"complained_unit": None}))

    assert {"lin.fang"} == {debtor for _, _, debtor in found.values()}


def test_nobody_owes_an_explanation_to_an_unknown_customer() -> None:
    """It begins waived, with its reason."""
    found = overrun(SlaCase(anonymous=True, complainant=None, reachable_by=[]))

    assert ("waived", "customer_unknown", "luo.tian") == found["explain_overrun"]
    assert "open" == found["report_overrun_reason"][0]


def test_nobody_owes_an_explanation_to_who_has_the_answer() -> None:
    """Only the report was late: it begins waived."""
    case = SlaCase()
    case.did(CustomerReplied, at("06 10:00"), ends=["contact_customer", "handle", "reply_customer"])
    found = overrun(case)

    assert ("waived", "answered", "luo.tian") == found["explain_overrun"]
    assert "open" == found["report_overrun_reason"][0]


@pytest.mark.parametrize(
    ("kind", "duty"), [(OverrunReasonReported, "report_overrun_reason"), (OverrunExplained, "explain_overrun")]
)
def test_what_was_said_before_the_breach_need_not_be_said_again(kind: type[EventData], duty: str) -> None:
    """The duty begins discharged by it, and has no clock."""
    case = SlaCase()
    told = case.act(kind, at("10 10:00"))
    case.tell(told)
    breach = said(case.advance(DUE), ClockBreached)
    found = next(d for d in breach.duties_opened if d.kind == duty)

    assert ("discharged", told.id) == (found.state, found.ended_by)
    assert [] == case.clocks(duty)
    assert 1 == len(case.state.core.open_duties("report_overrun_reason", "explain_overrun"))


def test_nothing_is_owed_on_a_breach_after_a_withdrawal() -> None:
    """The clock ran on for the transferring body; reason and explanation begin waived."""
    case = SlaCase()
    case.tell(case.act(DutiesAdded, opens=["answer_transferring_body"]))
    case.did(CaseWithdrawn, at("06 12:00"), waives=["handle", "reply_customer", "report_result"])

    assert {("waived", "withdrawn")} == {(state, why) for state, why, _ in overrun(case).values()}


# -- reopened ----------------------------------------------------------------------------------------


def closed() -> SlaCase:
    """A case that was answered in time, closed and archived."""
    case = replied(at("09 10:00"))
    case.did(ResultReported, at("09 15:00"), ends=["report_result"])
    case.did(CaseClosed, at("10 10:00"))
    case.did(CaseArchived, at("11 10:00"), ends=["archive"])
    return case


@pytest.mark.holds("practice-30")
def test_a_reopened_case_has_a_second_clock_and_the_first_keeps_its_verdict() -> None:
    """It counts from when the matter came back."""
    case = closed()
    first = own(case)
    facts = case.did(CaseReopened, at("16 10:00"), received_at=at("13 17:00"), opens=REOPENED)
    second = case.clocks("reply")[1]

    assert at("13 17:00") == said(facts, ClockStarted).deadline.received_at
    assert first == own(case)
    assert first["clock_id"] != second["clock_id"]
    assert ("running", "2020-03-18") == (second["state"], second["due_on"])


def test_the_second_clock_is_met_by_what_is_done_after_the_reopening() -> None:
    """And takes the class that the case has by now."""
    case = closed()
    case.did(CaseReopened, at("13 10:00"), received_at=at("13 10:00"), opens=REOPENED)
    assert () == case.state.ends
    case.did(ComplaintClassified, at("13 11:00"), reason="violation")
    assert ["2020-03-10", "2020-03-27"] == [clock["due_on"] for clock in case.clocks("reply")]

    case.did(CustomerReplied, at("16 10:00"), ends=["reply_customer", "handle"])
    met = said(case.did(ResultReported, at("17 10:00"), ends=["report_result"]), ClockMet)
    assert (case.clocks("reply")[1]["clock_id"], at("17 10:00")) == (met.clock_id, met.met_at)


def test_a_clock_that_still_ran_when_the_case_was_reopened_is_stopped() -> None:
    """A refused complaint whose reply was still owed when it was taken up after all."""
    case = SlaCase()
    case.did(CaseNotAccepted, at("06 12:00"), waives=["handle", "report_result"])
    facts = case.did(
        CaseReopened, at("09 10:00"), waives=["reply_customer"], received_at=at("09 10:00"), opens=REOPENED
    )

    assert "reopened" == said(facts, ClockStopped).ground
    assert ["stopped", "running"] == [clock["state"] for clock in case.clocks("reply")]


def test_what_was_said_of_the_first_limit_counts_for_the_second_no_more() -> None:
    """A second breach has its own reason."""
    case = SlaCase()
    case.did(OverrunReasonReported, at("09 10:00"))
    case.did(ResultReported, at("09 15:00"), ends=["reply_customer", "report_result", "handle"])
    case.did(CaseClosed, at("10 10:00"))
    case.did(CaseReopened, at("10 12:00"), received_at=at("10 12:00"), opens=REOPENED)
    breach = said(case.advance(at("14 00:00")), ClockBreached)

    assert ["open", "open"] == [duty.state for duty in breach.duties_opened]


def test_the_seal_of_a_text_is_never_looked_into() -> None:
    """A box that no key opens changes nothing: sla decides on what lies in the clear."""
    case = SlaCase(matter={"narrative": Sealed(label="matter.narrative", box="no key opens this")})

    assert "running" == own(case)["state"]
