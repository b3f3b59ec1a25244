"""Reply, satisfaction, report, tracking, and why it takes longer."""

from datetime import datetime
from typing import Any

import pytest

from shared.contract.events.base import DutyOpened, PostAt
from shared.contract.events.casework import (
    CustomerReplied,
    OverrunExplained,
    OverrunReasonReported,
    ResultReported,
    ResultTracked,
)
from shared.contract.events.sla import ClockBreached
from shared.contract.ids import duty_id, event_id
from tests.support.casework import (
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
)
from tests.support.facts import CASE, NOW, Body

CONFIRMED: Body = {"checked": "已核对。", "called_back": True}
EXPLAINED: Body = {"words": "需要更多时间。", "promised_on": "2020-03-12"}


# -- reply -------------------------------------------------------------------------------------------


@pytest.mark.holds("article-2.1.3", "article-2.3.4", "article-2.4.3", "article-2.6.3")
def test_a_reply_discharges_the_reply_and_a_contact_still_owed() -> None:
    """Who has the answer was contacted."""
    case = Case().accepted()
    case.does("luo.tian", "record-investigation", findings="属实。", fault="responsible")
    case.does("luo.tian", "decide", outcome="upheld", findings="a", grounds="b", decision="c")
    fact = case.does("luo.tian", "reply-customer", **REPLY)

    assert isinstance(fact, CustomerReplied)
    assert discharged("contact_customer", "reply_customer") == ended(fact)
    assert "replied" == case.core.life


def test_there_is_nothing_to_reply_before_a_decision() -> None:
    """An interim reply is another command."""
    assert Refused("no_decision") == Case().investigated().refuses("luo.tian", "reply-customer", **REPLY)


@pytest.mark.parametrize("way", ["phone", "letter", "sms", "email", "in_person", "in_book", "other"])
@pytest.mark.holds("article-2.2.3")
def test_every_way_needs_its_proof(way: str) -> None:
    """A recording, a posting slip, a signature."""
    case = Case().decided_on()

    assert Refused("proof_missing", ("/proof",)) == case.refuses(
        "luo.tian", "reply-customer", **REPLY | {"way": way, "proof": None}
    )
    case.does("luo.tian", "reply-customer", **REPLY | {"way": way})


def test_after_a_decision_the_remedies_are_told() -> None:
    """Also where it is wholly upheld (order 2020 no. 3, art. 19)."""
    found = Case().decided_on().refuses("luo.tian", "reply-customer", **REPLY | {"remedies_told": False})

    assert Refused("remedies_not_told", ("/remedies_told",)) == found


def test_a_case_that_was_not_accepted_is_still_answered() -> None:
    """With the signpost; no decision, no remedies. Afterwards nothing more is said."""
    case = Case()
    case.does("lin.fang", "not-accept", ground="not_this_bank", signpost="他行。", approved_by="qiu.min")
    fact = case.does("luo.tian", "reply-customer", **REPLY | {"remedies_told": False})

    assert discharged("reply_customer") == ended(fact)
    assert Refused("case_ended") == case.refuses("luo.tian", "reply-customer", **REPLY)


# -- report ------------------------------------------------------------------------------------------


@pytest.mark.holds("article-4.7")
def test_a_report_takes_its_satisfaction_from_what_the_customer_said() -> None:
    """The fourth element is recorded, never typed."""
    fact = Case().replied().does("luo.tian", "report-result", **REPORT)

    assert isinstance(fact, ResultReported)
    assert ("satisfied", ("province",)) == (fact.satisfaction, fact.copy_to)
    assert discharged("report_result") == ended(fact)


@pytest.mark.holds(
    "article-4.3",
    "article-4.4",
    "article-4.5",
    "article-4.6",
    "article-4.8",
    "article-4.9",
    "practice-18",
    "practice-19",
)
def test_every_missing_element_is_named() -> None:
    """By field and by name; copies, or the reason why none go out, belong to them."""
    missing = ("cause_and_findings", "treatment_of_persons", "lessons_and_measures", "handled_at", "handler_and_phone")
    found = Case().decided_on().refuses("luo.tian", "report-result")
    about = (*missing, "satisfaction", "copy_to")

    assert Refused("report_incomplete", tuple(f"/{name}" for name in about), about) == found


@pytest.mark.parametrize("left_out", sorted(REPORT))
def test_one_missing_element_is_enough(left_out: str) -> None:
    """Each is needed."""
    body = {name: value for name, value in REPORT.items() if name != left_out}
    found = Case().replied().refuses("luo.tian", "report-result", **body)

    assert Refused("report_incomplete", (f"/{left_out}",), (left_out,)) == found


