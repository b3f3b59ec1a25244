"""A second person: naming one approves nothing; the act takes effect when somebody entitled approves it himself."""

from datetime import timedelta
from typing import Any

import pytest

from services.routing.decisions import SERVICE as ROUTING
from shared.contract.events.approving import ApprovalGranted, ApprovalRefused, ApprovalRequestWithdrawn, DutyWaived
from shared.contract.events.casework import DecisionMade, SettledOnTheSpot
from shared.contract.events.ending import CaseNotAccepted, CaseWithdrawn
from shared.contract.events.routing import CaseRerouted
from tests.support.casework import (
    CONTACT,
    DECISION,
    MINUTE,
    ORGANISATION,
    SETTLEMENT,
    Case,
    Refused,
    discharged,
    ended,
    known,
    opened,
    waived,
)
from tests.support.facts import NOW, Body, Given

LEFT_OUT: Body = {"ground": "not_this_bank", "signpost": "请联系贵行。"}
WITHDRAWN: Body = {"received_at": (NOW + MINUTE).isoformat(), "proof": "通话记录"}


def money(amount_minor: int, currency: str = "CNY") -> dict[str, Any]:
    """A refund."""
    return {"kind": "refund", "amount_minor": amount_minor, "currency": currency}


def in_vain() -> tuple[Case, Body]:
    """A handler who cannot reach the customer asks to be let off."""
    case = Case().accepted()
    case.does("luo.tian", "record-contact", **CONTACT | {"outcome": "not_reached"})
    return case, {"duty": case.core.open_duties("contact_customer")[-1].id, "ground": "多次未接。"}


# -- asked for, and granted ---------------------------------------------------------------------------


def test_until_it_is_approved_nothing_has_happened_but_the_asking() -> None:
    """What the act would end is still owed, and somebody owes an answer."""
    case, waiver = in_vain()
    asked = case.asks("luo.tian", "waive-duty", **waiver)

    assert ({"approve": "he.yun"}, {}) == (opened(asked), ended(asked))
    assert {"contact_customer", "approve"} <= case.owed()
    assert ("waive-duty", "he.yun") == (asked.act, asked.approvers[0])
    assert "luo.tian" not in asked.approvers


def test_whoever_is_entitled_approves_and_the_act_is_his_who_asked() -> None:
    """Two facts answer the approval: that it was given, by whom; and the act, by who asked, from then on."""
    case, waiver = in_vain()
    case.asks("luo.tian", "waive-duty", approved_by="qiu.min", **waiver)
    granted, act = case.answers(case.command("shen.bo", "approve", approval=case.asked()))

    assert isinstance(granted.data, ApprovalGranted)
    assert isinstance(act.data, DutyWaived)
    assert ("person:shen.bo", "luo.tian") == (granted.actor, granted.data.asked_by)
    assert ("person:luo.tian", "shen.bo", case.now) == (act.actor, act.data.approved_by, act.happened_at)
    assert (discharged("approve"), waived(["contact_customer"])) == (ended(granted.data), ended(act.data))


@pytest.mark.parametrize("actor", ["luo.tian", "fan.yi", "bai.xue", "cen.lu"])
def test_nobody_else_approves_whoever_was_named(actor: str) -> None:
    """Not who asked, not his agent, not another unit."""
    case, waiver = in_vain()
    case.does("luo.tian", "delegate", person="fan.yi", ground="出差。")
    case.asks("luo.tian", "waive-duty", approved_by="qiu.min", **waiver)
    code = "own_approval" if actor == "luo.tian" else "not_entitled"

    assert code == case.refuses(actor, "approve", approval=case.asked()).code
    assert code == case.refuses(actor, "refuse-approval", approval=case.asked(), ground="不同意。").code
    assert "approve" in case.owed()


def test_a_refusal_ends_the_request_and_nothing_else() -> None:
    """What the act would have ended is owed as before; a second answer finds nothing."""
    case, waiver = in_vain()
    case.asks("luo.tian", "waive-duty", **waiver)
    approval = case.asked()
    refused = case.does("qiu.min", "refuse-approval", approval=approval, ground="继续联系。")

    assert isinstance(refused, ApprovalRefused)
    assert discharged("approve") == ended(refused)
    assert "contact_customer" in case.owed()
    assert Refused("nothing_asked") == case.refuses("qiu.min", "approve", approval=approval)
    assert Refused("nothing_asked") == case.refuses("qiu.min", "refuse-approval", approval="none", ground="无。")


