"""A case's clocks as the console shows them: started, computed anew, breached, met, stopped. Pure."""

from collections.abc import Callable
from typing import Any, NamedTuple

from shared.contract.envelope import Event
from shared.contract.events.stored.parts import DeadlineData
from shared.contract.events.stored.sla import ClockEventData, ClockMetData, ClockRecomputedData, ClockStartedData


class ShownClock(NamedTuple):
    """One clock. Instants and dates stand as in the events; ``duty_id`` is None for a clock of the whole case."""

    clock_id: str
    duty_id: str | None
    pack: str
    pack_version: str
    milestone: str
    complaint_class: str | None
    state: str
    started_at: str
    target_on: str | None
    due_on: str
    due_at: str
    met_at: str | None
    in_time: bool | None
    breached_at: str | None
    breach_known_at: str | None
    late_by_working_days: int | None
    late_by_seconds: int | None
    late_whose: str | None
    stopped_at: str | None
    provisional: bool
    calendar: str
    calendar_version: str

    @property
    def open(self) -> bool:
        """Whether what it waits for is still to be done, in time or late."""
        ended = self.met_at is not None or self.stopped_at is not None
        return self.state in ("running", "paused") or (self.state == "breached" and not ended)

    @property
    def own(self) -> bool:
        """Whether it is the bank's own clock on the case, by whatever pack: those of duties have their duty."""
        return self.duty_id is None

    @property
    def judged(self) -> bool:
        """Whether it counts for the on-time rate: it was met or breached."""
        return self.state in ("met", "breached")

    @property
    def kept(self) -> bool:
        """Whether it was met in time. A breached one never becomes met, whatever is entered later."""
        return self.state == "met" and self.in_time is True


Clocks = tuple[ShownClock, ...]


def evolve(clocks: Clocks, event: Event) -> Clocks:
    """The clocks after an event of ``CLOCK_EVENTS``.

    Raises:
        ValueError: a fact of a clock that was never started.
    """
    data: ClockEventData = event.data
    before = next((clock for clock in clocks if clock.clock_id == data["clock_id"]), None)
    if event.name == "ClockStarted":
        return _begun(clocks, before, _started(event.data))
    if before is None:
        raise ValueError(f"{event.type} of a clock that was never started")
    after = CHANGES[event.name](before, event)
    return tuple(after if clock is before else clock for clock in clocks)


def overrun(clocks: Clocks, met: Event, by_seconds: int, whose: str) -> Clocks:
    """The clocks after one of them was met after its limit, by how much, and whose doing that was."""
    data: ClockMetData = met.data
    return tuple(
        one._replace(late_by_seconds=by_seconds, late_whose=whose) if one.clock_id == data["clock_id"] else one
        for one in clocks
    )


def _begun(clocks: Clocks, before: ShownClock | None, fresh: ShownClock) -> Clocks:
    """With a clock more; one that was stopped and counts again takes its old place, and one that was breached stays."""
    if before is None:
        return (*clocks, fresh)
    return tuple(fresh if clock is before and before.breached_at is None else clock for clock in clocks)


def _started(data: ClockStartedData) -> ShownClock:
    return ShownClock(
        clock_id=data["clock_id"],
        duty_id=data["duty_id"],
        state="running",
        met_at=None,
        in_time=None,
        breached_at=None,
        breach_known_at=None,
        late_by_working_days=None,
        late_by_seconds=None,
        late_whose=None,
        stopped_at=None,
        milestone=data["milestone"],
        **_terms(data["deadline"]),
    )


def _terms(deadline: DeadlineData) -> dict[str, Any]:
    return {
        "pack": deadline["pack"]["id"],
        "pack_version": deadline["pack"]["version"],
        "complaint_class": deadline["complaint_class"],
        "started_at": deadline["received_at"],
        "target_on": deadline["target_on"],
        "due_on": deadline["due_on"],
        "due_at": deadline["due_at"],
        "provisional": deadline["provisional"],
        "calendar": deadline["calendar"]["id"],
        "calendar_version": deadline["calendar"]["version"],
    }


def _recomputed(clock: ShownClock, event: Event) -> ShownClock:
    data: ClockRecomputedData = event.data
    return clock._replace(**_terms(data["deadline"]))


def _breached(clock: ShownClock, event: Event) -> ShownClock:
    return clock._replace(state="breached", breached_at=event.time, breach_known_at=event.recordedtime)


def _met(clock: ShownClock, event: Event) -> ShownClock:
    """A breach stays: what is met after it was met late, or entered late with proof (contract 9, *on_time*)."""
    data: ClockMetData = event.data
    return clock._replace(
        state="breached" if clock.state == "breached" else "met",
        met_at=data["met_at"],
        in_time=data["in_time"],
        late_by_working_days=data["late_by_working_days"],
        late_by_seconds=None,
        late_whose=None,
    )


def _stopped(clock: ShownClock, event: Event) -> ShownClock:
    """A breach stays: that nobody owes it any more, or somebody else does, takes no verdict back."""
    return clock._replace(state="breached" if clock.state == "breached" else "stopped", stopped_at=event.time)


CHANGES: dict[str, Callable[[ShownClock, Event], ShownClock]] = {
    "ClockRecomputed": _recomputed,
    "ClockBreached": _breached,
    "ClockMet": _met,
    "ClockStopped": _stopped,
}
CLOCK_EVENTS = frozenset({"ClockStarted", *CHANGES})
