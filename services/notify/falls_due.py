"""What falls due on a case: letters are late or given up, held ones may leave, customers are reminded. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from services.notify.state import FILED_BY, NEVER, Held, NotifyState, OpenLetter
from services.notify.webhooks.hook import given_up_at
from shared.case.late_timers import GIVEN_UP, MORNING, NOT_TAKEN, PUT_OFF, REMINDER
from shared.kernel.service import Timer

LATE = {PUT_OFF: timedelta(days=1), GIVEN_UP: timedelta(days=5)}
"""How long a letter may be on its way before the accepting post is told, and before it counts as failed.

A day is what a customer may wait unnoticed; five are how long mail servers themselves try (RFC 5321, 4.5.4.1).
"""
TIMED = FILED_BY | {"NegotiationPlanAnswered"}
"""After which events something more may fall due than before."""


def late_letters(case: str, state: NotifyState) -> Iterator[tuple[Timer, OpenLetter]]:
    """What falls due for the letters on their way: that they are late, and that they are given up."""
    for letter in state.open_letters:
        message_id = state.message_at(letter.at).message_id
        for kind in (GIVEN_UP,) if letter.told else (PUT_OFF, GIVEN_UP):
            due_at = datetime.fromtimestamp(letter.since, UTC) + LATE[kind]
            yield Timer(case, message_id, kind, due_at), letter


def held_letters(case: str, state: NotifyState) -> Iterator[tuple[Timer, Held]]:
    """What falls due for the letters that are held: that they may leave."""
    for one in state.held:
        if one.until != NEVER:
            message_id = state.message_at(one.at).message_id
            yield Timer(case, message_id, MORNING, datetime.fromtimestamp(one.until, UTC)), one


def reminder(case: str, state: NotifyState) -> Timer | None:
    """What falls due for the time that the customer chose of the plan that stands; None once that was said."""
    plan = state.core.agreed.standing
    if plan is None or plan.remind_at is None or plan.id == state.seldom.reminded or state.core.ended:
        return None
    return Timer(case, plan.id, REMINDER, datetime.fromtimestamp(plan.remind_at, UTC))


def timers(case: str, state: NotifyState) -> Iterator[Timer]:
    """When letters are late or given up, held ones may leave, the customer is reminded, and notices are given up."""
    yield from (timer for timer, _ in late_letters(case, state))
    yield from (timer for timer, _ in held_letters(case, state))
    if (due := reminder(case, state)) is not None:
        yield due
    for notice in state.hook.owed if state.hook is not None else ():
        yield Timer(case, notice.id, NOT_TAKEN, datetime.fromtimestamp(given_up_at(notice), UTC))


def next_due(state: NotifyState) -> float | None:
    """When the first of them is, in seconds of the epoch."""
    late = LATE[PUT_OFF].total_seconds(), LATE[GIVEN_UP].total_seconds()
    due = [letter.since + late[letter.told] for letter in state.open_letters]
    due += [one.until for one in state.held if one.until != NEVER]
    if (reminded := reminder("", state)) is not None:
        due.append(reminded.due_at.timestamp())
    if state.hook is not None:
        due += [given_up_at(notice) for notice in state.hook.owed]
    return min(due, default=None)
