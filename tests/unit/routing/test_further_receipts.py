"""The same complaint once more: who it complains about is concerned, who it can be answered to is owed an answer."""

from typing import Any

from ops.verify.naive_core import NaiveCase
from services.routing.decisions import SERVICE
from shared.case.core import CaseCore
from shared.case.folding.core import evolve
from shared.case.receipts import adds_to_owners
from shared.contract.envelope import Event
from shared.contract.events.ending import CaseClosed
from shared.contract.events.intake import ReceiptAdded
from shared.contract.events.ownership import HandoverRefused
from shared.contract.events.routing import CaseRerouted
from tests.support.casework import Case
from tests.support.facts import NOW, SEALED, Given, event, receipt

NOBODY: dict[str, Any] = {"anonymous": True, "complainant": None, "reachable_by": []}


def again(*persons: str, **changes: Any) -> ReceiptAdded:
    """A further receipt that complains about these."""
    said = {"receipt_id": "again", "channel": "letter", "received_at": NOW, "fingerprint": "g", "anonymous": False}
    matter = {"narrative": SEALED, "complained_persons": persons}
    return ReceiptAdded.model_validate(
        said | {"received_by": {"unit": "dongqiao", "person": None}, "matter": matter} | changes
    )


def routed(**changes: Any) -> Given:
    """A received and routed case."""
    given, received = Given(SERVICE), event(receipt(**changes))
    decided = given.when_event(received)[0]
    return given.fold(event(decided, received.id))


def test_whoever_is_complained_about_loses_the_case_at_once() -> None:
    """He is passed over, on record, and his duties pass on."""
    (moved,) = routed().when_event(event(again("luo.tian"), "again"))

    assert isinstance(moved, CaseRerouted)
    assert "further_receipt" == moved.ground
    assert moved.decision.handler is not None
    assert "he.yun" == moved.decision.handler.person
    assert "handle" in {duty.kind for duty in moved.duties_opened}


def test_whoever_passes_the_complaint_on_once_more_is_owed_an_answer_of_his_own() -> None:
    """Beside the body that passed it on first; nothing else changes."""
    given = routed(origin={"kind": "regulator", "body": "某监管局"})
    (moved,) = given.when_event(event(again(origin={"kind": "consumer_body", "body": "消费者协会"}), "again"))

    assert isinstance(moved, CaseRerouted)
    assert [("answer_transferring_body", "消费者协会", "again")] == [
        (duty.kind, duty.creditor, duty.level) for duty in moved.duties_opened
    ]
    assert () == moved.duties_ended


def test_a_receipt_that_says_nothing_new_of_owners_is_not_answered() -> None:
    """Nobody's case moves because of a repeat call."""
    given = routed()

    assert not given.owes(event(again(), "again"))
    assert not given.fold(event(again("fan.yi"), "one")).owes(event(again("fan.yi"), "other"))


def test_a_customer_who_makes_himself_known_is_owed_contact_and_reply() -> None:
    """They were waived, since there was nobody to answer; the acknowledgement is not owed for a further receipt."""
    given = routed(**NOBODY)
    (moved,) = given.when_event(event(again(reachable_by=["phone"]), "again"))

    assert isinstance(moved, CaseRerouted)
    assert {"contact_customer", "reply_customer"} == {duty.kind for duty in moved.duties_opened}
    assert {"open"} == {duty.state for duty in moved.duties_opened}
    assert () == moved.duties_ended


def test_a_duty_that_was_let_go_by_a_person_stays_let_go() -> None:
    """Only what was waived from the start, for want of anybody, comes back."""
    case = Case(**NOBODY)
    before = set(case.owed())
    case.happens(again(reachable_by=["phone"]), "again")
    moved = Given(SERVICE, *case.events[:2]).when_event(case.events[2])[0]
    case.happens(moved, case.events[2].id)

    assert {"contact_customer", "reply_customer"} == case.owed() - before


def test_commands_wait_until_it_is_said_who_has_the_case() -> None:
    """By the very same question that routing asks: else they would wait for ever, or act on what is over."""
    for changes in ((), ("luo.tian",)):
        case = Case()
        one = event(again(*changes), "again")
        assert adds_to_owners(case.core, one) == Given(SERVICE, *case.events).owes(one)
        case.happens(again(*changes), "again")
        assert bool(changes) == bool(case.state.unanswered)


def test_on_a_closed_case_who_is_concerned_owes_nothing_any_more() -> None:
    """And nothing is opened that was done."""
    given = routed().fold(event(CaseClosed(), "closed"))
    (moved,) = given.when_event(event(again("luo.tian"), "again"))

    assert isinstance(moved, CaseRerouted)
    assert moved.decision.handler is not None
    assert "luo.tian" != moved.decision.handler.person


def test_setting_aside_a_refusal_takes_nobody_back_who_was_complained_about_meanwhile() -> None:
    """The refusal that crossed the routing has no effect; the receipt between them keeps it, in both foldings."""
    given = routed()
    log = [event(receipt()), event(Given(SERVICE).when_event(event(receipt()))[0], event(receipt()).id)]
    luo = {"unit": "dongqiao.lending", "person": "luo.tian"}
    refused = event(HandoverRefused.model_validate({"handler": luo, "ground": "party_concerned"}), "refused")
    named = event(again("luo.tian", "fan.yi"), "again")
    (moved,) = given.when_event(event(again("bai.xue"), "other"))
    crossing = event(moved, "other")._replace(basisid=log[1].id)
    events = [*log, refused, named, crossing]

    assert ("luo.tian", "fan.yi") == folded(events).parties
    assert ["luo.tian", "fan.yi"] == NaiveCase([_row(one) for one in events]).parties


def folded(events: list[Event]) -> CaseCore:
    """The case after events; each says by its basis what its decider had seen."""
    core: CaseCore | None = None
    ids = [one.id for one in events]
    for place, one in enumerate(events):
        basis = place - 1 if one.basisid is None else ids.index(one.basisid)
        core = evolve(core, one._replace(ordinal=place, basis_ordinal=basis))
    assert core is not None
    return core


def _row(one: Event) -> dict[str, Any]:
    return {"id": one.id, "type": one.type, "source": one.source, "data": one.data, "basisid": one.basisid}
