"""Duties that nobody fulfils: waived with four eyes, and never a report or an answer."""

import pytest

from shared.contract.events.approving import DutyWaived
from tests.support.casework import CONTACT, Case, Refused, ended, waived
from tests.support.facts import Body


def duty(case: Case, kind: str) -> str:
    """The id of the last duty of a kind."""
    return [d for d in case.core.duties() if d.terms.kind == kind][-1].id


def waiver(case: Case, kind: str, approved_by: str = "qiu.min") -> Body:
    """The body that waives a duty."""
    return {"duty": duty(case, kind), "ground": "客户拒绝联系。", "approved_by": approved_by}


def attempted() -> Case:
    """The customer was tried in vain."""
    case = Case().accepted()
    case.does("luo.tian", "record-contact", **CONTACT | {"outcome": "not_reached"})
    return case


@pytest.mark.parametrize("approver", ["qiu.min", "tao.rui", "shen.bo", "lin.fang", "wu.qing", "ye.lan"])
def test_a_debtor_waives_his_duty_with_the_approval_of_somebody_above(approver: str) -> None:
    """A superior, somebody on the ladder, or the accepting post that the handler answers to."""
    case = attempted()
    fact = case.does("luo.tian", "waive-duty", **waiver(case, "contact_customer", approver))

    assert isinstance(fact, DutyWaived)
    assert (waived(["contact_customer"]), approver) == (ended(fact), fact.approved_by)
    assert "contact_customer" not in case.owed()


@pytest.mark.parametrize(
    ("actor", "approver", "code"),
    [
        ("luo.tian", "luo.tian", "own_approval"),
        ("fan.yi", "luo.tian", "approver_not_entitled"),
        ("qiu.min", "qiu.min", "own_approval"),
        ("qiu.min", "luo.tian", "approver_not_entitled"),
        ("luo.tian", "fan.yi", "approver_not_entitled"),
        ("luo.tian", "cen.lu", "approver_not_entitled"),
        ("luo.tian", "nobody", "approver_not_entitled"),
        ("luo.tian", "ding.ning", "approver_not_entitled"),
    ],
)
def test_nobody_approves_his_own_and_not_everybody_approves(actor: str, approver: str, code: str) -> None:
    """Neither who asks nor who owes."""
    case = attempted()
    case.does("luo.tian", "delegate", person="fan.yi", ground="出差。")
    found = case.refuses(actor, "waive-duty", **waiver(case, "contact_customer", approver))

    assert Refused(code, ("/approved_by",)) == found


def test_a_party_concerned_approves_nothing() -> None:
    """Whatever post they hold."""
    case = Case(matter={"complained_persons": ["shen.bo"]}).accepted()
    case.does("luo.tian", "record-contact", **CONTACT | {"outcome": "not_reached"})
    found = case.refuses("luo.tian", "waive-duty", **waiver(case, "contact_customer", "shen.bo"))

    assert Refused("approver_not_entitled", ("/approved_by",)) == found


def test_only_the_debtor_waives_or_a_superior_for_him() -> None:
    """The accepting post cannot let the handler off; the president can."""
    case = attempted()

    assert Refused("not_entitled") == case.refuses("lin.fang", "waive-duty", **waiver(case, "contact_customer"))
    fact = case.does("qiu.min", "waive-duty", **waiver(case, "contact_customer", "tao.rui"))
    assert "luo.tian" == fact.acted_for


@pytest.mark.parametrize("kind", ["handle", "reply_customer", "report_result", "track_result"])
def test_reports_and_answers_are_never_waived(kind: str) -> None:
    """Nor what leads to them."""
    case = attempted()
    actor = "lin.fang" if kind == "track_result" else "luo.tian"

    assert Refused("not_waivable", ("/duty",), (kind,)) == case.refuses(actor, "waive-duty", **waiver(case, kind))


def test_a_customer_who_can_be_reached_is_tried_before() -> None:
    """An attempt is on record, or nothing is waived."""
    case = Case().accepted()

    assert Refused("attempts_needed", (), ("contact_customer",)) == case.refuses(
        "luo.tian", "waive-duty", **waiver(case, "contact_customer")
    )


def test_a_customer_without_a_way_to_reach_him_need_not_be_tried() -> None:
    """Known by name only."""
    case = Case(reachable_by=[], complainant={"name": {"label": "complainant.name", "box": "CCCC"}})

    case.does("luo.tian", "waive-duty", **waiver(case, "contact_customer"))


def test_a_duty_to_waive_is_one_of_the_case_and_open() -> None:
    """What is done is done."""
    case = attempted()
    case.does("luo.tian", "record-contact", **CONTACT)

    assert Refused("unknown_duty", ("/duty",)) == case.refuses(
        "luo.tian", "waive-duty", duty="none", ground="无。", approved_by="qiu.min"
    )
    assert Refused("nothing_owed", (), ("contact_customer",)) == case.refuses(
        "luo.tian", "waive-duty", **waiver(case, "contact_customer")
    )
