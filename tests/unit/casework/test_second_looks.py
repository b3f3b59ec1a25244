"""Second looks: a decision is revised, a dissatisfied customer is heard above, a major case goes up."""

from typing import Any

import pytest

from services.casework.decisions import COMMANDS
from services.casework.http.sealed_command import content_of, sealed_command
from services.casework.reviews import DISSATISFIED
from services.routing.decisions import SERVICE as ROUTING
from shared.contract.commands import Command
from shared.contract.events.approving import ApprovalRequested
from shared.contract.events.routing import CaseRerouted
from shared.contract.events.second_looks import DecisionRevised
from tests.support.casework import (
    DECISION,
    INVESTIGATION,
    KEY,
    ORGANISATION,
    REPLY,
    REPORT,
    SETTLEMENT,
    Case,
    Refused,
    ended,
    known,
    opened,
    refusal,
)
from tests.support.facts import CASE, Body, Given

REVISION: Body = DECISION | {"outcome": "not_upheld", "ground": "看错凭证。", "what_changed": "不能认定，此前有误。"}
GROUND: Body = {"ground": "原因。"}
REVIEW = "review_dissatisfaction"
STANDS: Body = {"outcome": "stands", "words": "复核无误。"}
WRONG: Body = {"outcome": "to_be_revised", "words": "依据不足。"}
FLAG: Body = {"ground": "many_people", "words": "二十余人到场。"}


def dissatisfied(case: Case | None = None) -> Case:
    """A customer who has the answer and is dissatisfied with it."""
    case = (case or Case()).answered()
    case.does(case.handler, "record-satisfaction", value=DISSATISFIED)
    return case


def rerouted(case: Case) -> CaseRerouted:
    """What routing answers to the last fact of a case, which it did not know yet; folded."""
    reading = Given(ROUTING, *case.events[:-1], known=known(case.organisation))
    facts = reading.when_event(case.events[-1], case.now)
    for place, fact in enumerate(facts):
        case.happens(fact, case.events[-1].id, place)
    assert isinstance(facts[0], CaseRerouted)
    return facts[0]


# -- a decision is revised ---------------------------------------------------------------------------


def test_a_revision_lets_the_open_answer_go_and_opens_another_one() -> None:
    """The customer has not had the former answer, and is owed only the new one."""
    fact = Case().decided_on().does("luo.tian", "revise-decision", **REVISION)

    assert {"reply_customer": "waived"} == ended(fact)
    assert {"reply_customer": "luo.tian"} == opened(fact)


def test_after_a_revision_the_customer_is_asked_once_the_new_answer_was_told() -> None:
    """What he thought of the former decision is overtaken: the last rating counts, and the report is not owed again."""
    case = Case().replied()
    case.does("luo.tian", "report-result", **REPORT)
    fact = case.does("luo.tian", "revise-decision", **REVISION)

    assert ({}, {"reply_customer": "luo.tian"}) == (ended(fact), opened(fact))
    assert "report_result" not in case.owed()
    assert Refused("not_answered_yet") == case.refuses("lin.fang", "record-satisfaction", value="satisfied")
    case.does("luo.tian", "reply-customer", **REPLY)
    case.does("lin.fang", "record-satisfaction", value="mostly_satisfied")
    assert "mostly_satisfied" == case.state.satisfaction


def test_of_a_customer_whom_nobody_knows_no_answer_is_owed_anew() -> None:
    """The duty is opened waived, with its reason."""
    case = Case(anonymous=True, reachable_by=[], complainant=None).decided_on()
    fact = case.does("luo.tian", "revise-decision", **REVISION)

    assert [("waived", "customer_unknown")] == [(duty.state, duty.reason) for duty in fact.duties_opened]


def test_only_a_decision_is_revised_and_only_while_the_case_is_open() -> None:
    """Before it, after the end, and a settlement: that one is the customer's own agreement."""
    settled = Case().accepted()
    settled.does("luo.tian", "settle-on-the-spot", **SETTLEMENT)

    assert Refused("nothing_to_revise") == Case().investigated().refuses("luo.tian", "revise-decision", **REVISION)
    assert Refused("nothing_to_revise") == settled.refuses("luo.tian", "revise-decision", **REVISION)
    assert Refused("case_ended") == Case().closed().refuses("luo.tian", "revise-decision", **REVISION)


def as_sent(case: Case, name: str, **body: Any) -> Command:
    """A command with the fingerprint that the API gives it."""
    shape, key = COMMANDS[name].body, f"{name} {len(case.events)}"
    return sealed_command(
        name, content_of(shape, body), actor="person:luo.tian", case=CASE, key=key, secret=KEY, after=0
    )


