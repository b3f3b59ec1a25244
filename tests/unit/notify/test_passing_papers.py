"""The papers of a case that is passed on: who gets which, what they say, and what they never say."""

from typing import Any

import pytest

from services.notify.letters.kinds import KINDS
from shared.contract.events.base import DutyEnded, DutyOpened, PostAt
from shared.contract.events.casework import DeliveryRecorded, MessageResendRequested, TransferringBodyAnswered
from shared.contract.events.notify import MessageSent
from shared.contract.events.passing import DispatchPassedDown, MediaAnswered, ReportPassedUp
from shared.contract.ids import duty_id
from tests.support.letter_case import LetterCase, content_about, decision, report, sealed, told

LETTER: dict[str, Any] = {"channel": "letter", "received_by": {"unit": "province", "person": None}}
VISIT: dict[str, Any] = {"channel": "walk_in", "details": {"receptionist": "zhong.an"}}
UPPER: dict[str, Any] = {"channel": "upper_branch", "details": {"unit": "province", "reference": "T-7"}}
FORM = ("supervision_form", "luo.tian")


def lowest(case: LetterCase) -> tuple[DutyEnded, ...]:
    """The end of the handler's own report upward."""
    return tuple(end for end in case.ending("report_up") if end.id == case.state.core.open_duties("report_up")[0].id)


def answered(body: str, **more: Any) -> TransferringBodyAnswered:
    """A body has its answer."""
    said = {"kind": "final", "body": body, "words": sealed("said"), "way": "letter"}
    return TransferringBodyAnswered.model_validate(said | more)


@pytest.mark.parametrize(("channel", "gets"), [(VISIT, True), (LETTER, False), ({}, False)])
@pytest.mark.holds("article-2.3.2", "practice-14")
def test_a_visitors_case_has_a_supervision_form(channel: dict[str, Any], gets: bool) -> None:
    """On other channels nobody gets one, and nobody is told why not."""
    case = LetterCase(first_letters=False, **channel)

    assert gets == (FORM in told(case.first))
    assert gets == any(letter.kind == "supervision_form" for letter in case.first)


def test_the_form_that_was_sent_is_delivered() -> None:
    """To the handler, whom it binds in person."""
    case = LetterCase(first_letters=False, **VISIT)
    (form,) = [letter for letter in case.first if letter.kind == "supervision_form"]
    result = case.result(case.started(form))

    assert isinstance(result, MessageSent)
    assert ["deliver_supervision_form"] == [end.kind for end in result.duties_ended]


def test_a_form_that_was_handed_over_is_not_sent_to_the_same_handler_again() -> None:
    """The receptionist gave it to him."""
    case = LetterCase(**VISIT)
    case.happens(DeliveryRecorded(document="supervision_form", duties_ended=case.ending("deliver_supervision_form")))

    assert [] == case.state.core.open_duties("deliver_supervision_form")


def test_the_form_lists_whom_the_bank_reminded() -> None:
    """催办记录: a copy that is asked for later has what came since."""
    case = LetterCase(first_letters=False, **VISIT)
    case.all_sent(case.first)
    (form,) = [letter for letter in case.first if letter.kind == "supervision_form"]
    said = {"kind": "duty_chaser", "recipient": {"person": "luo.tian", "unit": "dongqiao.lending"}}
    sent = next(one.data for one in case.log if one.name == "MessageSent" and one.data["kind"] == "supervision_form")
    case.happens(MessageSent.model_validate(sent | said | {"duties_ended": []}))

    (copy,) = case.when(MessageResendRequested(message_id=form.message_id))

    assert ("2020年3月6日，事项催办，罗天",) == content_about(case, copy)["reminders"]


@pytest.mark.holds("article-2.4.2", "article-2.6.2")
def test_each_level_gets_its_slip_and_the_last_one_is_the_handlers() -> None:
    """第N级/共N级."""
    case = LetterCase(**LETTER)
    office = PostAt(unit="dongqiao", post="general_office")
    first = case.when(DispatchPassedDown(step="pass_down", level="province", to=office, words=sealed("quick")))
    content = content_about(case, first[0])
    to = PostAt(unit="dongqiao.lending", post="unit_head", person="luo.tian")
    second = case.when(DispatchPassedDown(step="pass_down", level="dongqiao", to=to))

    assert [("dispatch_slip", "wu.qing")] == told(first)
    assert [("dispatch_slip", "luo.tian")] == told(second)
    assert (1, 2, "quick") == (content["level_number"], content["levels"], content["passed_with"])
    assert 2 == content_about(case, second[0])["level_number"]


@pytest.mark.holds("article-2.4.4", "article-2.6.4")
def test_a_result_that_goes_level_by_level_is_not_reported_to_the_top_at_once() -> None:
    """Article 2.4: 书面逐级报告; the next level has it, and who gets a copy."""
    case = LetterCase(**LETTER)
    made = report(copy_to=["dongqiao.operations"], duties_ended=lowest(case))
    first = case.when(made)
    content = content_about(case, first[0])
    office = PostAt(unit="province", post="general_office")
    up = case.when(ReportPassedUp(level="dongqiao", to=office, last=True, words=sealed("seen")))

    assert [("level_report", "wu.qing"), ("level_report", "dongqiao.operations")] == told(first)
    assert [("level_report", "ye.lan")] == told(up)
    assert ("东侨支行信贷部", None) == (content["from_unit"], content["passed_with"])
    above = content_about(case, up[0])
    assert ("东侨支行", "seen", "treatment_of_persons") == (
        above["from_unit"], above["passed_with"], above["treatment_of_persons"],
    )  # fmt: skip


