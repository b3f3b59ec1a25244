"""Says how late something was, and whose doing that was: of the desk, or of the system that served it. Pure.

What fell due and was recorded much later was told late by the system. A limit that was overrun was overrun by the desk,
unless a letter was all that was missing and what called for it had happened in time: then the system was late.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from shared.contract.envelope import Event
from shared.contract.events.stored.notify import MessageSendStartedData
from shared.contract.events.stored.sla import ClockBreachedData, ClockMetData

FELL_DUE: Final = frozenset({"ClockWarned", "TargetPassed", "ClockBreached", "BoxReviewMissed"})
"""What is recorded when it falls due, and happened then."""
TOLD_LATE = timedelta(minutes=1)
"""Timers fire within seconds: what takes longer waited for a process, a broker, or what it rests on."""


class Late(NamedTuple):
    """How late something was, in whole seconds, and whose doing that was."""

    by_seconds: int
    whose: Literal["desk", "system"]


def lateness(events: Iterable[Event]) -> dict[str, Late]:
    """Of a case's events, in log order, those that were late, by their ids."""
    known: dict[str, Event] = {}
    due: dict[str, datetime] = {}
    found: dict[str, Late] = {}
    for event in events:
        known[event.id] = event
        if event.name in FELL_DUE and (by := event.recorded_at - event.happened_at) > TOLD_LATE:
            found[event.id] = Late(int(by.total_seconds()), "system")
        if event.name == "ClockBreached":
            breached: ClockBreachedData = event.data
            due[breached["clock_id"]] = datetime.fromisoformat(breached["due_at"])
        if event.name == "ClockMet":
            met: ClockMetData = event.data
            limit, met_at = due.get(met["clock_id"]), datetime.fromisoformat(met["met_at"])
            if not met["in_time"] and limit is not None and met_at >= limit:
                found[event.id] = _overrun(event, met_at - limit, limit, known)
    return found


def overruns(events: Sequence[Event]) -> dict[str, Late]:
    """By how much and by whom the clocks of a case were overrun that were met after their limit, by the clocks' ids."""
    late = lateness(events)
    return {one.data["clock_id"]: late[one.id] for one in events if one.name == "ClockMet" and one.id in late}


def _overrun(met: Event, by: timedelta, limit: datetime, known: dict[str, Event]) -> Late:
    """A limit that was kept too late: by the system, if only its letter was missing."""
    called_for = _called_for(known.get(met.causationid), known)
    systems = called_for is not None and called_for.happened_at < limit
    return Late(int(by.total_seconds()), "system" if systems else "desk")


def _called_for(ended_by: Event | None, known: dict[str, Event]) -> Event | None:
    """What called for the letter that ended a duty; None where no letter ended it."""
    if ended_by is None or ended_by.name != "MessageSent":
        return None
    started = known.get(ended_by.causationid)
    if started is None:
        return None
    said: MessageSendStartedData = started.data
    return known.get(said["about"])
