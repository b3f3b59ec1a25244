"""A settlement that a receipt claims of somebody counts by his own word, and the claim ends, whatever becomes of it."""

from datetime import timedelta
from typing import Any

import pytest

from services.casework.decisions import SERVICE
from services.routing.decisions import SERVICE as ROUTING
from shared.contract.events.routing import CaseRerouted
from tests.support.casework import (
    CONTACT,
    DECISION,
    INVESTIGATION,
    SETTLEMENT,
    Case,
    Refused,
    discharged,
    ended,
    known,
    sealed_settlement,
    waived,
)
from tests.support.facts import NOW, Body, Given

CLAIM = "confirm_settlement"
DENIAL: Body = {"ground": "我只登记了来电。"}
BELOW_LIMIT = SETTLEMENT | {"remedy": {"kind": "apology"}}


def claimed(person: str | None = "wu.qing", submitter: str = "channel:hotline", **changes: Any) -> Case:
    """A case whose receipt claims that somebody settled it."""
    return Case(
        submitter=submitter,
        received_by={"unit": "dongqiao", "person": person},
        settlement=sealed_settlement(),
        **changes,
    )


def debtor(case: Case) -> str | None:
    """Who has to confirm or deny, while it is open."""
    return next((duty.terms.debtor.person for duty in case.core.open_duties(CLAIM)), None)


@pytest.mark.parametrize("submitter", ["channel:hotline", "person:lin.fang", "person:qiu.min"])
def test_a_claim_settles_nothing_and_is_asked_of_whom_it_is_claimed(submitter: str) -> None:
    """Neither a system's nor a superior's word is his: he owes his own, and casework answers nothing in his name."""
    case = claimed(submitter=submitter)

    assert "wu.qing" == debtor(case)
    assert not case.core.did("SettledOnTheSpot")
    assert None is case.state.at_receipt
    assert not Given(SERVICE, case.events[0]).owes(case.events[1])


def test_where_a_system_names_nobody_the_accepting_person_is_asked() -> None:
    """Who was first asked is the holder of the accepting post then."""
    assert "lin.fang" == debtor(claimed(person=None))


def test_his_own_receipt_is_his_own_act() -> None:
    """Nothing is claimed of anybody else."""
    case = claimed(submitter="person:wu.qing")

    assert None is debtor(case)
    assert None is not case.state.at_receipt


def test_he_confirms_by_settling_it_himself() -> None:
    """That ends the claim, and everything that a settlement ends; nobody denies it afterwards."""
    case = claimed()
    fact = case.does("wu.qing", "settle-on-the-spot", **SETTLEMENT)

    assert "discharged" == ended(fact)[CLAIM]
    assert Refused("confirmed_already") == case.refuses("wu.qing", "deny-settlement", **DENIAL)


def test_he_denies_and_the_case_goes_its_way() -> None:
    """Only once; he may still settle it later, if the customer then agrees."""
    case = claimed()

    assert discharged(CLAIM) == ended(case.does("wu.qing", "deny-settlement", **DENIAL))
    assert Refused("nothing_owed", (), (CLAIM,)) == case.refuses("wu.qing", "deny-settlement", **DENIAL)
    case.does("luo.tian", "accept-handover")


def test_a_denial_needs_its_ground() -> None:
    """Somebody reads it."""
    with pytest.raises(ValueError, match="ground"):
        claimed().refuses("wu.qing", "deny-settlement")


def test_nobody_denies_where_nothing_is_claimed() -> None:
    """Not even who took the complaint down."""
    assert Refused("not_entitled") == Case().refuses("wu.qing", "deny-settlement", **DENIAL)


# -- ends of a claim that nobody answers ----------------------------------------------------------------


