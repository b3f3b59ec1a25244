"""Working days of a bank: weekends, days off and make-up working days, from one calendar file per year.

The engine never guesses: a year without an official calendar makes everything that touches it provisional, and the last
days of December are provisional until the next year's calendar is there too, since its notice may move them.
"""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field

from shared.bank.bank_day import FIRST_INSTANT, LAST_INSTANT
from shared.bank.reference_file import read_as
from shared.contract.events.base import Versioned
from shared.errors import BadReference

SATURDAY, DECEMBER = 5, 12
NEXT_YEARS_FROM = 20
"""The day of December from which the next year's notice may make days off and working days of this year's."""


class DayOff(BaseModel):
    """A weekday off and what for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    date: date
    name: str


class YearCalendar(BaseModel):
    """One calendar file: a year's weekdays off and weekend days worked, and where they come from.

    ``country``: its code of two letters (ISO 3166), under which the calendar is found.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    country: str = Field(pattern=r"^[A-Z]{2}$")
    year: int = Field(ge=FIRST_INSTANT.year, lt=LAST_INSTANT.year)
    status: str
    notice: str
    days_off: tuple[DayOff, ...]
    make_up_working_days: tuple[date, ...]


def parse_year(text: str) -> YearCalendar:
    """The calendar of a file's text: days of its year, and the last days of the December before.

    Raises:
        BadReference: not valid, a day of another time, or a day that is named twice; the line is named.
    """
    found = read_as(YearCalendar, text, "The calendar file")
    if found.status not in ("official", "provisional"):
        raise BadReference(f"The calendar of {found.year}: status is official or provisional, not {found.status!r}.")
    named: set[date] = set()
    for day in (*(d.date for d in found.days_off), *found.make_up_working_days):
        if _year_of_notice(day) != found.year and day.year != found.year:
            raise _refused(text, day, f"{day} is neither in {found.year} nor one of the last days before it")
        if day in named:
            raise _refused(text, day, f"{day} is named twice: a day is off or worked, and said once")
        named.add(day)
    return found


def _refused(text: str, day: date, why: str) -> BadReference:
    """Refuse a day of a file's text, naming the last line in which it stands."""
    line = max((n for n, row in enumerate(text.splitlines(), 1) if day.isoformat() in row), default=1)
    return BadReference(f"The calendar file, line {line}: {why}.", line=line)


def _year_of_notice(day: date) -> int:
    """The last year whose notice says whether a day is worked: for the last days of December that is the next one's."""
    return day.year + (day.month == DECEMBER and day.day >= NEXT_YEARS_FROM)


@dataclass(frozen=True, slots=True)
class Counted:
    """A count of working days: those counted, and those passed over with the reason."""

    counted: tuple[date, ...]
    skipped: tuple[tuple[date, str], ...]


class Calendar:
    """The calendars of a country, all years published so far."""

    def __init__(self, id_: str, years: Iterable[tuple[YearCalendar, str]]) -> None:
        self.id = id_
        files = sorted(years, key=lambda file: file[0].year)
        self._versions = {year.year: version for year, version in files}
        self._official = {year.year for year, _ in files if year.status == "official"}
        self._said: dict[date, str | None] = {}
        for year, _ in files:  # of a day that two years name, the later notice counts
            self._said |= {d.date: d.name for d in year.days_off} | dict.fromkeys(year.make_up_working_days)
        self._days: dict[int, list[date]] = {}

    @property
    def years(self) -> list[int]:
        """The years that have a file, the first one first."""
        return [*self._versions]

    def reason_off(self, day: date) -> str | None:
        """Why a day is no working day; None if it is one."""
        if day in self._said:
            return self._said[day]
        return "weekend" if day.weekday() >= SATURDAY else None

    def is_working_day(self, day: date) -> bool:
        """Whether the bank works on a day."""
        return self.reason_off(day) is None

    def _year(self, year: int) -> list[date]:
        found = self._days.get(year)
        if found is None:
            first = date(year, 1, 1)
            length = (date(year + 1, 1, 1) - first).days
            all_days = (first + timedelta(days=n) for n in range(length))
            found = self._days[year] = [day for day in all_days if self.is_working_day(day)]
        return found

    def nth_after(self, day: date, n: int) -> date:
        """The n-th working day after ``day``; for negative n before it. ``day`` itself is day 0, working or not."""
        if n == 0:
            return day
        year = day.year
        row = self._year(year)
        at = bisect_right(row, day) + n - 1 if n > 0 else bisect_left(row, day) + n
        while at >= len(row):
            at -= len(row)
            year += 1
            row = self._year(year)
        while at < 0:
            year -= 1
            row = self._year(year)
            at += len(row)
        return row[at]

    def between(self, start: date, end: date) -> int:
        """How many working days come after ``start`` up to and including ``end``."""
        count = 0
        for year in range(start.year, end.year + 1):
            row = self._year(year)
            count += bisect_right(row, end) - bisect_right(row, start)
        return count

    def explain(self, start: date, end: date) -> Counted:
        """Every day after ``start`` up to ``end``: counted, or skipped with its reason."""
        days = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
        reasons = [(day, self.reason_off(day)) for day in days]
        return Counted(
            tuple(day for day, reason in reasons if reason is None),
            tuple((day, reason) for day, reason in reasons if reason is not None),
        )

    def official(self, start: date, end: date) -> bool:
        """Whether every year whose notice may say something of a day from ``start`` to ``end`` has an official one."""
        return all(year in self._official for year in _years(start, end))

    def version(self, start: date, end: date) -> Versioned:
        """Names the year files that a count from ``start`` to ``end`` rests on."""
        touched = [(year, self._versions.get(year, "none")) for year in _years(start, end)]
        return Versioned(id=self.id, version=hashlib.sha256(repr(touched).encode()).hexdigest()[:12])


def _years(start: date, end: date) -> range:
    """The years whose notices may say something of a day from ``start`` to ``end``."""
    return range(start.year, _year_of_notice(end) + 1)


@lru_cache(maxsize=8)
def calendar_of(id_: str, documents: tuple[tuple[str, str], ...]) -> Calendar:
    """A calendar from (file text, version) of each year; made once per set of files."""
    return Calendar(id_, [(parse_year(text), version) for text, version in documents])
