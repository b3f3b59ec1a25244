"""A case goes down to its handler and its report back up; each channel comes to its archive by true acts.

What is owed is typed by hand from articles 2 and 3, never read from the rules.
"""

from typing import Any

import pytest

from services.routing.decisions import SERVICE as ROUTING
from shared.case.duty_kinds import FOUR_BUSINESS_HOURS, KINDS
from shared.contract.events.passing import DispatchPassedDown, ReportPassedUp
from tests.support.casework import (
    CONTACT,
    DECISION,
    INVESTIGATION,
    ORGANISATION,
    REPLY,
    REPORT,
    Case,
    Refused,
    discharged,
    ended,
    opened,
    person,
)
from tests.support.facts import Given

LETTER: dict[str, Any] = {"channel": "letter", "received_by": {"unit": "province", "person": None}}
"""Received by the province, about lending: province → Dongqiao → lending, and back."""
UPPER: dict[str, Any] = {
    "channel": "upper_branch", "received_by": {"unit": "dongqiao", "person": None}, "details": {"unit": "province"},
}  # fmt: skip
MEDIA: dict[str, Any] = {"channel": "media", "received_by": {"unit": "dongqiao", "person": None}}
PROTECTION = ORGANISATION.replace(
    "posts:\n", "posts:\n  - {unit: province, post: consumer_protection, holders: [gu.heng]}\n", 1
)
ANSWER: dict[str, Any] = {"kind": "final", "outlet": "某晚报", "words": "已核实并改正。"}


def regulator(form: str, unit: str = "dongqiao.operations", **changes: Any) -> Case:
    """A complaint that an authority passed on, received by a department of the sub-branch."""
    details = {"form": form, "body": "某监管局"}
    return Case(**{"channel": "regulator", "received_by": {"unit": unit, "person": None}, "details": details} | changes)


def handled(case: Case, handler: str = "luo.tian", satisfied: bool = True) -> Case:
    """The handler spoke with the customer, looked into it, decided, answered; the customer is satisfied."""
    case.does(handler, "record-contact", **CONTACT)
    case.does(handler, "record-investigation", **INVESTIGATION)
    case.does(handler, "decide", **DECISION)
    case.does(handler, "reply-customer", **REPLY)
    if satisfied:
        case.does(handler, "record-satisfaction", value="satisfied")
    return case


def put_away(case: Case, tracker: str, closer: str, archivist: str) -> None:
    """The accepting post looked at the result; it is closed, and lies in the archive."""
    case.does(tracker, "confirm-result", checked="已核对。", called_back=True)
    case.does(closer, "close")
    case.does(archivist, "archive", place="A-1")
    assert set() == case.owed()


def again(case: Case) -> None:
    """Routing answers what happened last."""
    for place, fact in enumerate(Given(ROUTING, *case.events[:-1]).when_event(case.events[-1])):
        case.happens(fact, case.events[-1].id, place)


# -- the channels, from receipt to archive -------------------------------------------------------------


@pytest.mark.holds("article-2.4.1", "article-2.4.2", "article-2.4.3", "article-2.4.4")
def test_a_letter_goes_down_and_its_report_back_up_level_by_level() -> None:
    """Article 2.4: 逐级下发, then 书面逐级报告."""
    case = Case(**LETTER)
    owed = {
        "acknowledge_customer", "pass_down", "accept_handover", "contact_customer", "handle", "reply_customer",
        "report_up", "track_result", "archive",
    }  # fmt: skip
    assert owed == case.owed()
    levels = [
        (d.terms.kind, d.terms.level, d.terms.debtor.post) for d in case.core.open_duties("pass_down", "report_up")
    ]
    assert [
        ("pass_down", "province", "general_office"), ("pass_down", "dongqiao", "general_office"),
        ("report_up", "dongqiao.lending", "unit_head"), ("report_up", "dongqiao", "general_office"),
    ] == levels  # fmt: skip

    first, second = case.does("ye.lan", "pass-down", words="请尽快办理。"), case.does("wu.qing", "pass-down")
    assert isinstance(first, DispatchPassedDown)
    assert isinstance(second, DispatchPassedDown)
    assert ("province", "dongqiao", "wu.qing") == (first.level, first.to.unit, first.to.person)
    assert ("dongqiao", "dongqiao.lending", "luo.tian") == (second.level, second.to.unit, second.to.person)
    case.does("luo.tian", "accept-handover")
    handled(case).does("luo.tian", "report-result", **REPORT)
    up = case.does("wu.qing", "pass-report-up")
    assert isinstance(up, ReportPassedUp)
    assert ("dongqiao", "ye.lan", True) == (up.level, up.to.person, up.last)
    put_away(case, "ye.lan", "ye.lan", "ye.lan")


