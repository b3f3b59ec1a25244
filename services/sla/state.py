"""Events change what sla keeps of a case; this module says how, what falls due, and what a rebuild reproduces."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from services.sla import clock_todos as calls
from services.sla import clocks
from services.sla.case import ENDS, MOVES, START, ClockTodo, SlaState
from services.sla.clocks import Key, SlaClock
from shared.bank.bank_day import instant_of
from shared.case.folding import core as case_core
from shared.case.folding.core import CORE_FOLDS
from shared.case.late_timers import BREACH, TARGET, WARNING
from shared.contract.envelope import Event
from shared.contract.events.base import heard_by
from shared.contract.events.stored.sla import (
    ClockEventData,
    ClockMetData,
    ClockRecomputedData,
    ClockStartedData,
    ClockWarnedData,
    TargetPassedData,
)
from shared.kernel.service import Timer

FOLDS = heard_by("sla")
AnyClockData = ClockEventData | ClockWarnedData | TargetPassedData
TIMED = frozenset({"CaseRouted", "CaseRerouted", "ClockStarted", "ClockRecomputed", "ClockWarned", "TargetPassed"})
"""After which events something more may fall due than before."""


_last: tuple[SlaState | None, Event | None, SlaState | None] = (None, None, None)


def evolve(state: SlaState | None, event: Event) -> SlaState | None:
    """The state after an event of ``FOLDS``.

    A fold asks what an event owes and then folds it: the last step is kept, so that it is computed once.

    Raises:
        ValueError: a fact of a case that was never received, or of a clock that was never started.
    """
    global _last  # noqa: PLW0603 - one evaluation for the two questions that a fold asks of an event
    if _last[1] is not event or _last[0] is not state:
        _last = (state, event, _evolved(state, event, event.name))
    return _last[2]


def _evolved(state: SlaState | None, event: Event, name: str) -> SlaState:
    if state is None:
        return calls.received(case_core.evolve(None, event), event)
    branch = BRANCHES.get(name)
    if branch is not None:
        state = branch(state, event)
    if name not in CORE_FOLDS:
        return state
    core = case_core.evolve(state.core, event)
    return state if core is state.core else calls.followed(state, core, event)


def _went_on(state: SlaState, event: Event) -> SlaState:
    after = ON_CLOCK[event.name](_clock_of(state.clocks, event.data), event)
    if state.todo:
        todo = _still_to_say(state.todo, after, event)
        if event.name == "ClockStopped" and after.progress.state == "breached":
            todo = _without_those_that_continue(todo, after.key)
        state = state._replace(todo=todo)
    return state.with_clock(after)


def _without_those_that_continue(todo: tuple[ClockTodo, ...], judged: Key) -> tuple[ClockTodo, ...]:
    """Without what is to be said of clocks that would go on with a time that was over: they are never started."""
    going_on = {t.key for t in todo if t.continues == judged}
    left = tuple(t for t in todo if t.key not in going_on)
    for key in going_on:
        left = _without_those_that_continue(left, key)
    return left


def _recomputed(clock: SlaClock, event: Event) -> SlaClock:
    data: ClockRecomputedData = event.data
    return clocks.recomputed(clock, data)


def _warned(clock: SlaClock, event: Event) -> SlaClock:
    data: ClockWarnedData = event.data
    return clocks.fired(clock, WARNING + data["warning"])


def _target_passed(clock: SlaClock, event: Event) -> SlaClock:
    return clocks.fired(clock, TARGET)


def _breached(clock: SlaClock, event: Event) -> SlaClock:
    return clocks.fired(clock, BREACH)


def _met(clock: SlaClock, event: Event) -> SlaClock:
    data: ClockMetData = event.data
    return clocks.met(clock, data)


def _stopped(clock: SlaClock, event: Event) -> SlaClock:
    return clocks.stopped(clock)


ON_CLOCK: dict[str, Callable[[SlaClock, Event], SlaClock]] = {
    "ClockRecomputed": _recomputed,
    "ClockWarned": _warned,
    "TargetPassed": _target_passed,
    "ClockBreached": _breached,
    "ClockMet": _met,
    "ClockStopped": _stopped,
}
"""What becomes of a clock that was started."""


def _still_to_say(todo: tuple[ClockTodo, ...], clock: SlaClock, event: Event) -> tuple[ClockTodo, ...]:
    """Without what the event said of this clock; after its end or breach nothing is computed anew any more."""
    key = clock.key
    said = {"ClockRecomputed": MOVES, "ClockMet": ENDS, "ClockStopped": ENDS}.get(event.name, ())
    return tuple(
        t
        for t in todo
        if t.key != key
        or not ((t.what in said and t.cause == event.causationid) or (t.what in MOVES and not clock.running))
    )


def _started(state: SlaState, event: Event) -> SlaState:
    """A clock more; one that was stopped and counts again takes its old place, and one that was breached stays so."""
    todo = _start_of(state, event)
    key = todo.key if todo is not None else _key_of(state, event.data)
    before, left = state.clock(key), tuple(t for t in state.todo if t is not todo)
    if before is not None and before.progress.state == "breached":
        return state._replace(todo=left)
    clock = clocks.clock_of(key, event.data)
    if todo is not None and key.kind is None:
        clock = clocks.without_past(clock, todo.at)
    known = (state.core.received_at, *(c.counted_from for c in state.clocks))
    same = next((instant for instant in known if instant == clock.counted_from), clock.counted_from)
    return state._replace(todo=left).with_clock(clock._replace(counted_from=same))


BRANCHES: dict[str, Callable[[SlaState, Event], SlaState]] = {
    "ClockStarted": _started,
    **dict.fromkeys(ON_CLOCK, _went_on),
}
"""What sla's own events change; what others call for is noted where they change what every service knows."""
CLOCK_EVENTS = frozenset(BRANCHES)


