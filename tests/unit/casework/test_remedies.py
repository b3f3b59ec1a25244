"""What a decision, a settlement or a plan grants is owed remedy by remedy, and carried out with proof."""

import json
from typing import Any

import pytest

from ops.verify.naive_agreements import NaiveAgreements
from shared.contract.envelope import to_json
from shared.contract.events.agreements import RemedyExecuted
from shared.contract.events.base import CaseworkEvent
from tests.support.casework import CONTACT, DECISION, REPLY, REPORT, SETTLEMENT, Case, Refused, sealed_settlement
from tests.support.facts import Body

REFUND = {"kind": "refund", "amount_minor": 40000, "currency": "CNY"}
WAIVER, APOLOGY, RECORD = {"kind": "fee_waiver"}, {"kind": "apology"}, {"kind": "record_correction"}
EXECUTED: Body = {"remedy": 1, "outcome": "已退款。", "arrived_on": "2020-03-05", "proof": "回单 7"}
"""Of the first remedy, which is money; it arrived on the day of the receipt."""
REVISION: Body = DECISION | {"ground": "看错凭证。", "what_changed": "补救措施有变。"}


def remedies_of(fact: CaseworkEvent) -> list[tuple[str | None, str | None]]:
    """The duties to carry a remedy out that a fact opens: the number, and who owes it."""
    opened = [duty for duty in fact.duties_opened if duty.kind == "execute_remedy"]
    return [((duty.level or "").rpartition("/")[2], duty.debtor.person) for duty in opened]


def decided(case: Case, *remedies: Body) -> CaseworkEvent:
    """The handler decides with these remedies; whoever may allow them does."""
    return case.investigated().does("luo.tian", "decide", **DECISION, remedies_offered=list(remedies))


def settled(case: Case, remedy: Body) -> CaseworkEvent:
    """Wu Qing settles the matter with this remedy."""
    return case.does("wu.qing", "settle-on-the-spot", **SETTLEMENT | {"remedy": remedy})


@pytest.mark.holds("practice-32")
def test_each_remedy_that_is_carried_out_is_owed_by_its_number() -> None:
    """An apology is made by saying so, and what is done on the spot is owed by nobody."""
    fact = decided(Case(), APOLOGY, REFUND, WAIVER | {"done": True}, {"kind": "explanation"}, RECORD)

    assert [("2", "luo.tian"), ("5", "luo.tian")] == remedies_of(fact)


@pytest.mark.parametrize(
    ("remedy", "owed"),
    [(REFUND, True), (APOLOGY, False), (REFUND | {"done": True}, False), ({"kind": "process_change"}, False)],
)
def test_a_settlement_owes_its_remedy_unless_it_was_done_on_the_spot(remedy: Body, owed: bool) -> None:
    """The handler owes it, whoever settled the matter."""
    assert ([("1", "luo.tian")] if owed else []) == remedies_of(settled(Case(), remedy))


def test_a_remedy_above_the_limit_is_owed_once_it_is_approved() -> None:
    """Until then nothing is decided and nothing owed."""
    case = Case().investigated()
    asked = case.asks("luo.tian", "decide", **DECISION, remedies_offered=[REFUND])
    assert [] == remedies_of(asked)

    who = str(asked.duties_opened[0].debtor.person)
    fact = case.decided(case.command(who, "approve", approval=case.asked())).data
    assert isinstance(fact, CaseworkEvent)
    assert [("1", "luo.tian")] == remedies_of(fact)
    case.does("luo.tian", "execute-remedy", **EXECUTED)


def test_a_refused_approval_owes_nothing() -> None:
    """The decision never was."""
    case = Case().investigated()
    asked = case.asks("luo.tian", "decide", **DECISION, remedies_offered=[REFUND])
    case.does(str(asked.duties_opened[0].debtor.person), "refuse-approval", approval=case.asked(), ground="不同意。")

    assert "execute_remedy" not in case.owed()
    assert Refused("unknown_remedy", ("/remedy",)) == case.refuses("luo.tian", "execute-remedy", **EXECUTED)