@pytest.mark.parametrize("unit", ["dongqiao", "province"])
@pytest.mark.holds("article-2.3.1", "article-2.3.2", "article-2.3.3", "practice-14")
def test_a_visit_has_a_supervision_form_and_a_written_notice(unit: str) -> None:
    """Article 2.3: a named receptionist, 《客户投诉督办单》, and the result back to the general office."""
    receptionist = {"dongqiao": "zhong.an", "province": "gu.heng"}[unit]
    case = Case(channel="walk_in", received_by={"unit": unit, "person": None}, details={"receptionist": receptionist})
    assert {
        "deliver_supervision_form", "deliver_written_notice", "accept_handover", "contact_customer", "handle",
        "reply_customer", "report_result", "track_result", "archive",
    } == case.owed()  # fmt: skip

    for document in ("supervision_form", "written_notice"):
        case.does(receptionist, "record-delivery", document=document)
    case.does("luo.tian", "accept-handover")
    handled(case).does("luo.tian", "report-result", **REPORT)
    office, archivist = {"dongqiao": ("wu.qing", "zhong.an"), "province": ("ye.lan", "ye.lan")}[unit]
    put_away(case, receptionist, office, archivist)


@pytest.mark.holds("article-2.6.1", "article-2.6.2", "article-2.6.3", "article-2.6.4")
def test_a_superior_branch_is_answered_by_the_last_report_upward() -> None:
    """Article 2.6: the general office forwards it at once; 逐级报告, up to the branch that passed it on."""
    case = Case(**UPPER)
    assert {
        "forward", "accept_handover", "contact_customer", "handle", "reply_customer", "report_up",
        "answer_transferring_body", "track_result", "archive",
    } == case.owed()  # fmt: skip
    assert ["province"] == [duty.terms.creditor for duty in case.core.open_duties("answer_transferring_body")]

    assert discharged("forward") == ended(case.does("wu.qing", "pass-down"))
    case.does("luo.tian", "accept-handover")
    handled(case).does("luo.tian", "report-result", **REPORT)
    up = case.does("wu.qing", "pass-report-up")
    assert discharged("report_up", "answer_transferring_body") == ended(up)
    put_away(case, "wu.qing", "wu.qing", "zhong.an")


