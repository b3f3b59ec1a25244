"""A customer is offered a plan, answers it, and what he accepts is owed step by step."""

from datetime import timedelta
from typing import Any

import pytest

from shared.case.agreements import Plan
from shared.contract.events.agreements import NegotiationPlanAnswered, NegotiationPlanOffered
from shared.contract.events.base import CaseworkEvent
from tests.support.casework import CONTACT, DECISION, INVESTIGATION, PLAN, REPLY, REPORT, Case, Refused, ended
from tests.support.facts import Body

REFUND = {"kind": "refund", "amount_minor": 40000, "currency": "CNY"}
RECORD: Body = {"kind": "record_correction"}
LATER = "2020-03-10T15:00:00+08:00"
STEP = PLAN["steps"][0]


def plan_of(case: Case, id_: str) -> Plan:
    """A plan as it is now."""
    found = case.core.agreed.plan(id_)
    assert found is not None
    return found


def debtors(fact: CaseworkEvent, kind: str) -> dict[str, str | None]:
    """Who owes what a fact opens of a kind, by number."""
    opened = [duty for duty in fact.duties_opened if duty.kind == kind]
    return {(duty.level or "").rpartition("/")[2]: duty.debtor.person for duty in opened}


# -- the offer ---------------------------------------------------------------------------------------


@pytest.mark.holds("practice-27")
def test_an_offer_counts_from_one_and_takes_the_place_of_an_open_one() -> None:
    """The one before cannot be answered any more."""
    case = Case().accepted()
    first, second = case.offered(), case.offered()
    told = case.events[-1].data

    assert (2, first) == (told["plan_version"], told["replaces"])
    assert Refused("plan_replaced") == case.refuses("luo.tian", "answer-plan", plan=first, answer="accepted")
    case.does("lin.fang", "answer-plan", plan=second, answer="declined")
    assert Refused("plan_answered") == case.refuses("luo.tian", "answer-plan", plan=second, answer="accepted")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"steps": [STEP | {"by": "mo.ran"}]}, Refused("party_concerned", ("/steps/0/by",))),
        ({"steps": [STEP | {"by": "jin.hao"}, STEP | {"by": "nobody"}]}, Refused("unknown_person", ("/steps/1/by",))),
        ({"steps": [STEP | {"by": "an.jie"}]}, Refused("unknown_person", ("/steps/0/by",))),
        ({"steps": [STEP | {"due_on": "2020-03-04"}]}, Refused("time_past", ("/steps/0/due_on",))),
        ({"steps": [STEP | {"due_on": "2021-03-08"}]}, Refused("time_too_far", ("/steps/0/due_on",))),
        ({"times": ["2020-03-05T09:00:00+08:00"]}, Refused("time_past", ("/times/0",))),
        ({"steps": [], "remedies": []}, Refused("plan_empty", ("/steps", "/remedies"))),
    ],
    ids=["a party", "nobody", "an auditor", "a day gone by", "in two years", "a time gone by", "nothing"],
)
def test_an_offer_holds_what_can_be_done(changes: dict[str, Any], expected: Refused) -> None:
    """By people who may act on the case, on days ahead."""
    case = Case(matter={"complained_persons": ["mo.ran"]}).accepted()

    assert expected == case.refuses("luo.tian", "offer-plan", **PLAN | changes)


def test_an_offer_comes_before_the_answer() -> None:
    """After the decision it may still come, after the reply not any more."""
    case = Case().decided_on()
    case.offered()
    case.does("luo.tian", "reply-customer", **REPLY)

    assert Refused("customer_answered") == case.refuses("luo.tian", "offer-plan", **PLAN)


def test_an_offer_above_the_limit_counts_once_it_is_approved() -> None:
    """Until then there is nothing to answer."""
    case = Case().accepted()
    asked = case.asks("luo.tian", "offer-plan", **PLAN | {"remedies": [REFUND]})
    assert () == case.core.agreed.plans

    case.decided(case.command(str(asked.duties_opened[0].debtor.person), "approve", approval=case.asked()))
    plan = case.events[-1].id
    fact = case.does("luo.tian", "answer-plan", plan=plan, answer="accepted")
    assert {"1": "luo.tian"} == debtors(fact, "execute_remedy")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "2020-03-08"),
        ({"times": []}, "2020-03-10"),
        ({"steps": [STEP | {"due_on": "2020-03-05"}]}, "2020-03-05"),
        ({"steps": [], "times": [], "remedies": [RECORD]}, "2020-03-10"),
        ({"answer_by": "2020-03-06"}, "2020-03-06"),
    ],
    ids=["before the first time", "before the first step", "today", "three working days", "as said"],
)
def test_the_customer_is_asked_to_answer_before_anything_begins(changes: dict[str, Any], expected: str) -> None:
    """Received on a Thursday; a weekend follows."""
    case = Case().accepted()
    fact = case.does("luo.tian", "offer-plan", **PLAN | changes)

    assert isinstance(fact, NegotiationPlanOffered)
    assert expected == fact.answer_by.isoformat()


