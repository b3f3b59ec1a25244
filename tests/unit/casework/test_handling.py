"""Classifying, investigating, deciding."""

from typing import Any, get_args

import orjson
import pytest

from shared.contract.codes import Fault
from shared.contract.events.base import Sealed
from shared.contract.events.casework import CommandRefused, ComplaintClassified, DecisionMade, InvestigationRecorded
from shared.contract.events.sla import ClockBreached
from shared.sealing.vault import PADDED_BYTES, seal_with
from tests.support.casework import DECISION, INVESTIGATION, KEY, SETTLEMENT, Case, Refused, discharged, ended, refusal
from tests.support.facts import CASE, NOW, SEALED, Body

GROUND: Body = {"ground": "依据来电内容。"}


# -- classify ----------------------------------------------------------------------------------------


def test_classifying_discharges_what_asked_for_it() -> None:
    """An unclassified complaint runs on the ordinary limit until then."""
    case = Case(matter={"reason": None})
    said: Body = {"reason": "work_error", "other_reasons": ["service_attitude"], "jrt": {"business": "loan"}}
    fact = case.does("lin.fang", "classify", **said, level="hard")

    assert isinstance(fact, ComplaintClassified)
    assert ("work_error", ("service_attitude",), "hard", "loan") == (
        fact.reason, fact.other_reasons, fact.level, fact.jrt.business,
    )  # fmt: skip
    assert discharged("classify") == ended(fact)
    assert ("work_error", "hard") == (case.core.reason, case.core.level)


@pytest.mark.parametrize("before", [None, "work_error"])
def test_a_longer_limit_needs_a_ground(before: str | None) -> None:
    """From ordinary, or nothing, to complex."""
    case = Case(matter={"reason": before})

    assert Refused("ground_missing", ("/ground",)) == case.refuses("lin.fang", "classify", reason="service_product")
    case.does("lin.fang", "classify", reason="service_product", **GROUND)


@pytest.mark.parametrize(
    ("before", "after"), [("violation", "service_product"), ("violation", "work_error"), ("work_error", None)]
)
def test_a_limit_that_does_not_get_longer_needs_none(before: str, after: str | None) -> None:
    """Within the complex reasons, to an ordinary one, or within those."""
    case = Case(matter={"reason": before})

    assert {} == ended(case.does("lin.fang", "classify", reason=after or "service_attitude"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("work_error", "service_product"),
        ("work_error", "service_attitude"),
        ("violation", "service_product"),
        (None, "work_error"),
    ],
)
def test_the_handler_does_not_lengthen_nor_change_within_a_class(before: str | None, after: str) -> None:
    """He may only shorten."""
    case = Case(matter={"reason": before})

    assert Refused("only_to_shorten", ("/reason",)) == case.refuses("luo.tian", "classify", reason=after, **GROUND)


def test_the_handler_may_shorten() -> None:
    """From a complex reason to an ordinary one."""
    Case(matter={"reason": "violation"}).does("luo.tian", "classify", reason="work_error")


def test_reclassifying_keeps_the_level() -> None:
    """Who says another reason says nothing of how hard the complaint is."""
    case = Case()
    case.does("lin.fang", "classify", reason="work_error", level="major")
    case.does("lin.fang", "classify", reason="service_product", **GROUND)

    assert ("service_product", "major") == (case.core.reason, case.core.level)


def test_only_a_head_above_the_accepting_post_lowers_the_level() -> None:
    """Raising it is for whoever classifies; a handler who shortens the limit lowers nothing."""
    case = Case()
    case.does("lin.fang", "classify", reason="violation", level="hard", **GROUND)
    lower: Body = {"reason": "work_error", "level": "normal"}

    assert Refused("only_head_lowers", ("/level",)) == case.refuses("lin.fang", "classify", **lower)
    assert Refused("only_head_lowers", ("/level",)) == case.refuses("luo.tian", "classify", **lower)
    case.does("qiu.min", "classify", **lower)
    assert "normal" == case.core.level


def breached(case: Case) -> Case:
    """The limit passed."""
    duties: list[Any] = []
    case.happens(
        ClockBreached(clock_id="c", milestone="reply", due_on=NOW.date(), due_at=case.now, duties_opened=tuple(duties))
    )
    return case


def test_after_a_breach_a_classification_is_still_recorded() -> None:
    """The verdict stands; the reason is the reason."""
    breached(Case()).does("lin.fang", "classify", reason="service_product", **GROUND)


# -- investigate -------------------------------------------------------------------------------------


@pytest.mark.holds("practice-18")
def test_an_investigation_makes_those_responsible_parties_concerned() -> None:
    """They are named by id; what was found stays sealed."""
    case = Case().accepted()
    fact = case.does("luo.tian", "record-investigation", **INVESTIGATION, persons_responsible=["fan.yi"])

    assert isinstance(fact, InvestigationRecorded)
    assert {} == ended(fact)
    assert ("fan.yi",) == case.core.parties


