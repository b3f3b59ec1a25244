"""Limits in business hours: only the hours count in which the bank works, on its working days. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class WorkingDays(Protocol):
    """What counting hours asks a calendar (``shared.bank.working_days.Calendar``)."""

    def is_working_day(self, day: date) -> bool:
        """Whether the bank works on a day."""

    def nth_after(self, day: date, n: int) -> date:
        """The n-th working day after a day."""


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """When the bank works on a working day: from ``opens`` to before ``closes``, times since midnight in its zone."""

    zone: ZoneInfo
    opens: timedelta
    closes: timedelta

    @classmethod
    def parse(cls, text: str, zone: ZoneInfo) -> "BusinessHours":
        """The hours of a text such as "09:00-17:00", as the organisation file was checked to have it."""
        opens, closes = (_since_midnight(part) for part in text.split("-"))
        return cls(zone, opens, closes)

    def after(self, start: datetime, length: timedelta, calendar: WorkingDays) -> datetime:
        """When ``length`` (more than nothing) of business time has gone by since ``start``.

        The end lies within business hours; a limit that is used up exactly at closing time ends then, and not on
        the next working day.
        """
        if length <= timedelta(0):
            raise ValueError(f"a limit has to have a length, not {length}")
        local = start.astimezone(self.zone)
        day, from_ = local.date(), max(_time_of(local), self.opens)
        if not calendar.is_working_day(day) or from_ >= self.closes:
            day, from_ = calendar.nth_after(day, 1), self.opens
        left = length
        while left > self.closes - from_:
            left -= self.closes - from_
            day, from_ = calendar.nth_after(day, 1), self.opens
        return self._at(day, from_ + left)

    def _at(self, day: date, since_midnight: timedelta) -> datetime:
        return datetime.combine(day, time(0), self.zone) + since_midnight


def _since_midnight(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _time_of(local: datetime) -> timedelta:
    return timedelta(hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
