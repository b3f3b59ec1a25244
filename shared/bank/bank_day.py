"""The bank's day: which date it is for the bank, when that day ends, and which hours are business hours. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

FIRST_INSTANT, LAST_INSTANT = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Nothing that a bank counts lies beyond them, and no date near them is out of reach of counting."""
FIRST_WRITTEN, LAST_WRITTEN = datetime(1, 1, 2, tzinfo=UTC).timestamp(), datetime(9999, 12, 31, tzinfo=UTC).timestamp()
"""In seconds of the epoch: what can be written in every time zone."""


def within_reach(instant: datetime) -> datetime:
    """The instant, or the first or last that a bank counts where it lies beyond: the log may hold any year."""
    return min(max(instant, FIRST_INSTANT), LAST_INSTANT)


def instant_of(seconds: float) -> datetime:
    """The instant of seconds of the epoch; the first or last that can be written where an offset led beyond."""
    return datetime.fromtimestamp(min(max(seconds, FIRST_WRITTEN), LAST_WRITTEN), UTC)


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
        local = within_reach(start).astimezone(self.zone)
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


@dataclass(frozen=True, slots=True)
class BankDay:
    """Where and until when the bank's day lasts, and when there is somebody."""

    zone: ZoneInfo
    close_of_business: str
    business_hours: BusinessHours

    @classmethod
    def of(cls, timezone: str, close_of_business: str, business_hours: str) -> "BankDay":
        """The day of an organisation file, in the words of the file, which were checked when it was read."""
        zone = ZoneInfo(timezone)
        return cls(zone, close_of_business, BusinessHours.parse(business_hours, zone))

    def local(self, instant: datetime) -> datetime:
        """An instant as the bank's clocks show it."""
        return within_reach(instant).astimezone(self.zone)

    def date_of(self, instant: datetime) -> date:
        """The bank's date at an instant: 17:00Z is already tomorrow in Shanghai."""
        return self.local(instant).date()

    def end_of(self, day: date) -> datetime:
        """The first instant that is too late for a day: midnight, or the close of business."""
        hours, minutes = (int(part) for part in self.close_of_business.split(":"))
        return self.at(day, time(0)) + timedelta(hours=hours, minutes=minutes)

    def opening_of(self, day: date) -> datetime:
        """When the bank opens on a day, if it works then."""
        return self.at(day, time(0)) + self.business_hours.opens

    def at(self, day: date, moment: time) -> datetime:
        """A time of a bank day."""
        return datetime.combine(day, moment, self.zone)


def _since_midnight(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _time_of(local: datetime) -> timedelta:
    return timedelta(hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
