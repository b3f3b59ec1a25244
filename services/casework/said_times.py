"""Reads the times that people say, and holds them against clock, receipt and what they answer (contract 6).

Who enters something says when it happened, within bounds; who says nothing means now.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from services.casework.bad_content import (
    BeforeReceipt,
    BeforeWhatItAnswers,
    InvalidCommand,
    LateWithoutProof,
    TimeAhead,
)
from shared.bank.working_days import Calendar

FUTURE_TOLERANCE = timedelta(seconds=5)
"""The clocks of two machines differ a little."""
LATE_AFTER_WORKING_DAYS = 2
"""What is entered later than this needs proof."""


def instant(said: object, pointer: str) -> datetime:
    """Read the instant that somebody says. Raises InvalidCommand unless it is one, with its offset."""
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError as error:
        raise InvalidCommand(pointer) from error
    if found.tzinfo is None:
        raise InvalidCommand(pointer)
    return found


def day(said: object, pointer: str) -> date:
    """Read the day that somebody says. Raises InvalidCommand unless it is one."""
    try:
        return date.fromisoformat(str(said))
    except ValueError as error:
        raise InvalidCommand(pointer) from error


def past_instant(said: object, pointer: str, since: float, now: datetime) -> datetime:
    """Read the instant at which somebody says that something happened, in this round of the case.

    Raises:
        TimeAhead, BeforeReceipt, InvalidCommand
    """
    found = instant(said, pointer)
    if found > now + FUTURE_TOLERANCE:
        raise TimeAhead(pointer)
    if found.timestamp() < since:
        raise BeforeReceipt(pointer)
    return found


def happened_at(said: str | None, now: datetime, since: float, answered: Mapping[str, float]) -> datetime:
    """Tell when an act happened: as said, else now. ``answered``: the facts that it answers, by when they happened.

    Raises:
        InvalidCommand: it is no time with an offset.
        TimeAhead, BeforeReceipt, BeforeWhatItAnswers: it cannot be.
    """
    if said is None:
        earliest = max((since, *answered.values()))
        return max(now, datetime.fromtimestamp(earliest, UTC).astimezone(now.tzinfo))
    at = past_instant(said, "/at", since, now)
    if later := tuple(sorted(name for name, floor in answered.items() if at.timestamp() < floor)):
        raise BeforeWhatItAnswers("/at", about=later)
    return min(at, now)


def check_entered_soon(on: date, today: date, calendar: Calendar) -> None:
    """Refuse without proof what lies more than two working days back, by bank dates. Raises LateWithoutProof."""
    if on < calendar.nth_after(today, -LATE_AFTER_WORKING_DAYS):
        raise LateWithoutProof("/at", "/proof")
