"""Says how late something was, and whose doing that was: of the desk, or of the system that served it. Pure.

What fell due and was recorded much later was told late by the system. A limit that was overrun was overrun by the desk,
unless a letter was all that was missing and what called for it had happened in time: then the system was late.
"""

from array import array
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from math import nan
from typing import Final, Literal, NamedTuple

from shared.contract.envelope import Event
from shared.contract.events.stored.notify import MessageSendStartedData
from shared.contract.events.stored.sla import ClockBreachedData, ClockMetData

FELL_DUE: Final = frozenset({"ClockWarned", "TargetPassed", "ClockBreached", "BoxReviewMissed"})
"""What is recorded when it falls due, and happened then."""
TOLD_LATE = timedelta(minutes=1)
"""Timers fire within seconds: what takes longer waited for a process, a broker, or what it rests on."""
PlaceOf = Callable[[str], int]
"""Where the event of an id lies among those of its case, counted from 0; -1 for what is none of them."""


class Late(NamedTuple):
    """How late something was, in whole seconds, and whose doing that was."""

    by_seconds: int
    whose: Literal["desk", "system"]


class Lateness:
    """The events of a case are told late or not, one after the other in log order. Eight bytes of each are kept.

    These say when it happened; of a letter, when that happened which called for it.
    """

    __slots__ = ("_due", "_moments", "_sent")

    def __init__(self) -> None:
        self._moments = array("d")
        self._sent = array("L")
        self._due: dict[str, datetime] = {}

    def take(self, event: Event, place_of: PlaceOf) -> Late | None:
        """How late the next event of the case was; None where it was not."""
        self.hear(event, place_of)
        if event.name == "ClockMet":
            return self._overrun(event, place_of(event.causationid))
        if event.name == "ClockBreached":
            breached: ClockBreachedData = event.data
            self._due[breached["clock_id"]] = datetime.fromisoformat(breached["due_at"])
        if event.name in FELL_DUE and (by := event.recorded_at - event.happened_at) > TOLD_LATE:
            return Late(int(by.total_seconds()), "system")
        return None

    def hear(self, event: Event, place_of: PlaceOf) -> None:
        """Take the next event in without asking how late it was."""
        if event.name == "MessageSent":
            self._sent.append(len(self._moments))
        self._moments.append(self._moment(event, place_of))

    def _moment(self, event: Event, place_of: PlaceOf) -> float:
        """When it happened; of a letter, when that happened which called for it, NaN where nobody knows."""
        if event.name == "MessageSendStarted":
            started: MessageSendStartedData = event.data
            return self._known(place_of(started["about"]))
        if event.name == "MessageSent":
            return self._known(place_of(event.causationid))
        try:
            return event.happened_at.timestamp()
        except ValueError:
            return nan

    def _known(self, place: int) -> float:
        return self._moments[place] if 0 <= place < len(self._moments) else nan

    def _overrun(self, event: Event, ended_by: int) -> Late | None:
        """By how much a limit was overrun: by the system, if only its letter was missing."""
        met: ClockMetData = event.data
        limit, met_at = self._due.get(met["clock_id"]), datetime.fromisoformat(met["met_at"])
        if met["in_time"] or limit is None or met_at < limit:
            return None
        systems = ended_by in self._sent and self._moments[ended_by] < limit.timestamp()
        return Late(int((met_at - limit).total_seconds()), "system" if systems else "desk")


def lateness(events: Sequence[Event]) -> dict[str, Late]:
    """Of a case's events, in log order, those that were late, by their ids."""
    case, places = Lateness(), {event.id: place for place, event in enumerate(events)}
    told = ((event.id, case.take(event, lambda id_: places.get(id_, -1))) for event in events)
    return {id_: late for id_, late in told if late is not None}
