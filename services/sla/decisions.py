"""The clocks' decisions: start, warn, pass the target, breach, meet, stop, compute anew (article 3)."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, Literal, assert_never

from services.sla import boxes
from services.sla.answers_to_bodies import answer_due, answer_moved, answers_moved
from services.sla.boxes import BoxState
from services.sla.calendars_used import FILED_BY, keys, touched
from services.sla.case import START, ClockTodo, SlaState
from services.sla.clocks import SlaClock
from services.sla.limits import Limits, counts_from, started
from services.sla.state import CLOCK_EVENTS, FOLDS, TIMED, dump, evolve, next_due, timers
from services.sla.stored import STORED
from services.sla.verdicts import breach, met, missed, stop
from shared.bank.bank_day import instant_of
from shared.bank.reference import Reference
from shared.case.duty_kinds import KINDS, PROMISED, RESPOND
from shared.case.folding.core import CORE_FOLDS
from shared.case.late_timers import BREACH, TARGET, WARNING
from shared.contract.envelope import Event
from shared.contract.events import parse
from shared.contract.events.assignments import AssistanceRequested, CorrectiveActionOpened
from shared.contract.events.sla import ClockRecomputed, ClockStarted, ClockWarned, Deadline, TargetPassed
from shared.contract.ids import derived, is_case
from shared.kernel.service import Context, Fact, LogTrigger, NoLongerDue, ReferenceTrigger, Service, Timer, Trigger

Ground = Literal["calendar_changed", "reclassified", "receipt_corrected"]
SINCE = datetime(2000, 1, 1, tzinfo=UTC)
REACTS_TO = dict.fromkeys(CORE_FOLDS, SINCE)
"""Every type that can open or end a duty, change the main reason, or end the case."""


def owes(before: SlaState | None, event: Event) -> bool:
    """Whether the event calls for a clock to be started, met, stopped or computed anew."""
    after = evolve(before, event)
    return after is not None and any(todo.cause == event.id for todo in after.todo)


def discharged(before: SlaState | None, event: Event) -> Iterable[str]:
    """Causes that need no answer any more: a clock that was breached meanwhile is not computed anew."""
    if before is None or event.name not in CLOCK_EVENTS or not before.todo:
        return ()
    after = evolve(before, event)
    left = {todo.cause for todo in after.todo} if after else set()
    return {todo.cause for todo in before.todo} - left


def decide(state: SlaState | None, trigger: Trigger, context: Context) -> Sequence[Fact]:
    """Answer an event, a timer or a changed calendar.

    Raises:
        NotYet: organisation, pack or calendars are not published.
        NoLongerDue: the timer or the change has nothing to say any more.
    """
    if state is None:
        raise ValueError(f"{trigger!r} of a case that was never received")
    match trigger:
        case LogTrigger():
            return _answers(state, trigger.event, context)
        case Timer():
            return [_fired(state, trigger, context)]
        case ReferenceTrigger():
            return _calendar_changed(state, trigger, context)
        case _:
            raise TypeError(f"sla does not answer {trigger!r}")


def _answers(state: SlaState, cause: Event, context: Context) -> list[Fact]:
    limits = Limits(context.reference, context.now)
    facts: list[Fact] = []
    for todo in state.todo:
        if todo.cause == cause.id:
            facts += _answer(state, todo, cause, limits, context.event_id(len(facts)))
    return facts


def _answer(state: SlaState, todo: ClockTodo, cause: Event, limits: Limits, event_id: str) -> list[Fact]:
    """What is said of one clock; ``event_id`` is the id of the first of these facts."""
    if todo.what == START:
        former = state.clock(todo.continues) if todo.continues is not None else None
        if former is not None and (not former.running or missed(state, former, todo, cause)):
            return []  # the unit's time was over: that is said of the former clock, and once
        return [_start(state, todo, cause, limits, former)]
    clock = state.clock(todo.key)
    if clock is None:
        raise ValueError(f"{cause.type}: the clock of {todo.key} was never started")
    breached = [breach(state, clock, event_id)] if missed(state, clock, todo, cause) else []
    match todo.what:
        case "reclassify":
            return breached or _moved(
                state, clock, "reclassified", limits.reclassified(clock, todo.reason), cause.recorded_at, limits
            )
        case "correct":
            return breached or _corrected(state, clock, todo, cause, limits)
        case "met":
            return [*breached, met(clock, todo, cause, limits.days_late)]
        case "stop":
            return [*breached, stop(clock, todo)]
        case _:
            assert_never(todo.what)


def _corrected(state: SlaState, clock: SlaClock, todo: ClockTodo, cause: Event, limits: Limits) -> list[Fact]:
    """The clock under the dates of the receipt as they were put right."""
    if todo.key.kind is None:
        deadline = limits.counted_anew(clock, instant_of(todo.at))
    elif todo.key.kind == RESPOND:
        since = started(clock)
        deadline = limits.of_duty(RESPOND, since) if todo.named is None else limits.promised(todo.named, since)
    else:
        deadline = answer_moved(state, clock, limits)
    return _moved(state, clock, "receipt_corrected", deadline, cause.recorded_at, limits)


def _start(state: SlaState, todo: ClockTodo, cause: Event, limits: Limits, former: SlaClock | None) -> Fact:
    kind = todo.key.kind
    if kind is None:
        milestone, deadline = limits.own(todo.reason, counts_from(cause))
    elif kind in PROMISED or todo.named is not None:
        milestone, deadline = kind, limits.promised(todo.at, cause.recorded_at)
    elif KINDS[kind].dated:
        milestone, deadline = kind, limits.until_day(day_named(cause), cause.recorded_at)
    elif KINDS[kind].asked_for:
        milestone, deadline = kind, answer_due(state, todo, cause, limits)
    else:
        counted_from = started(former) if former else instant_of(todo.at)
        milestone, deadline = kind, limits.of_duty(kind, counted_from)
    fact = ClockStarted(
        clock_id=todo.key.clock_id(deadline.pack.id, milestone),
        milestone=milestone,
        duty_id=todo.key.duty_id,
        deadline=deadline,
    )
    return Fact(fact, happened_at=deadline.received_at)


def day_named(cause: Event) -> date:
    """The day until which a fact that opened a duty wants it done. Raises TypeError: it names none."""
    match parse(cause):
        case AssistanceRequested(answer_by=day) | CorrectiveActionOpened(due_on=day):
            return day
    raise TypeError(f"{cause.type} names no day")


def _fired(state: SlaState, timer: Timer, context: Context) -> Fact:
    """What falls due. Raises NoLongerDue: the clock ended, was computed anew, or fired this already."""
    clock = _running(state, timer.clock)
    if clock is None or (timer.kind, timer.due_at.timestamp()) not in clock.pending():
        raise NoLongerDue(f"{timer.kind} of clock {timer.clock} is not pending any more")
    said_by = clock.says_it(timer.kind, timer.due_at, context.now)
    if said_by is not None:
        raise NoLongerDue(f"{timer.kind} of clock {timer.clock} is late, and {said_by} says it")
    if timer.kind == BREACH:
        return breach(state, clock, context.event_id())
    common = {
        "clock_id": clock.id,
        "milestone": clock.terms.milestone,
        "due_on": clock.terms.due_on,
        "due_at": instant_of(clock.due_at),
    }
    if timer.kind == TARGET:
        return Fact(TargetPassed.model_validate({**common, "target_on": clock.terms.target_on}), timer.due_at)
    warning = timer.kind.removeprefix(WARNING)
    warned = {**common, "duty_id": clock.key.duty_id, "warning": warning}
    return Fact(ClockWarned.model_validate(warned), timer.due_at)


def _running(state: SlaState, clock_id: str) -> SlaClock | None:
    """The clock, if it runs and no end of it is known."""
    found = next((clock for clock in state.clocks if clock.running and clock.id == clock_id), None)
    return found if found is not None and not state.ending(found.key) else None


def stale(case: str, state: SlaState, reference: Reference, now: datetime) -> Iterable[ReferenceTrigger]:
    """A running clock is computed anew when one of the calendar files that it rests on is another now."""
    limits = Limits(reference, now)
    for clock in state.clocks:
        change = _change(state, clock, limits)
        if change is not None:
            yield ReferenceTrigger(change, case, clock.id)


def _change(state: SlaState, clock: SlaClock, limits: Limits) -> str | None:
    """The id of the cause if a clock ought to rest on another calendar now than it does.

    The same calendar may come, go and come again: each time is a change of its own.
    """
    promised = clock.terms.kind is not None and clock.terms.length is None
    if promised or not clock.running or state.ending(clock.key):
        return None
    counted_on = limits.day.date_of(started(clock))
    calendar, since = limits.calendar_of(clock)
    version = calendar.version(counted_on, date.fromisoformat(clock.terms.due_on)).version
    if version == clock.terms.calendar_version:
        return None
    return derived("reference", clock.id, version, since.isoformat())


def _calendar_changed(state: SlaState, trigger: ReferenceTrigger, context: Context) -> list[Fact]:
    clock, limits = _running(state, trigger.about), Limits(context.reference, context.now)
    if clock is None or _change(state, clock, limits) != trigger.id:
        raise NoLongerDue(f"clock {trigger.about} rests on the calendars in force, or does not run any more")
    return _moved(state, clock, "calendar_changed", limits.again(clock), context.now, limits)


def _moved(
    state: SlaState, clock: SlaClock, ground: Ground, deadline: Deadline, at: datetime, limits: Limits
) -> list[Fact]:
    """The clock's new deadline, and what moves with it: answers to bodies that are due with the bank's own limit.

    One that is computed anew and stays moves nothing: an answer owed since before a reopening keeps its day.
    """
    moves = clock.key.kind is None and deadline.due_at != instant_of(clock.due_at)
    with_it = answers_moved(state, deadline, at, limits) if moves else ()
    return [_recompute(one, ground, due) for one, due in ((clock, deadline), *with_it)]


def _recompute(clock: SlaClock, ground: Ground, deadline: Deadline) -> Fact:
    """The clock's deadline under another class or calendar."""
    recomputed = ClockRecomputed(
        clock_id=clock.id,
        milestone=clock.terms.milestone,
        duty_id=clock.key.duty_id,
        ground=ground,
        deadline=deadline,
        former_due_on=date.fromisoformat(clock.terms.due_on),
        former_due_at=instant_of(clock.due_at),
    )
    return Fact(recomputed)


