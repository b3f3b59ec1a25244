"""How a case ends: withdrawn, not accepted, closed, archived; and how it is opened again."""

from typing import Any

import pytest

from shared.case.duty_kinds import KINDS, REOPENED
from shared.contract.events.base import DutyOpened, PostAt
from shared.contract.events.ending import CaseArchived, CaseClosed, CaseNotAccepted, CaseReopened, CaseWithdrawn
from shared.contract.events.routing import DutiesAdded
from shared.contract.ids import duty_id, event_id
from tests.support.casework import (
    CONTACT,
    DECISION,
    INVESTIGATION,
    REPLY,
    REPORT,
    SETTLEMENT,
    Case,
    Refused,
    discharged,
    ended,
    opened,
    waived,
)
from tests.support.facts import CASE, Body

ARCHIVED: Body = {"place": "A-1", "retain_until": "2025-12-31"}
BACK: Body = {"ground": "问题再次出现。", "received_at": "2020-03-05T10:02:00+08:00"}
LATER = "2020-03-06T15:00:00+08:00"
LEFT_OUT: dict[str, Any] = {
    "ground": "not_this_bank", "signpost": "请联系贵行。", "approved_by": "qiu.min",
}  # fmt: skip
GONE: dict[str, Any] = {"received_at": "2020-03-05T10:00:30+08:00", "way": "letter", "proof": "撤诉书"}


# -- withdraw and not accept -------------------------------------------------------------------------


def test_a_withdrawal_waives_all_but_the_archiving() -> None:
    """The procedure ends the day it arrives (order 2020 no. 3, art. 15)."""
    case = Case().accepted()
    owed = case.owed() - {"archive"}
    fact = case.does("lin.fang", "withdraw", **GONE)

    assert isinstance(fact, CaseWithdrawn)
    assert (waived(owed), {"archive"}, "withdrawn") == (ended(fact), case.owed(), case.core.life)


def test_a_transferring_body_is_answered_also_after_a_withdrawal() -> None:
    """It waits for an answer, whatever its customer does."""
    case = Case(channel="regulator", details={"form": "call"}, received_by={"unit": "dongqiao", "person": None},
                origin={"kind": "regulator", "body": "12378"})  # fmt: skip
    case.does("wu.qing", "withdraw", **GONE)

    assert {"answer_transferring_body", "archive"} == case.owed()


def test_a_withdrawal_needs_its_proof() -> None:
    """A letter, a recording."""
    assert Refused("proof_missing", ("/proof",)) == Case().refuses("lin.fang", "withdraw", **GONE | {"proof": None})


@pytest.mark.parametrize("command", ["withdraw", "reopen"])
@pytest.mark.parametrize(
    ("at", "code"), [("2020-03-05T09:59:00+08:00", "before_receipt"), ("2020-03-06T10:00:00+08:00", "time_in_future")]
)
def test_what_arrives_arrives_between_receipt_and_now(command: str, at: str, code: str) -> None:
    """A withdrawal, and a customer who comes back."""
    case, body = (Case(), GONE) if command == "withdraw" else (Case().closed(), BACK)

    assert Refused(code, ("/received_at",)) == case.refuses("lin.fang", command, **body | {"received_at": at})


@pytest.mark.holds("practice-35")
def test_a_complaint_that_is_not_accepted_is_still_answered_and_archived() -> None:
    """The sender is told where to go; then the case lies in the archive."""
    case = Case()
    owed = case.owed() - {"reply_customer", "archive"}
    fact = case.does("lin.fang", "not-accept", **LEFT_OUT)

    assert isinstance(fact, CaseNotAccepted)
    assert (waived(owed), "not_accepted") == (ended(fact), case.core.life)
    assert Refused("duties_open", (), ("reply_customer",)) == case.refuses("zhong.an", "archive", **ARCHIVED)
    case.does("luo.tian", "reply-customer", **REPLY)
    case.does("zhong.an", "archive", **ARCHIVED)


@pytest.mark.parametrize(
    ("approver", "code"),
    [("lin.fang", "own_approval"), ("cen.lu", "approver_not_entitled"), ("wu.qing", "approver_not_entitled")],
)
def test_a_non_acceptance_is_approved_by_somebody_above(approver: str, code: str) -> None:
    """Not by the accepting post itself, nor by a stand-in of the same post."""
    found = Case().refuses("lin.fang", "not-accept", **LEFT_OUT | {"approved_by": approver})

    assert Refused(code, ("/approved_by",)) == found


@pytest.mark.parametrize("approver", ["qiu.min", "shen.bo", "gu.heng", "tao.rui"])
def test_who_may_approve_a_non_acceptance(approver: str) -> None:
    """Superiors, the ladder, the same post of the unit above."""
    Case().does("lin.fang", "not-accept", **LEFT_OUT | {"approved_by": approver})


def test_what_was_decided_is_not_left_out_any_more() -> None:
    """It was accepted, then."""
    assert Refused("decided_already") == Case().decided_on().refuses("lin.fang", "not-accept", **LEFT_OUT)


OTHER = "20200302-0000000001-4"