@pytest.mark.parametrize("persons", [[], ["fan.yi"], ["fan.yi", "bai.xue", "ding.ning"]])
@pytest.mark.parametrize("fault", get_args(Fault))
def test_whose_fault_it_was_is_sealed_at_a_length_that_tells_nothing(fault: str, persons: list[str]) -> None:
    """Neither the code nor how many are responsible shows, also not in the command."""
    said: Body = {"findings": "属实。", "fault": fault, "persons_responsible": persons}
    case = Case().accepted()
    command = case.command("luo.tian", "record-investigation", **said)
    fact = case.decided(command).data
    assert isinstance(fact, InvestigationRecorded)
    assert isinstance(fact.fault, Sealed)
    assert isinstance(fact.persons_responsible, Sealed)
    boxes = {len(fact.fault.box), len(fact.persons_responsible.box)}

    assert {len(seal_with(KEY, CASE, "x", "a" * PADDED_BYTES).box)} == boxes
    assert f'"{fault}"' not in orjson.dumps(command.body).decode()
    assert tuple(persons) == fact.parties


def test_who_was_a_party_concerned_already_does_not_become_one_again() -> None:
    """So that nobody reads from it who of those complained of was found responsible."""
    case = Case(matter={"narrative": SEALED, "complained_persons": ["bai.xue"]}).accepted()
    fact = case.does("luo.tian", "record-investigation", **INVESTIGATION, persons_responsible=["bai.xue", "fan.yi"])
    assert isinstance(fact, InvestigationRecorded)

    assert ("fan.yi",) == fact.parties
    assert ("bai.xue", "fan.yi") == case.core.parties


def test_a_command_of_before_says_in_the_clear_what_is_sealed_now() -> None:
    """It waited over an upgrade: it is refused, and can be sent again."""
    case = Case().accepted()
    command = case.command("luo.tian", "record-investigation", **INVESTIGATION)
    before = command._replace(body={**command.body, "fault": "responsible", "persons_responsible": ["fan.yi"]})

    assert Refused("invalid_command", ("/fault", "/persons_responsible")) == refusal(case.decided(before))


@pytest.mark.holds("article-2.5.1")
def test_an_investigation_verifies_what_a_medium_says() -> None:
    """Of a complaint by the media."""
    case = Case(channel="media", received_by={"unit": "dongqiao", "person": None})

    assert discharged("verify") == ended(case.does("qiu.min", "record-investigation", **INVESTIGATION))


def test_people_responsible_have_to_be_known() -> None:
    """Each unknown one is pointed at; somebody who has left is known."""
    found = Case().refuses(
        "luo.tian", "record-investigation", **INVESTIGATION, persons_responsible=["fan.yi", "nobody", "ding.ning", "x"]
    )

    assert Refused("unknown_person", ("/persons_responsible/1", "/persons_responsible/3")) == found


# -- decide ------------------------------------------------------------------------------------------


@pytest.mark.holds("article-2.2.2")
def test_a_decision_discharges_the_handling_and_names_the_remedies_open() -> None:
    """The customer is told all four of them (order 2020 no. 3, art. 19)."""
    offered = [{"kind": "refund", "amount_minor": 2000, "currency": "CNY", "words": "退费"}]
    fact = Case().investigated().does("luo.tian", "decide", **DECISION, remedies_offered=offered)

    assert isinstance(fact, DecisionMade)
    assert discharged("handle") == ended(fact)
    assert ("review", "mediation", "arbitration", "litigation") == fact.remedies_open
    assert ("refund", 2000) == (fact.remedies_offered[0].kind, fact.remedies_offered[0].amount_minor)


def test_nothing_is_decided_without_an_investigation() -> None:
    """First look, then judge."""
    assert Refused("no_investigation") == Case().accepted().refuses("luo.tian", "decide", **DECISION)


def test_a_case_is_decided_once() -> None:
    """Nor after it was settled on the spot."""
    assert Refused("decided_already") == Case().decided_on().refuses("luo.tian", "decide", **DECISION)
    settled = Case().investigated()
    settled.does("luo.tian", "settle-on-the-spot", **SETTLEMENT | {"remedy": {"kind": "apology"}})
    assert Refused("decided_already") == settled.refuses("luo.tian", "decide", **DECISION)


def test_a_decision_needs_all_its_elements() -> None:
    """The API asks for them; what reaches the worker another way is held to the same."""
    case = Case().investigated()
    command = case.command("luo.tian", "decide", **DECISION)
    command.body.update(grounds=None, decision=None)
    fact = case.answer(command)

    assert isinstance(fact.data, CommandRefused)
    assert Refused("decision_incomplete", ("/grounds", "/decision"), ("grounds", "decision")) == Refused(
        fact.data.code, fact.data.pointers, fact.data.about
    )


def test_a_superior_decides_for_the_handler_and_it_is_recorded() -> None:
    """The agent may not."""
    case = Case().investigated()
    case.does("luo.tian", "delegate", person="fan.yi", **GROUND)

    assert Refused("not_entitled") == case.refuses("fan.yi", "decide", **DECISION)
    fact = case.does("qiu.min", "decide", **DECISION)
    assert "luo.tian" == fact.acted_for


def test_a_fact_carries_its_actor_its_command_and_when_it_happened() -> None:
    """The body's typed texts go into it as they came: sealed."""
    case = Case().investigated()
    command = case.command("luo.tian", "decide", at=case.now, **DECISION)
    fact = case.answer(command)

    assert isinstance(fact.data, DecisionMade)
    assert fact.happened_at is not None
    assert ("person:luo.tian", command.at) == (fact.actor, fact.happened_at.isoformat())
    assert fact.data.command is not None
    assert ("decide", "f") == (fact.data.command.name, fact.data.command.fingerprint)
    assert command.body["grounds"] == fact.data.grounds.model_dump()
    assert "decide.grounds" == fact.data.grounds.label
