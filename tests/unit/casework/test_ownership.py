"""Who has the case: accepting, refusing, assigning, naming parties, delegating, reassigning, escalating."""

from typing import Any

import pytest

from services.routing.decisions import SERVICE as ROUTING
from shared.contract.events.base import CaseworkEvent
from shared.contract.events.ownership import (
    AgentNamed,
    ComplainedUnitDetermined,
    EscalationRequested,
    HandlerReassigned,
    HandoverAccepted,
    HandoverRefused,
    PartyConcernedNamed,
)
from tests.support.casework import (
    CONTACT,
    INVESTIGATION,
    ORGANISATION,
    Case,
    Refused,
    discharged,
    ended,
    known,
    opened,
    person,
)
from tests.support.facts import Body, Given, event

GROUND: Body = {"ground": "原因。"}


def rerouted(case: Case) -> Case:
    """Routing answers the case's last fact."""
    given = Given(ROUTING, *case.events[:-1], known=known())
    cause = case.events[-1]
    for place, fact in enumerate(given.when_event(cause, case.now)):
        case.happens(fact, cause.id, place)
    return case


# -- accept and refuse -------------------------------------------------------------------------------


def test_accepting_discharges_the_hand_over_and_a_notice_not_yet_delivered() -> None:
    """Whoever took it over needs no notice any more."""
    fact = Case().does("luo.tian", "accept-handover")

    assert isinstance(fact, HandoverAccepted)
    assert ("dongqiao.lending", "luo.tian") == (fact.handler.unit, fact.handler.person)
    assert discharged("deliver_written_notice", "accept_handover") == ended(fact)


def test_accepting_a_second_time_is_refused() -> None:
    """Another key makes it another command; the case is accepted all the same."""
    assert Refused("already_accepted") == Case().accepted().refuses("luo.tian", "accept-handover")


def test_where_nothing_is_handed_over_nothing_is_accepted() -> None:
    """A case settled on the spot needs no hand-over; nor does a channel whose accepting post handles."""
    case = Case(channel="opinion_box", received_by={"unit": "dongqiao", "person": None})

    assert Refused("nothing_owed", (), ("accept_handover",)) == case.refuses("mo.ran", "accept-handover")


def test_refusing_discharges_the_hand_over_and_may_propose_a_unit() -> None:
    """Routing answers with another handler."""
    case = Case()
    fact = case.does("luo.tian", "refuse-handover", ground="not_competent", proposed_unit="dongqiao.operations")

    assert isinstance(fact, HandoverRefused)
    assert ("not_competent", "dongqiao.operations") == (fact.ground, fact.proposed_unit)
    assert discharged("accept_handover") == ended(fact)
    assert "mo.ran" == person(rerouted(case).core.handler)


def test_an_accepted_case_is_not_refused_any_more() -> None:
    """The hand-over is done."""
    assert Refused("already_accepted") == Case().accepted().refuses(
        "luo.tian", "refuse-handover", ground="not_competent"
    )


def test_a_unit_refuses_once_only() -> None:
    """Assigned to it again, it has to keep the case."""
    case = Case()
    case.does("luo.tian", "refuse-handover", ground="not_competent")
    case = rerouted(case)
    case.does("lin.fang", "assign-unit", unit="dongqiao.lending", **GROUND)
    case = rerouted(case)

    assert "luo.tian" == person(case.core.handler)
    assert Refused("unit_refused_before") == case.refuses("luo.tian", "refuse-handover", ground="not_competent")


@pytest.mark.parametrize(
    ("unit", "code"), [("nowhere", "unknown_unit"), ("dongqiao.lending", "same_unit")], ids=["unknown", "own"]
)
def test_a_proposed_unit_has_to_be_another_one(unit: str, code: str) -> None:
    """Proposing oneself refuses nothing."""
    found = Case().refuses("luo.tian", "refuse-handover", ground="not_competent", proposed_unit=unit)

    assert Refused(code, ("/proposed_unit",)) == found


