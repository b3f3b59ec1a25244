"""What sla keeps of a case: its clock and whom a breach concerns."""

from collections.abc import Iterable
from datetime import UTC, datetime
from sys import intern
from typing import Any, NamedTuple

from shared.envelope import Event
from shared.events import CATALOGUE
from shared.service import Timer

FOLDS = frozenset(
    {
        "ComplaintReceived", "CaseRouted", "CaseRerouted", "ClockStarted", "ClockRecomputed", "ClockWarned",
        "TargetPassed", "ClockBreached", "ClockMet", "ClockStopped",
    }
)  # fmt: skip
IGNORES = frozenset(CATALOGUE) - FOLDS
TIMED = FOLDS - {"ComplaintReceived"}
TARGET, BREACH, WARNING = "target", "breach", "warning:"


class Clock(NamedTuple):
    """A clock. Instants are seconds of the epoch; ``pending`` lists what is still to fire: (kind, instant)."""

    clock_id: str
    milestone: str
    complaint_class: str
    pack_version: str
    calendar_version: str
    received_at: float
    due_on: str
    target_on: str | None
    due_at: float
    provisional: bool
    pending: tuple[tuple[str, float], ...]
    state: str = "running"
    fired: tuple[str, ...] = ()


class Owners(NamedTuple):
    """Whom a breach concerns; shared between cases that are routed alike."""

    accepting: tuple[str, str, str | None]
    handler: tuple[str, str | None] | None


class SlaState(NamedTuple):
    """A case's clock and owners. ``known`` says whether the customer can be told anything."""

    clock: Clock | None = None
    owners: Owners | None = None
    customer_known: bool = True


_owners: dict[Owners, Owners] = {}


def evolve(state: SlaState | None, event: Event) -> SlaState | None:
    """The state after an event of ``FOLDS``."""
    before = state or SlaState()
    data = event.data
    match event.name:
        case "ComplaintReceived":
            known = not data["anonymous"] or bool(data["reachable_by"])
            return state or SlaState(customer_known=known)
        case "CaseRouted" | "CaseRerouted":
            return before._replace(owners=_owners_of(data["decision"]))
        case "ClockStarted":
            return before._replace(clock=_clock(data))
        case "ClockRecomputed":
            return before._replace(clock=_recomputed(before.clock, data))
        case _ if before.clock is None:
            raise ValueError(f"{event.type} without a clock")
        case "ClockWarned":
            return before._replace(clock=_fired(before.clock, WARNING + data["warning"]))
        case "TargetPassed":
            return before._replace(clock=_fired(before.clock, TARGET))
        case "ClockBreached":
            return before._replace(clock=_fired(before.clock, BREACH)._replace(state="breached", pending=()))
        case "ClockMet":
            verdict = before.clock.state if before.clock.state == "breached" else "met"
            return before._replace(clock=before.clock._replace(state=verdict, pending=()))
        case "ClockStopped":
            return before._replace(clock=before.clock._replace(state="stopped", pending=()))
        case _:
            raise ValueError(f"sla does not fold {event.type}")


def _owners_of(decision: dict[str, Any]) -> Owners:
    accepting, handler = decision["accepting"], decision["handler"]
    owners = Owners(
        (accepting["unit"], accepting["post"], accepting["person"]),
        (handler["unit"], handler["person"]) if handler else None,
    )
    return _owners.setdefault(owners, owners)


def _clock(data: dict[str, Any]) -> Clock:
    """The clock; words that many cases share are kept once."""
    deadline = data["deadline"]
    due_at = _seconds(deadline["due_at"])
    pending = [(intern(WARNING + w["name"]), _seconds(w["at"])) for w in deadline["warnings"]]
    if deadline["target_at"] is not None:
        pending.append((TARGET, _seconds(deadline["target_at"])))
    return Clock(
        data["clock_id"], intern(data["milestone"]), intern(deadline["complaint_class"]),
        intern(deadline["pack"]["version"]), intern(deadline["calendar"]["version"]),
        _seconds(deadline["received_at"]), intern(deadline["due_on"]),
        intern(deadline["target_on"]) if deadline["target_on"] else None, due_at, deadline["provisional"],
        (*pending, (BREACH, due_at)),
    )  # fmt: skip


def _recomputed(clock: Clock | None, data: dict[str, Any]) -> Clock:
    """The new deadline; what fired under the old one does not fire again, except a warning of a later limit."""
    fresh = _clock(data)
    if clock is None or fresh.due_at > clock.due_at:
        return fresh
    return fresh._replace(pending=tuple(p for p in fresh.pending if p[0] not in clock.fired), fired=clock.fired)


def _fired(clock: Clock, kind: str) -> Clock:
    return clock._replace(pending=tuple(p for p in clock.pending if p[0] != kind), fired=(*clock.fired, kind))


def _seconds(instant: str) -> float:
    return datetime.fromisoformat(instant).timestamp()


def timers(case: str, state: SlaState) -> Iterable[Timer]:
    """What is still to fire. Only once the case is routed: before, nobody could owe what a breach opens."""
    if state.clock is None or state.owners is None or state.clock.state != "running":
        return
    for kind, at in state.clock.pending:
        due_at = datetime.fromtimestamp(at, UTC)
        yield Timer(case, state.clock.clock_id, kind, due_at)


def dump(state: SlaState) -> dict[str, Any]:
    """What a rebuild has to reproduce."""
    if state.clock is None:
        return {"clocks": []}
    clock = state.clock
    return {
        "clocks": [
            {
                "clock_id": clock.clock_id,
                "milestone": clock.milestone,
                "state": clock.state,
                "due_on": clock.due_on,
                "target_on": clock.target_on,
                "provisional": clock.provisional,
                "fired": sorted(clock.fired),
            }
        ]
    }
