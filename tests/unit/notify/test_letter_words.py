"""The words of letters: limits, codes, and whom a letter speaks of."""

from collections.abc import Iterable
from datetime import datetime
from typing import get_args

import pytest

from ops.paths import ROOT
from services.notify.letters.kinds import KINDS
from services.notify.letters.reasons import Why
from services.notify.letters.template import render
from services.notify.letters.words import LETTER_WORDS, NOT_ACCEPTED_BECAUSE, REMEDIES_OPEN, in_words
from services.notify.sending.sender import FAILURES
from shared.contract.channels import CHANNELS
from shared.contract.codes import Reason, RemedyKind, SatisfactionValue
from shared.contract.events.base import PersonAt
from shared.contract.events.casework import RemedyOpen
from shared.contract.events.ownership import HandlerReassigned
from shared.contract.message_kinds import MessageKind
from shared.contract.words import WORDS
from tests.support.letter_case import (
    BAI,
    CUSTOMER,
    FAN,
    HANDLER,
    ORGANISATION,
    LetterCase,
    breached,
    content_about,
    decision,
    first_content,
    not_accepted,
    passed,
    rerouted,
    sealed,
    warned,
)
from tests.support.letter_templates import template

CLOSES_EARLY = ORGANISATION.replace('close_of_business: "24:00"', 'close_of_business: "17:30"')


# -- limits ------------------------------------------------------------------------------------------


def test_a_customer_is_told_the_limit_while_it_lies_ahead() -> None:
    """Received on Thursday 5 March 2020, ordinary: three working days end on Tuesday the 10th."""
    assert "2020年3月10日" == first_content("2020-03-10T23:59:59+08:00", CUSTOMER)["due_on"]


def test_a_customer_is_never_told_a_limit_that_has_passed() -> None:
    """At midnight it is too late to promise it; the handler is told all the same."""
    assert None is first_content("2020-03-11T00:00:00+08:00", CUSTOMER)["due_on"]
    assert "2020年3月10日" == first_content("2020-03-11T00:00:00+08:00", HANDLER)["due_on"]


def test_a_customer_is_not_told_a_limit_that_passed_earlier_the_same_day() -> None:
    """Where the bank's day ends at 17:30, the date alone is not enough."""
    assert "2020年3月10日" == first_content("2020-03-10T17:29:00+08:00", CUSTOMER, CLOSES_EARLY)["due_on"]
    assert None is first_content("2020-03-10T17:30:00+08:00", CUSTOMER, CLOSES_EARLY)["due_on"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("written_notice", "2020年3月10日17时30分前"), ("breach_notice", "2020年3月10日17时30分）内")],
)
def test_letters_name_the_close_of_business_where_the_bank_has_one(kind: str, expected: str) -> None:
    """A handler who believes in midnight would be late by hours."""
    case = LetterCase(CLOSES_EARLY, first_letters=False)
    letter = case.first[HANDLER]
    if kind == "breach_notice":
        letter = case.when(breached(due_at=datetime.fromisoformat("2020-03-10T17:30:00+08:00")))[0]
    body = render(template(f"{kind}.zh"), content_about(case, letter, CLOSES_EARLY)).body

    assert expected in body
    assert "24时" not in body


def test_a_chaser_says_how_many_days_are_left() -> None:
    """Working days, so that nobody takes a weekend for time that is left."""
    case = LetterCase()
    told = content_about(case, case.when(warned())[0], at=datetime.fromisoformat("2020-03-06T09:00:00+08:00"))

    assert 2 == told["days_left"]
    assert "还剩2个工作日（2020年3月10日24时止）" in render(template("warning_chaser.zh"), told).body
    assert "the end of 2020年3月10日 (2 working days left)" in render(template("warning_chaser.en"), told).body


def test_a_letter_about_a_clock_names_the_limit_of_that_clock() -> None:
    """A case can have several; the first letters name the bank's own."""
    case = LetterCase()
    letter = case.when(breached(clock_id="another", milestone="decision", due_on="2020-03-20"))[0]
    target = case.when(passed(target_on="2020-03-14"))[0]

    assert "2020年3月20日" == content_about(case, letter)["due_on"]
    assert "2020年3月14日" == content_about(case, target)["target_on"]


def test_a_recomputed_limit_is_the_one_that_is_told() -> None:
    """A calendar was published, or another reason found, before the letter was decided."""
    case = LetterCase(first_letters=False)
    clock = case.log[-1]
    later = clock.data["deadline"] | {"due_on": "2020-03-12", "due_at": "2020-03-13T00:00:00+08:00"}
    data = clock.data | {"ground": "calendar_changed", "deadline": later}
    case.fold(clock._replace(id="another", type=clock.type.replace("ClockStarted", "ClockRecomputed"), data=data))

    assert "2020年3月12日" == content_about(case, case.first[CUSTOMER])["due_on"]


def test_an_overdue_duty_is_named_with_its_own_limit() -> None:
    """To the minute, since some duties are owed within hours."""
    case = LetterCase()
    due_at = datetime.fromisoformat("2020-03-06T14:30:00+08:00")
    fact = breached(milestone="contact_customer", due_on="2020-03-06", due_at=due_at)
    told = content_about(case, case.when(fact, duty_id=case.duty("contact_customer").id)[0])

    assert ("与客户沟通", "2020年3月6日", "14时30分") == (told["duty"], told["due_on"], told["closing"])


def test_the_date_of_receipt_is_the_banks_date() -> None:
    """17:00 in Greenwich is already tomorrow in Shanghai."""
    received_at = datetime.fromisoformat("2020-03-04T17:00:00+00:00")
    content = first_content("2020-03-04T17:05:00+00:00", CUSTOMER, received_at=received_at)

    assert "2020年3月5日" == content["received_on"]


