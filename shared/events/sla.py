"""Facts that the SLA service publishes: clocks started, warned, breached, met."""

from datetime import date
from typing import ClassVar, Literal

from shared.events.base import Closed, DutyOpened, EventData, Identifier, Instant, PositiveInt, Versioned


class WarningPoint(Closed):
    """When a clock warns: ``name`` is stable, such as ``day_before_due``."""

    name: Identifier
    at: Instant


class Deadline(Closed):
    """A computed limit and what it was computed from.

    ``due_at`` is the first instant that is too late. ``provisional``: it touches a year whose calendar
    is not official yet, and is computed anew when that is published.
    """

    pack: Versioned
    calendar: Versioned
    complaint_class: Literal["ordinary", "complex"]
    received_at: Instant
    target_on: date | None
    target_at: Instant | None
    due_on: date
    due_at: Instant
    warnings: tuple[WarningPoint, ...]
    provisional: bool


class SlaEvent(EventData):
    """Base of sla's events."""

    producer: ClassVar[str] = "sla"


class ClockStarted(SlaEvent):
    """A clock runs on the case from the first receipt."""

    clock_id: str
    milestone: Identifier
    deadline: Deadline


class ClockRecomputed(SlaEvent):
    """The clock's deadline changed: other reference data or another class. The old one stays in the log."""

    clock_id: str
    milestone: Identifier
    ground: Literal["calendar_changed", "pack_changed", "reclassified"]
    deadline: Deadline


class ClockWarned(SlaEvent):
    """The limit is near."""

    clock_id: str
    milestone: Identifier
    warning: Identifier
    due_on: date
    due_at: Instant


class TargetPassed(SlaEvent):
    """The target of a complex complaint (7 working days) is behind, the limit (10) is not."""

    clock_id: str
    milestone: Identifier
    target_on: date
    due_on: date
    due_at: Instant


class ClockBreached(SlaEvent):
    """The limit passed unmet: the reason is owed upward and an explanation to the customer (article 3)."""

    clock_id: str
    milestone: Identifier
    due_on: date
    due_at: Instant
    duties_opened: tuple[DutyOpened, ...]


class ClockMet(SlaEvent):
    """What the clock waited for happened. ``in_time`` judges when it happened, not when it was entered."""

    clock_id: str
    milestone: Identifier
    met_at: Instant
    in_time: bool
    backdated: bool
    late_by_working_days: PositiveInt


class ClockStopped(SlaEvent):
    """The clock no longer applies."""

    clock_id: str
    milestone: Identifier
    ground: Identifier
