"""The words of letters: limits, codes, punctuation, and templates that are refused before any letter is due."""

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import get_args

import pytest

from ops.reference import EXAMPLE_ORGANISATION, ROOT
from services.notify.dossier import Dossier, Opened, facts_of
from services.notify.letters import WORDS, LetterFacts, Template, in_words, parse_template, render
from services.notify.service import SERVICE
from services.routing.service import SERVICE as ROUTING
from services.sla.service import SERVICE as SLA
from shared.envelope import Event
from shared.errors import BadReference
from shared.events.intake import Channel, Reason
from shared.events.notify import MessageSendStarted
from shared.organisation_file import parse_organisation
from tests.facts import Given, event, receipt, reference

TEMPLATES = ROOT / "services" / "notify" / "templates"
ORGANISATION = EXAMPLE_ORGANISATION.read_text(encoding="utf-8")
CLOSES_EARLY = ORGANISATION.replace('close_of_business: "24:00"', 'close_of_business: "17:30"')
PARAGRAPHS = {"acknowledgement": 1, "written_notice": 1}
"""How many paragraphs of a letter are left out where the limit and the customer's request are not known."""
OPENED = Opened("甲某", "柜员态度生硬。", None)
DISCIPLINE = re.compile(r"处分|处罚|责任人|罚款|disciplin|penalt|punish|persons? responsible", re.I)


def template(name: str) -> Template:
    """A shipped template, such as ``breach_notice.zh``."""
    return parse_template((TEMPLATES / f"{name}.j2").read_text(encoding="utf-8"))


def case(organisation: str = ORGANISATION, **changes: object) -> tuple[list[Event], list[MessageSendStarted]]:
    """A case's facts up to its clock, and its two first letters."""
    known = reference(organisation=organisation)
    received = event(receipt(**changes))
    routed = event(Given(ROUTING, known=known).when_event(received)[0], received.id)
    clock = event(Given(SLA, known=known).when_event(received)[0], received.id)
    letters = Given(SERVICE, received, routed, known=known).when_event(clock)
    return [received, routed, clock], [data for data in letters if isinstance(data, MessageSendStarted)]


def facts(sent_at: str, letter: int, organisation: str = ORGANISATION) -> LetterFacts:
    """What the ``letter``-th letter may tell when it is decided at an instant. 0 is the customer's."""
    events, letters = case(organisation)
    dossier = Dossier.of(events, "not yet")
    return facts_of(dossier, letters[letter], parse_organisation(organisation), datetime.fromisoformat(sent_at), OPENED)


CUSTOMER, HANDLER = 0, 1


# -- limits ------------------------------------------------------------------------------------------


def test_a_customer_is_told_the_limit_while_it_lies_ahead() -> None:
    """Received on Thursday 5 March 2020, ordinary: three working days end on Tuesday the 10th."""
    assert "2020年3月10日" == facts("2020-03-10T23:59:59+08:00", CUSTOMER).due_on


def test_a_customer_is_never_told_a_limit_that_has_passed() -> None:
    """At midnight it is too late to promise it; the handler is told all the same."""
    assert None is facts("2020-03-11T00:00:00+08:00", CUSTOMER).due_on
    assert "2020年3月10日" == facts("2020-03-11T00:00:00+08:00", HANDLER).due_on


def test_a_customer_is_not_told_a_limit_that_passed_earlier_the_same_day() -> None:
    """Where the bank's day ends at 17:30, the date alone is not enough."""
    assert "2020年3月10日" == facts("2020-03-10T17:29:00+08:00", CUSTOMER, CLOSES_EARLY).due_on
    assert None is facts("2020-03-10T17:30:00+08:00", CUSTOMER, CLOSES_EARLY).due_on