def test_a_party_concerned_is_not_asked_and_does_not_approve() -> None:
    """Also where he became one after he was asked."""
    case = Case(matter={"complained_persons": ["he.yun"]}).accepted()
    case.does("luo.tian", "record-contact", **CONTACT | {"outcome": "not_reached"})
    duty = case.core.open_duties("contact_customer")[-1].id
    asked = case.asks("luo.tian", "waive-duty", duty=duty, ground="多次未接。")
    case.does("lin.fang", "name-party", person="shen.bo", ground="经手人。")
    case.happens(routed_again(case), case.events[-1].id)

    assert "shen.bo" == asked.approvers[0]
    assert Refused("party_concerned") == case.refuses("shen.bo", "approve", approval=case.asked())
    assert isinstance(case.decided(case.command("qiu.min", "approve", approval=case.asked())).data, DutyWaived)


# -- what needs one -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remedies", "needs"),
    [
        ([], False),
        ([{"kind": "apology"}], False),
        ([money(1)], True),
        ([money(500_000_000)], True),
        ([money(1), money(2)], True),
    ],
)
@pytest.mark.holds("practice-32")
def test_money_that_is_decided_above_the_own_limit_is_asked_for(remedies: list[Any], needs: bool) -> None:
    """A head without a limit sends no money out alone."""
    case = Case().investigated()
    fact = case.decided(case.command("luo.tian", "decide", **DECISION | {"remedies_offered": remedies}))

    assert needs is (type(fact.data) is not DecisionMade)
    assert needs is ("handle" in case.owed())


def test_the_sum_of_what_is_decided_counts_in_the_currencys_own_decimals() -> None:
    """Two halves are the whole; yen have no hundredths, dinars have thousandths."""
    limited = ORGANISATION.replace(
        "post: unit_head, holders: [luo.tian]", "post: unit_head, holders: [luo.tian], approval_limit_minor: 10000"
    )
    within: list[list[Any]] = [[money(10000)], [money(5000), money(5000)], [money(100, "JPY")], [money(100000, "BHD")]]
    beyond: list[list[Any]] = [[money(5000), money(5001)], [money(101, "JPY")], [money(100001, "BHD")]]
    for remedies, asked in [*((r, False) for r in within), *((r, True) for r in beyond)]:
        case = Case(organisation=limited).investigated()
        fact = case.decided(case.command("luo.tian", "decide", **DECISION | {"remedies_offered": remedies}))
        assert asked is (type(fact.data) is not DecisionMade), remedies


def test_whoever_approves_money_needs_the_limit_for_it() -> None:
    """The supervisor may not let through what only the president may."""
    case = Case().investigated()
    asked = case.asks("luo.tian", "decide", **DECISION | {"remedies_offered": [money(500001)]})

    assert ("qiu.min", "tao.rui") == asked.approvers
    assert Refused("not_entitled") == case.refuses("shen.bo", "approve", approval=case.asked())
    assert isinstance(case.decided(case.command("qiu.min", "approve", approval=case.asked())).data, DecisionMade)


def test_what_nobody_may_approve_is_refused_at_once() -> None:
    """It would wait for ever."""
    case = Case().investigated()
    found = case.refuses("luo.tian", "decide", **DECISION | {"remedies_offered": [money(1_000_000_001)]})

    assert Refused("nobody_may_approve") == found


@pytest.mark.parametrize(
    ("said", "needs"),
    [
        ({"way": "letter"}, False),
        ({"way": "email"}, False),
        ({"way": "phone", "recorded": True}, False),
        ({"way": "phone"}, True),
        ({"way": "in_person"}, True),
    ],
)
def test_a_withdrawal_by_word_of_mouth_needs_a_second_person(said: Body, needs: bool) -> None:
    """What the complainant wrote or what was recorded speaks for itself; all else is his word against ours."""
    case = Case()
    fact = case.decided(case.command("lin.fang", "withdraw", **WITHDRAWN | said))
    assert needs is (type(fact.data) is not CaseWithdrawn)
    if needs:
        fact = case.decided(case.command("qiu.min", "approve", approval=case.asked()))
        assert isinstance(fact.data, CaseWithdrawn)
    assert {"archive"} == case.owed()


