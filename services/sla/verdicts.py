"""What is said of a clock at its end: that it was breached, met in time or late, or stopped. Pure."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from services.sla.case import ClockTodo, SlaState
from services.sla.clocks import SlaClock
from shared.bank.bank_day import instant_of
from shared.case.duty_kinds import KINDS
from shared.contract.envelope import Event
from shared.contract.events.base import DutyOpened, PostAt
from shared.contract.events.sla import ClockBreached, ClockMet, ClockStopped
from shared.contract.ids import duty_id
from shared.kernel.service import Fact

ENTRY_GRACE = timedelta(seconds=2)
"""How long after the limit something may be recorded and no breach precedes it: timers fire no sooner either."""
REASON, EXPLANATION = "report_overrun_reason", "explain_overrun"


def missed(state: SlaState, clock: SlaClock, todo: ClockTodo, cause: Event) -> bool:
    """Whether the limit passed before the cause was on record, so that the breach has to be said first.

    Usually the timer has said it; it has not where the service was away, or the fact came in just then. As with
    timers, nothing is breached before the case is routed.
    """
    if not clock.running or state.core.accepting is None:
        return False
    return todo.at >= clock.due_at or cause.recorded_at >= instant_of(clock.due_at) + ENTRY_GRACE


def breach(state: SlaState, clock: SlaClock, event_id: str) -> Fact:
    """The limit passed; only the bank's own opens duties."""
    due_at = instant_of(clock.due_at)
    breached = ClockBreached(
        clock_id=clock.id,
        milestone=clock.terms.milestone,
        duty_id=clock.key.duty_id,
        due_on=date.fromisoformat(clock.terms.due_on),
        due_at=due_at,
        duties_opened=_overrun(state, event_id) if clock.terms.kind is None else (),
    )
    return Fact(breached, happened_at=due_at)


def met(clock: SlaClock, todo: ClockTodo, cause: Event, days_late: Callable[[SlaClock, datetime], int]) -> Fact:
    """The verdict says whether what the clock waited for happened in time, whenever it was entered."""
    met_at, due_at = instant_of(todo.at), instant_of(clock.due_at)
    in_time = met_at < due_at
    verdict = ClockMet(
        clock_id=clock.id,
        milestone=clock.terms.milestone,
        duty_id=clock.key.duty_id,
        met_at=met_at,
        in_time=in_time,
        backdated=in_time and (todo.after_breach or cause.recorded_at >= due_at),
        late_by_working_days=0 if in_time else days_late(clock, met_at),
    )
    return Fact(verdict, happened_at=met_at)


def stop(clock: SlaClock, todo: ClockTodo) -> Fact:
    """The clock no longer applies; nothing is judged."""
    stopped = ClockStopped(
        clock_id=clock.id, milestone=clock.terms.milestone, duty_id=clock.key.duty_id, ground=todo.ground
    )
    return Fact(stopped, happened_at=instant_of(todo.at))


def _overrun(state: SlaState, opened_by: str) -> tuple[DutyOpened, ...]:
    """What a breach opens: the reason to the accepting unit, an explanation to the customer (article 3).

    The handler owes both; while there is no handler, the accepting post does. What was done before the breach need
    not be done again, and after a withdrawal nobody owes either.
    """
    at, handler = state.core.accepting, state.core.handler
    if at is None or at.post is None:
        raise ValueError("a breach before the case is routed has no debtor")
    accepting = PostAt(unit=at.unit, post=at.post, person=at.person)
    debtor = PostAt(unit=handler.unit, post="handler", person=handler.person) if handler else accepting
    return tuple(
        DutyOpened(
            id=duty_id(opened_by, kind, None),
            kind=kind,
            debtor=debtor,
            creditor=accepting if KINDS[kind].creditor == "accepting" else KINDS[kind].creditor,
            **_beginning(state, kind),
        )
        for kind in (REASON, EXPLANATION)
    )


def _beginning(state: SlaState, kind: str) -> dict[str, str]:
    """How an overrun duty begins: discharged, waived with its reason, or open."""
    done_by = dict(state.done_before).get(kind)
    if done_by is not None:
        return {"state": "discharged", "reason": "done_before_the_breach", "ended_by": done_by}
    if state.core.did("CaseWithdrawn"):
        return {"state": "waived", "reason": "withdrawn"}
    if kind == EXPLANATION and not state.core.customer_known:
        return {"state": "waived", "reason": "customer_unknown"}
    if kind == EXPLANATION and not state.core.answer_owed:
        return {"state": "waived", "reason": "answered"}
    return {}