@pytest.mark.parametrize(
    ("name", "expected"),
    [("written_notice.zh", "2020年3月10日17时30分前"), ("breach_notice.zh", "2020年3月10日17时30分）内")],
)
def test_letters_name_the_close_of_business_where_the_bank_has_one(name: str, expected: str) -> None:
    """A handler who believes in midnight would be late by hours."""
    letter = render(template(name), facts("2020-03-05T10:00:00+08:00", HANDLER, CLOSES_EARLY))

    assert expected in letter.body
    assert "24时" not in letter.body


@pytest.mark.parametrize(
    ("name", "closing", "expected"),
    [
        ("warning_chaser.en", None, "the end of 10 March 2020 (2 days left)"),
        ("warning_chaser.en", "17:30", "17:30 on 10 March 2020 (2 days left)"),
        ("warning_chaser.zh", None, "10 March 202024时（还剩2天）"),
    ],
)
def test_a_chaser_says_how_many_days_are_left(name: str, closing: str | None, expected: str) -> None:
    """Calendar days, so that nobody has to count."""
    told = replace(facts("2020-03-08T09:00:00+08:00", HANDLER), due_on="10 March 2020", closing=closing)

    assert 2 == told.days_left
    assert expected in render(template(name), told).body


def test_the_date_of_receipt_is_the_banks_date() -> None:
    """17:00 in Greenwich is already tomorrow in Shanghai."""
    events, letters = case(received_at=datetime.fromisoformat("2020-03-04T17:00:00+00:00"))
    dossier = Dossier.of(events, "not yet")
    now = datetime.fromisoformat("2020-03-04T17:05:00+00:00")

    assert "2020年3月5日" == facts_of(dossier, letters[0], parse_organisation(ORGANISATION), now, OPENED).received_on


# -- words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_channel_and_reason_has_words(language: str) -> None:
    """A letter never shows a code."""
    codes = [*get_args(Channel), *get_args(Reason), "unclassified", "ordinary", "complex"]

    assert sorted(codes) == sorted(WORDS[language])
    assert [] == [code for code in codes if in_words(code, language) == code and "_" in code]


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.zh.j2")), ids=lambda p: p.stem)
def test_chinese_letters_are_punctuated_as_chinese_is(path: Path) -> None:
    """Full-width marks beside Chinese characters; half-width ones look like a machine's letter."""
    letter = render(template(path.stem), facts("2020-03-05T10:00:00+08:00", HANDLER))

    assert [] == re.findall(r"[\u4e00-\u9fff][,:;()!?].{0,8}|.{0,8}[,:;()!?][\u4e00-\u9fff]", "\n".join(letter))


@pytest.mark.parametrize("name", ["acknowledgement.zh", "acknowledgement.en"])
def test_a_customers_letter_has_no_word_of_staff_discipline(name: str) -> None:
    """What becomes of the staff is the bank's own affair."""
    assert None is DISCIPLINE.search((TEMPLATES / f"{name}.j2").read_text(encoding="utf-8"))


def test_a_breach_notice_names_who_owes_and_not_merely_who_reads() -> None:
    """The accepting post gets a copy of what the handler owes."""
    told = replace(facts("2020-03-11T00:00:00+08:00", HANDLER), recipient_name="林芳")
    body = render(template("breach_notice.zh"), told).body

    assert body.startswith("林芳：")
    assert "罗天须在1个工作日内" in body


def test_a_breach_notice_asks_for_no_explanation_where_nobody_can_be_told() -> None:
    """An anonymous complaint has no customer to explain to."""
    told = replace(facts("2020-03-11T00:00:00+08:00", HANDLER), explain=False)
    body = render(template("breach_notice.zh"), told).body

    assert "向客户作出说明" not in body
    assert "报告原因。" in body


@pytest.mark.parametrize("name", [f"{kind}.{language}" for kind in PARAGRAPHS for language in ("zh", "en")])
def test_a_letter_that_knows_less_keeps_its_paragraphs(name: str) -> None:
    """What is left out leaves neither a hole nor two paragraphs in one."""
    full = replace(facts("2020-03-05T10:00:00+08:00", HANDLER), request="道歉", accepting_phone="0000-5550110")
    bare = replace(full, request=None, due_on=None, target_on=None, closing=None, days_left=None)
    left_out = PARAGRAPHS[name.split(".")[0]]
    bodies = [render(template(name), told).body for told in (full, bare)]

    assert [] == [body for body in bodies if "\n\n\n" in body]
    assert left_out == bodies[0].count("\n\n") - bodies[1].count("\n\n")