def _key_of(state: SlaState, data: ClockStartedData) -> Key:
    """The clock of a duty that an earlier version started, and that nothing calls for any more."""
    found = next((duty for duty in state.core.duties() if duty.id == data["duty_id"]), None)
    if found is None:
        raise ValueError(f"the clock {data['milestone']} {data['clock_id']}: nothing called for it")
    return Key(found.opened_by, found.terms.kind, found.terms.level)


def _start_of(state: SlaState, event: Event) -> ClockTodo | None:
    data: ClockStartedData = event.data
    kind = None if data["duty_id"] is None else data["milestone"]
    called = [t for t in state.todo if t.what == START and t.cause == event.causationid and t.key.kind == kind]
    if len(called) > 1:
        called = [t for t in called if t.key.duty_id == data["duty_id"]]
    return called[0] if called else None


def _clock_of(found: list[SlaClock], data: AnyClockData) -> SlaClock:
    """The clock of an event; ids are computed only where several have the same milestone."""
    milestone = data["milestone"]
    same = [clock for clock in found if clock.terms.milestone == milestone]
    if len(same) > 1:
        same = [clock for clock in same if clock.id == data["clock_id"]]
    if not same:
        raise ValueError(f"the clock {milestone} {data['clock_id']} was never started")
    return same[0]


def timers(case: str, state: SlaState) -> Iterable[Timer]:
    """What is still to fire, in order of due time."""
    pending = sorted(_pending(state), key=lambda row: row[0])
    return [Timer(case, clock.id, kind, instant_of(at)) for at, kind, clock in pending]


def next_due(state: SlaState) -> float | None:
    """When the first of the timers falls due, in seconds of the epoch."""
    return min((at for at, _, _ in _pending(state)), default=None)


def _pending(state: SlaState) -> Iterator[tuple[float, str, SlaClock]]:
    """What is still to fire on each clock.

    Only once the case is routed: before, nobody could owe what a breach opens. A clock whose end is known fires
    no more: what is said of its end says also whether the limit passed before.
    """
    if state.core.accepting is None:
        return
    for clock in state.clocks:
        if clock.running and not (state.todo and state.ending(clock.key)):
            for kind, at in clock.pending():
                yield at, kind, clock


def dump(state: SlaState) -> dict[str, Any]:
    """What a rebuild has to reproduce."""
    return {"clocks": [_dumped(clock) for clock in state.clocks]}


def _dumped(clock: SlaClock) -> dict[str, Any]:
    terms, progress = clock.terms, clock.progress
    return {
        "clock_id": clock.id,
        "milestone": terms.milestone,
        "duty_id": clock.key.duty_id,
        "state": progress.state,
        "due_on": terms.due_on,
        "target_on": terms.target_on,
        "due_at": _instant(clock.due_at),
        "provisional": terms.provisional,
        "fired": sorted(kind for kind, _ in progress.fired),
        "met_at": _instant(clock.met_at) if clock.met_at is not None else None,
        "in_time": progress.in_time,
    }


def _instant(at: float) -> str:
    return instant_of(at).isoformat()
