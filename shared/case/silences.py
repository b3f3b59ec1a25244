"""Silences of a case are limits that passed by which somebody ought to have been heard from. Pure.

Routing sends a case up for them, notify tells those above: both count them alike.
"""

from typing import Final, NamedTuple, Protocol

from shared.case.duties import Duty, Place, once
from shared.case.duty_kinds import HEARD_FROM
from shared.contract.envelope import Event
from shared.contract.events.stored.sla import ClockBreachedData, ClockWarnedData

SILENT: Final = ("ClockBreached", "ClockWarned")
"""The facts for which a case may have to go up."""
ENOUGH: Final = 2
"""The first silence is told to those above, the second one takes the case there."""
UNTOUCHED: Final = frozenset({"received", "routed", "accepted", "reopened"})
"""Where a case stands on which nobody has spoken with the customer, nor looked into the matter."""


class Silences(NamedTuple):
    """Counts silences.

    ``times``: how many there were since the case last went up or began anew. ``asked``: the event for which it has to
    go up, until it does or somebody is heard from. ``first_up``: the event for which it went up when nobody above had
    it yet.
    """

    times: int = 0
    asked: str | None = None
    first_up: str | None = None


NO_SILENCE: Final = Silences()


class Watched(Protocol):
    """Answers what is asked of a case (``CaseCore``): who has it, where it stands, what is owed."""

    @property
    def accepting(self) -> Place | None:
        """Who accepts it."""

    @property
    def escalated_to(self) -> Place | None:
        """Who above has it."""

    @property
    def ended(self) -> bool:
        """Whether it is over."""

    @property
    def life(self) -> str:
        """Where it stands."""

    def open_duties(self, *kinds: str) -> list[Duty]:
        """The open duties of these kinds."""


def kept_silent(core: Watched, event: Event) -> bool:
    """Whether a limit passed by which somebody ought to have been heard from, and he still has not been."""
    if event.name != "ClockBreached":
        return False
    data: ClockBreachedData = event.data
    return data["milestone"] in HEARD_FROM and any(duty.id == data["duty_id"] for duty in core.open_duties(*HEARD_FROM))


def goes_up(core: Watched, silences: Silences, event: Event) -> bool:
    """Whether a silence calls for a step up; while one is called for, or the top is reached, no other does."""
    return silences.asked is None and _calls_for_help(core, silences.times, event)


def _calls_for_help(core: Watched, times: int, event: Event) -> bool:
    """Whether a case has to go to somebody above: at the second silence, or untouched when its own limit is near."""
    if core.accepting is None or core.ended:
        return False
    if kept_silent(core, event):
        return times + 1 >= ENOUGH
    if event.name != "ClockWarned":
        return False
    data: ClockWarnedData = event.data
    return data["duty_id"] is None and core.life in UNTOUCHED and core.escalated_to is None


def evolve(core: Watched, silences: Silences, event: Event) -> Silences:
    """The silences after an event; ``core`` is the case after it."""
    if silences.asked is not None and (core.ended or core.life not in UNTOUCHED):
        silences = silences._replace(asked=None)  # somebody works on it, or it is over
    if event.name in SILENT:
        return _one_more(core, silences, event)
    if event.name in ("CaseEscalated", "CaseReopened"):
        return once(silences._replace(times=0, asked=None))
    return silences


def _one_more(core: Watched, silences: Silences, event: Event) -> Silences:
    """One silence more, perhaps one for which the case has to go up."""
    up = goes_up(core, silences, event)
    return once(
        silences._replace(
            times=silences.times + kept_silent(core, event),
            asked=event.id if up else silences.asked,
            first_up=event.id if up and core.escalated_to is None else silences.first_up,
        )
    )