@pytest.mark.parametrize(
    ("form", "more"),
    [
        ("call", {"deliver_written_notice", "report_result"}),
        ("visit", {"deliver_supervision_form", "deliver_written_notice", "report_result"}),
        ("letter", {"pass_down", "report_up"}),
        ("electronic", {"pass_down", "report_up"}),
    ],
)
@pytest.mark.holds("article-2.7.1", "article-2.7.2", "article-2.7.3")
def test_an_authoritys_complaint_is_handed_over_in_a_sub_branch_and_goes_as_the_form_it_came_in(
    form: str, more: set[str]
) -> None:
    """Article 2.7: the department that received it was asked first; the general office takes it over."""
    case = regulator(form)
    assert {
        "acknowledge_customer", "hand_over_to_general_office", "accept_handover", "contact_customer", "handle",
        "reply_customer", "answer_transferring_body", "track_result", "archive", *more,
    } == case.owed()  # fmt: skip
    assert ("mo.ran", "dongqiao.operations") == (
        person(case.core.accepting),
        case.core.accepting and case.core.accepting.unit,
    )

    if "pass_down" in more:
        assert ("dongqiao", "dongqiao.lending") == case.core.chains.dispatch
        assert Refused("out_of_order", about=("hand_over_to_general_office",)) == case.refuses("wu.qing", "pass-down")
    over = case.does("mo.ran", "hand-over", words="请贵室承接。")
    assert {"hand_over_to_general_office": "discharged", "answer_transferring_body": "waived"} == ended(over)
    assert {"answer_transferring_body": None} == opened(over)
    if "pass_down" in more:
        case.does("wu.qing", "pass-down")
    case.does("mo.ran", "record-delivery", document="supervision_form")
    case.does("luo.tian", "accept-handover")
    handled(case).does("luo.tian", "report-result", **REPORT)
    answer: dict[str, Any] = {"words": "已办结。", "way": "letter"}
    assert Refused("not_entitled") == case.refuses("mo.ran", "answer-transferring-body", **answer)
    case.does("wu.qing", "answer-transferring-body", **answer)
    put_away(case, "mo.ran", "mo.ran", "zhong.an")


@pytest.mark.holds("article-2.5.1", "article-2.5.2", "article-2.5.3")
def test_a_medium_is_answered_by_the_presidents_office_which_handles_it() -> None:
    """Article 2.5: 行长室负责受理、核实，及时向媒体做出回应; consumer protection closes it."""
    case = Case(PROTECTION, **MEDIA)
    assert {
        "forward", "verify", "respond_media", "contact_customer", "handle", "reply_customer", "report_result",
        "track_result", "archive",
    } == case.owed()  # fmt: skip
    assert "qiu.min" == person(case.core.handler) == person(case.core.accepting)

    told = case.does("qiu.min", "pass-down")
    assert isinstance(told, DispatchPassedDown)
    assert ("forward", "dongqiao.lending", "luo.tian") == (told.step, told.to.unit, told.to.person)
    assert {} == ended(case.does("qiu.min", "answer-media", **ANSWER | {"kind": "interim"}))
    assert Refused("not_verified_yet") == case.refuses("qiu.min", "answer-media", **ANSWER)
    handled(case, "qiu.min")
    assert discharged("respond_media") == ended(case.does("qiu.min", "answer-media", **ANSWER))
    assert Refused("nothing_owed", about=("respond_media",)) == case.refuses("qiu.min", "answer-media", **ANSWER)
    case.does("qiu.min", "report-result", **REPORT)
    put_away(case, "qiu.min", "gu.heng", "zhong.an")


def test_of_an_unknown_customer_and_unit_only_the_medium_is_answered() -> None:
    """Whoever is not known is told nothing, and nobody is told for information."""
    unknown: dict[str, Any] = {
        "anonymous": True,
        "complainant": None,
        "reachable_by": [],
        "matter": {"complained_unit": None},
    }
    case = Case(PROTECTION, **MEDIA, **unknown)

    assert {"verify", "respond_media", "handle", "report_result", "track_result", "archive"} == case.owed()
    case.does("qiu.min", "record-investigation", **INVESTIGATION)
    case.does("qiu.min", "answer-media", **ANSWER)
    case.does("qiu.min", "decide", **DECISION)
    case.does("qiu.min", "report-result", **REPORT)
    case.does("qiu.min", "confirm-result", checked="已核对。", called_back=False)
    case.does("gu.heng", "close")
    case.does("zhong.an", "archive", place="A-1")


