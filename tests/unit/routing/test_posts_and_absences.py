"""A duty names the post by which it is owed; somebody absent is passed over for whoever stands in. Typed by hand."""

from typing import Any

import pytest

from ops.local.reference import EXAMPLE_ORGANISATION
from services.routing.decisions import SERVICE
from services.routing.owners_gone import recheck_at, stale
from shared.contract.events.ownership import ComplainedUnitDetermined, EscalationRequested, PartyConcernedNamed
from shared.contract.events.routing import CaseEscalated, CaseRerouted, CaseRouted
from tests.support.facts import CASE, NOW, SEALED, Given, document, event, receipt, reference

EXAMPLE = EXAMPLE_ORGANISATION.read_text(encoding="utf-8")
DAYS = "from: 2020-03-04, until: 2020-03-05"
"""Absent till the day of the receipt, which is included."""


def bank(*absences: str, text: str = EXAMPLE) -> str:
    """The example bank with absences: ``luo.tian`` or ``luo.tian>fan.yi`` with whoever stands in."""
    for absence in absences:
        person, _, stand_in = absence.partition(">")
        entry = f"{{{DAYS}, stand_in: {stand_in}}}" if stand_in else f"{{{DAYS}}}"
        text = text.replace(f"{{id: {person}, ", f"{{id: {person}, absences: [{entry}], ", 1)
    return text.replace(", absences: [{from: 2026-05-06, until: 2026-05-08, stand_in: wu.qing}]", "", 1)


def given(organisation: str) -> Given:
    """Nothing so far, in a bank."""
    return Given(SERVICE, known=reference(organisation=organisation))


def routed(organisation: str = EXAMPLE, **changes: Any) -> CaseRouted:
    """How a receipt is routed in a bank."""
    facts = given(organisation).when_event(event(receipt(**changes)))
    assert isinstance(facts[0], CaseRouted)
    return facts[0]


def owed_by(of: CaseRouted | CaseRerouted | CaseEscalated, kind: str) -> tuple[str, str, str | None]:
    """Unit, post and person of whoever owes a duty."""
    debtor = next(duty.debtor for duty in of.duties_opened if duty.kind == kind)
    return debtor.unit, debtor.post, debtor.person


def passed_over(of: CaseRouted) -> list[tuple[str, str]]:
    """Who was passed over, and why."""
    return [(refused.person, refused.reason) for refused in of.decision.refused]


@pytest.mark.parametrize(
    ("unit", "parties", "handler"),
    [
        ("dongqiao.lending", [], ("dongqiao.lending", "unit_head", "luo.tian")),
        ("dongqiao.hall", [], ("dongqiao.hall", "outlet_head", "bai.xue")),
        ("dongqiao", [], ("dongqiao", "president", "qiu.min")),
        ("dongqiao.hall", ["bai.xue"], ("dongqiao", "operations_supervisor", "he.yun")),
        ("dongqiao.lending", ["luo.tian", "he.yun"], ("dongqiao", "deputy_president", "shen.bo")),
        ("dongqiao.hall", ["bai.xue", "he.yun", "shen.bo"], ("dongqiao", "president", "qiu.min")),
        ("dongqiao.hall", ["qiu.min"], ("province", "general_office", "ye.lan")),
    ],
)
def test_what_a_handler_owes_names_his_rung(unit: str, parties: list[str], handler: tuple[str, str, str]) -> None:
    """Whoever is found on the ladder was recorded as president, which he is not."""
    found = routed(matter={"complained_unit": unit, "complained_persons": parties})

    assert {handler} == {owed_by(found, kind) for kind in ("accept_handover", "handle", "reply_customer")}
    assert (handler[0], handler[2]) == tuple(found.decision.handler.model_dump().values())  # type: ignore[union-attr]
    assert (unit == "dongqiao.hall" and "qiu.min" in parties) == found.decision.fell_back


def test_who_takes_a_case_over_owes_by_the_post_of_his_rung() -> None:
    """The rung is named in the escalation; in a duty stands a post that somebody can hold."""
    case = given(EXAMPLE)
    for position, fact in enumerate(case.when_event(event(receipt()))):
        case.fold(event(fact, "routed", position))
    found = []
    for number in range(4):
        data = EscalationRequested.model_validate({"reason": SEALED, "mode": "takes_over"})
        (escalated,) = case.when_event(event(data, f"asked-{number}"))
        assert isinstance(escalated, CaseEscalated)
        case.fold(event(escalated, f"escalated-{number}"))
        found.append((escalated.rung, *owed_by(escalated, "handle")))

    assert [
        ("operations_supervisor", "dongqiao", "operations_supervisor", "he.yun"),
        ("deputy_president", "dongqiao", "deputy_president", "shen.bo"),
        ("president", "dongqiao", "president", "qiu.min"),
        ("superior_unit", "province", "general_office", "ye.lan"),
    ] == found


