"""Facts that the SLA service publishes: clocks started, warned, breached, met, stopped."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.contract.codes import Reason
from shared.contract.events.base import (
    EVERYBODY,
    Closed,
    DutyOpened,
    EventData,
    Identifier,
    Instant,
    PositiveInt,
    Versioned,
)


class WarningPoint(Closed):
    """When a clock warns: ``name`` is stable, such as ``day_before_due``."""

    name: Identifier
    at: Instant


class Length(Closed):
    """How long there is time, and what is counted: working days, or the hours in which the bank works."""

    amount: Annotated[int, Field(gt=0)]
    unit: Literal["working_days", "business_hours"]


class Deadline(Closed):
    """A computed limit and what it was computed from.

    ``received_at`` is the instant from which it counts: a complaint's first receipt, or when a duty was opened.
    ``due_at`` is the first instant that is too late. ``provisional``: it touches a year whose calendar
    is not official yet, and is computed anew when that is published. ``complaint_class`` is a class of the pack, None
    for a duty's limit, and ``reasons`` are those of the class: with another main reason the limit is computed anew.
    ``length`` is None where the instant itself was promised, and where version 1 did not say it.
    """

    pack: Versioned
    calendar: Versioned
    complaint_class: Identifier | None
    reasons: tuple[Reason, ...]
    length: Length | None
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


class ClockEvent(SlaEvent):
    """Base of what happens to a clock.

    The bank's own clock (milestone ``reply``) runs on the case and has no ``duty_id``; a duty's clock has the duty's
    kind as its milestone.
    """

    producer: ClassVar[str] = "sla"
    version: ClassVar[int] = 2

    clock_id: str
    milestone: Identifier
    duty_id: str | None = None


class ClockStarted(ClockEvent, heard_by={"sla", "notify", "console"}):
    """A clock runs: on the case from the first receipt or a reopening, on a duty from when it was opened."""

    version: ClassVar[int] = 3

    deadline: Deadline


class ClockRecomputed(ClockEvent, heard_by={"sla", "notify", "console"}):
    """The clock's deadline changed: other reference data or another class. The old one stays in the log.

    ``former_due_on`` and ``former_due_at`` are what the deadline was before; before version 4 that was not kept.
    Version 4 also knows that a date of the receipt was put right.
    """

    version: ClassVar[int] = 4

    ground: Literal["calendar_changed", "pack_changed", "reclassified", "receipt_corrected"]
    deadline: Deadline
    former_due_on: date | None = None
    former_due_at: Instant | None = None


class ClockWarned(ClockEvent, heard_by={"sla", "notify", "routing"}):
    """The limit is near. Version 2 knows warnings of duties' clocks."""

    warning: Identifier
    due_on: date
    due_at: Instant


class TargetPassed(SlaEvent, heard_by={"sla", "notify"}):
    """The target of the complaint's class is behind, its limit is not."""

    clock_id: str
    milestone: Identifier
    target_on: date
    due_on: date
    due_at: Instant


class ClockBreached(ClockEvent, heard_by=EVERYBODY):
    """The limit passed unmet. The bank's own clock then opens two duties (article 3): the reason, an explanation."""

    due_on: date
    due_at: Instant
    duties_opened: tuple[DutyOpened, ...]


class ClockMet(ClockEvent, heard_by={"sla", "console"}):
    """What the clock waited for happened. ``in_time`` is the verdict: whether it happened before ``due_at``.

    ``backdated``: it happened in time but was entered after the limit or the breach. ``late_by_working_days`` counts
    the working days after the due day up to the day it happened; 0 also means late by less than one.
    """

    met_at: Instant
    in_time: bool
    backdated: bool
    late_by_working_days: PositiveInt


class ClockStopped(ClockEvent, heard_by={"sla", "console"}):
    """The clock no longer applies, and nothing is judged: ``ground`` says why, such as ``withdrawn``."""

    ground: Identifier


class BoxReviewMissed(SlaEvent, heard_by={"sla", "notify"}):
    """An opinion box was not reviewed before it closed on a working day (article 2.2). Said once, whatever comes later.

    ``due_at``: when the box closed. ``calendar``: by which that day was a working day.
    """

    unit: Identifier
    date: date
    due_at: Instant
    calendar: Versioned