@pytest.mark.holds("article-2.2.2", "article-2.2.3")
def test_an_entry_of_the_book_is_handled_by_the_head_of_operations() -> None:
    """Article 2.2: 运营部负责人 verifies, handles, answers in a suitable way; anonymous ones in the book."""
    unknown: dict[str, Any] = {"anonymous": True, "complainant": None, "reachable_by": []}
    case = Case(channel="opinion_box", received_by={"unit": "dongqiao", "person": None}, **unknown)

    assert {"handle", "reply_customer", "report_result", "track_result", "archive"} == case.owed() - {
        "contact_customer"
    }
    case.does("mo.ran", "record-investigation", **INVESTIGATION)
    case.does("mo.ran", "decide", **DECISION)
    case.does("mo.ran", "reply-customer", **REPLY | {"way": "in_book", "proof": "意见簿第3页"})
    case.does("mo.ran", "report-result", **REPORT)
    if "contact_customer" in case.owed():
        case.does("mo.ran", "record-contact", **CONTACT)
    put_away(case, "mo.ran", "wu.qing", "zhong.an")


@pytest.mark.parametrize(
    "about", [{"complained_unit": "dongqiao.operations"}, {"complained_persons": ["mo.ran"]}], ids=["unit", "head"]
)
def test_an_entry_about_operations_or_its_head_goes_to_the_general_office(about: dict[str, Any]) -> None:
    """Article 3: 非当事人."""
    case = Case(channel="opinion_box", received_by={"unit": "dongqiao", "person": None}, matter=about)

    assert "wu.qing" == person(case.core.accepting) == person(case.core.handler)


# -- whose turn it is --------------------------------------------------------------------------------


def test_a_level_passes_on_only_what_it_has_and_once() -> None:
    """In order, by who owes it or a superior, and not twice."""
    case = Case(**LETTER)

    assert Refused("out_of_order", about=("pass_down",)) == case.refuses("wu.qing", "pass-down")
    assert Refused("not_entitled") == case.refuses("lin.fang", "pass-down")
    assert "ye.lan" == case.does("tao.rui", "pass-down").acted_for
    assert Refused("nothing_owed", about=("pass_down",)) == case.refuses("ye.lan", "pass-down")
    case.does("wu.qing", "pass-down")
    assert Refused("nothing_owed", about=("pass_down",)) == case.refuses("wu.qing", "pass-down")


def test_there_has_to_be_a_report_before_it_is_passed_on() -> None:
    """The handler makes it by reporting, nobody by passing on."""
    case = handled(Case(**LETTER))

    assert Refused("nothing_to_pass_on") == case.refuses("wu.qing", "pass-report-up")
    assert Refused("nothing_to_pass_on") == case.refuses("luo.tian", "pass-report-up")


@pytest.mark.parametrize("command", ["hand-over", "pass-down", "pass-report-up", "answer-media"])
def test_what_a_channel_does_not_owe_is_not_done_on_it(command: str) -> None:
    """On the telephone nothing is passed on, and no medium waits."""
    body = ANSWER if command == "answer-media" else {}

    assert "nothing_owed" == Case().refuses("lin.fang", command, **body).code


def test_the_handler_need_not_wait_for_the_formal_levels() -> None:
    """Everything of his may be done before the case has come down to him."""
    case = Case(**LETTER)
    case.does("luo.tian", "accept-handover")
    handled(case).does("luo.tian", "report-result", **REPORT)

    assert "duties_open" == case.refuses("ye.lan", "close").code
    for who, what in [("ye.lan", "pass-down"), ("wu.qing", "pass-down"), ("wu.qing", "pass-report-up")]:
        case.does(who, what)
    put_away(case, "ye.lan", "ye.lan", "ye.lan")


# -- when people and units change in the middle of a chain ---------------------------------------------


def test_neighbours_with_one_holder_are_one_level() -> None:
    """A sub-branch without an office of its own is served by the province's: nobody passes a case on to himself."""
    without = ORGANISATION.replace("  - {unit: dongqiao, post: general_office, holders: [wu.qing]}\n", "")
    case = Case(without, **LETTER)

    assert ("province", "dongqiao.lending") == case.core.chains.dispatch
    assert ("dongqiao.lending", "province") == case.core.chains.report
    case.does("ye.lan", "pass-down")
    assert [] == case.core.open_duties("pass_down")