def test_a_revision_lets_go_what_nobody_carried_out_and_owes_what_it_grants() -> None:
    """What was carried out is not owed again; the numbers are those of the decision as it is now."""
    case = Case()
    decided(case, REFUND, RECORD)
    case.does("luo.tian", "execute-remedy", **EXECUTED)
    (left,) = case.core.open_duties("execute_remedy")
    fact = case.does("luo.tian", "revise-decision", **REVISION, remedies_offered=[RECORD, REFUND, WAIVER])

    gone = [(end.id, end.state, end.reason) for end in fact.duties_ended if end.kind == "execute_remedy"]
    assert [(left.id, "waived", "revised")] == gone
    assert [("1", "luo.tian"), ("3", "luo.tian")] == remedies_of(fact)
    assert Refused("done_already", (), ("refund",)) == case.refuses(
        "luo.tian", "execute-remedy", **EXECUTED | {"remedy": 2}
    )
    case.does("luo.tian", "execute-remedy", remedy=1, outcome="已更正。")
    case.does("luo.tian", "execute-remedy", remedy=3, outcome="已减免。", arrived_on="2020-03-05")
    assert "execute_remedy" not in case.owed()
    naive = NaiveAgreements([json.loads(to_json(event)) for event in case.events])
    assert [(g.by, at or "") for g in case.core.agreed.grants for at in g.levels] == [
        (one["by"], one["level"] or "") for one in naive.remedies
    ]


def test_a_remedy_is_carried_out_once_and_ends_its_own_duty_only() -> None:
    """The other one is still owed."""
    case = Case()
    decided(case, REFUND, RECORD)
    fact = case.does("luo.tian", "execute-remedy", **EXECUTED)

    assert isinstance(fact, RemedyExecuted)
    assert ("refund", 40000, "CNY", 1, "decision") == (
        fact.kind, fact.amount_minor, fact.currency, fact.remedy, fact.granted_in,
    )  # fmt: skip
    assert 1 == len(case.core.open_duties("execute_remedy"))
    assert Refused("done_already", (), ("refund",)) == case.refuses("luo.tian", "execute-remedy", **EXECUTED)
    case.does("luo.tian", "execute-remedy", remedy=2, outcome="已更正。")
    assert "execute_remedy" not in case.owed()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"remedy": 9}, Refused("unknown_remedy", ("/remedy",))),
        ({"remedy": 2, "arrived_on": None}, Refused("not_to_execute", (), ("apology",))),
        ({"arrived_on": None}, Refused("arrival_missing", ("/arrived_on",))),
        ({"arrived_on": "2020-03-06"}, Refused("time_in_future", ("/arrived_on",))),
        ({"arrived_on": "2020-03-04"}, Refused("before_receipt", ("/arrived_on",))),
        ({"remedy": 3}, Refused("done_already", (), ("fee_waiver",))),
        ({"plan": "5b7f6f1f-6f57-5f0e-9d4b-3b7f6f1f2a02"}, Refused("unknown_remedy", ("/plan",))),
    ],
)
def test_what_is_not_so_is_refused(body: dict[str, Any], expected: Refused) -> None:
    """By number, kind, and the day on which the money arrived."""
    case = Case()
    decided(case, REFUND, APOLOGY, WAIVER | {"done": True})

    assert expected == case.refuses("luo.tian", "execute-remedy", **EXECUTED | body)


def test_nothing_is_carried_out_before_it_was_granted() -> None:
    """Not even by a minute."""
    case = Case()
    decided(case, REFUND)
    early = case.events[-1].happened_at.replace(minute=0)

    assert Refused("before_what_it_answers", ("/at",), ("decided",)) == case.refuses(
        "luo.tian", "execute-remedy", at=early, **EXECUTED
    )


@pytest.mark.holds("practice-29", "practice-32")
def test_a_case_is_closed_once_its_remedies_are_carried_out() -> None:
    """And not before."""
    case = Case()
    decided(case, RECORD)
    case.does("luo.tian", "reply-customer", **REPLY)
    case.does("luo.tian", "record-satisfaction", value="satisfied")
    case.does("luo.tian", "report-result", **REPORT)
    case.does("lin.fang", "confirm-result", checked="已核对。", called_back=True)

    assert Refused("duties_open", (), ("execute_remedy",)) == case.refuses("lin.fang", "close")
    case.does("luo.tian", "execute-remedy", remedy=1, outcome="已更正。")
    case.does("lin.fang", "close")