def test_a_non_acceptance_is_approved_by_somebody_above_the_accepting_post() -> None:
    """And leaves only the answer to the customer."""
    case = Case()
    case.asks("lin.fang", "not-accept", **LEFT_OUT)
    fact = case.decided(case.command("qiu.min", "approve", approval=case.asked()))

    assert isinstance(fact.data, CaseNotAccepted)
    assert "qiu.min" == fact.data.approved_by
    assert {"archive", "reply_customer"} == case.owed()


def test_a_settlement_above_the_limit_counts_when_it_is_approved() -> None:
    """Until then the handler has all to do."""
    case = Case()
    case.asks("wu.qing", "settle-on-the-spot", **SETTLEMENT | {"remedy": money(50001)})
    assert "handle" in case.owed()
    fact = case.decided(case.command("he.yun", "approve", approval=case.asked()))

    assert isinstance(fact.data, SettledOnTheSpot)
    assert ("person:wu.qing", False) == (fact.actor, "handle" in case.owed())


# -- what happens meanwhile ---------------------------------------------------------------------------


def test_an_act_that_is_not_possible_any_more_is_not_approved_and_the_request_can_be_refused() -> None:
    """The duty was fulfilled meanwhile: what stands in the way is said, and the way out is open."""
    case, waiver = in_vain()
    case.asks("luo.tian", "waive-duty", **waiver)
    case.does("luo.tian", "record-contact", **CONTACT)

    assert Refused("approval_overtaken", (), ("nothing_owed",)) == case.refuses(
        "he.yun", "approve", approval=case.asked()
    )
    case.does("he.yun", "refuse-approval", approval=case.asked(), ground="已联系上。")
    assert "approve" not in case.owed()


def test_where_all_who_were_asked_are_concerned_now_the_accepting_post_refuses() -> None:
    """Else the request would wait for ever, and the case with it."""
    case, waiver = in_vain()
    asked = case.asks("tao.rui", "waive-duty", **waiver)
    assert "gu.heng" not in asked.approvers
    case.does("lin.fang", "name-party", person="ye.lan", ground="经手人。")
    case.does("lin.fang", "name-party", person="qiu.min", ground="经手人。")
    cause = case.events[-1].id
    for place, fact in enumerate(Given(ROUTING, *case.events[:-1], known=known()).when_event(case.events[-1])):
        case.happens(fact, cause, place)

    case.does("gu.heng", "refuse-approval", approval=case.asked(), ground="原被请求人均为涉事人。")
    assert "approve" not in case.owed()


def test_who_asked_and_has_the_case_no_more_has_asked_in_vain() -> None:
    """The act is judged by the rights of the moment at which it takes effect."""
    case, waiver = in_vain()
    case.asks("luo.tian", "waive-duty", **waiver)
    case.does("lin.fang", "assign-unit", unit="dongqiao.hall", ground="实为营业厅。")
    case.happens(routed_again(case), case.events[-1].id)

    found = case.refuses("he.yun", "approve", approval=case.asked())
    assert ("approval_overtaken", ("nothing_owed",)) == (found.code, found.about)
    case.does("he.yun", "refuse-approval", approval=case.asked(), ground="承办人已变更。")


def routed_again(case: Case) -> CaseRerouted:
    """What routing answers to the last fact."""
    routing = Given(ROUTING, *case.events[:-1], known=known())
    (fact,) = routing.when_event(case.events[-1])
    assert isinstance(fact, CaseRerouted)
    return fact


def test_a_case_does_not_close_over_an_open_request() -> None:
    """Somebody has to say yes or no first; a withdrawal ends the request with all else."""
    case, waiver = in_vain()
    case.asks("luo.tian", "waive-duty", **waiver)
    found = case.refuses("lin.fang", "close")
    assert "approve" in found.about
    case.does("lin.fang", "withdraw", **WITHDRAWN | {"way": "letter"})

    assert {"archive"} == case.owed()
    assert Refused("nothing_asked") == case.refuses("he.yun", "approve", approval=case.asked())


REFUND: Body = DECISION | {"remedies_offered": [money(60_000)]}


