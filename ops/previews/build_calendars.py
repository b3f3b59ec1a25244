"""Writes the calendar files of China from the ``holidays`` package: ``python -m ops.build_calendars 2019 2026``.

Run by a developer when the State Council's notice of a new year is in that package; the files are tested
equal to another package's on every day.
"""

import sys
from datetime import date, timedelta

import holidays
from holidays.countries.china import ChinaStaticHolidays

from ops.paths import SERVICES

FOLDER = SERVICES / "sla" / "calendars"
SATURDAY = 5


def text_of(year: int) -> str:
    """The file of a year.

    Raises:
        ValueError: the package has no notice for that year; it would guess.
    """
    if year not in ChinaStaticHolidays.special_public_holidays:
        raise ValueError(f"no notice for {year} in this version of the package: a calendar is never guessed")
    days = holidays.country_holidays("CN", years=year, language="en_US")
    first = date(year, 1, 1)
    lines = [
        "# Working days of mainland China: weekdays off and weekend days worked. All other weekends are off.",
        "country: CN",
        f"year: {year}",
        "status: official",
        f"notice: arrangement of the State Council's General Office for the holidays of {year}",
        "days_off:",
    ]
    working: list[date] = []
    for day in (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)):
        weekend = day.weekday() >= SATURDAY
        if weekend and days.is_working_day(day):
            working.append(day)
        elif not weekend and not days.is_working_day(day):
            name = days.get(day, "day off").split(";")[0].strip()
            lines.append(f'  - {{date: {day}, name: "{name}"}}')
    lines.append(f"make_up_working_days: [{', '.join(str(day) for day in working)}]")
    return "\n".join(lines) + "\n"


def main(first: int, last: int) -> None:
    """Write the files of the years from ``first`` to ``last``."""
    for year in range(first, last + 1):
        (FOLDER / f"cn-{year}.yaml").write_text(text_of(year), encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
