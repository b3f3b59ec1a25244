"""Nobody looks again at what he handles or decided: whichever act makes a reviewer so, somebody else owes it then."""

from collections.abc import Callable

import pytest

from services.casework.reviews import DISSATISFIED
from services.routing.decisions import SERVICE as ROUTING
from shared.contract.events.routing import CaseRerouted
from tests.support.casework import DECISION, INVESTIGATION, REPLY, Case, Refused, known
from tests.support.facts import CASE, Body, Given

REVIEW = "review_dissatisfaction"
STANDS: Body = {"outcome": "stands", "words": "复核无误。"}
GROUND: Body = {"ground": "原因。"}
REVISION: Body = DECISION | {"outcome": "not_upheld", "ground": "看错凭证。", "what_changed": "不能认定，此前有误。"}


def handled_by_he_yun() -> Case:
    """A case of the hall whose head is concerned: He Yun handles it, of the same unit as who is above her."""
    case = Case(matter={"complained_unit": "dongqiao.hall", "complained_persons": ["bai.xue"]})
    case.handler = "he.yun"
    return case


def dissatisfied(case: Case) -> Case:
    """The customer has the answer and is dissatisfied with it."""
    case.answered()
    case.does(case.handler, "record-satisfaction", value=DISSATISFIED)
    return case


def reviewer(case: Case) -> str | None:
    """Who owes the review."""
    (duty,) = case.core.open_duties(REVIEW)
    return duty.terms.debtor.person


def routed_again(case: Case) -> None:
    """What routing answers to the last fact, folded."""
    facts = Given(ROUTING, *case.events[:-1], known=known(case.organisation)).when_event(case.events[-1], case.now)
    for place, fact in enumerate(facts):
        case.happens(fact, case.events[-1].id, place)


def reassigned(case: Case) -> None:
    """He gets the case."""
    case.does("lin.fang", "reassign", person="shen.bo", **GROUND)


def named_agent(case: Case) -> None:
    """He does the handler's work."""
    case.does("he.yun", "delegate", person="shen.bo", **GROUND)


def takes_over(case: Case) -> None:
    """The case goes up to him."""
    case.does("he.yun", "escalate", reason="客户不满意。", mode="takes_over")
    routed_again(case)


def is_concerned(case: Case) -> None:
    """He is a party concerned."""
    case.does("lin.fang", "name-party", person="shen.bo", **GROUND)
    routed_again(case)


def is_responsible(case: Case) -> None:
    """The investigation names him."""
    case.does("he.yun", "record-investigation", **INVESTIGATION, persons_responsible=["shen.bo"])
    routed_again(case)


@pytest.mark.parametrize("becomes", [reassigned, named_agent, takes_over, is_concerned, is_responsible])
def test_whoever_owes_the_review_passes_it_on_by_what_makes_him_somebody_who_must_not(
    becomes: Callable[[Case], None],
) -> None:
    """To the next above who may, who is able to do it then; the former one is not."""
    case = dissatisfied(handled_by_he_yun())
    assert "shen.bo" == reviewer(case)
    becomes(case)

    above = reviewer(case)
    assert above not in (None, "shen.bo", "he.yun", "bai.xue")
    assert case.refuses("shen.bo", "review-dissatisfaction", **STANDS).code in ("not_entitled", "party_concerned")
    case.does(str(above), "review-dissatisfaction", **STANDS)


def decided_by_a_superior() -> Case:
    """Qiu Min, who heads the sub-branch, decides in the place of the handler of the lending department."""
    case = Case().investigated()
    case.does("qiu.min", "decide", **DECISION)
    return case


def test_who_decided_in_the_handlers_place_does_not_look_at_it_again() -> None:
    """Though he heads the units above the handler, and stays so when the case has another handler."""
    case = decided_by_a_superior()
    case.does("luo.tian", "reply-customer", **REPLY)
    case.does("luo.tian", "record-satisfaction", value=DISSATISFIED)
    case.does("lin.fang", "reassign", person="fan.yi", **GROUND)

    assert Refused("not_entitled") == case.refuses("qiu.min", "review-dissatisfaction", **STANDS)
    case.does(str(reviewer(case)), "review-dissatisfaction", **STANDS)


def test_a_revision_by_the_reviewer_himself_passes_the_review_on() -> None:
    """He would look at his own decision."""
    case = dissatisfied(Case())
    for person in ("he.yun", "shen.bo"):
        case.does("lin.fang", "name-party", person=person, **GROUND)
        routed_again(case)
    assert "qiu.min" == reviewer(case)
    case.does("qiu.min", "revise-decision", **REVISION)

    assert "qiu.min" != reviewer(case)
    assert Refused("not_entitled") == case.refuses("qiu.min", "review-dissatisfaction", **STANDS)


def test_a_review_whose_debtor_has_left_the_bank_is_owed_by_the_next() -> None:
    """Routing looks at it again when people leave, as at handlers."""
    case = dissatisfied(handled_by_he_yun())
    left = case.organisation.replace("{id: shen.bo, ", "{id: shen.bo, until: 2020-03-01, ", 1)
    given = Given(ROUTING, *case.events, known=known(left))
    (trigger,) = ROUTING.stale(CASE, given.state, known(left), case.now)
    (fact,) = (one.data for one in given.when(trigger, case.now))

    assert isinstance(fact, CaseRerouted)
    assert {REVIEW: "qiu.min"} == {duty.kind: duty.debtor.person for duty in fact.duties_opened}