def test_an_acceptance_that_crossed_a_routing_changes_nothing() -> None:
    """Casework folds it as everybody does: the new handler still has to accept."""
    case = Case()
    basis = case.events[-1].id
    accepted = case.answer(case.command("luo.tian", "accept-handover"))
    case.does("luo.tian", "name-party", person="luo.tian", **GROUND)
    before = rerouted(case).state
    case.given.fold(event(accepted.data, "crossing", at=case.now)._replace(basisid=basis))

    assert before == case.state


# -- units and parties -------------------------------------------------------------------------------


def test_assigning_a_unit_discharges_what_asked_for_it() -> None:
    """An unknown unit is determined by the accepting post."""
    case = Case(matter={"complained_unit": None})
    fact = case.does("lin.fang", "assign-unit", unit="dongqiao.hall", **GROUND)

    assert isinstance(fact, ComplainedUnitDetermined)
    assert ("dongqiao.hall", discharged("determine_unit")) == (fact.unit, ended(fact))
    assert "bai.xue" == person(rerouted(case).core.handler)


@pytest.mark.parametrize(
    ("unit", "code"), [("nowhere", "unknown_unit"), ("dongqiao.lending", "same_unit")], ids=["unknown", "same"]
)
def test_a_unit_to_assign_has_to_be_known_and_another_one(unit: str, code: str) -> None:
    """Nothing is routed again for nothing."""
    assert Refused(code, ("/unit",)) == Case().refuses("lin.fang", "assign-unit", unit=unit, **GROUND)


def test_naming_a_party_is_a_fact_that_routing_answers() -> None:
    """The handler himself turned out to be concerned."""
    case = Case().accepted()
    fact = case.does("luo.tian", "name-party", person="luo.tian", **GROUND)

    assert isinstance(fact, PartyConcernedNamed)
    assert ({}, "luo.tian") == (ended(fact), fact.person)
    assert "luo.tian" != person(rerouted(case).core.handler)


@pytest.mark.parametrize(
    ("person", "code"),
    [("nobody", "unknown_person"), ("ding.ning", "unknown_person"), ("bai.xue", "already_named")],
    ids=["unknown", "has left", "named already"],
)
def test_a_party_to_name_has_to_be_on_duty_and_new(person: str, code: str) -> None:
    """Named at receipt is named."""
    case = Case(matter={"complained_persons": ["bai.xue"]})

    assert Refused(code, ("/person",)) == case.refuses("luo.tian", "name-party", person=person, **GROUND)


def test_somebody_whom_the_investigation_found_responsible_does_nothing_more() -> None:
    """They are parties concerned from then on, the handler too."""
    case = Case().accepted()
    case.does("luo.tian", "record-investigation", **INVESTIGATION, persons_responsible=["luo.tian"])

    assert Refused("party_concerned") == case.refuses("luo.tian", "record-contact", **CONTACT)


# -- agents and other handlers -----------------------------------------------------------------------


def test_an_agent_is_named_by_the_handler() -> None:
    """The duties stay the handler's."""
    case = Case().accepted()
    fact = case.does("luo.tian", "delegate", person="fan.yi", **GROUND)

    assert isinstance(fact, AgentNamed)
    assert ({}, {}, "fan.yi") == (ended(fact), opened(fact), case.core.agent)


NOT_CHOSEN = [
    ("nobody", "unknown_person"),
    ("ding.ning", "unknown_person"),
    ("bai.xue", "outside_unit"),
    ("luo.tian", "same_person"),
    ("tang.yu", "party_concerned"),
]


@pytest.mark.parametrize("command", ["delegate", "reassign"])
@pytest.mark.parametrize(("person", "code"), NOT_CHOSEN, ids=[p for p, _ in NOT_CHOSEN])
def test_whom_a_case_cannot_be_given_to(command: str, person: str, code: str) -> None:
    """Unknown, gone, of another unit, the same, concerned."""
    case = Case(matter={"complained_persons": ["tang.yu"]})

    assert Refused(code, ("/person",)) == case.refuses("luo.tian", command, person=person, **GROUND)


def test_the_present_agent_is_not_named_again() -> None:
    """Nothing would change."""
    case = Case().accepted()
    case.does("luo.tian", "delegate", person="fan.yi", **GROUND)

    assert Refused("same_person", ("/person",)) == case.refuses("luo.tian", "delegate", person="fan.yi", **GROUND)