def test_a_body_outside_reads_nothing_of_the_treatment_of_staff() -> None:
    """The superior branch does."""
    outside = {"channel": "regulator", "details": {"form": "call", "body": "某监管局"}}
    contents = []
    for body, receipt in (("某监管局", outside), ("province", UPPER)):
        case = LetterCase(**receipt)
        case.happens(decision())
        case.happens(report())
        event = case.event(answered(body))._replace(actor="person:wu.qing")
        contents.append(content_about(case, case.when_event(event)[0]))

    assert [("某监管局", None), ("省分行", "treatment_of_persons")] == [(c["body_name"], c["staff"]) for c in contents]
    assert [("findings", "decision")] * 2 == [(c["found"], c["done_about_it"]) for c in contents]


@pytest.mark.parametrize("way", ["letter", "electronic", "phone"])
def test_an_answer_by_telephone_needs_no_paper(way: str) -> None:
    """Else whoever answers gets it, to sign and send it."""
    case = LetterCase(origin={"kind": "regulator", "body": "某监管局"})
    letters = case.when_event(case.event(answered("某监管局", way=way))._replace(actor="person:lin.fang"))

    assert ([] if way == "phone" else [("body_answer", "lin.fang")]) == told(letters)


def test_an_interim_answer_says_how_far_the_bank_is_and_until_when() -> None:
    """And nothing that was found so far."""
    case = LetterCase(origin={"kind": "regulator", "body": "某监管局"})
    case.happens(decision())
    event = case.event(answered("某监管局", kind="interim"))._replace(actor="person:lin.fang")
    content = content_about(case, case.when_event(event)[0])

    assert (True, None, "2020年3月10日") == (content["interim"], content["found"], content["due_on"])


def test_the_answer_to_a_medium_identifies_no_customer() -> None:
    """It cannot even ask for what he says, or what he is called."""
    case = LetterCase(channel="media")
    event = case.event(MediaAnswered(kind="final", outlet=sealed("outlet"), words=sealed("said")))
    letters = case.when_event(event._replace(actor="person:qiu.min"))

    assert [("media_answer", "qiu.min")] == told(letters)
    assert "outlet" == content_about(case, letters[0])["outlet"]
    assert (
        set()
        == {"narrative", "request", "complainant", "customer_name", "complainant_phone"}
        & KINDS["media_answer"].fields.keys()
    )


@pytest.mark.parametrize(("receipt", "only_told"), [({"channel": "media"}, True), (UPPER, False)])
def test_whoever_is_only_told_is_not_asked_to_handle_it(receipt: dict[str, Any], only_told: bool) -> None:
    """The president's office keeps a case of the media; a superior branch's goes to its handler."""
    case = LetterCase(**receipt)
    to = PostAt(unit="dongqiao.lending", post="unit_head", person="luo.tian")
    letters = case.when(DispatchPassedDown(step="forward", level="dongqiao", to=to))

    assert only_told == content_about(case, letters[0])["for_information"]


def test_after_a_hand_over_the_general_office_signs_the_answer_to_the_body() -> None:
    """It owes it then, although a department accepted the case."""
    details = {"body": "某监管局", "form": "letter"}
    case = LetterCase(
        channel="regulator", details=details, received_by={"unit": "dongqiao.lending", "person": "luo.tian"}
    )
    office = PostAt(unit="dongqiao", post="general_office", person="zhong.an")
    before = case.state.core.open_duties("answer_transferring_body")
    handed = DutyOpened(
        id=duty_id(case.next_id("casework"), "answer_transferring_body", None), kind="answer_transferring_body",
        debtor=office, creditor="某监管局",
    )  # fmt: skip
    ends = tuple(DutyEnded(id=one.id, kind=one.terms.kind, state="waived", reason="handed_over") for one in before)
    passed = DispatchPassedDown(step="hand_over_to_general_office", level="dongqiao.lending", to=office)
    case.happens(passed.model_copy(update={"duties_opened": (handed,), "duties_ended": ends}))
    (letter,) = case.when_event(case.event(answered("某监管局"))._replace(actor="person:zhong.an"))
    said = content_about(case, letter)

    assert "东侨支行信贷部" == said["accepting_unit"]
    assert "东侨支行" == said["signing_unit"]
    assert "0000-5550110" == said["signing_phone"]


def test_the_body_reads_that_the_customer_was_answered_by_e_mail_too() -> None:
    """A decision notice that was sent is an answer."""
    case = LetterCase(**UPPER)
    told_so = []
    for _ in range(2):
        (letter,) = case.when_event(case.event(answered("province"))._replace(actor="person:lin.fang"))
        told_so.append(content_about(case, letter)["customer_answered"])
        case.all_sent(case.when(decision()))

    assert [False, True] == told_so
