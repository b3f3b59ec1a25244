"""Reminders and breach notices: for the case's limits and for single duties."""

from typing import Any

import pytest

from services.notify.decisions import SERVICE
from services.routing.decisions import SERVICE as ROUTING
from services.sla.decisions import SERVICE as SLA
from shared.contract.envelope import Event
from shared.contract.events import EventData
from shared.contract.events.base import PersonAt
from shared.contract.events.casework import CustomerContacted
from shared.contract.events.ending import CaseWithdrawn
from shared.contract.events.ownership import HandlerReassigned, PartyConcernedNamed
from shared.contract.events.routing import CaseEscalated
from tests.support.facts import NOW, Given, event, receipt
from tests.support.letter_case import (
    FAN,
    ORGANISATION,
    LetterCase,
    breached,
    decision,
    noes,
    passed,
    report,
    sealed,
    told,
    warned,
)

MAX_BYTES_PER_OPEN_CASE = 1024
SEALED_ADDRESS = 76
"""Characters of a sealed e-mail address of 28."""


def first_facts(**changes: object) -> tuple[Event, Event, Event]:
    """The receipt, its routing and its clock."""
    cause = event(receipt(**changes))
    routed = event(Given(ROUTING).when_event(cause)[0], cause.id)
    return cause, routed, event(Given(SLA).when_event(cause)[0], cause.id)


@pytest.mark.parametrize(("fact", "kind"), [(warned(), "warning_chaser"), (passed(), "target_chaser")])
def test_the_handler_is_chased(fact: EventData, kind: str) -> None:
    """Before the limit, and when the target of a complex complaint is behind."""
    assert [(kind, "luo.tian")] == told(LetterCase().when(fact))


@pytest.mark.parametrize("fact", [warned(), passed()], ids=["warned", "passed"])
def test_nobody_is_chased_for_what_is_done(fact: EventData) -> None:
    """Reply and report came while the reminder was on its way, whatever the pack calls its clock."""
    case = LetterCase()
    case.happens(decision(duties_ended=case.ending("handle", "reply_customer")))
    case.happens(report(duties_ended=case.ending("report_result")))

    for milestone in ("reply", "final_answer"):
        said = case.when(fact.model_copy(update={"milestone": milestone}))
        assert ["no_longer_needed"] == [why for _, why in noes(said)]


def test_who_owes_a_duty_is_reminded_before_it_falls_due() -> None:
    """About that duty, once it is warned of: as long as it is open."""
    case = LetterCase()
    duty = case.duty("contact_customer").id
    warning = warned(milestone="contact_customer", duty_id=duty)
    letters = case.when(warning)
    assert [("duty_warning", "luo.tian")] == told(letters)
    assert duty == letters[0].duty_id

    case.happens(
        CustomerContacted(
            way="phone", points=sealed("p"), outcome="reached", duties_ended=case.ending("contact_customer")
        )
    )
    assert [("duty_warning", "no_longer_needed")] == noes(case.when(warning))


def test_a_target_is_of_no_dutys_clock() -> None:
    """Only the bank's own has one."""
    assert [] == LetterCase().when(passed(), duty_id="a duty")


def test_a_breach_is_told_to_the_handler_and_to_the_accepting_person() -> None:
    """The one owes reason and explanation, the other has to see that they come."""
    letters = LetterCase().when(breached())

    assert [("breach_notice", "luo.tian"), ("breach_notice", "lin.fang")] == told(letters)
    assert 2 == len({letter.message_id for letter in letters})


@pytest.mark.parametrize("fact", [warned(), breached()], ids=["warned", "breached"])
def test_without_a_handler_the_accepting_person_is_written_to_once(fact: EventData) -> None:
    """The case still belongs to somebody."""
    case = LetterCase(matter={"complained_unit": None})

    assert ["lin.fang"] == [person for _, person in told(case.when(fact))]


def test_before_it_is_routed_there_is_nobody_to_tell() -> None:
    """A warning that comes first is answered all the same, or it would be owed for ever."""
    given = Given(SERVICE, event(receipt()))

    assert [("warning_chaser", "nobody_to_tell")] == noes(given.when_event(event(warned(), "timer")))


@pytest.mark.parametrize("fact", [warned(), breached()], ids=["warned", "breached"])
def test_nobody_is_chased_after_a_withdrawal(fact: EventData) -> None:
    """The procedure has ended (order 2020 no. 3, art. 15)."""
    case = LetterCase()
    case.happens(CaseWithdrawn(received_at=NOW, way="phone"))
    letters = case.when(fact)

    assert [] == told(letters)
    assert {"withdrawn"} == {why for _, why in noes(letters)}


