"""What no machine could read, and what came twice under one id, is owed a person's look."""

import pytest

from services.routing.decisions import SERVICE
from shared.contract.events.corrections import ReceiptCorrected
from shared.contract.events.intake import ReceiptAdded, ReceiptConflictDetected
from shared.contract.events.routing import CaseRerouted, CaseRouted, DutiesAdded
from tests.support.facts import NOW, SEALED, Given, event, receipt

MAILED = {"channel": "mail", "submitter": "smtp:office@dongqiao.example"}


def conflict(submitter: str = "smtp:office@dongqiao.example") -> ReceiptConflictDetected:
    """Another message under the id of the first."""
    return ReceiptConflictDetected(submitter=submitter, fingerprint="g")


def routed_case(**changes: object) -> Given:
    """A routed case by mail."""
    received = event(receipt(**(MAILED | changes)))
    given = Given(SERVICE)
    (routed, *_) = given.when_event(received)
    assert isinstance(routed, CaseRouted)
    return Given(SERVICE, received, event(routed, received.id))


def test_what_no_machine_could_read_is_read_by_the_accepting_post() -> None:
    """Within a working day; nobody owes it of a message that could be read."""
    opened = {}
    for warnings in ((), ("unreadable",)):
        (routed, *_) = Given(SERVICE).when_event(event(receipt(**MAILED, warnings=warnings)))
        assert isinstance(routed, CaseRouted)
        opened[bool(warnings)] = {duty.kind: duty for duty in routed.duties_opened}

    assert "read_submission" not in opened[False]
    owed = opened[True]["read_submission"]
    assert ("lin.fang", "open") == (owed.debtor.person, owed.state)


def test_a_further_message_that_nobody_could_read_is_owed_too() -> None:
    """On the case that it goes on with."""
    added = ReceiptAdded(
        receipt_id="r", channel="mail", received_at=NOW, received_by={"unit": "dongqiao"}, matter={"narrative": SEALED},
        fingerprint="f", warnings=("unreadable",),
    )  # fmt: skip
    (fact, *_) = routed_case().when_event(event(added, "more"))

    assert isinstance(fact, CaseRerouted)
    assert ["read_submission"] == [duty.kind for duty in fact.duties_opened]


def test_two_messages_under_one_id_are_compared_by_the_accepting_post_once() -> None:
    """However often the second one comes."""
    case, first = routed_case(), event(conflict(), "two")
    (added,) = case.when_event(first)
    assert isinstance(added, DutiesAdded)
    assert [("resolve_receipt_conflict", "lin.fang")] == [(d.kind, d.debtor.person) for d in added.duties_opened]

    case.fold(event(added, first.id))
    assert not case.owes(event(conflict(), "three"))


@pytest.mark.parametrize("submitter", ["channel:hotline", "person:lin.fang"])
def test_a_channel_system_looks_into_its_own_conflicts(submitter: str) -> None:
    """It was told 409, and nothing of what it sent is kept."""
    assert not routed_case().owes(event(conflict(submitter), "two"))


def test_a_correction_ends_it_for_good() -> None:
    """Another routing does not open it anew."""
    received = event(receipt(**MAILED, warnings=("unreadable",)))
    (routed, *_) = Given(SERVICE).when_event(received)
    assert isinstance(routed, CaseRouted)
    owed = next(duty for duty in routed.duties_opened if duty.kind == "read_submission")
    ended = {"id": owed.id, "kind": owed.kind, "state": "discharged"}
    said = ReceiptCorrected(pointer="/matter/narrative", value=SEALED, ground=SEALED, duties_ended=[ended])
    given = Given(SERVICE, received, event(routed, received.id), event(said, "read"))

    assert given.state.unread is False
