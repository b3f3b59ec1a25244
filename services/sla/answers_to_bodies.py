"""Answers to bodies that passed a complaint on are due when they ask for them, at the latest with the bank's limit."""

from collections.abc import Iterator
from datetime import date, datetime

from services.sla.case import ClockTodo, SlaState
from services.sla.clocks import Key, SlaClock
from services.sla.deadlines import LastDay
from services.sla.limits import Limits, started
from services.sla.verdicts import ENTRY_GRACE
from shared.bank.bank_day import instant_of
from shared.case.duty_kinds import KINDS
from shared.contract.envelope import Event
from shared.contract.events.sla import Deadline


def asked_for_on(state: SlaState, key: Key) -> date | None:
    """The day until which a body wants the answer of this clock; None if it names none."""
    found = dict(state.asked_for).get(key.level)
    return date.fromisoformat(found) if found is not None else None


def answer_due(state: SlaState, todo: ClockTodo, cause: Event, limits: Limits) -> Deadline:
    """When an answer is due that is owed since a fact: the bank's own limit is as that fact left it, started or not."""
    _, own = limits.own(todo.reason, instant_of(todo.at))
    limit = LastDay(own.due_at, own.due_on, own.provisional)
    return limits.of_answer(asked_for_on(state, todo.key), limit, cause.recorded_at)


def answers_moved(state: SlaState, own: Deadline, at: datetime, limits: Limits) -> Iterator[tuple[SlaClock, Deadline]]:
    """The running clocks of answers whose deadline is another one under this limit of the bank's own.

    One whose deadline passed before this instant is breached, whether that was said already or not.
    """
    for clock in state.clocks:
        kind = clock.terms.kind
        if kind is None or not KINDS[kind].asked_for or not clock.running:
            continue
        if at >= instant_of(clock.due_at) + ENTRY_GRACE:
            continue
        limit = LastDay(own.due_at, own.due_on, own.provisional)
        deadline = limits.of_answer(asked_for_on(state, clock.key), limit, started(clock))
        if deadline.due_at != instant_of(clock.due_at):
            yield clock, deadline


def answer_moved(state: SlaState, clock: SlaClock, limits: Limits) -> Deadline:
    """When an answer is due now that the body is known to want it on another day."""
    own = state.clock(state.own)
    if own is None:
        raise ValueError(f"{clock.id} runs before the bank's own clock was started")
    limit = LastDay(instant_of(own.due_at), date.fromisoformat(own.terms.due_on), own.terms.provisional)
    return limits.of_answer(asked_for_on(state, clock.key), limit, started(clock))