def test_a_party_concerned_is_asked_nothing_and_settles_nothing() -> None:
    """A teller complained of, named as the one who settled it: the case goes to its handler."""
    case = claimed(matter={"complained_persons": ["wu.qing"]})

    assert None is debtor(case)
    assert not case.core.did("SettledOnTheSpot")
    assert Refused("party_concerned") == case.refuses("wu.qing", "settle-on-the-spot", **SETTLEMENT)


def test_who_becomes_concerned_is_asked_no_longer() -> None:
    """The routing that follows lets the claim go."""
    case = claimed()
    named = case.does("lin.fang", "name-party", person="wu.qing", ground="当事人。")
    fact = routed_again(case)

    assert "PartyConcernedNamed" == type(named).__name__
    assert "waived" == {end.kind: end.state for end in fact.duties_ended}[CLAIM]
    assert CLAIM not in {duty.kind for duty in fact.duties_opened}


def test_a_claim_that_has_ended_is_not_asked_again() -> None:
    """By whatever routing comes later."""
    case = claimed()
    case.does("wu.qing", "deny-settlement", **DENIAL)
    case.does("lin.fang", "assign-unit", unit="dongqiao.hall", ground="属营业厅。")
    routed_again(case)

    assert None is debtor(case)


def test_an_open_claim_stays_with_him_when_the_case_moves_to_another_unit() -> None:
    """It is about what he did, not about who handles."""
    case = claimed()
    case.does("lin.fang", "assign-unit", unit="dongqiao.hall", ground="属营业厅。")
    routed_again(case)

    assert "wu.qing" == debtor(case)


def test_a_decision_makes_the_claim_moot() -> None:
    """The handler looked into it: nothing is left to confirm, and nothing holds up the end of the case."""
    case = claimed()
    case.accepted().does("luo.tian", "record-contact", **CONTACT)
    case.does("luo.tian", "record-investigation", **INVESTIGATION)
    fact = case.does("luo.tian", "decide", **DECISION)

    assert waived([CLAIM]) == {kind: state for kind, state in ended(fact).items() if kind == CLAIM}
    assert Refused("nothing_owed", (), (CLAIM,)) == case.refuses("wu.qing", "deny-settlement", **DENIAL)


def test_another_settlement_ends_the_claim_too() -> None:
    """The handler settled it: there is one settlement, and it is his."""
    assert "discharged" == ended(claimed().does("luo.tian", "settle-on-the-spot", **BELOW_LIMIT))[CLAIM]


@pytest.mark.parametrize(
    ("command", "body"),
    [
        ("withdraw", {"received_at": NOW.isoformat(), "way": "phone", "proof": "录音"}),
        ("not-accept", {"ground": "not_this_bank", "signpost": "他行。", "approved_by": "tao.rui"}),
    ],
)
def test_the_end_of_the_case_lets_the_claim_go(command: str, body: dict[str, Any]) -> None:
    """Nothing is owed to anybody any more; the denial is refused with why."""
    case = claimed()

    assert "waived" == ended(case.does("lin.fang", command, **body))[CLAIM]
    assert Refused("case_ended") == case.refuses("wu.qing", "deny-settlement", **DENIAL)


def test_a_superior_answers_for_who_is_away_or_has_left() -> None:
    """Recorded so; a colleague of the same post does not."""
    case = claimed()
    fact = case.does("qiu.min", "deny-settlement", **DENIAL)

    assert "wu.qing" == fact.acted_for
    assert Refused("not_entitled") == claimed().refuses("lin.fang", "deny-settlement", **DENIAL)


def test_the_handlers_work_does_not_wait_for_the_claim() -> None:
    """An absent person holds nobody up."""
    claimed().decided_on()


def routed_again(case: Case) -> CaseRerouted:
    """Routing's answer to what casework said last, in the log."""
    given = Given(ROUTING, *case.events[:-1], known=known())
    fact = given.when_event(case.events[-1], NOW + timedelta(minutes=5))[0]
    assert isinstance(fact, CaseRerouted)
    case.happens(fact, case.events[-1].id)
    return fact