@pytest.mark.parametrize("signed", [False, True])
def test_a_revision_that_says_the_same_changes_nothing(signed: bool) -> None:
    """Whoever had to sign the decision; another word is another decision, which is the one to differ from then."""
    case = (signed_by("president") if signed else Case()).investigated()
    case.decided(as_sent(case, "decide", **DECISION))
    if signed:
        case.decided(case.command("qiu.min", "approve", approval=case.asked()))
    again = {"ground": "重新审阅。", "what_changed": "没有变化。"}

    assert "nothing_changed" == refusal(case.decided(as_sent(case, "revise-decision", **DECISION, **again))).code
    case.decided(as_sent(case, "revise-decision", **REVISION))
    if signed:
        case.decided(case.command("qiu.min", "approve", approval=case.asked()))
    assert case.core.did("DecisionRevised")
    assert "nothing_changed" == refusal(case.decided(as_sent(case, "revise-decision", **REVISION))).code


def test_what_a_revision_costs_above_the_own_limit_needs_a_second_person() -> None:
    """As the decision itself."""
    costs = {"kind": "refund", "amount_minor": 90_000, "currency": "CNY"}
    case = Case().decided_on()
    case.asks("luo.tian", "revise-decision", **REVISION, remedies_offered=[costs])

    assert not case.core.did("DecisionRevised")


# -- a dissatisfied customer -------------------------------------------------------------------------


def test_who_is_next_above_the_handler_looks_again_before_the_case_is_closed() -> None:
    """Neither the handler nor his agent; a superior may do it for him."""
    case = dissatisfied()
    case.does("luo.tian", "delegate", person="fan.yi", **GROUND)

    assert [("he.yun", "open")] == [(d.terms.debtor.person, d.state) for d in case.core.open_duties(REVIEW)]
    for nobody in ("luo.tian", "fan.yi", "lin.fang"):
        assert Refused("not_entitled") == case.refuses(nobody, "review-dissatisfaction", **STANDS)
    assert {REVIEW: "discharged"} == ended(case.does("he.yun", "review-dissatisfaction", **STANDS))
    assert Refused("nothing_owed", about=(REVIEW,)) == case.refuses("he.yun", "review-dissatisfaction", **STANDS)


def test_a_superior_looks_again_for_who_owes_it() -> None:
    """It is recorded for whom."""
    assert "he.yun" == dissatisfied().does("qiu.min", "review-dissatisfaction", **STANDS).acted_for


def test_what_has_to_be_revised_is_not_closed_before() -> None:
    """Also where all else is done."""
    case = dissatisfied()
    case.does("luo.tian", "report-result", **REPORT)
    case.does("lin.fang", "confirm-result", checked="已核对。", called_back=True)
    assert Refused("duties_open", about=(REVIEW,)) == case.refuses("lin.fang", "close")
    case.does("he.yun", "review-dissatisfaction", **WRONG)
    assert Refused("to_be_revised") == case.refuses("lin.fang", "close")
    case.does("luo.tian", "revise-decision", **REVISION)
    case.does("luo.tian", "reply-customer", **REPLY)
    case.does("lin.fang", "close")


def test_a_settlement_is_revised_where_the_review_says_so() -> None:
    """Else a case that was settled and has to be revised could never be closed."""
    case = Case().accepted()
    fact = case.does("luo.tian", "settle-on-the-spot", **SETTLEMENT | {"satisfaction": {"value": DISSATISFIED}})
    assert "he.yun" == opened(fact)[REVIEW]
    case.does("he.yun", "review-dissatisfaction", **WRONG)
    case.does("luo.tian", "record-investigation", **INVESTIGATION)
    case.does("luo.tian", "revise-decision", **REVISION)

    assert not case.core.looks.to_be_revised


def test_the_same_outcome_is_looked_at_again_once_and_another_one_anew() -> None:
    """Who says the same again changes nothing; a decision that is another one is heard anew."""
    case = dissatisfied()
    assert {} == opened(case.does("lin.fang", "record-satisfaction", value=DISSATISFIED))
    case.does("he.yun", "review-dissatisfaction", **WRONG)
    assert {} == opened(case.does("lin.fang", "record-satisfaction", value=DISSATISFIED))
    case.does("luo.tian", "revise-decision", **REVISION)
    case.does("luo.tian", "reply-customer", **REPLY)
    assert {REVIEW: "he.yun"} == opened(case.does("lin.fang", "record-satisfaction", value=DISSATISFIED))


def test_a_reviewer_who_is_concerned_by_now_is_followed_by_the_next() -> None:
    """Routing gives the review to the rung above him, and he is not even seen on the case."""
    case = dissatisfied()
    case.does("luo.tian", "name-party", person="he.yun", **GROUND)
    fact = rerouted(case)

    assert {REVIEW} == {duty.kind for duty in fact.duties_opened}
    assert Refused("party_concerned") == case.refuses("he.yun", "review-dissatisfaction", **STANDS)
    debtor = case.core.open_duties(REVIEW)[0].terms.debtor.person
    assert debtor is not None
    case.does(debtor, "review-dissatisfaction", **STANDS)