@pytest.mark.parametrize(
    ("act", "first", "second"),
    [
        ("decide", REFUND, REFUND),
        ("decide", REFUND, REFUND | {"findings": "另一结论。"}),
        ("settle-on-the-spot", SETTLEMENT | {"remedy": money(50001)}, SETTLEMENT | {"remedy": money(60001)}),
        ("not-accept", LEFT_OUT, LEFT_OUT),
        ("withdraw", WITHDRAWN | {"way": "phone"}, WITHDRAWN | {"way": "in_person"}),
    ],
)
def test_what_waits_for_an_approval_is_not_asked_for_again(act: str, first: Body, second: Body) -> None:
    """One of the two could never count: the refusal names the one that waits, and one answer is owed."""
    case = Case().investigated() if act == "decide" else Case()
    actor = {"decide": "luo.tian", "settle-on-the-spot": "wu.qing"}.get(act, "lin.fang")
    case.asks(actor, act, **first)

    assert Refused("asked_already", (), (case.asked(),)) == case.refuses(actor, act, **second)
    assert 1 == len(case.core.open_duties("approve"))


def test_each_duty_is_let_go_by_a_request_of_its_own() -> None:
    """What is asked of another duty is something else; of the same one it is the same."""
    case, waiver = in_vain()
    case.asks("luo.tian", "waive-duty", **waiver)
    first = case.asked()
    later = (case.now + timedelta(days=1)).isoformat()
    case.does("luo.tian", "record-contact", **CONTACT | {"outcome": "left_message", "promised_at": later})
    another = waiver | {"duty": case.core.open_duties("promise")[-1].id}

    assert Refused("asked_already", (), (first,)) == case.refuses("luo.tian", "waive-duty", **waiver)
    case.asks("luo.tian", "waive-duty", **another)
    assert 2 == len(case.core.open_duties("approve"))


@pytest.mark.parametrize("answer", ["refuse-approval", "withdraw-request"])
def test_what_was_refused_or_taken_back_can_be_asked_for_again(answer: str) -> None:
    """Corrected, for example."""
    case = Case().investigated()
    case.asks("luo.tian", "decide", **REFUND)
    actor = "luo.tian" if answer == "withdraw-request" else "qiu.min"
    case.does(actor, answer, approval=case.asked(), ground="金额有误。")
    case.asks("luo.tian", "decide", **REFUND)

    assert isinstance(case.decided(case.command("qiu.min", "approve", approval=case.asked())).data, DecisionMade)


def test_who_asked_takes_his_request_back() -> None:
    """Nobody owes an answer any more, what the act would have ended is owed, and nobody can approve it."""
    case, waiver = in_vain()
    case.asks("luo.tian", "waive-duty", **waiver)
    approval = case.asked()
    back = case.does("luo.tian", "withdraw-request", approval=approval, ground="已联系上客户。")

    assert isinstance(back, ApprovalRequestWithdrawn)
    assert (waived(["approve"]), "waive-duty") == (ended(back), back.act)
    assert "contact_customer" in case.owed()
    assert Refused("nothing_asked") == case.refuses("he.yun", "approve", approval=approval)
    assert Refused("nothing_asked") == case.refuses("luo.tian", "withdraw-request", approval=approval, ground="无。")


@pytest.mark.parametrize("actor", ["he.yun", "qiu.min", "lin.fang", "fan.yi", "cen.lu"])
def test_nobody_takes_back_what_another_asked_for(actor: str) -> None:
    """Who may answer it, refuses it; and an agent did not ask for it."""
    case, waiver = in_vain()
    case.does("luo.tian", "delegate", person="fan.yi", ground="出差。")
    case.asks("luo.tian", "waive-duty", **waiver)

    assert "not_entitled" == case.refuses(actor, "withdraw-request", approval=case.asked(), ground="不需要。").code
    assert "approve" in case.owed()


def test_a_request_that_is_taken_back_holds_no_case_open() -> None:
    """Where nobody answers, whoever asked is not at their mercy."""
    case, waiver = in_vain()
    case.asks("luo.tian", "waive-duty", **waiver)
    assert "approve" in case.refuses("lin.fang", "close").about
    case.does("luo.tian", "withdraw-request", approval=case.asked(), ground="无人答复。")

    assert "approve" not in case.refuses("lin.fang", "close").about


def test_nothing_is_approved_before_it_was_asked_for() -> None:
    """An approval entered for an earlier hour would make the act earlier than the asking."""
    case, waiver = in_vain()
    before = case.now
    case.asks("luo.tian", "waive-duty", **waiver)
    found = case.refuses("he.yun", "approve", at=before, approval=case.asked())

    assert ("/at",) == found.pointers
