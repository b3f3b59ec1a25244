"""Routing again: refused hand-overs, units determined, parties named, escalation, reopening, people who left."""

from typing import Any

import pytest

from ops.local.reference import EXAMPLE_ORGANISATION
from services.routing.decisions import SERVICE
from services.routing.state import RoutingState
from shared.contract.envelope import Event
from shared.contract.events.base import PersonAt
from shared.contract.events.casework import ComplaintClassified, InvestigationRecorded
from shared.contract.events.ending import CaseClosed, CaseReopened
from shared.contract.events.ownership import (
    ComplainedUnitDetermined,
    EscalationRequested,
    HandoverAccepted,
    HandoverRefused,
    PartyConcernedNamed,
)
from shared.contract.events.routing import CaseEscalated, CaseRerouted, RoutingFellBack
from shared.kernel.service import ReferenceTrigger
from tests.support.facts import CASE, NOW, SEALED, Given, document, event, receipt, reference

LUO = PersonAt(unit="dongqiao.lending", person="luo.tian")
ORGANISATION = EXAMPLE_ORGANISATION.read_text(encoding="utf-8")
LUO_LEFT = ORGANISATION.replace(
    'email: luo.tian@bank.example, phone: "0000-5550121", from: 2015-01-01',
    'email: luo.tian@bank.example, phone: "0000-5550121", from: 2015-01-01, until: 2020-01-31',
).replace("post: unit_head, holders: [luo.tian]", "post: unit_head, holders: [fan.yi]")


def routed(*more: Event, **changes: Any) -> Given:
    """A case that was received and routed, and whatever came after; every rerouting on the way is decided."""
    given = Given(SERVICE)
    answered(given, event(receipt(**changes)))
    for one in more:
        answered(given, one)
    return given


def answered(given: Given, one: Event) -> list[Any]:
    """What routing answers an event with; the answer is folded too."""
    facts = given.when_event(one)
    for position, data in enumerate(facts):
        given.fold(event(data, one.id, position))
    return facts


def refused(ground: str = "not_competent", proposed: str | None = None, by: PersonAt = LUO, cause: str = "r") -> Event:
    """The hand-over was refused; its duty is discharged by that, as casework lists it."""
    data = {"handler": by.model_dump(), "ground": ground, "proposed_unit": proposed}
    return event(HandoverRefused.model_validate(data), cause)


def owed(given: Given) -> dict[str, str | None]:
    """Kind → debtor of every open duty."""
    state: RoutingState = given.state
    return {d.terms.kind: d.terms.debtor.person for d in state.core.open_duties()}


def rerouting(facts: list[Any]) -> CaseRerouted:
    """The one rerouting among the facts."""
    (found,) = (fact for fact in facts if isinstance(fact, CaseRerouted))
    return found


def test_a_refusal_that_proposes_a_unit_goes_to_the_head_of_that_unit() -> None:
    """Everything the former handler owed is owed by the new one, the hand-over and the notice anew."""
    given = routed()
    found = rerouting(answered(given, refused(proposed="dongqiao.operations")))
    moved = {"accept_handover", "contact_customer", "handle", "reply_customer", "report_result"}

    assert ("handover_refused", "dongqiao.operations") == (found.ground, found.decision.complained_unit)
    assert moved | {"deliver_written_notice"} == {d.kind for d in found.duties_opened}
    assert {"mo.ran"} == {who for kind, who in owed(given).items() if kind in moved}


@pytest.mark.holds("practice-8")
def test_a_unit_that_refused_is_not_asked_again_by_proposal() -> None:
    """No ping-pong: the accepting post has to determine the unit."""
    mo = PersonAt(unit="dongqiao.operations", person="mo.ran")
    given = routed(refused(proposed="dongqiao.operations"))
    found = rerouting(answered(given, refused(proposed="dongqiao.lending", by=mo, cause="again")))

    assert found.decision.handler is None
    assert {"lin.fang"} == {who for kind, who in owed(given).items() if kind == "determine_unit"}
    assert "handle" not in owed(given)


def test_a_unit_determined_by_the_accepting_post_binds_also_one_that_refused() -> None:
    """What the handler owes is owed again by the head of that unit."""
    given = routed(refused())
    determined = ComplainedUnitDetermined(unit="dongqiao.lending", ground=SEALED)
    found = rerouting(answered(given, event(determined, "d")))

    assert LUO == found.decision.handler
    assert "luo.tian" == owed(given)["handle"]
    assert "luo.tian" == owed(given)["accept_handover"]


def test_a_handler_who_is_concerned_is_passed_over_up_the_ladder() -> None:
    """He says so himself: the operations supervisor handles, and he is on record as passed over."""
    given = routed()
    found = rerouting(answered(given, refused("party_concerned")))

    assert PersonAt(unit="dongqiao", person="he.yun") == found.decision.handler
    assert ["luo.tian"] == [r.person for r in found.decision.refused]
    assert "luo.tian" in given.state.core.parties


def test_a_party_named_later_who_does_not_own_the_case_moves_nothing() -> None:
    """The decision is on record all the same."""
    given = routed()
    found = rerouting(answered(given, event(PartyConcernedNamed(person="fan.yi", ground=SEALED), "p")))

    assert LUO == found.decision.handler
    assert ((), ()) == (found.duties_opened, found.duties_ended)


