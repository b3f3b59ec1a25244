"""The events of sla, as JSON. Written by ``python -m ops.previews.build_stored_events``."""

from typing import Literal, TypedDict

from shared.contract.events.stored.parts import DeadlineData, DutyOpenedData, VersionedData


class ClockEventData(TypedDict):
    """``ClockEvent``."""

    clock_id: str
    milestone: str
    duty_id: str | None


class ClockStartedData(ClockEventData):
    """``ClockStarted``."""

    deadline: DeadlineData


class ClockRecomputedData(ClockEventData):
    """``ClockRecomputed``."""

    ground: Literal["calendar_changed", "pack_changed", "reclassified", "receipt_corrected"]
    deadline: DeadlineData
    former_due_on: str | None
    former_due_at: str | None


class ClockWarnedData(ClockEventData):
    """``ClockWarned``."""

    warning: str
    due_on: str
    due_at: str


class TargetPassedData(TypedDict):
    """``TargetPassed``."""

    clock_id: str
    milestone: str
    target_on: str
    due_on: str
    due_at: str


class ClockBreachedData(ClockEventData):
    """``ClockBreached``."""

    due_on: str
    due_at: str
    duties_opened: list[DutyOpenedData]


class ClockMetData(ClockEventData):
    """``ClockMet``."""

    met_at: str
    in_time: bool
    backdated: bool
    late_by_working_days: int


class ClockStoppedData(ClockEventData):
    """``ClockStopped``."""

    ground: str


class BoxReviewMissedData(TypedDict):
    """``BoxReviewMissed``."""

    unit: str
    date: str
    due_at: str
    calendar: VersionedData