def test_a_chaser_addresses_whom_it_is_sent_to() -> None:
    """While there is no handler, it goes to the accepting person."""
    told = replace(facts("2020-03-09T09:00:00+08:00", HANDLER), recipient_name="林芳", handler_name="东侨支行")

    for name in ("warning_chaser.zh", "target_chaser.zh"):
        assert render(template(name), told).body.startswith("林芳：")


def test_every_fact_kind_and_reason_is_documented() -> None:
    """Whoever writes a template finds there what it may use."""
    page = (ROOT / "docs" / "reference" / "letters.md").read_text(encoding="utf-8")
    decided = "".join((ROOT / "services" / "notify" / f).read_text() for f in ("decisions.py", "sender.py"))
    reasons = re.findall(r'(?:why=|why = |"reason": )"([a-z_]+)"', decided)
    kinds = {path.name.split(".")[0] for path in TEMPLATES.glob("*.j2")}

    assert len(reasons) >= 5
    assert [] == [name for name in [*LetterFacts.__dataclass_fields__, *kinds, *reasons] if f"`{name}`" not in page]


# -- the facts a letter rests on ---------------------------------------------------------------------


def test_a_letter_rests_on_the_facts_before_its_sending_and_not_on_later_ones() -> None:
    """A repetition says what the first attempt said."""
    events, _ = case()
    decision = events[1].data["decision"] | {"complained_unit": "dongqiao.hall"}
    data = {"ground": "assign_unit", "decision": decision, "duties_opened": [], "duties_ended": []}
    rerouted = events[1]._replace(id="rerouted", type="redress.CaseRerouted.v1", data=data)
    started = events[1]._replace(id="started", type="redress.MessageSendStarted.v1", data={})

    assert "dongqiao.lending" == Dossier.of([*events, started, rerouted], "started").routing.complained_unit
    assert "dongqiao.hall" == Dossier.of([*events, rerouted, started], "started").routing.complained_unit


def test_a_letter_about_a_case_that_was_not_routed_is_refused() -> None:
    """Without an accepting post there is no sender."""
    events, _ = case()

    with pytest.raises(ValueError, match="routing"):
        Dossier.of(events[:1], "started")


# -- templates that are refused ----------------------------------------------------------------------

GOOD = "---\nkind: target_chaser\nlanguage: en\nmandatory: [case_number]\n---\nSubject: {{ case_number }}\n\nHello\n"


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("kind: target_chaser", "kind: love_letter", "love_letter"),
        ("language: en", "language: fr", "fr"),
        ("mandatory: [case_number]", "mandatory: []", "mandatory"),
        ("mandatory: [case_number]", "mandatory: ", "not valid"),
        ("mandatory: [case_number]", "mandatory: [due_on]", "due_on"),
        ("Subject: ", "Betreff: ", "Subject"),
        ("Hello", "{% if %}", "not valid"),
        ("Hello", "{{ case_number.upper().nothing }}", "cannot be rendered"),
        ("Hello", "{{ 'on ' + accepting_phone }}", "cannot be rendered"),
        ("Hello", "{{ case_number.__class__.__mro__ }}", "cannot be rendered"),
        ("\n\nHello\n", "", "cannot be rendered"),
    ],
)
def test_a_template_with_a_fault_is_refused_when_it_is_published(before: str, after: str, named: str) -> None:
    """A fault that came to light only when a letter is due would hold that letter for ever."""
    assert "target_chaser" == parse_template(GOOD).kind

    with pytest.raises(BadReference, match=named):
        parse_template(GOOD.replace(before, after, 1))