def test_reassigning_moves_what_the_handler_owes_and_the_new_one_accepts_anew() -> None:
    """What is done stays done; the hand-over binds in person."""
    case = Case().accepted()
    case.does("luo.tian", "record-contact", **CONTACT, promised_at="2020-03-06T15:00:00+08:00")
    fact = case.does("luo.tian", "reassign", person="fan.yi", **GROUND)
    moved = ("handle", "promise", "reply_customer", "report_result")

    assert isinstance(fact, HandlerReassigned)
    assert dict.fromkeys(moved, "waived") == ended(fact)
    assert dict.fromkeys(("accept_handover", *moved), "fan.yi") == opened(fact)
    assert {"handler"} == {duty.debtor.post for duty in fact.duties_opened}
    assert "fan.yi" == person(case.core.handler)
    assert discharged("accept_handover") == ended(case.does("fan.yi", "accept-handover"))


def test_a_hand_over_not_accepted_yet_moves_with_the_rest() -> None:
    """Once, not twice."""
    fact = Case().does("luo.tian", "reassign", person="fan.yi", **GROUND)

    assert 1 == [duty.kind for duty in fact.duties_opened].count("accept_handover")
    assert "waived" == ended(fact)["accept_handover"]


def test_two_promises_become_one_of_the_new_handler() -> None:
    """The customer hears from one person."""
    case = Case().accepted()
    for outcome in ("reached", "left_message"):
        case.does(
            "luo.tian", "record-contact", **CONTACT | {"outcome": outcome}, promised_at="2020-03-06T15:00:00+08:00"
        )
    assert 2 == len(case.core.open_duties("promise"))
    case.does("luo.tian", "reassign", person="fan.yi", **GROUND)

    assert ["fan.yi"] == [duty.terms.debtor.person for duty in case.core.open_duties("promise")]


def test_a_reassigned_handler_may_be_given_the_case_back() -> None:
    """The duties move again, each once."""
    case = Case().accepted()
    case.does("luo.tian", "reassign", person="fan.yi", **GROUND)
    fact = case.does("lin.fang", "reassign", person="luo.tian", **GROUND)

    assert {"luo.tian"} == set(opened(fact).values())
    assert {"unit_head"} == {duty.debtor.post for duty in fact.duties_opened}


# -- up the ladder -----------------------------------------------------------------------------------


def escalated(case: Case, actor: str = "luo.tian", **more: Any) -> CaseworkEvent:
    """The case is to go up."""
    return case.does(actor, "escalate", reason="超出权限。", mode="takes_over", **more)


def test_an_escalation_is_a_request_that_routing_answers() -> None:
    """The next rung takes over."""
    case = Case().accepted()
    fact = escalated(case)

    assert isinstance(fact, EscalationRequested)
    assert ("takes_over", None, {}) == (fact.mode, fact.skip_to, ended(fact))
    assert "he.yun" == person(rerouted(case).core.handler)


def test_rungs_may_be_skipped() -> None:
    """For hard or major cases."""
    fact = escalated(Case(), skip_to="president")

    assert isinstance(fact, EscalationRequested)
    assert "president" == fact.skip_to


def test_whoever_took_over_decides_without_a_further_hand_over() -> None:
    """Nothing is left to accept."""
    case = Case().accepted()
    escalated(case)
    case = rerouted(case)
    case.does("he.yun", "record-investigation", **INVESTIGATION)

    assert Refused("already_accepted") == case.refuses("he.yun", "accept-handover")


def test_at_the_top_nobody_is_left() -> None:
    """The superior unit's office has it already."""
    case = Case().accepted()
    for _ in range(4):
        escalated(case, actor=person(case.core.handler) or "")
        case = rerouted(case)

    assert "ye.lan" == person(case.core.handler)
    assert Refused("top_reached") == case.refuses("ye.lan", "escalate", reason="无法处理。", mode="takes_over")


def test_a_case_without_a_handler_can_be_taken_up_by_the_accepting_post() -> None:
    """From the accepting unit upward."""
    case = Case(ORGANISATION, matter={"complained_unit": None})

    assert isinstance(escalated(case, "lin.fang"), EscalationRequested)