# -- the answer --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"answer": "declined", "way": "phone"}, Refused("only_with_accepted", ("/way",))),
        ({"answer": "counter", "at_time": LATER, "way": "phone"}, Refused("only_with_accepted", ("/way", "/at_time"))),
        ({"answer": "accepted", "way": "video"}, Refused("not_offered", ("/way",))),
        ({"answer": "accepted", "at_time": "2020-03-10T15:00:01+08:00"}, Refused("not_offered", ("/at_time",))),
        ({"answer": "accepted", "plan": "c241f0cd-5f87-5430-a5a8-2125e79ebcc0"}, Refused("unknown_plan", ("/plan",))),
    ],
)
@pytest.mark.holds("practice-28")
def test_a_choice_is_one_of_the_offer(body: dict[str, Any], expected: Refused) -> None:
    """And only of who accepts it."""
    case = Case().accepted()
    plan = case.offered()

    assert expected == case.refuses("luo.tian", "answer-plan", **{"plan": plan} | body)


def test_a_time_is_the_same_however_its_offset_is_written() -> None:
    """15:00 in Shanghai is 7:00 in Greenwich; the customer is reminded as the bank opens the day before."""
    case = Case().accepted()
    plan = case.offered()
    fact = case.does("luo.tian", "answer-plan", plan=plan, answer="accepted", at_time="2020-03-10T07:00:00+00:00")

    assert isinstance(fact, NegotiationPlanAnswered)
    assert fact.remind_at is not None
    assert "2020-03-09T09:00:00+08:00" == fact.remind_at.isoformat()


@pytest.mark.holds("practice-27")
def test_an_accepted_plan_is_owed_step_by_step() -> None:
    """Each by its person, who sees the case by that; and its remedies by the handler."""
    case = Case().accepted()
    steps = [STEP | {"by": "cen.lu"}, STEP | {"by": "luo.tian", "due_on": "2020-03-12"}]
    plan = case.offered(steps=steps, remedies=[RECORD, {"kind": "apology"}])
    fact = case.does("lin.fang", "answer-plan", plan=plan, answer="accepted", way="phone", at_time=LATER)

    assert {"1": "cen.lu", "2": "luo.tian"} == debtors(fact, "execute_step")
    assert {"1": "luo.tian"} == debtors(fact, "execute_remedy")
    assert ("accepted", "phone", LATER) == plan_of(case, plan)[7:10]


@pytest.mark.parametrize("answer", ["declined", "counter"])
def test_any_other_answer_owes_nothing(answer: str) -> None:
    """And a new offer may follow."""
    case = Case().accepted()
    fact = case.does("luo.tian", "answer-plan", plan=case.offered(), answer=answer, words="再考虑。")

    assert () == fact.duties_opened
    assert None is fact.model_dump()["remind_at"]
    case.offered()


def test_an_answer_does_not_come_before_the_offer() -> None:
    """Not by an hour."""
    case = Case().accepted()
    plan = case.offered()

    assert Refused("before_what_it_answers", ("/at",), ("offered",)) == case.refuses(
        "luo.tian", "answer-plan", at=case.events[-1].happened_at - timedelta(minutes=1), plan=plan, answer="declined"
    )


def test_whose_person_left_between_offer_and_answer_is_owed_by_the_handler() -> None:
    """Nobody owes what he may not do."""
    case = Case().accepted()
    plan = case.offered(by="cen.lu")
    case.does("lin.fang", "name-party", person="cen.lu", ground="涉事。")
    case.given.state = case.state._replace(unanswered=())
    fact = case.does("luo.tian", "answer-plan", plan=plan, answer="accepted")

    assert {"1": "luo.tian"} == debtors(fact, "execute_step")


# -- what is owed ------------------------------------------------------------------------------------


def test_a_step_is_done_by_who_owes_it_or_the_handler_once() -> None:
    """Nobody else of the bank does it in their place."""
    case = Case().accepted()
    plan = case.accepted_plan(steps=[STEP | {"by": "cen.lu"}, STEP | {"by": "luo.tian"}])
    done: Body = {"plan": plan, "outcome": "已办。", "proof": "清单"}

    assert Refused("not_yours") == case.refuses("cen.lu", "execute-step", step=2, **done)
    assert Refused("unknown_step", ("/step",)) == case.refuses("luo.tian", "execute-step", step=3, **done)
    fact = case.does("cen.lu", "execute-step", step=1, **done)
    assert {"execute_step": "discharged"} == ended(fact)
    assert Refused("done_already", (), ("execute_step",)) == case.refuses("luo.tian", "execute-step", step=1, **done)
    case.does("luo.tian", "execute-step", step=2, **done)
    assert "execute_step" not in case.owed()


