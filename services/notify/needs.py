"""Needs judges the conditions that occasions name: whether a fact calls for letters, and of which kinds. Pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, assert_never

from services.notify.letters.kind import LetterKind
from services.notify.letters.moved_duties import let_go, newly_opened
from services.notify.letters.occasions import When
from services.notify.own_settlement import REFUSED, answers_receipt
from services.notify.state import SETTLED, NotifyState
from shared.case.duties import Place
from shared.case.duty_kinds import HEARD_FROM, REPORT_UP
from shared.case.late_timers import AUTHORITY_ENDED
from shared.case.second_looks import REVIEW
from shared.contract.envelope import Event
from shared.contract.subjects import person_of

Condition = Callable[[NotifyState, Event], bool]
REOPENED = "CaseReopened"
BY_MAIL = "smtp:"


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
            return _is_owed_by_others
        case When.BY_ANOTHER:
            return _by_another
        case When.INFECTED:
            return lambda before, event: bool(event.data["infected"]) and _first_due(before)
        case When.REFUSED_AT_RECEIPT:
            return _completes_the_first_two
        case When.MOVES_TOLD_DATE:
            return _moves_told_date
        case When.OPENS_DUTIES:
            return lambda before, event: _opens_duties(before, event) or _takes_duties(before, event)
        case When.TAKES_DUTIES:
            return _takes_duties
        case (
            When.AT_RECEIPT
            | When.OWN_CLOCK
            | When.DUTYS_CLOCK
            | When.OPENS_REVIEW
            | When.AUTHORITY_ENDED
            | When.SILENCE
            | When.AT_ONCE
            | When.LEVEL_BY_LEVEL
            | When.IN_WRITING
        ) as kept:
            return lambda before, event: _is_about(kept, event.data)
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
        case When.OPENS_REVIEW:
            return _opens_review(data)
        case When.AUTHORITY_ENDED:
            return bool(data["reason"] == AUTHORITY_ENDED)
        case When.SILENCE:
            return data["milestone"] in HEARD_FROM
        case When.AT_RECEIPT:
            return data["command"] is None
        case When.AT_ONCE:
            return not any(end["kind"] == REPORT_UP for end in data["duties_ended"])
        case When.LEVEL_BY_LEVEL:
            return any(end["kind"] == REPORT_UP for end in data["duties_ended"])
        case When.IN_WRITING:
            return bool(data["way"] != "phone")
        case (
            When.ALWAYS
            | When.LAST_OF_THE_FIRST_TWO
            | When.TO_ANOTHER_HANDLER
            | When.TO_ANOTHER_HANDLER_OR_OWED_ANEW
            | When.BY_ANOTHER
            | When.INFECTED
            | When.REFUSED_AT_RECEIPT
            | When.MOVES_TOLD_DATE
            | When.OPENS_DUTIES
            | When.TAKES_DUTIES
        ):
            return True
        case _:
            assert_never(when)


def _opens_review(data: Mapping[str, Any]) -> bool:
    """Whether a fact opens a review of what the customer is dissatisfied with."""
    return any(duty["kind"] == REVIEW and duty["state"] == "open" for duty in data.get("duties_opened") or ())


def _completes_the_first_two(before: NotifyState, event: Event) -> bool:
    """Whether routing or clock came second: the first letters name owner and limit, so they wait for both."""
    routed = before.core.accepting is not None
    if _first_due(before):
        return event.name == "ClockStarted" and event.data["duty_id"] is None and before.core.did(REOPENED)
    if event.name == REFUSED:
        return answers_receipt(before, event) and routed and before.reply_clock
    if before.settling is not None:
        return False
    if event.name == "ClockStarted":
        return event.data["duty_id"] is None and routed
    return before.reply_clock and not routed


def _first_due(before: NotifyState) -> bool:
    """Whether all that the first letters wait for is in the log, be they decided yet or not.

    What comes after that is told by a letter of its own. It may come while they are being decided, so whether they were
    says nothing of whether they tell it.
    """
    due = before.reply_clock if before.settling is None else before.settling == SETTLED
    return before.core.accepting is not None and due


def _by_another(before: NotifyState, event: Event) -> bool:
    """Whether somebody works on the case who did not do this himself, and would not learn it from other letters.

    What came with a message is told with the message: as a complaint, a further receipt, or one to be compared.
    """
    if event.actor.startswith(BY_MAIL):
        return False
    core, doer = before.core, person_of(event.actor)
    places = (core.handler or core.accepting, Place("", None, core.agent) if core.agent else None)
    working = {place.person for place in places if place is not None}
    return _first_due(before) and bool(working - {doer})


def _moves_told_date(before: NotifyState, event: Event) -> bool:
    due_on = event.data["deadline"]["due_on"]
    return event.data["duty_id"] is None and any(told.due_on != due_on for told in before.told_dates)


def _moves(before: NotifyState, event: Event) -> bool:
    """Whether the case comes into other hands."""
    handler: dict[str, Any] | None = (event.data.get("decision") or event.data)["handler"]
    present = before.core.handler.person if before.core.handler else None
    return present != (handler["person"] if handler else None)


def _is_owed_by_others(before: NotifyState, event: Event) -> bool:
    """Whether the case comes into other hands, or others owe something on it or no longer do, while its clock runs."""
    changes = _moves(before, event) or _opens_notice(event) or _opens_duties(before, event)
    changes = changes or _takes_duties(before, event)
    return before.reply_clock and changes


def _opens_duties(before: NotifyState, event: Event) -> bool:
    """Whether somebody owes something from now on that he did not owe before, and did not bring it about himself."""
    return next(newly_opened(before.core, event), None) is not None


def _takes_duties(before: NotifyState, event: Event) -> bool:
    """Whether somebody else owed something that the fact takes from him undone, once people were told of their work."""
    doer, debtors = person_of(event.actor), (duty.terms.debtor for duty in let_go(before.core, event))
    return _first_due(before) and any(place.person is None or place.person != doer for place in debtors)


def _opens_notice(event: Event) -> bool:
    opened = event.data.get("duties_opened") or ()
    return any(duty["kind"] == "deliver_written_notice" and duty["state"] == "open" for duty in opened)