@pytest.mark.holds("article-3.4", "practice-9")
def test_a_handler_named_as_party_loses_the_case_at_once() -> None:
    """Article 3: also after he accepted it."""
    accepted = event(HandoverAccepted(handler=LUO), "a")
    given = routed(accepted)
    rerouting(answered(given, event(PartyConcernedNamed(person="luo.tian", ground=SEALED), "p")))

    assert "he.yun" == owed(given)["handle"]
    assert "he.yun" == owed(given)["accept_handover"]
    assert "routed" == given.state.core.life


@pytest.mark.parametrize(("responsible", "expected"), [((), 0), (("fan.yi",), 1), (("luo.tian",), 1)])
def test_people_found_responsible_become_parties(responsible: tuple[str, ...], expected: int) -> None:
    """An investigation that names nobody new is no cause to route again."""
    found = InvestigationRecorded(findings=SEALED, fault=SEALED, persons_responsible=SEALED, parties=responsible)
    facts = answered(routed(), event(found, "i"))

    assert expected == len(facts)


def test_a_hard_case_goes_to_the_superior_unit_at_once() -> None:
    """It supports, the handler stays; saying so again changes nothing (rules: default-ladder)."""
    given = routed()
    (found,) = answered(given, event(ComplaintClassified(reason="violation", level="hard"), "c"))
    again = answered(given, event(ComplaintClassified(reason="violation", level="major"), "c2"))

    assert isinstance(found, CaseEscalated)
    assert ("supports", "superior_unit", "ye.lan") == (found.mode, found.rung, found.to.person)
    assert "luo.tian" == owed(given)["handle"]
    assert [] == again


@pytest.mark.holds("practice-13")
def test_escalation_climbs_rung_by_rung_to_the_superior_unit_and_ends_there() -> None:
    """Operations supervisor, deputy president, president, the superior unit's office, then nobody."""
    given = routed()
    climbed = []
    for step in range(5):
        request = EscalationRequested(reason=SEALED, mode="takes_over")
        (found,) = answered(given, event(request, f"e{step}"))
        climbed.append(found.to.person if isinstance(found, CaseEscalated) else found.reason)

    assert ["he.yun", "shen.bo", "qiu.min", "ye.lan", "top_reached"] == climbed
    assert "ye.lan" == owed(given)["handle"]
    assert "accept_handover" not in owed(given)


def test_escalation_may_skip_rungs_and_support_only() -> None:
    """The handler goes on; whom it was escalated to stands in the case."""
    given = routed()
    request = EscalationRequested(reason=SEALED, mode="supports", skip_to="president")
    (found,) = answered(given, event(request, "e"))

    assert isinstance(found, CaseEscalated)
    assert ((), ()) == (found.duties_opened, found.duties_ended)
    assert "qiu.min" == given.state.core.escalated_to.person
    assert "luo.tian" == given.state.core.handler.person


def test_a_reopened_case_stays_with_its_handler() -> None:
    """The routing is decided anew and on record."""
    given = routed(event(CaseClosed(), "c"))
    found = rerouting(answered(given, event(CaseReopened(ground=SEALED, received_at=NOW), "o")))

    assert ("reopened", LUO) == (found.ground, found.decision.handler)


def test_a_handler_who_left_is_replaced_when_the_organisation_says_so() -> None:
    """Level-triggered: owed while it is so, and no longer once it was decided under that organisation."""
    given = routed()
    changed = reference()
    changed.add(document("organisation", "bank", LUO_LEFT, NOW))
    given.reference = changed
    (trigger,) = SERVICE.stale(CASE, given.state, changed, NOW)
    assert isinstance(trigger, ReferenceTrigger)
    facts = [fact.data for fact in given.when(trigger)]
    for data in facts:
        given.fold(event(data, trigger.id))

    assert "fan.yi" == owed(given)["handle"]
    assert "organisation_changed" == rerouting(facts).ground
    assert [] == list(SERVICE.stale(CASE, given.state, changed, NOW))


def test_an_organisation_that_leaves_the_owners_where_they_are_owes_nothing() -> None:
    """A new telephone number is no cause to route again."""
    given = routed()
    changed = reference()
    changed.add(document("organisation", "bank", ORGANISATION.replace("0000-5550100", "0000-5550199"), NOW))

    assert [] == list(SERVICE.stale(CASE, given.state, changed, NOW))


def test_a_refusal_that_crossed_a_rerouting_is_without_effect() -> None:
    """The handler refused what had been taken from him already."""
    given = routed()
    basis = given._ids[-1]
    answered(given, event(PartyConcernedNamed(person="luo.tian", ground=SEALED), "p"))
    late = refused(proposed="dongqiao.operations")._replace(basisid=basis)

    assert not given.owes(late)
    assert "he.yun" == owed(given)["handle"]


def test_nobody_eligible_raises_an_alarm_when_routed_again() -> None:
    """The president is concerned, and so is everybody below: the superior unit's office is the last resort."""
    facts = answered(routed(), event(PartyConcernedNamed(person="qiu.min", ground=SEALED), "p"))

    assert ["ye.lan"] == [
        f.decision.handler and f.decision.handler.person for f in facts if isinstance(f, CaseRerouted)
    ]
    assert ["nobody_eligible"] == [f.reason for f in facts if isinstance(f, RoutingFellBack)]
