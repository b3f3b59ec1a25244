"""Whatever an alarm speaks of reaches somebody: where its addressees cannot be told, somebody further up is."""

from typing import Any

import pytest

from services.notify.letters.kinds import DECLARED
from shared.bank.organisation_file import parse_organisation
from shared.contract.events import EventData
from shared.contract.events.ownership import PartyConcernedNamed
from shared.contract.events.routing import CaseEscalated, RoutingFellBack
from tests.support.letter_case import ORGANISATION, LetterCase, breached, noes, sealed, told, warned

TOP = "office@province.example"
BANKS = "email: bank@bank.example"
PRESIDENT = "tao.rui"
"""Who heads the top unit, and so everybody."""


def concerned(case: LetterCase, *people: str) -> LetterCase:
    """These are parties concerned, and whom they head."""
    for person in people:
        case.happens(PartyConcernedNamed(person=person, ground=sealed("ground")))
    return case


def everybody(case: LetterCase) -> LetterCase:
    """Everybody of the bank is a party concerned: whoever heads the top unit, and with him all below."""
    return concerned(case, PRESIDENT)


@pytest.mark.parametrize("kind", [kind for kind in DECLARED.values() if kind.reaches_somebody], ids=lambda k: k.name)
def test_an_alarm_of_any_kind_goes_to_the_bank_only(kind: Any) -> None:
    """It names the case and who has it, and holds nothing of what the customer said."""
    assert not kind.to_customer
    assert not kind.quotes


@pytest.mark.parametrize("fact", [warned(), breached()], ids=["warned", "breached"])
def test_where_handler_and_accepting_person_cannot_be_told_the_office_above_is(fact: EventData) -> None:
    """Both are parties concerned."""
    case = concerned(LetterCase(), "luo.tian", "lin.fang")
    letters = case.when(fact)

    assert {"party_concerned"} == {why for _, why in noes(letters)}
    assert ["wu.qing"] == [person for _, person in told(letters)]


@pytest.mark.parametrize(
    "fact",
    [warned(), breached(), RoutingFellBack(unit="dongqiao", reason="nobody_accepts")],
    ids=["warned", "breached", "alarm"],
)
def test_where_everybody_is_concerned_the_mailbox_at_the_top_gets_it(fact: EventData) -> None:
    """A case that nobody may touch is not one that nobody knows of."""
    case = everybody(LetterCase())
    letters = case.when(fact)

    assert ["province"] == [unit for _, unit in told(letters)]


def test_a_top_unit_without_a_mailbox_reads_the_banks() -> None:
    """Somebody reads it."""
    bare = ORGANISATION.replace(f"email: {TOP}, ", "", 1).replace(
        "id: example-bank, ", f"id: example-bank, {BANKS}, ", 1
    )
    case = everybody(LetterCase(bare))

    assert ["province"] == [unit for _, unit in told(case.when(breached()))]
    assert "bank@bank.example" == parse_organisation(bare).mailbox("province")


def test_who_supports_because_of_a_silence_reads_why() -> None:
    """In both languages a case that goes up by itself says so."""
    said = {
        "mode": "supports",
        "rung": "president",
        "ground": "silence",
        "to": {"unit": "dongqiao", "person": "he.yun"},
    }
    fact = CaseEscalated.model_validate(said | {"organisation": {"id": "bank", "version": "1"}})

    assert ("escalation_notice", "he.yun") in told(LetterCase().when(fact))
