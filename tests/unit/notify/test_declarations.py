"""Declarations of letters: one that contradicts itself or others is found before any letter is due."""

import pytest

from services.notify.bank_readers import PLACES
from services.notify.letters.addressees import Addressee
from services.notify.letters.fields import Field
from services.notify.letters.kind import BANK_LANGUAGE, LANGUAGES, LetterKind
from services.notify.letters.kinds import DECLARED, KINDS
from services.notify.letters.occasions import CLOSED, Occasion, When
from services.notify.letters.reasons import Needless
from services.notify.needless import JUDGES
from shared.case.duty_kinds import KINDS as DUTY_KINDS
from shared.contract.events import CATALOGUE

TOLD_BY_THE_FACT = {
    When.ALWAYS,
    When.AT_RECEIPT,
    When.OWN_CLOCK,
    When.DUTYS_CLOCK,
    When.SILENCE,
    When.AT_ONCE,
    When.LEVEL_BY_LEVEL,
    When.IN_WRITING,
    When.OPENS_REVIEW,
}
"""The conditions that a fact tells by itself; all others need the case as it was before it."""
OPENS_A_DUTY_TOO = {When.AUTHORITY_ENDED, When.TAKES_DUTIES}
"""Conditions that agree with any other: one opens a duty, so ``OPENS_DUTIES`` holds with it; the letters of the other
go to nobody where it does not hold."""
OF_ALL = [(kind, occasion) for kind in DECLARED.values() for occasion in kind.occasions]


def test_a_letter_that_must_say_what_it_does_not_know_is_no_kind() -> None:
    """It fails where it is declared, not when a template of it is published."""
    with pytest.raises(TypeError, match="closing_note must say what it does not know: findings"):
        LetterKind("closing_note", (CLOSED,), (Addressee.CUSTOMER,), must_say=("findings",))


def test_a_customers_letter_that_knows_of_the_treatment_of_staff_is_no_kind() -> None:
    """Whether it quotes it or fills it from the case; a letter to staff may."""
    fault = Field("fault", "who is to blame")
    assert "fault" in LetterKind("closing_note", (CLOSED,), (Addressee.HANDLER,), knows={fault: str}).fields

    with pytest.raises(TypeError, match="closing_note goes to a customer and knows of staff: fault"):
        LetterKind("closing_note", (CLOSED,), (Addressee.CUSTOMER,), knows={fault: str})


def test_every_occasion_is_a_fact_that_notify_hears() -> None:
    """Who declares a letter about another fact names notify among those who hear it."""
    assert set() == {one.event for _, one in OF_ALL if "notify" not in CATALOGUE[one.event].heard_by}


def test_letters_of_one_fact_agree_about_when_it_calls_for_any() -> None:
    """When letters are decided, the case before the fact is gone: one condition has to do for all of them."""
    for event in {one.event for _, one in OF_ALL}:
        needing_the_case = {one.when for _, one in OF_ALL if one.event == event} - TOLD_BY_THE_FACT - OPENS_A_DUTY_TOO
        by_the_fact = {one.when for _, one in OF_ALL if one.event == event} & TOLD_BY_THE_FACT

        assert len(needing_the_case) <= 1, event
        assert not (needing_the_case and by_the_fact), event


def test_a_declaration_names_kinds_of_duties_and_languages_that_there_are() -> None:
    """A duty that is never opened would never be ended."""
    assert {kind.ends for kind in KINDS.values()} - {None} <= DUTY_KINDS.keys()
    assert all("MessageSent" in DUTY_KINDS[kind.ends].discharged_by for kind in KINDS.values() if kind.ends)
    assert {BANK_LANGUAGE} <= {lang for kind in KINDS.values() for lang in kind.languages} <= set(LANGUAGES)
    assert [] == [name for name, kind in KINDS.items() if BANK_LANGUAGE not in kind.languages]


def test_an_occasion_counts_from_the_beginning_unless_it_says_otherwise() -> None:
    """As for every kind so far."""
    assert {Occasion("CaseClosed").since} == {one.since for _, one in OF_ALL}


def test_every_addressee_is_found() -> None:
    """Among the bank's people by the table; the others are customers, units and copies, which have no such place."""
    assert set(Addressee) == PLACES.keys() | {Addressee.CUSTOMER, Addressee.PROXY, Addressee.COPIES, Addressee.ALARMED}


def test_every_reason_why_a_letter_is_needless_is_judged() -> None:
    """Else a declaration could name one that stops the case."""
    assert set(Needless) == JUDGES.keys()