@pytest.mark.holds("article-4.2", "practice-17")
def test_a_reason_stands_for_copies() -> None:
    """Where no other department is touched."""
    body = REPORT | {"copy_to": [], "no_copy_reason": "不涉及其他部门。"}

    Case().replied().does("luo.tian", "report-result", **body)


def test_where_nobody_can_be_asked_satisfaction_is_not_applicable() -> None:
    """An anonymous call without a number."""
    case = Case(anonymous=True, complainant=None, reachable_by=[]).accepted()
    case.does("luo.tian", "record-investigation", findings="属实。", fault="responsible")
    case.does("luo.tian", "decide", outcome="upheld", findings="a", grounds="b", decision="c")
    fact = case.does("luo.tian", "report-result", **REPORT)

    assert isinstance(fact, ResultReported)
    assert "not_applicable" == fact.satisfaction


@pytest.mark.parametrize(
    ("at", "code"), [("2020-03-05T09:59:00+08:00", "before_receipt"), ("2020-03-06T10:00:00+08:00", "time_in_future")]
)
def test_it_was_handled_between_receipt_and_now(at: str, code: str) -> None:
    """Element five."""
    found = Case().replied().refuses("luo.tian", "report-result", **REPORT | {"handled_at": at})

    assert Refused(code, ("/handled_at",)) == found


def test_a_party_concerned_gets_no_copy() -> None:
    """Nor does anybody unknown."""
    case = Case(matter={"complained_persons": ["jin.hao"]}).replied()

    for copy, code in (("jin.hao", "party_concerned"), ("nowhere", "unknown_unit")):
        assert Refused(code, ("/copy_to/0",)) == case.refuses(
            "luo.tian", "report-result", **REPORT | {"copy_to": [copy]}
        )


def test_only_an_outcome_is_reported_and_only_once() -> None:
    """A settlement was its own report."""
    assert Refused("nothing_to_report") == Case().investigated().refuses("luo.tian", "report-result", **REPORT)
    reported = Case().replied()
    reported.does("luo.tian", "report-result", **REPORT)
    assert Refused("nothing_to_report") == reported.refuses("luo.tian", "report-result", **REPORT)
    settled = Case()
    settled.does("wu.qing", "settle-on-the-spot", **SETTLEMENT)
    assert Refused("nothing_to_report") == settled.refuses("luo.tian", "report-result", **REPORT)


@pytest.mark.holds("article-2.4.4", "article-2.6.4")
def test_of_the_reports_upward_only_the_lowest_is_the_handlers() -> None:
    """A letter's result goes up level by level; the offices above pass it on."""
    case = Case(channel="letter", received_by={"unit": "province", "person": None}).replied()
    before = [d.terms.debtor.unit for d in case.core.open_duties("report_up")]
    fact = case.does("luo.tian", "report-result", **REPORT)

    assert ["dongqiao.lending", "dongqiao"] == before
    assert ["report_up"] == [duty.kind for duty in fact.duties_ended]
    assert ["dongqiao"] == [d.terms.debtor.unit for d in case.core.open_duties("report_up")]


# -- confirm -----------------------------------------------------------------------------------------


@pytest.mark.holds("article-2.1.2", "practice-16")
def test_the_accepting_post_confirms_the_result() -> None:
    """Article 2.1: the result is tracked."""
    case = Case().replied()
    case.does("luo.tian", "report-result", **REPORT)
    fact = case.does("lin.fang", "confirm-result", **CONFIRMED)

    assert isinstance(fact, ResultTracked)
    assert (discharged("track_result"), True) == (ended(fact), fact.called_back)


def test_who_has_no_answer_yet_is_not_called_back() -> None:
    """Whoever cannot be asked at all neither; the result is looked at all the same."""
    case = Case(anonymous=True, complainant=None, reachable_by=[]).accepted()
    case.does("luo.tian", "record-investigation", **INVESTIGATION)
    case.does("luo.tian", "decide", **DECISION)
    case.does("luo.tian", "report-result", **REPORT)

    assert Refused("not_answered_yet", ("/called_back",)) == case.refuses("lin.fang", "confirm-result", **CONFIRMED)
    case.does("lin.fang", "confirm-result", **CONFIRMED | {"called_back": False})


def test_there_is_nothing_to_confirm_before_a_report_nor_after_a_confirmation() -> None:
    """Each once."""
    assert Refused("no_result") == Case().replied().refuses("lin.fang", "confirm-result", **CONFIRMED)
    assert Refused("nothing_owed", (), ("track_result",)) == Case().tracked().refuses(
        "lin.fang", "confirm-result", **CONFIRMED
    )


# -- why it takes longer -----------------------------------------------------------------------------