def test_a_reviewer_who_gets_the_case_himself_does_not_look_at_his_own() -> None:
    """He took it over: whoever is above him owes it."""
    case = dissatisfied()
    case.does("luo.tian", "escalate", reason="客户不满意。", mode="takes_over")
    facts = Given(ROUTING, *case.events[:-1], known=known(case.organisation)).when_event(case.events[-1], case.now)
    case.happens(facts[0], case.events[-1].id)

    assert "he.yun" == (case.core.handler and case.core.handler.person)
    assert Refused("not_entitled") == case.refuses("he.yun", "review-dissatisfaction", **STANDS)
    assert "he.yun" != case.core.open_duties(REVIEW)[0].terms.debtor.person


def test_a_reopening_lets_the_review_go() -> None:
    """Everything is decided anew."""
    case = Case().closed()
    case.does("lin.fang", "record-satisfaction", value=DISSATISFIED)
    assert {REVIEW, "archive"} == case.owed()
    fact = case.does("lin.fang", "reopen", received_at=case.now.isoformat(), **GROUND)

    assert "waived" == ended(fact)[REVIEW]


# -- who signs ---------------------------------------------------------------------------------------


def signed_by(post: str, **more: Any) -> Case:
    """A case of a sub-branch whose decisions somebody signs; its departments are parts of it."""
    unit = "{id: dongqiao, name: 东侨支行,"
    assert unit in ORGANISATION
    return Case(ORGANISATION.replace(unit, f"{unit} decisions_signed_by: {post},", 1), **more)


def test_where_decisions_are_signed_only_the_holders_of_that_post_are_asked() -> None:
    """Whatever it costs; and the decision counts once it is signed."""
    case = signed_by("president").investigated()
    asked = case.asks("luo.tian", "decide", **DECISION)

    assert ("qiu.min",) == asked.approvers
    case.decided(case.command("qiu.min", "approve", approval=case.asked()))
    assert case.core.did("DecisionMade")
    assert isinstance(case.decided(case.command("luo.tian", "revise-decision", **REVISION)).data, ApprovalRequested)


def test_who_signs_needs_the_limit_too_else_it_is_the_next_rung() -> None:
    """The operations supervisor of the example may spend a thousand."""
    costs = {"kind": "refund", "amount_minor": 200_000, "currency": "CNY"}
    case = signed_by("operations_supervisor").investigated()
    asked = case.asks("luo.tian", "decide", **DECISION, remedies_offered=[costs])

    assert "he.yun" not in asked.approvers
    assert asked.approvers


def test_nobody_signs_what_he_decides_himself_nor_does_a_party_concerned() -> None:
    """The next rung does."""
    case = signed_by("operations_supervisor", matter={"complained_persons": ["he.yun"]}).investigated()
    concerned = case.asks("luo.tian", "decide", **DECISION)
    assert "he.yun" not in concerned.approvers

    own = signed_by("unit_head").investigated()
    assert "luo.tian" not in own.asks("luo.tian", "decide", **DECISION).approvers


def test_a_settlement_is_not_signed() -> None:
    """The customer agreed to it."""
    case = signed_by("president").accepted()

    case.does("luo.tian", "settle-on-the-spot", **SETTLEMENT | {"remedy": {"kind": "apology"}})
    assert case.core.did("SettledOnTheSpot")
    assert not case.core.did("ApprovalRequested")


# -- a major case ------------------------------------------------------------------------------------


def test_a_major_case_goes_to_the_first_from_deputy_president_up() -> None:
    """Its level is so, its limit is not touched, and it is flagged once."""
    case = Case().accepted()
    case.does("lin.fang", "flag-major", **FLAG)
    fact = rerouted(case)

    assert "major" == case.core.level
    assert ("flagged_major", "dongqiao") == (fact.ground, fact.decision.handler and fact.decision.handler.unit)
    assert {"accept_handover"} <= {duty.kind for duty in fact.duties_opened}
    assert Refused("flagged_already") == case.refuses("lin.fang", "flag-major", **FLAG)


@pytest.mark.parametrize("came", [19, 20])
def test_so_many_in_person_make_a_case_a_major_one_from_the_start(came: int) -> None:
    """Twenty do, without anybody's flag; it is handled above from its first routing on."""
    case = Case(group={"size": 30, "face_to_face": came})

    assert (came == 20) == case.core.looks.major
    assert ("dongqiao" if came == 20 else "dongqiao.lending") == (case.core.handler and case.core.handler.unit)


def test_a_head_who_lowers_the_level_takes_the_flag_away() -> None:
    """It was no major case after all: it can be flagged anew."""
    case = Case().accepted()
    case.does("lin.fang", "flag-major", **FLAG)
    rerouted(case)
    case.does("qiu.min", "classify", reason="service_attitude", level="normal")

    assert ("normal", False) == (case.core.level, case.core.looks.major)


def test_a_revision_is_a_fact_with_what_the_customer_reads() -> None:
    """Why, for the bank; what changed, for the customer."""
    fact = Case().decided_on().does("luo.tian", "revise-decision", **REVISION)

    assert isinstance(fact, DecisionRevised)
    assert ("revise-decision.ground", "revise-decision.what_changed") == (fact.ground.label, fact.what_changed.label)