def test_nothing_is_done_under_a_plan_that_nobody_accepted() -> None:
    """Offered or declined."""
    case = Case().accepted()
    plan = case.offered()
    done: Body = {"plan": plan, "outcome": "已办。"}

    assert Refused("plan_not_accepted") == case.refuses("luo.tian", "execute-step", step=1, **done)
    case.does("luo.tian", "answer-plan", plan=plan, answer="declined")
    assert Refused("plan_not_accepted") == case.refuses("luo.tian", "execute-step", step=1, **done)


def test_a_later_plan_takes_the_place_of_an_accepted_one_once_it_is_accepted_too() -> None:
    """What is left of the former is let go; a remedy that both name is owed once, under its first number."""
    case = Case().accepted()
    first = case.accepted_plan(remedies=[RECORD, {"kind": "other", "words": "赠品。"}])
    second = case.offered(remedies=[{"kind": "fee_waiver"}, RECORD])
    assert 1 == len(case.core.open_duties("execute_step"))

    fact = case.does("luo.tian", "answer-plan", plan=second, answer="accepted")

    assert {"execute_step": "waived", "execute_remedy": "waived"} == ended(fact)
    assert [f"{first}/1", f"{second}/1"] == [d.terms.level for d in case.core.open_duties("execute_remedy")]
    assert Refused("plan_not_accepted") == case.refuses("luo.tian", "execute-step", plan=first, step=1, outcome="办。")
    case.does("luo.tian", "execute-remedy", remedy=2, outcome="已更正。")
    assert [f"{second}/1"] == [d.terms.level for d in case.core.open_duties("execute_remedy")]


def test_a_decision_that_names_a_remedy_of_the_plan_does_not_owe_it_again() -> None:
    """It is the same by kind and amount; by either number it is carried out."""
    case = Case().accepted()
    plan = case.accepted_plan(remedies=[RECORD])
    case.does("luo.tian", "record-investigation", **INVESTIGATION)
    fact = case.does("luo.tian", "decide", **DECISION, remedies_offered=[{"kind": "apology"}, RECORD, RECORD])

    assert {"3": "luo.tian"} == debtors(fact, "execute_remedy")
    case.does("luo.tian", "execute-remedy", remedy=2, outcome="已更正。")
    assert Refused("done_already", (), ("record_correction",)) == case.refuses(
        "luo.tian", "execute-remedy", remedy=1, plan=plan, outcome="已更正。"
    )


def test_a_remedy_of_a_plan_that_the_decision_leaves_out_is_still_owed() -> None:
    """The customer accepted it; its number is that of the plan as long as the decision lists none."""
    case = Case().accepted()
    plan = case.accepted_plan(remedies=[{"kind": "fee_waiver"}, RECORD])
    case.does("luo.tian", "record-investigation", **INVESTIGATION)
    case.does("luo.tian", "decide", **DECISION)

    case.does("luo.tian", "execute-remedy", remedy=2, plan=plan, outcome="已更正。")
    case.does("luo.tian", "execute-remedy", remedy=1, outcome="已减免。")
    assert "execute_remedy" not in case.owed()


@pytest.mark.holds("practice-29")
def test_a_case_is_closed_once_the_plan_is_carried_out() -> None:
    """An offer that nobody answered holds nothing up."""
    case = Case().accepted()
    plan = case.accepted_plan(remedies=[])
    case.does("luo.tian", "record-contact", **CONTACT)
    case.does("luo.tian", "record-investigation", **INVESTIGATION)
    case.does("luo.tian", "decide", **DECISION)
    case.offered()
    case.does("luo.tian", "reply-customer", **REPLY)
    case.does("luo.tian", "record-satisfaction", value="satisfied")
    case.does("luo.tian", "report-result", **REPORT)
    case.does("lin.fang", "confirm-result", checked="已核对。", called_back=True)

    assert Refused("duties_open", (), ("execute_step",)) == case.refuses("lin.fang", "close")
    case.does("luo.tian", "execute-step", plan=plan, step=1, outcome="已办。")
    case.does("lin.fang", "close")


def test_after_a_withdrawal_nothing_of_a_plan_is_owed_and_a_new_round_counts_on() -> None:
    """Its versions go on; what was offered before is not offered any more."""
    case = Case().accepted()
    plan = case.accepted_plan()
    case.does("lin.fang", "withdraw", received_at=case.now.isoformat(), way="letter", proof="撤诉书")
    assert not {"execute_step", "execute_remedy"} & case.owed()
    assert Refused("case_ended") == case.refuses("luo.tian", "execute-step", plan=plan, step=1, outcome="已办。")

    case.does("lin.fang", "reopen", received_at=case.now.isoformat(), ground="改变主意。")
    assert Refused("unknown_plan", ("/plan",)) == case.refuses(
        "luo.tian", "execute-step", plan=plan, step=1, outcome="已办。"
    )
    case.offered()
    assert 2 == case.events[-1].data["plan_version"]