@pytest.mark.parametrize("ground", ["inquiry", "praise"])
def test_an_answer_and_thanks_need_no_second_person(ground: str) -> None:
    """They refuse nobody anything; the customer still hears of it."""
    case = Case()
    fact = case.does("lin.fang", "not-accept", ground=ground, signpost="感谢。")

    assert isinstance(fact, CaseNotAccepted)
    assert (ground, None, None) == (fact.ground, fact.approved_by, fact.of_case)
    assert "reply_customer" in case.owed()


def test_what_was_entered_by_mistake_is_answered_to_nobody() -> None:
    """There is no customer who complained, so there is no reply to owe."""
    case = Case()
    case.does("lin.fang", "not-accept", **LEFT_OUT | {"ground": "entered_by_mistake"})

    assert {"archive"} == case.owed()


def test_a_duplicate_names_the_other_case_and_nothing_else_does() -> None:
    """Its sender is told with which one it goes."""
    named = Case().does("lin.fang", "not-accept", **LEFT_OUT | {"ground": "duplicate", "of_case": OTHER})
    refused = [
        Case().refuses("lin.fang", "not-accept", **LEFT_OUT | one)
        for one in ({"ground": "duplicate"}, {"ground": "not_this_bank", "of_case": OTHER})
    ]

    assert isinstance(named, CaseNotAccepted)
    assert OTHER == named.of_case
    assert [Refused("bad_of_case", ("/of_case",))] * 2 == refused


# -- close and archive -------------------------------------------------------------------------------


def test_a_case_is_closed_when_nothing_is_owed_but_its_archiving() -> None:
    """By the accepting post."""
    case = Case().tracked()
    fact = case.does("lin.fang", "close")

    assert isinstance(fact, CaseClosed)
    assert ({}, "closed", {"archive"}) == (ended(fact), case.core.life, case.owed())


def test_open_duties_are_listed() -> None:
    """Every kind once, sorted; the archiving is none of them."""
    owed = ("contact_customer", "handle", "reply_customer", "report_result", "track_result")

    assert Refused("duties_open", (), owed) == Case().accepted().refuses("lin.fang", "close")


def test_a_complaint_without_a_reason_is_not_closed() -> None:
    """Statistics and limit rest on it."""
    case = Case(matter={"reason": None}).tracked()

    assert Refused("unclassified", (), ("classify",)) == case.refuses("lin.fang", "close")
    case.does("lin.fang", "classify", reason="work_error")
    case.does("lin.fang", "close")


@pytest.mark.holds("article-2.1.2", "practice-16")
def test_a_result_that_nobody_confirmed_is_not_closed() -> None:
    """Also where the duty to do so is missing: an organisation's own rules may leave it out."""
    case = Case().replied()
    case.does("luo.tian", "report-result", **REPORT)
    left = tuple(one._replace(ends=tuple(e or 99 for e in one.ends)) for one in case.core.openings)
    case.given.state = case.state._replace(core=case.core._replace(openings=left))

    assert Refused("not_tracked_yet", (), ("track_result",)) == case.refuses("lin.fang", "close")


def test_a_kind_of_duty_unknown_here_holds_the_closing_up() -> None:
    """A later version may owe what this one does not know: on the safe side."""
    case = Case().tracked()
    id_ = event_id("routing", CASE, "later", 0)
    post = PostAt(unit="dongqiao", post="complaint_post", person="lin.fang")
    more = DutyOpened(id=duty_id(id_, "later_kind", None), kind="later_kind", debtor=post, creditor=None)
    case.happens(DutiesAdded(duties_opened=(more,), reason="later"), "later")

    assert Refused("duties_open", (), ("later_kind",)) == case.refuses("lin.fang", "close")


@pytest.mark.holds("article-2.2.3", "article-2.5.3", "practice-36")
def test_archiving_discharges_the_last_duty() -> None:
    """The place stays sealed, the day of its end does not."""
    case = Case().closed()
    fact = case.does("zhong.an", "archive", **ARCHIVED)

    assert isinstance(fact, CaseArchived)
    assert (discharged("archive"), "archived", set()) == (ended(fact), case.core.life, case.owed())


def test_only_what_has_ended_is_archived_and_only_for_later() -> None:
    """A case under way is not put away."""
    assert Refused("not_ended") == Case().tracked().refuses("zhong.an", "archive", **ARCHIVED)
    found = Case().closed().refuses("zhong.an", "archive", **ARCHIVED | {"retain_until": "2020-03-05"})
    assert Refused("retention_too_short", ("/retain_until",)) == found


# -- reopen ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("archived", [False, True], ids=["closed", "archived"])
@pytest.mark.holds("practice-30")
def test_reopening_owes_the_whole_round_anew(archived: bool) -> None:
    """By whoever has the case now; what of it was left open is waived, not doubled."""
    case = Case().archived() if archived else Case().closed()
    fact = case.does("lin.fang", "reopen", **BACK)

    assert isinstance(fact, CaseReopened)
    assert ({} if archived else waived(["archive"])) == ended(fact)
    anew = set(REOPENED) - {"report_up"}  # which a complaint by telephone does not have
    people = dict.fromkeys(anew, "luo.tian") | {"track_result": "lin.fang", "archive": "zhong.an"}
    assert people == opened(fact)
    assert (anew, "reopened") == (case.owed(), case.core.life)