def test_a_party_concerned_is_no_level() -> None:
    """The office of the sub-branch is complained about: the province's passes the case straight to the handler."""
    case = Case(**LETTER, matter={"complained_persons": ["wu.qing"]})

    assert ("province", "dongqiao.lending") == case.core.chains.dispatch
    assert Refused("party_concerned") == case.refuses("wu.qing", "pass-down")


def test_a_level_who_turns_out_to_be_concerned_is_passed_over_from_then_on() -> None:
    """What is done stays done; what he owed is nobody's."""
    case = Case(**LETTER)
    case.does("ye.lan", "pass-down")
    case.does("luo.tian", "name-party", person="wu.qing", ground="系当事人亲属。")
    again(case)

    assert ("province", "dongqiao.lending") == case.core.chains.dispatch
    assert {"province"} == {duty.terms.level for duty in case.core.open_duties("pass_down")}
    case.does("ye.lan", "pass-down")
    assert ["dongqiao.lending"] == [duty.terms.level for duty in case.core.open_duties("report_up")]


def test_a_case_that_goes_to_another_unit_is_passed_down_to_that() -> None:
    """The level above passes it on once more, since it went elsewhere before; the old way is let go."""
    case = Case(**LETTER)
    for who in ("ye.lan", "wu.qing"):
        case.does(who, "pass-down")
    case.does("ye.lan", "assign-unit", unit="dongqiao.hall", ground="查明系营业厅。")
    again(case)

    assert [("dongqiao", "dongqiao.hall")] == [
        (duty.terms.level, getattr(duty.terms.creditor, "unit", None)) for duty in case.core.open_duties("pass_down")
    ]
    assert {"dongqiao.hall", "dongqiao"} == {duty.terms.level for duty in case.core.open_duties("report_up")}
    assert "bai.xue" == case.does("wu.qing", "pass-down").model_dump()["to"]["person"]


def test_a_report_that_was_made_is_not_owed_again_by_whoever_gets_the_case() -> None:
    """Of another unit: the levels above pass on what there is."""
    case = handled(Case(**LETTER))
    case.does("luo.tian", "report-result", **REPORT)
    case.does("ye.lan", "assign-unit", unit="dongqiao.hall", ground="查明系营业厅。")
    again(case)

    assert ["dongqiao"] == [duty.terms.level for duty in case.core.open_duties("report_up")]
    case.does("wu.qing", "pass-report-up")


def test_a_reopened_letter_is_reported_level_by_level_again() -> None:
    """And not at once, as a telephone complaint is."""
    case = Case(**LETTER)
    for who in ("ye.lan", "wu.qing"):
        case.does(who, "pass-down")
    case.does("luo.tian", "accept-handover")
    handled(case).does("luo.tian", "report-result", **REPORT)
    case.does("wu.qing", "pass-report-up")
    put_away(case, "ye.lan", "ye.lan", "ye.lan")
    case.does("ye.lan", "reopen", ground="再次来信。", received_at=case.now.isoformat())
    again(case)

    assert {"dongqiao.lending", "dongqiao"} == {duty.terms.level for duty in case.core.open_duties("report_up")}
    assert [] == case.core.open_duties("report_result", "pass_down")
    assert Refused("nothing_to_pass_on") == case.refuses("wu.qing", "pass-report-up")
    handled(case).does("luo.tian", "report-result", **REPORT | {"handled_at": case.now.isoformat()})
    case.does("wu.qing", "pass-report-up")
    put_away(case, "ye.lan", "ye.lan", "ye.lan")


def test_whoever_handles_as_the_last_resort_can_report() -> None:
    """His post is a general office; the lowest report is his all the same."""
    case = Case(channel="letter", matter={"complained_persons": ["qiu.min"]})
    handled(case, "ye.lan")

    assert "report_up" in ended(case.does("ye.lan", "report-result", **REPORT))


def test_every_kind_that_passes_on_has_its_time() -> None:
    """Four business hours; a medium that names no date one working day."""
    hours = {kind for kind, found in KINDS.items() if found.limit == FOUR_BUSINESS_HOURS}

    assert {"accept_handover", "pass_down", "forward", "hand_over_to_general_office", "report_up"} == hours
