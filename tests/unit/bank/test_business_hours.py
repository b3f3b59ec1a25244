"""Limits in business hours, against a count that looks at every minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from ops.local.reference import shipped_calendar
from services.sla.deadlines import duty_deadline, promised_deadline
from shared.bank.bank_day import BankDay, BusinessHours
from shared.bank.organisation_file import parse_organisation
from shared.case.duty_kinds import FOUR_BUSINESS_HOURS, ONE_WORKING_DAY
from shared.errors import BadReference
from tests.support.letter_case import ORGANISATION

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = shipped_calendar()
MINUTE = timedelta(minutes=1)
BANK = 'close_of_business: "24:00"'
hours = st.tuples(st.integers(0, 23 * 60), st.integers(1, 24 * 60)).filter(lambda pair: pair[0] < pair[1])
instants = st.builds(
    lambda day, minute: datetime.combine(day, time(0), ZONE) + minute * MINUTE,
    st.dates(date(2019, 1, 1), date(2026, 12, 1)),
    st.integers(0, 24 * 60 - 1),
)
lengths = st.integers(1, 3 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


def of(opens: int, closes: int) -> BusinessHours:
    """Hours given in minutes since midnight."""
    return BusinessHours(ZONE, timedelta(minutes=opens), timedelta(minutes=closes))


NINE_TO_FIVE = of(9 * 60, 17 * 60)


def counts(at: datetime, found: BusinessHours) -> bool:
    """Whether the minute that begins at an instant is one in which the bank works."""
    since_midnight = timedelta(hours=at.hour, minutes=at.minute)
    return CALENDAR.is_working_day(at.date()) and found.opens <= since_midnight < found.closes


def counted(start: datetime, length: timedelta, found: BusinessHours) -> datetime:
    """The naive count: minute by minute."""
    at = start
    while length > timedelta(0):
        length -= MINUTE if counts(at, found) else timedelta(0)
        at += MINUTE
    return at


@for_all(instants, st.integers(1, 12 * 60), st.integers(4 * 60, 10 * 60), st.integers(30, 12 * 60))
def test_a_limit_ends_where_counting_minute_by_minute_ends(
    start: datetime, minutes: int, opens: int, open_: int
) -> None:
    """Whatever the hours, weekends and holidays included."""
    found = of(opens, opens + open_)
    length = timedelta(minutes=minutes)

    assert counted(start, length, found) == found.after(start, length, CALENDAR)


@for_all(instants, lengths, hours)
def test_a_limit_never_ends_outside_business_hours(start: datetime, length: timedelta, pair: tuple[int, int]) -> None:
    """The last minute of it is one in which the bank works."""
    found = of(*pair)
    end = found.after(start, length, CALENDAR)

    assert counts((end - timedelta.resolution).astimezone(ZONE), found)
    assert start < end


@for_all(instants, st.integers(0, 20 * 24 * 60), lengths, lengths)
def test_who_begins_later_or_has_longer_never_ends_earlier(
    start: datetime, later: int, length: timedelta, more: timedelta
) -> None:
    """Monotone in both."""
    end = NINE_TO_FIVE.after(start, length, CALENDAR)

    assert end <= NINE_TO_FIVE.after(start + later * MINUTE, length, CALENDAR)
    assert end < NINE_TO_FIVE.after(start, length + more, CALENDAR)


@for_all(instants, lengths, lengths, hours)
def test_two_limits_one_after_the_other_are_one_of_both_lengths(
    start: datetime, first: timedelta, second: timedelta, pair: tuple[int, int]
) -> None:
    """Additive."""
    found = of(*pair)
    between = found.after(start, first, CALENDAR)

    assert found.after(between, second, CALENDAR) == found.after(start, first + second, CALENDAR)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2020-03-05T09:00:00+08:00", "2020-03-05T13:00:00+08:00"),
        (
            "2020-03-05T13:00:00+08:00",
            "2020-03-05T17:00:00+08:00",
        ),  # used up exactly at closing time: then, not at nine
        ("2020-03-05T16:00:30+08:00", "2020-03-06T12:00:30+08:00"),  # seconds count too
        ("2020-03-06T17:00:00+08:00", "2020-03-09T13:00:00+08:00"),  # closed, and a weekend
        ("2020-03-06T03:00:00+00:00", "2020-03-06T15:00:00+08:00"),  # another zone's clock
        ("2020-09-30T16:00:00+08:00", "2020-10-09T12:00:00+08:00"),  # the National Day holidays
        ("2020-09-26T12:00:00+08:00", "2020-09-27T13:00:00+08:00"),  # a Sunday that is worked
    ],
)
def test_four_business_hours_counted_by_hand(start: str, end: str) -> None:
    """Each with its reason beside it."""
    found = duty_deadline(FOUR_BUSINESS_HOURS, datetime.fromisoformat(start), CALENDAR, bank_day())

    assert datetime.fromisoformat(end) == found.due_at
    assert date.fromisoformat(end[:10]) == found.due_on


def bank_day(hours_: str = "09:00-17:00", close: str = "24:00") -> BankDay:
    """The day of a bank."""
    return BankDay.of("Asia/Shanghai", close, hours_)


def test_a_bank_that_works_till_midnight_ends_its_limits_on_that_day() -> None:
    """Twenty-four o'clock still belongs to the day."""
    found = duty_deadline(FOUR_BUSINESS_HOURS, datetime(2020, 3, 5, 20, tzinfo=ZONE), CALENDAR, bank_day("08:00-24:00"))

    assert (date(2020, 3, 5), datetime(2020, 3, 6, tzinfo=ZONE)) == (found.due_on, found.due_at)


