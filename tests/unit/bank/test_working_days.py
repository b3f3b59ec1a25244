"""Calendar files of a country, a year each: which of them counts, what none of them may say, what stays provisional."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from ops.paths import ROOT
from services.sla.limits import Limits
from shared.bank.in_force import bank_calendar
from shared.bank.reference import Reference
from shared.bank.working_days import Calendar, parse_year
from shared.errors import BadReference
from tests.support.facts import NOW, document, reference

SHIPPED = (ROOT / "services/sla/calendars/cn-2026.yaml").read_text(encoding="utf-8")
CLOSED = date(2026, 9, 28)
STORM = SHIPPED.replace(
    "  - {date: 2026-10-01,", f'  - {{date: {CLOSED}, name: "closed by storm"}}\n  - {{date: 2026-10-01,', 1
)
YEAR_2027 = """
country: CN
year: 2027
status: official
notice: the arrangement for 2027
days_off:
  - {date: 2027-01-01, name: New Year's Day}
  - {date: 2026-12-31, name: a bridge}
make_up_working_days: [2026-12-26]
"""


def published(known: Reference, id_: str, content: str, after_days: int) -> Reference:
    """One more calendar file, in force some days later than what is known."""
    known.add(replace(document("calendar", id_, content), effective_from=NOW + timedelta(days=after_days)))
    return known


def days(known: Reference, after_days: int) -> Calendar:
    """The bank's working days as they are so many days later."""
    return bank_calendar(known, NOW + timedelta(days=after_days)).calendar


# -- which file of a year counts ----------------------------------------------------------------------


def test_of_two_files_of_a_year_the_one_in_force_last_counts_alone() -> None:
    """Under whatever ids they were published: a storm closes the bank, and the former file opens it again."""
    known = published(reference(), "cn-2026-storm", STORM, 1)
    published(known, "cn-2026", SHIPPED, 2)

    assert [True, False, True] == [days(known, after).is_working_day(CLOSED) for after in (0, 1, 2)]


def test_a_correction_takes_a_day_off_back() -> None:
    """A day that the newest file of a year does not name is an ordinary day again."""
    line = '  - {date: 2026-10-07, name: "Day off (substituted from 10/10/2026)"}\n'
    known = published(reference(), "cn-2026-corrected", SHIPPED.replace(line, ""), 1)

    assert [False, True] == [days(known, after).is_working_day(date(2026, 10, 7)) for after in (0, 1)]


# -- what no file may say -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (SHIPPED.replace("[2026-01-04,", "[2026-01-01, 2026-01-04,"), r"line 26: 2026-01-01 is named twice"),
        (SHIPPED.replace("date: 2026-01-02", "date: 2026-01-01"), r"line 8: 2026-01-01 is named twice"),
        (SHIPPED.replace("date: 2026-01-02", "date: 2024-01-02"), r"line 8: 2024-01-02 is neither in 2026 nor"),
        (SHIPPED.replace("date: 2026-01-02", "date: 2025-12-19"), r"line 8: 2025-12-19 is neither in 2026 nor"),
        (SHIPPED.replace("date: 2026-01-02", "date: 2027-01-02"), r"line 8: 2027-01-02 is neither in 2026 nor"),
        (SHIPPED.replace("date: 2026-01-02", "date: 2026-02-30"), "The calendar file: no YAML: day is out of range"),
    ],
)
def test_a_file_that_contradicts_itself_or_its_year_is_refused_by_its_line(text: str, wrong: str) -> None:
    """A day is off or worked, of the year or one of the last of December before it, and one that there is."""
    with pytest.raises(BadReference, match=wrong):
        parse_year(text)


# -- the turn of the year -----------------------------------------------------------------------------


@pytest.mark.parametrize("country", ["''", "cn", "China", "C1", "null"])
def test_a_country_is_named_by_its_two_letters(country: str) -> None:
    """Under an empty or misspelt one nobody would ever find the calendar."""
    with pytest.raises(BadReference, match="country"):
        parse_year(SHIPPED.replace("country: CN", f"country: {country}", 1))


def test_a_file_may_move_the_last_days_of_the_december_before() -> None:
    """The bridge to the first of January is decided by the next year's notice, which counts."""
    known = published(reference(), "cn-2027", YEAR_2027, 1)
    bridge, worked = date(2026, 12, 31), date(2026, 12, 26)

    assert [(True, False), (False, True)] == [
        (days(known, after).is_working_day(bridge), days(known, after).is_working_day(worked)) for after in (0, 1)
    ]


@pytest.mark.parametrize(
    ("received", "after_days", "due", "provisional"),
    [
        ("2026-12-14T10:00:00+08:00", 0, "2026-12-17", False),
        ("2026-12-17T10:00:00+08:00", 0, "2026-12-22", True),  # ends in the days that the next notice may move
        ("2026-12-25T10:00:00+08:00", 0, "2026-12-30", True),
        ("2026-12-25T10:00:00+08:00", 1, "2026-12-29", False),  # the Saturday is worked
    ],
)
def test_the_last_days_of_december_are_provisional_until_the_next_years_notice(
    received: str, after_days: int, due: str, provisional: bool
) -> None:
    """And its publication makes what rests on them stale: another version."""
    known = published(reference(), "cn-2027", YEAR_2027, 1)
    limits = Limits(known, NOW + timedelta(days=after_days))
    _, deadline = limits.own("service_attitude", datetime.fromisoformat(received))

    assert (date.fromisoformat(due), provisional) == (deadline.due_on, deadline.provisional)


def test_only_what_the_next_years_notice_may_move_rests_on_it() -> None:
    """A limit that ends before those days is not computed anew for it."""
    known = published(reference(), "cn-2027", YEAR_2027, 1)
    early, late = (date(2026, 12, 1), date(2026, 12, 19)), (date(2026, 12, 1), date(2026, 12, 20))

    assert days(known, 0).version(*early) == days(known, 1).version(*early)
    assert days(known, 0).version(*late) != days(known, 1).version(*late)