def test_a_reopened_case_goes_its_way_once_more() -> None:
    """Every act counts anew; the hand-over stays accepted."""
    case = Case().closed()
    case.does("lin.fang", "reopen", **BACK)

    assert Refused("already_accepted") == case.refuses("luo.tian", "accept-handover")
    assert Refused("no_investigation") == case.refuses("luo.tian", "decide", **DECISION)
    assert Refused("nothing_to_report") == case.refuses("luo.tian", "report-result", **REPORT)
    case.does("luo.tian", "record-contact", **CONTACT)
    case.does("luo.tian", "record-investigation", **INVESTIGATION)
    case.does("luo.tian", "decide", **DECISION)
    case.does("luo.tian", "reply-customer", **REPLY)
    handled = {"handled_at": case.now.isoformat()}
    missing = case.refuses("luo.tian", "report-result", **REPORT | handled)
    assert Refused("report_incomplete", ("/satisfaction",), ("satisfaction",)) == missing
    case.does("lin.fang", "record-satisfaction", value="mostly_satisfied")
    case.does("luo.tian", "report-result", **REPORT | handled)
    case.does("lin.fang", "confirm-result", checked="已核对。", called_back=True)
    case.does("lin.fang", "close")
    assert {"archive"} == case.owed()


def test_a_case_under_way_is_not_reopened() -> None:
    """Nothing has ended."""
    assert Refused("not_ended") == Case().tracked().refuses("lin.fang", "reopen", **BACK)


def test_whom_nobody_can_answer_is_not_owed_an_answer_by_a_reopening() -> None:
    """Somebody else may bring the matter back."""
    case = Case(anonymous=True, complainant=None, reachable_by=[])
    case.does("lin.fang", "withdraw", **GONE)
    fact = case.does("lin.fang", "reopen", **BACK)

    assert {"contact_customer": "waived", "reply_customer": "waived"} == {
        d.kind: d.state for d in fact.duties_opened if d.state != "open"
    }


def test_without_a_handler_the_accepting_post_owes_what_is_reopened() -> None:
    """Until somebody handles it."""
    case = Case(matter={"complained_unit": None})
    case.does("lin.fang", "withdraw", **GONE)

    fact = case.does("lin.fang", "reopen", **BACK)
    creditors = {duty.kind: getattr(duty.creditor, "person", duty.creditor) for duty in fact.duties_opened}

    assert {"lin.fang", "zhong.an"} == set(opened(fact).values())
    owed_to_nobody = {"track_result": None, "archive": None}
    customers = dict.fromkeys(("contact_customer", "reply_customer"), "customer")
    assert customers | owed_to_nobody | dict.fromkeys(("handle", "report_result"), "lin.fang") == creditors


# -- what is still possible --------------------------------------------------------------------------

ENDED = {"closed": Case.closed, "archived": Case.archived}


@pytest.mark.parametrize("name", ["accept-handover", "close", "interim-reply", "withdraw", "reply-customer"])
@pytest.mark.parametrize(("ending", "code"), [("closed", "case_ended"), ("archived", "case_archived")])
def test_a_case_that_has_ended_is_left_alone(ending: str, code: str, name: str) -> None:
    """Reopen it first."""
    bodies: dict[str, Any] = {
        "interim-reply": {"way": "sms", "words": "…"}, "withdraw": GONE, "reply-customer": REPLY,
    }  # fmt: skip
    actor = "lin.fang" if name in ("close", "withdraw") else "luo.tian"

    assert Refused(code) == ENDED[ending](Case()).refuses(actor, name, **bodies.get(name, {}))


def test_a_customer_who_calls_after_the_end_is_recorded_but_not_in_the_archive() -> None:
    """What lies in the archive stays as it is."""
    Case().closed().does("cen.lu", "record-contact", **CONTACT)
    Case().closed().does("lin.fang", "record-satisfaction", value="dissatisfied")
    assert Refused("case_archived") == Case().archived().refuses("cen.lu", "record-contact", **CONTACT)
    assert Refused("case_archived") == Case().archived().refuses("zhong.an", "archive", **ARCHIVED)


def test_every_duty_that_a_fact_discharges_is_one_that_its_kind_names() -> None:
    """``shared/case/duty_kinds.py`` is the one truth about what can discharge what."""
    settled = Case(channel="online")
    settled.does("wu.qing", "record-contact", **CONTACT | {"outcome": "left_message"}, promised_at=LATER)
    settled.does("wu.qing", "settle-on-the-spot", **SETTLEMENT)
    events = [*Case().archived().events, *settled.events]
    wrong = [
        (one.name, end["kind"])
        for one in events
        for end in one.data.get("duties_ended", ())
        if end["state"] == "discharged" and one.name not in KINDS[end["kind"]].discharged_by
    ]

    assert [] == wrong
