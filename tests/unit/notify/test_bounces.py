"""A letter that comes back after it was sent has failed after all, and the accepting post is told."""

from services.notify.decisions import SERVICE
from shared.contract.events.intake import LetterReturned
from shared.contract.events.notify import MessageFailed, MessageSendStarted
from tests.support.facts import event
from tests.support.letter_case import LetterCase


def test_a_letter_that_comes_back_has_failed() -> None:
    """Once, however often it is reported."""
    case = LetterCase()
    sent = next(one for one in case.first if isinstance(one, MessageSendStarted))
    returned = event(LetterReturned(message_id=sent.message_id), "dsn")
    (failed,) = case.when_event(returned)

    assert isinstance(failed, MessageFailed)
    assert (sent.message_id, "bounced", sent.kind) == (failed.message_id, failed.reason, failed.kind)
    told = case.when_event(event(failed, returned.id))
    assert ["lin.fang"] == [
        getattr(one.recipient, "person", None) for one in told if isinstance(one, MessageSendStarted)
    ]
    assert [] == case.when_event(event(LetterReturned(message_id=sent.message_id), "again"))


def test_a_letter_that_was_never_sent_cannot_come_back() -> None:
    """Whoever says so."""
    case = LetterCase()

    assert not SERVICE.owes(case.state, event(LetterReturned(message_id="0" * 36), "dsn"))


def test_what_a_machine_may_have_written_gets_no_acknowledgement() -> None:
    """The duty to acknowledge stays."""
    case = LetterCase(warnings=("unanswered",), channel="mail")
    suppressed = [one for one in case.first if getattr(one, "why", None) == "machine_wrote"]

    assert ["acknowledgement"] == [one.kind for one in suppressed]
    assert case.state.core.open_duties("acknowledge_customer")