def test_a_person_concerned_gets_no_letter_on_the_case() -> None:
    """Whoever was named, and everybody in the unit that they head (article 3)."""
    case = LetterCase()
    case.happens(PartyConcernedNamed(person="luo.tian", ground=sealed("ground")))

    assert [("warning_chaser", "party_concerned")] == noes(case.when(warned()))
    letters = case.when(breached())
    assert [("breach_notice", "party_concerned")] == noes(letters)
    assert [("breach_notice", "lin.fang")] == told(letters)


def test_whom_a_person_concerned_heads_gets_no_letter_either() -> None:
    """Luo Tian heads the lending department, in which Fan Yi works."""
    case = LetterCase()
    case.happens(HandlerReassigned(handler=FAN, ground=sealed("ground")))
    assert [("warning_chaser", "fan.yi")] == told(case.when(warned()))

    case.happens(PartyConcernedNamed(person="luo.tian", ground=sealed("ground")))
    assert [("warning_chaser", "party_concerned")] == noes(case.when(warned()))


def test_who_owes_an_overdue_duty_is_chased() -> None:
    """By name, about that duty; the bank's own breach notice is for its own clock."""
    case = LetterCase()
    duty = case.duty("contact_customer")
    letters = case.when(breached(milestone="contact_customer"), duty_id=duty.id)

    assert [("duty_chaser", "luo.tian"), ("silence_notice", "lin.fang"), ("silence_notice", "he.yun")] == told(letters)
    assert duty.id == letters[0].duty_id


def silent(case: LetterCase, kind: str) -> list[Any]:
    """Nobody was heard from in time; what notify answers is sent."""
    letters = case.when(breached(milestone=kind), duty_id=case.duty(kind).id)
    case.all_sent(letters)
    return letters


def goes_up_to(case: LetterCase, person: str) -> list[Any]:
    """Routing sends the case up for it."""
    above = PersonAt(unit="dongqiao", person=person)
    up = {"mode": "supports", "rung": "operations_supervisor", "to": above, "ground": "silence"}
    letters = case.when(CaseEscalated.model_validate(up | {"organisation": {"id": "o", "version": "1"}}))
    case.all_sent(letters)
    return letters


def test_whoever_a_case_goes_up_to_for_a_silence_gets_one_letter_for_it() -> None:
    """The notice of the escalation, which says more; the accepting person is told of the silence as before."""
    case = LetterCase()
    silent(case, "accept_handover")
    second = silent(case, "contact_customer")

    assert [("duty_chaser", "luo.tian"), ("silence_notice", "lin.fang")] == told(second)
    assert [("escalation_notice", "he.yun")] == told(goes_up_to(case, "he.yun"))


def test_whoever_has_supported_the_case_before_is_still_told_of_silences() -> None:
    """It goes to somebody further up then."""
    case = LetterCase()
    silent(case, "accept_handover")
    silent(case, "contact_customer")
    goes_up_to(case, "he.yun")
    silent(case, "accept_handover")

    assert ("silence_notice", "he.yun") in told(silent(case, "contact_customer"))
    assert [("escalation_notice", "shen.bo")] == told(goes_up_to(case, "shen.bo"))


def test_a_duty_that_nobody_is_named_for_is_chased_at_who_holds_its_post() -> None:
    """Nobody of the sub-branch archives any more, so the branch does."""
    left = 'zhong.an@bank.example, phone: "0000-5550116", from: 2015-01-01'
    case = LetterCase(ORGANISATION.replace(left, f"{left}, until: 2019-12-31"))
    duty = case.duty("archive")

    assert None is duty.terms.debtor.person
    assert [("duty_chaser", "ye.lan")] == told(case.when(breached(milestone="archive"), duty_id=duty.id))


@pytest.mark.parametrize("known", [True, False])
def test_a_duty_that_is_done_or_unknown_is_not_chased(known: bool) -> None:
    """It was done while the clock ran out."""
    case = LetterCase()
    duty = case.duty("handle").id
    case.happens(decision(duties_ended=case.ending("handle")))
    letters = case.when(breached(milestone="handle"), duty_id=duty if known else "another")

    assert [("duty_chaser", "no_longer_needed" if known else "nobody_to_tell")] == noes(letters)


def test_what_is_still_owed_after_a_withdrawal_is_chased() -> None:
    """The archive is not the customer's business."""
    case = LetterCase()
    duty = case.duty("archive")
    case.happens(CaseWithdrawn(received_at=NOW, way="phone"))

    assert [("duty_chaser", "zhong.an")] == told(case.when(breached(milestone="archive"), duty_id=duty.id))
