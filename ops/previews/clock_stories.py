"""Invented facts for letter previews: what the clocks of a case, and of an opinion box, tell."""

from datetime import date, datetime, timedelta
from typing import Any

from ops.previews.story_so_far import StorySoFar
from shared.contract.events.base import EventData, Versioned
from shared.contract.events.sla import BoxReviewMissed, ClockBreached, ClockRecomputed, ClockWarned, TargetPassed


def _clock(told: StorySoFar, milestone: str = "reply") -> dict[str, Any]:
    """What every fact about a clock says of it."""
    started = next(e.data for e in told.events if e.name == "ClockStarted" and e.data["milestone"] == milestone)
    deadline = started["deadline"]
    return {"clock_id": started["clock_id"], "milestone": milestone} | {
        name: deadline[name] for name in ("due_on", "due_at")
    }


def warned(told: StorySoFar) -> EventData:
    """The answer is due tomorrow."""
    return ClockWarned.model_validate(_clock(told) | {"warning": "day_before_due"})


def passed(told: StorySoFar) -> EventData:
    """The bank's own target is passed."""
    return TargetPassed.model_validate(_clock(told) | {"target_on": told.at.date()})


def breached(told: StorySoFar) -> EventData:
    """The answer is overdue."""
    return ClockBreached.model_validate(_clock(told) | {"duties_opened": []})


def duty_warned(told: StorySoFar) -> EventData:
    """The customer has to be called soon."""
    duty = _duty(told, "contact_customer")
    return ClockWarned.model_validate(_clock(told, "contact_customer") | {"warning": "day_of_due", "duty_id": duty})


def duty_breached(told: StorySoFar) -> EventData:
    """The handler did not take the case over in time."""
    more = {"duty_id": _duty(told, "accept_handover"), "duties_opened": []}
    return ClockBreached.model_validate(_clock(told, "accept_handover") | more)


def _duty(told: StorySoFar, kind: str) -> str:
    return next(str(d["id"]) for d in told.last("CaseRouted")["duties_opened"] if d["kind"] == kind)


def moved(told: StorySoFar) -> EventData:
    """The complaint is classified anew, so that it may take a week longer."""
    clock = next(e.data for e in reversed(told.events) if e.name == "ClockStarted" and e.data["duty_id"] is None)
    week, deadline = timedelta(days=7), clock["deadline"]
    later = {
        "due_on": date.fromisoformat(deadline["due_on"]) + week,
        "due_at": datetime.fromisoformat(deadline["due_at"]) + week,
    }
    said = {
        "clock_id": clock["clock_id"],
        "milestone": "reply",
        "ground": "reclassified",
        "deadline": deadline | later,
    }
    return ClockRecomputed.model_validate(said)


def box_not_reviewed(told: StorySoFar) -> EventData:
    """Nobody reviewed an opinion box before it closed."""
    day, closed = told.at.date(), told.at
    return BoxReviewMissed(
        unit=told.handler().unit, date=day, due_at=closed, calendar=Versioned(id="cn", version="invented")
    )
