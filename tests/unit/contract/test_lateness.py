"""How late something was, and whose doing that was."""

from collections.abc import Callable
from datetime import datetime, timedelta

from shared.case.lateness import TOLD_LATE, Late, lateness
from shared.contract.envelope import Event
from shared.contract.events.casework import CustomerReplied
from shared.contract.events.notify import MessageSendStarted, MessageSent
from shared.contract.events.sla import ClockBreached, ClockMet, ClockWarned
from tests.support.facts import NOW, SEALED, event

LIMIT = NOW + timedelta(days=3)
HOUR = timedelta(hours=1)
CLOCK = {"clock_id": "clock", "milestone": "reply_customer", "duty_id": "duty"}
DUE_ON = LIMIT.date()
VERSION = {"id": "x", "version": "v"}
LETTER = {
    "message_id": "message", "kind": "decision_notice", "duty_id": "duty", "recipient": {"address": SEALED},
    "way": "email", "template": VERSION, "smtp_message_id": None,
}  # fmt: skip


def breached(recorded: datetime) -> Event:
    """The limit passed."""
    data = ClockBreached.model_validate({**CLOCK, "due_on": DUE_ON, "due_at": LIMIT, "duties_opened": ()})
    return event(data, "breach", at=LIMIT)._replace(recordedtime=recorded.isoformat())


def met(cause: Event, at: datetime) -> Event:
    """What the clock waited for happened."""
    verdict = {"met_at": at, "in_time": at < LIMIT, "backdated": False, "late_by_working_days": 0}
    return event(ClockMet.model_validate({**CLOCK, **verdict}), cause.id, at=at)


def replied(at: datetime) -> Event:
    """Somebody told the customer."""
    return event(CustomerReplied(way="phone", content=SEALED, remedies_told=True), "replied", at=at)


def letter(decided: datetime, sent: datetime) -> list[Event]:
    """A decision, and its letter."""
    fact = event(CustomerReplied(way="phone", content=SEALED, remedies_told=True), "decided", at=decided)
    more = {"about": fact.id, "language": "zh", "organisation": VERSION}
    started = event(MessageSendStarted.model_validate(LETTER | more), fact.id, at=sent)
    done = event(
        MessageSent.model_validate(LETTER | {"content_sha256": "00", "smtp_reply": "250"}), started.id, at=sent
    )
    return [fact, started, done]


def test_what_is_told_at_its_time_is_not_late() -> None:
    """Nor within the minute that it may take."""
    assert {} == lateness([breached(LIMIT + TOLD_LATE)])


def test_what_is_told_much_later_was_late_by_the_system() -> None:
    """Of a breach, and of a warning."""
    warned = event(
        ClockWarned.model_validate({**CLOCK, "warning": "w", "due_on": DUE_ON, "due_at": LIMIT}), "w", at=NOW
    )
    warned = warned._replace(recordedtime=(NOW + HOUR).isoformat())
    one = breached(LIMIT + 2 * HOUR)

    assert {warned.id: Late(3600, "system"), one.id: Late(7200, "system")} == lateness([warned, one])


def overrun(made: Callable[[], list[Event]], at: datetime) -> Late | None:
    """How late the clock was met that the last of these events ended."""
    events = made()
    end = met(events[-1], at)
    return lateness([breached(LIMIT), *events, end]).get(end.id)


def test_an_answer_by_hand_was_late_by_the_desk() -> None:
    """From the limit until the customer had it."""
    assert Late(3600, "desk") == overrun(lambda: [replied(LIMIT + HOUR)], LIMIT + HOUR)


def test_a_letter_was_late_by_the_system_if_all_else_was_done_in_time() -> None:
    """The decision was there, the mail server was away."""
    sent = LIMIT + 2 * HOUR
    assert Late(7200, "system") == overrun(lambda: letter(LIMIT - HOUR, sent), sent)


def test_a_letter_was_late_by_the_desk_if_it_was_called_for_too_late() -> None:
    """Whenever it was sent then."""
    sent = LIMIT + 2 * HOUR
    assert Late(7200, "desk") == overrun(lambda: letter(LIMIT + HOUR, sent), sent)


def test_what_was_done_in_time_is_not_late() -> None:
    """Although it was breached when it was entered."""
    assert overrun(lambda: [replied(LIMIT - HOUR)], LIMIT - HOUR) is None