def test_a_duty_in_working_days_ends_with_the_banks_day() -> None:
    """The day it was opened is day 0, as for a complaint; the close of business ends the day."""
    opened = datetime(2020, 3, 6, 18, tzinfo=ZONE)
    found = duty_deadline(ONE_WORKING_DAY, opened, CALENDAR, bank_day(close="17:30"))

    assert (date(2020, 3, 9), datetime(2020, 3, 9, 17, 30, tzinfo=ZONE)) == (found.due_on, found.due_at)
    assert (None, "duties", opened) == (found.complaint_class, found.pack.id, found.received_at)


def test_a_promise_is_due_at_the_very_instant() -> None:
    """Nothing is counted, on whatever day it falls, and no calendar can make it provisional."""
    sunday = datetime(2027, 3, 7, 3, tzinfo=UTC)
    found = promised_deadline(sunday, datetime(2026, 12, 30, tzinfo=UTC), CALENDAR, bank_day())

    assert (date(2027, 3, 7), sunday, False, None) == (found.due_on, found.due_at, found.provisional, found.length)


def test_a_limit_without_length_is_a_mistake() -> None:
    """Nothing can be owed in no time."""
    with pytest.raises(ValueError, match="length"):
        NINE_TO_FIVE.after(datetime(2020, 3, 5, tzinfo=ZONE), timedelta(0), CALENDAR)


@pytest.mark.parametrize("text", ["9-17", "09:00", "17:00-09:00", "09:00-09:00", "09:00-25:00", "09:70-17:00", ""])
def test_business_hours_that_are_none_are_refused_with_their_line(text: str) -> None:
    """Publishing the file says where it is wrong."""
    with pytest.raises(BadReference, match=r"line 2.*business_hours"):
        parse_organisation(ORGANISATION.replace(BANK, f'{BANK}, business_hours: "{text}"'))


def test_business_hours_are_nine_to_five_unless_the_file_says_otherwise() -> None:
    """An older file stays valid."""
    said = ORGANISATION.replace(BANK, f'{BANK}, business_hours: "08:30-18:00"')

    assert "09:00-17:00" == parse_organisation(ORGANISATION).bank.business_hours
    assert "08:30-18:00" == parse_organisation(said).bank.business_hours