def test_an_anonymous_customer_gets_no_money_and_the_books_are_put_right() -> None:
    """Money needs somebody who gets it: that is waived from the start, and the rest owed."""
    case = Case(anonymous=True, reachable_by=[], complainant=None).accepted()
    case.does("luo.tian", "record-investigation", findings="属实。", fault="responsible")
    fact = case.does("luo.tian", "decide", **DECISION, remedies_offered=[REFUND, RECORD])
    states = {(duty.level or "")[-1]: (duty.state, duty.reason) for duty in fact.duties_opened}

    assert {"1": ("waived", "customer_unknown"), "2": ("open", None)} == states
    assert Refused("nothing_owed", (), ("execute_remedy",)) == case.refuses("luo.tian", "execute-remedy", **EXECUTED)


def test_a_decision_that_offers_none_owes_none() -> None:
    """As before."""
    assert [] == remedies_of(decided(Case()))


def test_a_claimed_settlement_owes_its_remedy_once_it_is_confirmed() -> None:
    """A claim owes nothing."""
    case = Case(settlement=sealed_settlement(remedy=WAIVER), received_by={"unit": "dongqiao.hall", "person": "jin.hao"})
    assert {"confirm_settlement"} <= case.owed()
    assert "execute_remedy" not in case.owed()

    fact = case.does("jin.hao", "settle-on-the-spot", **SETTLEMENT | {"remedy": WAIVER})
    assert [("1", "luo.tian")] == remedies_of(fact)


def test_a_withdrawal_lets_remedies_go_and_a_reopening_begins_without_any() -> None:
    """What is granted counts in its round."""
    case = Case()
    decided(case, REFUND)
    case.does("lin.fang", "withdraw", received_at=case.now.isoformat(), way="letter", proof="撤诉书")
    assert "execute_remedy" not in case.owed()
    case.does("lin.fang", "reopen", received_at=case.now.isoformat(), ground="改变主意。")

    assert Refused("unknown_remedy", ("/remedy",)) == case.refuses("luo.tian", "execute-remedy", **EXECUTED)
    case.does("luo.tian", "record-contact", **CONTACT)


def test_a_new_handler_owes_the_remedy_that_was_decided() -> None:
    """Under the same number."""
    case = Case()
    decided(case, REFUND)
    case.does("lin.fang", "reassign", person="fan.yi", ground="调岗。")

    assert ["fan.yi"] == [duty.terms.debtor.person for duty in case.core.open_duties("execute_remedy")]
    case.does("fan.yi", "execute-remedy", **EXECUTED)
    assert "execute_remedy" not in case.owed()


def test_a_remedy_that_the_customer_does_not_want_is_let_go_by_two_people() -> None:
    """As any duty to the customer."""
    case = Case()
    decided(case, REFUND)
    duty = case.core.open_duties("execute_remedy")[0].id
    case.does("luo.tian", "waive-duty", duty=duty, ground="客户书面放弃。")

    assert Refused("nothing_owed", (), ("execute_remedy",)) == case.refuses("luo.tian", "execute-remedy", **EXECUTED)


def test_a_remedy_that_was_done_at_once_owes_nothing_on_the_former_one() -> None:
    """A decision that grants it again owes it anew, as the log alone says too."""
    case = Case().investigated()
    case.accepted_plan(remedies=[{"kind": "fee_waiver", "done": True}])
    case.does("luo.tian", "decide", **DECISION, remedies_offered=[{"kind": "fee_waiver"}])
    rows = NaiveAgreements([json.loads(to_json(one)) for one in case.events]).remedy_rows()

    assert [["fee_waiver", ""], ["fee_waiver", f"{case.events[-1].id}/1"]] == rows
    assert [f"{case.events[-1].id}/1"] == [duty.terms.level for duty in case.core.open_duties("execute_remedy")]
