"""Needs judges on a case the conditions that declarations name: whether a fact needs a letter. Pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, assert_never

from services.notify.letters.kind import LetterKind, Needless
from services.notify.letters.occasions import When
from services.notify.state import NotifyState
from shared.contract.envelope import Event
from shared.contract.events.notify import MessageSendStarted, StaffRecipient

Condition = Callable[[NotifyState, Event], bool]
OVER = ("CaseNotAccepted", "CaseClosed", "CaseArchived")


def one_of(whens: Iterable[When]) -> Condition:
    """Whether a fact owes letters under any of these conditions, to be asked with the case as it was before it."""
    conditions = tuple(_condition(when) for when in whens)
    return conditions[0] if len(conditions) == 1 else lambda before, event: any(c(before, event) for c in conditions)


def _condition(when: When) -> Condition:
    match when:
        case When.ALWAYS:
            return lambda before, event: True
        case When.LAST_OF_THE_FIRST_TWO:
            return _completes_the_first_two
        case When.TO_ANOTHER_HANDLER:
            return lambda before, event: before.reply_clock and _moves(before, event)
        case When.TO_ANOTHER_HANDLER_OR_OWED_ANEW:
            return lambda before, event: before.reply_clock and (_moves(before, event) or _opens_notice(event))
        case When.OWN_CLOCK:
            return lambda before, event: event.data.get("duty_id") is None
        case When.DUTYS_CLOCK:
            return lambda before, event: event.data.get("duty_id") is not None
        case _:
            assert_never(when)


def calls_for(kind: LetterKind, event_name: str, data: Mapping[str, Any]) -> bool:
    """Whether a fact that is owed letters calls for one of a kind; the fact alone tells."""
    return any(one.event == event_name and _is_about(one.when, data) for one in kind.occasions)


def _is_about(when: When, data: Mapping[str, Any]) -> bool:
    """Whether a fact is of the sort that a condition names, whatever the case was before it."""
    match when:
        case When.OWN_CLOCK:
            return data.get("duty_id") is None
        case When.DUTYS_CLOCK:
            return data.get("duty_id") is not None
        case When.ALWAYS | When.LAST_OF_THE_FIRST_TWO | When.TO_ANOTHER_HANDLER | When.TO_ANOTHER_HANDLER_OR_OWED_ANEW:
            return True
        case _:
            assert_never(when)


def _completes_the_first_two(before: NotifyState, event: Event) -> bool:
    """Whether routing or clock came second: the first letters name owner and limit, so they wait for both."""
    routed = before.core.accepting is not None
    if event.name == "ClockStarted":
        return event.data["duty_id"] is None and routed and not before.reply_clock
    return before.reply_clock and not routed


def _moves(before: NotifyState, event: Event) -> bool:
    """Whether the case comes into other hands."""
    handler: dict[str, Any] | None = (event.data.get("decision") or event.data)["handler"]
    present = before.core.handler.person if before.core.handler else None
    return present != (handler["person"] if handler else None)


def _opens_notice(event: Event) -> bool:
    opened = event.data.get("duties_opened") or ()
    return any(duty["kind"] == "deliver_written_notice" and duty["state"] == "open" for duty in opened)


def is_needless(reason: Needless, state: NotifyState, cause: Event, letter: MessageSendStarted) -> bool:
    """Whether a reason not to send a letter after all holds, by the case as it is when the letter is decided."""
    core = state.core
    match reason:
        case Needless.CASE_OVER:
            return core.did(*OVER)
        case Needless.ALREADY_TOLD:
            return _already_told(state, letter)
        case Needless.CLOCK_MET:
            met = bool(core.watched_duties()) and not core.clock_open()
            return met and "clock_id" in cause.data and cause.data.get("duty_id") is None
        case Needless.NOT_CLOSED:
            return not core.did("CaseClosed")
        case Needless.DUTY_DONE:
            duty = state.duty(cause.data.get("duty_id", ""))
            return duty is None or duty.state != "open"
        case _:
            assert_never(reason)


def _already_told(state: NotifyState, letter: MessageSendStarted) -> bool:
    """Whether its reader has such a letter, or gets one that is on its way, and it is not owed anew."""
    if not isinstance(letter.recipient, StaffRecipient):
        return False
    person = letter.recipient.person
    if person not in {place.person for place in state.told_owners}:
        return False
    under_way = any(
        m.kind == letter.kind and m.state == "started" and m.to and m.to.person == person for m in state.messages
    )
    return under_way or letter.duty_id is None