def breached(case: Case) -> Case:
    """The limit passed: reason and explanation are owed."""
    id_ = event_id("sla", CASE, "breach", 0)
    post = PostAt(unit="dongqiao.lending", post="handler", person="luo.tian")
    opened = [
        DutyOpened(id=duty_id(id_, kind, None), kind=kind, debtor=post, creditor="customer")
        for kind in ("report_overrun_reason", "explain_overrun")
    ]
    due: dict[str, Any] = {"due_on": NOW.date(), "due_at": NOW}
    case.happens(ClockBreached(clock_id="c", milestone="reply", **due, duties_opened=tuple(opened)), "breach")
    return case


@pytest.mark.holds("article-3.5", "article-3.6")
def test_after_a_breach_reason_and_explanation_are_discharged() -> None:
    """The one upward, the other to the customer (article 3)."""
    case = breached(Case().accepted())
    reason = case.does("luo.tian", "report-overrun-reason", reason="外部鉴定。")
    told = case.does("luo.tian", "explain-overrun", **EXPLAINED)

    assert isinstance(reason, OverrunReasonReported)
    assert isinstance(told, OverrunExplained)
    assert discharged("report_overrun_reason") == ended(reason)
    assert discharged("explain_overrun") == ended(told)


def test_both_may_be_done_before_the_breach() -> None:
    """The limit is not missed yet, but will be."""
    case = Case().accepted()

    assert {} == ended(case.does("luo.tian", "report-overrun-reason", reason="外部鉴定。"))
    assert {} == ended(case.does("luo.tian", "explain-overrun", **EXPLAINED))


def test_a_day_on_which_the_answer_is_promised_is_a_promise() -> None:
    """Owed by the handler until the end of that bank day, whoever says it; the answer keeps it."""
    case = Case().accepted()
    explained = case.does("luo.tian", "explain-overrun", **EXPLAINED)
    assert isinstance(explained, OverrunExplained)
    assert datetime.fromisoformat("2020-03-13T00:00:00+08:00") == explained.promised_at
    assert {"promise": "luo.tian"} == opened(explained)

    case.does("luo.tian", "record-investigation", **INVESTIGATION)
    case.does("luo.tian", "decide", **DECISION)
    assert "promise" in ended(case.does("luo.tian", "reply-customer", **REPLY))


def test_an_explanation_is_let_go_with_the_answer() -> None:
    """Nobody is told any more when the answer is to come that he has."""
    case = breached(Case().decided_on())
    reply = case.does("luo.tian", "reply-customer", **REPLY)

    assert ["answered"] == [end.reason for end in reply.duties_ended if end.kind == "explain_overrun"]
    assert "waived" == ended(reply)["explain_overrun"]
    assert Refused("nothing_owed", (), ("explain_overrun",)) == case.refuses("luo.tian", "explain-overrun", **EXPLAINED)
    assert [] != case.core.open_duties("report_result")


def test_before_a_breach_nothing_is_explained_to_who_has_the_answer() -> None:
    """Although the report is still owed, and its reason may be given."""
    case = Case().replied()

    assert Refused("nothing_owed", (), ("explain_overrun",)) == case.refuses("luo.tian", "explain-overrun", **EXPLAINED)
    assert {} == ended(case.does("luo.tian", "report-overrun-reason", reason="外部鉴定。"))


def test_when_nothing_is_owed_any_more_nothing_needs_a_reason() -> None:
    """Replied and reported."""
    case = Case().tracked()

    assert Refused("nothing_owed", (), ("report_overrun_reason",)) == case.refuses(
        "luo.tian", "report-overrun-reason", reason="晚了。"
    )
    assert Refused("nothing_owed", (), ("explain_overrun",)) == case.refuses("luo.tian", "explain-overrun", **EXPLAINED)


def test_a_reason_owed_is_given_also_after_the_reply() -> None:
    """Late is late."""
    case = breached(Case().tracked())

    assert discharged("report_overrun_reason") == ended(
        case.does("luo.tian", "report-overrun-reason", reason="外部鉴定。")
    )


def test_a_new_date_lies_ahead() -> None:
    """Promised for yesterday helps nobody."""
    found = Case().refuses("luo.tian", "explain-overrun", **EXPLAINED | {"promised_on": "2020-03-04"})

    assert Refused("time_past", ("/promised_on",)) == found


@pytest.mark.parametrize("promised", ["9999-12-31", "2021-03-08"])
def test_a_new_date_lies_within_a_year(promised: str) -> None:
    """Beyond it, it is a mistyped year."""
    found = Case().refuses("luo.tian", "explain-overrun", **EXPLAINED | {"promised_on": promised})

    assert Refused("time_too_far", ("/promised_on",)) == found


def test_without_a_handler_the_accepting_post_explains() -> None:
    """It owes what a breach opens then."""
    case = breached(Case(matter={"complained_unit": None}))

    assert discharged("explain_overrun") == ended(case.does("lin.fang", "explain-overrun", **EXPLAINED))