# -- words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_code_has_words(language: str) -> None:
    """A letter never shows a code."""
    outcomes = get_args(type(decision()).model_fields["outcome"].annotation)
    more = ["unclassified", "not_applicable"]
    sets = [CHANNELS, *map(get_args, (Reason, RemedyKind, SatisfactionValue)), outcomes, more]
    codes = [code for some in sets for code in some]

    assert set() == set(codes) - LETTER_WORDS[language].keys() - WORDS[language].keys()
    assert set() == LETTER_WORDS[language].keys() - set(codes)
    assert [] == [code for code, words in LETTER_WORDS[language].items() if WORDS[language].get(code) == words]
    assert [] == [code for code in codes if in_words(code, language) == code and "_" in code]
    grounds = get_args(type(not_accepted()).model_fields["ground"].annotation)
    assert sorted(grounds) == sorted(NOT_ACCEPTED_BECAUSE[language])
    assert sorted(get_args(RemedyOpen)) == sorted(REMEDIES_OPEN[language])


# -- whom a letter speaks of -------------------------------------------------------------------------


def test_a_breach_notice_names_who_owes_and_not_merely_who_reads() -> None:
    """The accepting post gets a copy of what the handler owes."""
    case = LetterCase()
    body = render(template("breach_notice.zh"), content_about(case, case.when(breached())[1])).body

    assert body.startswith("东侨支行（林芳）：")
    assert "请督促承办人罗天在1个工作日内" in body


def test_a_breach_notice_asks_for_no_explanation_where_nobody_can_be_told() -> None:
    """An anonymous complaint has no customer to explain to."""
    case = LetterCase(anonymous=True, complainant=None, reachable_by=[])
    body = render(template("breach_notice.zh"), content_about(case, case.when(breached())[0])).body

    assert "向客户作出说明" not in body
    assert "报告原因。" in body


@pytest.mark.parametrize("kind", ["warning_chaser", "target_chaser"])
def test_a_chaser_addresses_whom_it_is_sent_to(kind: str) -> None:
    """While there is no handler, it goes to the accepting person."""
    case = LetterCase(matter={"complained_unit": None})
    letter = case.when(warned() if kind == "warning_chaser" else passed())[0]

    assert render(template(f"{kind}.zh"), content_about(case, letter)).body.startswith("东侨支行（林芳）：")


def test_the_note_to_a_former_handler_names_the_new_one() -> None:
    """Whom to give the papers to."""
    case = LetterCase()
    notice, note = case.when(HandlerReassigned(handler=FAN, ground=sealed("ground")))

    assert "现由东侨支行信贷部范怡承办" in render(template("handover_cancelled.zh"), content_about(case, note)).body
    assert "范怡" == content_about(case, notice)["handler_name"]


def test_an_overtaken_reassignment_changes_no_letter() -> None:
    """A letter judges crossings as the fold does."""
    case = LetterCase()
    basis = case.log[-1].id
    case.all_sent(case.when(rerouted(case, BAI)))
    case.happens(HandlerReassigned(handler=FAN, ground=sealed("ground")), basis=basis)

    assert "白雪" == content_about(case, case.when(warned())[0])["handler_name"]


@pytest.mark.parametrize(
    ("handler", "superior"),
    [
        (
            PersonAt(unit="dongqiao.lending", person="luo.tian"),
            "我行上级机构省分行（地址：示例路1号，电话：0000-5550100）",
        ),
        (PersonAt(unit="dongqiao.hall", person="bai.xue"), "我行上级机构省分行（地址：示例路1号，电话：0000-5550100）"),
        (PersonAt(unit="province", person="ye.lan"), "我行省分行（地址：示例路1号，电话：0000-5550100）"),
    ],
    ids=["a department decides for its sub-branch", "an outlet too", "the top itself, where no body is named"],
)
def test_a_review_is_applied_for_at_the_institution_above_the_one_that_decided(
    handler: PersonAt, superior: str
) -> None:
    """In writing, within 30 days (order 2020 no. 3, art. 20); the letter says where that is."""
    case = LetterCase()
    case.all_sent(case.when(HandlerReassigned(handler=handler, ground=sealed("ground"))))
    told = content_about(case, case.when(decision())[0])

    assert f"核查：自收到本函之日起30日内，向{superior}书面申请核查" == told["remedies_open"][0]
    assert 4 == len(told["remedies_open"])


def test_an_institution_without_address_is_named_alone() -> None:
    """Nothing is invented."""
    bare = ORGANISATION.replace(', phone: "0000-5550100", address: 示例路1号', "")
    case = LetterCase(bare)

    assert "向我行上级机构省分行书面申请核查" in content_about(case, case.when(decision())[0], bare)["remedies_open"][0]


# -- documentation -------------------------------------------------------------------------------------


def test_every_field_kind_and_reason_is_documented() -> None:
    """Whoever writes a template finds there what it may use."""
    page = (ROOT / "docs" / "reference" / "letters.md").read_text(encoding="utf-8")
    names: Iterable[str] = [
        *(field for kind in KINDS.values() for field in kind.fields),
        *get_args(MessageKind),
        *get_args(Why),
        *FAILURES.values(),
    ]

    assert [] == [name for name in names if f"`{name}`" not in page]


def test_a_breach_is_told_to_whoever_owes_and_to_whoever_watches_in_words_of_their_own() -> None:
    """Nobody reads of himself in the third person."""
    case = LetterCase()
    bodies = [
        render(template("breach_notice.zh"), content_about(case, letter)).body for letter in case.when(breached())
    ]

    assert ["请您在1个工作日内" in bodies[0], "罗天" in bodies[0].split("\n", 1)[1]] == [True, False]
    assert "请督促承办人罗天在1个工作日内" in bodies[1]
