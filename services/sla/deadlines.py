"""When a limit ends. Pure: the bank's zone decides dates, the day from which it counts is day 0."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from shared.bank.bank_day import BankDay
from shared.bank.pack import PackInForce
from shared.bank.reference import version_of
from shared.bank.working_days import Calendar
from shared.case.duty_kinds import KINDS, Limit
from shared.contract.events.base import Versioned
from shared.contract.events.sla import Deadline, Length, WarningPoint

DUTIES = Versioned(
    id="duties", version=version_of(repr([(name, kind.limit) for name, kind in KINDS.items() if kind.limit]))
)
"""What the limits of duties come from: the table ``shared.case.duty_kinds.KINDS``, versioned by its limits."""


class LastDay(NamedTuple):
    """A day with whose end something may fall due, and whether that may still move."""

    at: datetime
    on: date
    provisional: bool


def compute(
    found: PackInForce, complaint_class: str, received_at: datetime, calendar: Calendar, day: BankDay
) -> Deadline:
    """The deadline of a complaint of a class received at an instant (article 3).

    A limit of n working days ends with the n-th working day after the day of receipt.
    """
    pack, version = found
    limits = pack.classes[complaint_class]
    received_on = day.date_of(received_at)
    due_on = calendar.nth_after(received_on, limits.limit_working_days)
    due_at = day.end_of(due_on)
    target = limits.target_working_days
    target_on = calendar.nth_after(received_on, target) if target is not None else None
    warnings = tuple(
        WarningPoint(name=rule.name, at=day.at(calendar.nth_after(due_on, -rule.working_days_before_due), rule.at))
        for rule in pack.warnings
    )
    return Deadline(
        pack=version,
        calendar=calendar.version(received_on, due_on),
        complaint_class=complaint_class,
        reasons=limits.reasons,
        length=Length(amount=limits.limit_working_days, unit="working_days"),
        received_at=received_at,
        target_on=target_on,
        target_at=day.end_of(target_on) if target_on else None,
        due_on=due_on,
        due_at=due_at,
        warnings=tuple(w for w in warnings if received_at < w.at < due_at),
        provisional=not calendar.official(received_on, due_on),
    )


def duty_deadline(length: Limit, opened_at: datetime, calendar: Calendar, day: BankDay) -> Deadline:
    """The deadline of a duty opened at an instant, in working days or business hours (``shared.case.duty_kinds``)."""
    opened_on = day.date_of(opened_at)
    if length.unit == "working_days":
        due_on = calendar.nth_after(opened_on, length.amount)
        due_at = day.end_of(due_on)
    else:
        due_at = day.business_hours.after(opened_at, timedelta(hours=length.amount), calendar)
        due_on = day.date_of(due_at - timedelta.resolution)
    return _of_duty(
        opened_at,
        due_on,
        due_at,
        calendar=calendar.version(opened_on, due_on),
        length=Length(amount=length.amount, unit=length.unit),
        provisional=not calendar.official(opened_on, due_on),
    )


def day_deadline(due: LastDay, opened_at: datetime, calendar: Calendar, day: BankDay) -> Deadline:
    """The deadline of what has time up to the end of a day that somebody else fixed; nothing is counted."""
    used = calendar.version(day.date_of(opened_at), due.on)
    return _of_duty(opened_at, due.on, due.at, calendar=used, length=None, provisional=due.provisional)


def promised_deadline(
    promised_at: datetime, opened_at: datetime, calendar: Calendar, day: BankDay, *, said: bool = True
) -> Deadline:
    """The deadline of a promise: the very instant that was promised; nothing is counted.

    ``said``: somebody promised this instant; else it stands for a later one, and is provisional.
    """
    due_on = day.date_of(promised_at - timedelta.resolution)
    used = calendar.version(day.date_of(opened_at), due_on)
    warnings = _reminder(opened_at, due_on, promised_at, calendar, day)
    return _of_duty(opened_at, due_on, promised_at, calendar=used, length=None, provisional=not said, warnings=warnings)


def _reminder(
    opened_at: datetime, due_on: date, due_at: datetime, calendar: Calendar, day: BankDay
) -> tuple[WarningPoint, ...]:
    """When whoever promised is reminded: once, while there is time to keep it.

    When the bank opens on the working day before, else on the day itself, else an hour before.
    """
    points = (
        WarningPoint(name="day_before_due", at=day.opening_of(calendar.nth_after(due_on, -1))),
        WarningPoint(name="day_of_due", at=day.opening_of(due_on)),
        WarningPoint(name="hour_before_due", at=due_at - timedelta(hours=1)),
    )
    return tuple(point for point in points if opened_at < point.at < due_at)[:1]


def _of_duty(
    opened_at: datetime,
    due_on: date,
    due_at: datetime,
    *,
    calendar: Versioned,
    length: Length | None,
    provisional: bool,
    warnings: tuple[WarningPoint, ...] = (),
) -> Deadline:
    return Deadline(
        pack=DUTIES,
        calendar=calendar,
        complaint_class=None,
        reasons=(),
        length=length,
        received_at=opened_at,
        target_on=None,
        target_at=None,
        due_on=due_on,
        due_at=due_at,
        warnings=warnings,
        provisional=provisional,
    )
