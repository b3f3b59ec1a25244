"""What casework keeps: little, the same after every rebuild, and as an independent reading has it."""

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from ops.verify import naive_fold
from services.casework.decisions import SERVICE
from services.casework.shown_state import dump
from services.casework.state import CaseworkState
from services.routing.decisions import SERVICE as ROUTING
from shared.case.folding.core import CORE_FOLDS
from shared.contract.envelope import Event, from_json, to_json
from shared.contract.events.notify import MessageSent
from shared.contract.events.routing import RoutingFellBack
from shared.contract.ids import message_id
from tests.support.casework import CONTACT, SETTLEMENT, Case, known, person
from tests.support.facts import CASE, Body, Given, event

MAX_BYTES_PER_OPEN_CASE = 1024
GROUND: Body = {"ground": "原因。"}
SENT = {
    "kind": "written_notice", "duty_id": None, "way": "email", "smtp_message_id": "<a@b>",
    "recipient": {"person": "luo.tian", "unit": "dongqiao.lending"}, "template": {"id": "t", "version": "1"},
    "content_sha256": "ab", "smtp_reply": "250",
}  # fmt: skip


def rerouted() -> Case:
    """A case that changed hands."""
    case = Case().accepted()
    case.does("luo.tian", "name-party", person="luo.tian", **GROUND)
    given = Given(ROUTING, *case.events[:-1], known=known())
    for place, fact in enumerate(given.when_event(case.events[-1], case.now)):
        case.happens(fact, case.events[-1].id, place)
    case.does("he.yun", "accept-handover")
    return case


def settled() -> Case:
    """A case settled on the spot."""
    case = Case()
    case.does("wu.qing", "settle-on-the-spot", **SETTLEMENT)
    return case


def reopened() -> Case:
    """A case in its second round, with a refused command in it."""
    case = Case().archived()
    case.refuses("lin.fang", "close")
    case.does("lin.fang", "reopen", **GROUND, received_at=case.now.isoformat())
    case.does("luo.tian", "record-contact", **CONTACT, promised_at="2020-03-06T10:00:00+08:00")
    case.does("luo.tian", "record-contact", **CONTACT, promised_at="2020-03-07T10:00:00+08:00")
    return case


def reassigned() -> Case:
    """A case with another handler of the unit, and his agent."""
    case = Case().accepted()
    case.does("luo.tian", "reassign", person="fan.yi", **GROUND)
    case.does("fan.yi", "delegate", person="tang.yu", **GROUND)
    return case


JOURNEYS: list[Callable[[], Case]] = [
    lambda: Case(routed=False), Case, rerouted, settled, reopened, reassigned, lambda: Case().tracked(),
    lambda: Case().archived(), lambda: Case(channel="letter", received_by={"unit": "province", "person": None}),
]  # fmt: skip


def stored(case: Case) -> list[bytes]:
    """The case's events as the log has them: each with the one before it as basis."""
    before: str | None = None
    bodies = []
    for one in case.events:
        bodies.append(to_json(one._replace(basisid=before)))
        before = one.id
    return bodies


@pytest.mark.parametrize("journey", JOURNEYS)
def test_an_independent_reading_of_the_log_comes_to_the_same(journey: Callable[[], Case]) -> None:
    """Owners, life, acts, open duties: by code that shares nothing with the fold."""
    case = journey()

    assert naive_fold.fold(stored(case))["casework"][CASE] == orjson.loads(orjson.dumps(dump(case.state)))


@pytest.mark.parametrize("journey", JOURNEYS)
def test_a_fold_of_the_stored_events_is_the_same_case(journey: Callable[[], Case]) -> None:
    """Nothing rests on what was in memory."""
    case = journey()

    assert case.state == folded(stored(case))


def folded(bodies: list[bytes]) -> CaseworkState:
    """The state after events read from their JSON, as a fold reads them: no text is shared by chance."""
    given = Given(SERVICE, known=known())
    for body in bodies:
        given.fold(from_json(body))
    assert isinstance(given.state, CaseworkState)
    return given.state


def test_the_types_folded_are_those_every_service_folds_and_six_of_its_own() -> None:
    """The test of the repository holds that none is forgotten."""
    letters = {"MessageSendStarted", "MessageFailed", "MessageSuppressed"}

    assert {"CommandRefused", "RoutingFellBack", "EvidenceAdded"} | letters == SERVICE.folds - CORE_FOLDS


def letters(case: Case, count: int) -> Case:
    """So many letters were sent."""
    for number in range(count):
        case.happens(MessageSent.model_validate(SENT | {"message_id": message_id(str(number), "n", "p")}), str(number))
    return case


