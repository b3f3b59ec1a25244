"""Reads the times that people say, and holds them against clock, receipt and what they answer (contract 6).

Who enters something says when it happened, within bounds; who says nothing means now.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from services.casework.bad_content import InvalidCommand
from services.casework.bad_times import (
    BeforeReceipt,
    BeforeWhatItAnswers,
    LateWithoutProof,
    TimeAhead,
    TimePast,
    TimeTooFar,
)
from shared.bank.bank_day import BankDay, instant_of
from shared.bank.working_days import Calendar
from shared.contract.bodies import Shape
from shared.contract.tenses import REACH, SaidTime, Tense, said_in

FUTURE_TOLERANCE = timedelta(seconds=5)
"""The clocks of two machines differ a little."""
DATE_ALONE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
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


def check_bounds(
    shape: type[Shape], body: Mapping[str, Any], at: datetime, since: float, now: datetime, bank_day: BankDay
) -> None:
    """Hold every time that a body says against the bounds of its tense. ``at`` is when the act happened.

    Raises:
        TimeAhead, BeforeReceipt, TimeTooFar, TimePast, InvalidCommand
    """
    for time in said_in(shape, body):
        if time.tense is Tense.HAPPENED and DATE_ALONE.fullmatch(str(time.said)):
            _check_past_day(time, since, now, bank_day)
        elif time.tense is Tense.HAPPENED:
            past_instant(time.said, time.pointer, since, now)
        else:
            _check_ahead(time, at, now, bank_day)


def _check_past_day(time: SaidTime, since: float, now: datetime, bank_day: BankDay) -> None:
    """Refuse a day that is not over or begun yet, or lies before this round. Raises TimeAhead, BeforeReceipt."""
    on = day(time.said, time.pointer)
    if on > bank_day.date_of(now):
        raise TimeAhead(time.pointer)
    if on < bank_day.date_of(instant_of(since)):
        raise BeforeReceipt(time.pointer)


def _check_ahead(time: SaidTime, at: datetime, now: datetime, bank_day: BankDay) -> None:
    if DATE_ALONE.fullmatch(str(time.said)):
        on = day(time.said, time.pointer)
        too_far = on - bank_day.date_of(now) > REACH[time.tense]
        passed = on < bank_day.date_of(at)
    else:
        found = instant(time.said, time.pointer)
        too_far, passed = found - now > REACH[time.tense], found <= at
    if too_far:
        raise TimeTooFar(time.pointer)
    if passed and time.tense is Tense.AHEAD:
        raise TimePast(time.pointer)


def happened_at(said: str | None, now: datetime, since: float, answered: Mapping[str, float]) -> datetime:
    """Tell when an act happened: as said, else now. ``answered``: the facts that it answers, by when they happened.

    Raises:
        InvalidCommand: it is no time with an offset.
        TimeAhead, BeforeReceipt, BeforeWhatItAnswers: it cannot be.
    """
    if said is None:
        earliest = max((since, *answered.values()))
        return max(now, instant_of(earliest).astimezone(now.tzinfo))
    at = past_instant(said, "/at", since, now)
    if later := tuple(sorted(name for name, floor in answered.items() if at.timestamp() < floor)):
        raise BeforeWhatItAnswers("/at", about=later)
    return min(at, now)


def check_entered_soon(on: date, today: date, calendar: Calendar) -> None:
    """Refuse without proof what lies more than two working days back, by bank dates. Raises LateWithoutProof."""
    if on < calendar.nth_after(today, -LATE_AFTER_WORKING_DAYS):
        raise LateWithoutProof("/at", "/proof")