# -- boxes beside cases --------------------------------------------------------------------------------

Kept = SlaState | BoxState
"""What is kept of a subject: of a case, or of an opinion box."""


def _evolve(state: Kept | None, event: Event) -> Kept | None:
    if event.name in boxes.FOLDS:
        return boxes.evolve(state if isinstance(state, BoxState) else None, event)
    return evolve(state if isinstance(state, SlaState) else None, event)


def _decide(state: Kept | None, trigger: Trigger, context: Context) -> Sequence[Fact]:
    if isinstance(trigger, ReferenceTrigger) and not is_case(trigger.case):
        return boxes.decide(state if isinstance(state, BoxState) else None, trigger, context)
    return decide(state if isinstance(state, SlaState) else None, trigger, context)


def _stale(subject: str, state: Kept | None, reference: Reference, now: datetime) -> Iterable[ReferenceTrigger]:
    if isinstance(state, SlaState):
        return stale(subject, state, reference, now)
    return boxes.stale(subject, state, reference, now)


SERVICE: Service[Any] = Service(
    name="sla",
    reacts_to=REACTS_TO,
    folds=FOLDS - boxes.FOLDS,
    besides=boxes.FOLDS,
    evolve=_evolve,
    owes=owes,
    decide=_decide,
    dump=lambda state: boxes.dump(state) if isinstance(state, BoxState) else dump(state),
    timers=timers,
    next_due=lambda state: None if isinstance(state, BoxState) else next_due(state),
    timed=TIMED,
    discharged=discharged,
    stale=_stale,
    keys=lambda state: boxes.keys(state) if isinstance(state, BoxState) else keys(state),
    filed_by=FILED_BY | boxes.FOLDS,
    touched=touched,
    subjects=boxes.subjects,
    subjects_at=boxes.next_closing,
    neglected=boxes.UNREVIEWED,
    stored=STORED,
)
"""What the kernel gets of sla."""