def test_an_open_case_takes_at_most_a_kibibyte() -> None:
    """Handled, answered, reported, with eight letters: a bank has a hundred thousand of them in one process."""
    bodies = stored(letters(Case().replied(), 8))
    folded(bodies)  # what all cases share is there
    measured = [bytes_per_case(bodies, first) for first in (0, 500)]

    assert min(measured) <= MAX_BYTES_PER_OPEN_CASE, "in one of them a table that all cases share may have grown"


def bytes_per_case(bodies: list[bytes], first: int) -> float:
    """What 500 cases like this one take, each."""
    varied = [[body.replace(CASE.encode(), f"{n:036d}".encode()) for body in bodies] for n in range(first, first + 500)]
    tracemalloc.start()
    states = [folded(one) for one in varied]
    gc.collect()  # which also empties the free lists of tuples
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size / len(states)


def test_an_archived_case_keeps_only_what_a_reopening_needs() -> None:
    """Owners, duties and what the customer thinks, if archiving is overtaken; no times, no letters."""
    case = letters(Case().closed(), 3)
    case.does("zhong.an", "archive", place="A-1", retain_until="2025-12-31")
    state = case.state
    bare = CaseworkState(state.core, state.since, satisfaction="satisfied", ended_at=state.ended_at)

    assert bare == state


def test_a_fact_of_a_case_never_received_is_unreadable() -> None:
    """The kernel blocks the case then."""
    routed: Event = Case().events[1]

    with pytest.raises(ValueError, match="never received"):
        SERVICE.evolve(None, routed)


def test_a_second_receipt_changes_nothing() -> None:
    """Only the first counts."""
    case = Case()
    before: Any = case.state
    case.given.fold(case.events[0]._replace(id="another"))

    assert before == case.state


# -- who has the case is about to be said ------------------------------------------------------------


def answered(case: Case) -> list[str]:
    """Routing answers the case's last fact: the names of its events."""
    cause = case.events[-1]
    facts = Given(ROUTING, *case.events[:-1], known=known()).when_event(cause, case.now)
    for place, fact in enumerate(facts):
        case.happens(fact, cause.id, place)
    return [type(fact).__name__ for fact in facts]


CALLS: dict[str, tuple[str, dict[str, Any], str]] = {
    "refuse-handover": ("luo.tian", {"ground": "not_competent"}, "CaseRerouted"),
    "assign-unit": ("lin.fang", {"unit": "dongqiao.hall", **GROUND}, "CaseRerouted"),
    "name-party": ("luo.tian", {"person": "luo.tian", **GROUND}, "CaseRerouted"),
    "record-investigation": (
        "luo.tian", {"findings": "…", "fault": "responsible", "persons_responsible": ["bai.xue"]}, "CaseRerouted",
    ),
    "escalate": ("luo.tian", {"reason": "…", "mode": "supports"}, "CaseEscalated"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(CALLS))
def test_commands_wait_until_routing_has_said_who_has_the_case(name: str) -> None:
    """Whoever acts in between would act on what is over."""
    actor, body, answer = CALLS[name]
    case = Case()
    assert not SERVICE.waits_for_others(case.state)

    case.does(actor, name, **body)
    assert SERVICE.waits_for_others(case.state)
    assert [answer] == answered(case)
    assert not SERVICE.waits_for_others(case.state)


def test_commands_wait_for_the_first_routing_too() -> None:
    """A call centre may post and act at once."""
    case = Case(routed=False)
    assert SERVICE.waits_for_others(case.state)

    answered(case)
    assert not SERVICE.waits_for_others(case.state)


def test_a_reopened_case_waits_and_the_answer_to_another_fact_does_not_end_it() -> None:
    """Each fact has its own answer."""
    case = Case().closed()
    case.does("lin.fang", "reopen", **GROUND, received_at=case.now.isoformat())
    case.happens(RoutingFellBack(unit="dongqiao", reason="top_reached"), "another cause")
    assert SERVICE.waits_for_others(case.state)

    case.happens(RoutingFellBack(unit="dongqiao", reason="top_reached"), case.events[-2].id)
    assert not SERVICE.waits_for_others(case.state)


def test_an_investigation_that_names_nobody_new_waits_for_nobody() -> None:
    """Routing has nothing to answer."""
    case = Case(matter={"complained_persons": ["bai.xue"]}).accepted()
    case.does("luo.tian", "record-investigation", findings="…", fault="responsible", persons_responsible=["bai.xue"])

    assert not SERVICE.waits_for_others(case.state)


def test_a_supporting_escalation_hands_nothing_over() -> None:
    """So an acceptance may lie before it."""
    case = Case()
    case.does("luo.tian", "escalate", reason="…", mode="supports")
    given = Given(ROUTING, *case.events[:-1], known=known())
    owned = case.state.owned_at
    case.given.fold(event(given.when_event(case.events[-1], case.now)[0], "support", at=case.now))

    assert "he.yun" == person(case.core.escalated_to)
    assert owned == case.state.owned_at