@pytest.mark.parametrize(
    ("absences", "handler", "refused"),
    [
        (["luo.tian>fan.yi"], ("dongqiao.lending", "unit_head", "fan.yi"), [("luo.tian", "absent")]),
        (["luo.tian"], ("dongqiao", "operations_supervisor", "he.yun"), [("luo.tian", "absent")]),
        (
            ["luo.tian", "he.yun>zhong.an"],
            ("dongqiao", "operations_supervisor", "zhong.an"),
            [("luo.tian", "absent"), ("he.yun", "absent")],
        ),
    ],
)
def test_a_handler_who_is_absent_is_stood_in_for_else_passed_over(
    absences: list[str], handler: tuple[str, str, str], refused: list[tuple[str, str]]
) -> None:
    """The last day of an absence belongs to it; the reason is recorded."""
    found = routed(bank(*absences))

    assert handler == owed_by(found, "handle")
    assert refused == passed_over(found)
    assert not found.decision.fell_back


def test_a_stand_in_who_is_concerned_is_passed_over_too() -> None:
    """The head is absent, his stand-in is complained about: the next rung handles."""
    found = routed(bank("luo.tian>fan.yi"), matter={"complained_persons": ["fan.yi"]})

    assert ("dongqiao", "operations_supervisor", "he.yun") == owed_by(found, "handle")
    assert [("luo.tian", "absent"), ("fan.yi", "party_concerned")] == passed_over(found)


def test_an_accepting_post_goes_to_the_stand_in_of_the_absence_before_that_of_the_post() -> None:
    """The file names one for these days; without one the post's own stand-in accepts."""
    named, without = routed(bank("lin.fang>zhong.an")), routed(bank("lin.fang"))

    assert ("dongqiao", "complaint_post", "zhong.an") == tuple(named.decision.accepting.model_dump().values())
    assert ("dongqiao", "complaint_post", "wu.qing") == tuple(without.decision.accepting.model_dump().values())
    assert ("lin.fang", "absent") in passed_over(named)


def test_an_archivist_who_is_absent_is_stood_in_for() -> None:
    """The duty is owed by somebody who is there."""
    assert ("dongqiao", "archivist", "he.yun") == owed_by(routed(bank("zhong.an>he.yun")), "archive")


@pytest.mark.parametrize("absent", ["luo.tian>fan.yi", "lin.fang>zhong.an"])
def test_an_absence_that_begins_later_moves_no_case(absent: str) -> None:
    """Neither by itself, nor when something else calls for another routing."""
    case = given(EXAMPLE)
    for position, fact in enumerate(case.when_event(event(receipt()))):
        case.fold(event(fact, "routed", position))
    case.reference.add(document("organisation", "bank", bank(absent), published_at=NOW))

    assert [] == list(stale(CASE, case.state, case.reference, NOW))
    named = PartyConcernedNamed.model_validate({"person": "bai.xue", "ground": SEALED})
    (rerouted,) = case.when_event(event(named, "named"))
    assert isinstance(rerouted, CaseRerouted)
    assert ("lin.fang", "luo.tian") == (rerouted.decision.accepting.person, rerouted.decision.handler.person)  # type: ignore[union-attr]
    assert () == rerouted.duties_opened


def test_who_stood_in_keeps_the_case_when_the_absence_is_over() -> None:
    """The case is not carried back and forth; whoever came back may act in his post all the same."""
    case = given(bank("lin.fang>zhong.an"))
    for position, fact in enumerate(case.when_event(event(receipt()))):
        case.fold(event(fact, "routed", position))
    later = NOW.replace(day=9)

    assert [] == list(stale(CASE, case.state, case.reference, later))
    determined = ComplainedUnitDetermined.model_validate({"unit": "dongqiao.hall", "ground": SEALED})
    rerouted = case.when_event(event(determined, "determined"), later)[0]
    assert isinstance(rerouted, CaseRerouted)
    assert "zhong.an" == rerouted.decision.accepting.person


def test_a_case_that_nobody_could_accept_is_looked_at_again_when_the_first_is_back() -> None:
    """The morning after the last day of the absence."""
    at = recheck_at(reference(organisation=bank("luo.tian")), NOW)

    assert at is not None
    assert "2020-03-06T00:00:00+08:00" == at.isoformat()
