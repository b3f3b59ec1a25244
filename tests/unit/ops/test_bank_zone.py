"""The command line shows every instant in the bank's zone, and leaves all else as it is."""

from datetime import datetime

from ops.previews.deadline_and_routing import deadline
from shared.bank.in_force import bank_day
from shared.bank.shown_instants import in_zone
from tests.support.facts import NOW, reference

DAY = bank_day(reference(), NOW)


def test_every_instant_is_in_the_banks_zone_wherever_it_stands() -> None:
    """In lists and below names, whatever zone it came in."""
    said = {"received_at": "2020-03-05T02:00:00Z", "clocks": [["reply", "2020-03-10T20:00:00+00:00"]]}

    assert {
        "received_at": "2020-03-05T10:00:00+08:00",
        "clocks": [["reply", "2020-03-11T04:00:00+08:00"]],
    } == in_zone(said, DAY)


def test_what_is_no_instant_stays_as_it_is() -> None:
    """Dates, numbers of cases, words, and a time without a zone."""
    said = ["2020-03-05", "20200305-0000000001-6", "2020-03-05Tea", "2020-03-05T02:00:00", None, True, 7]

    assert said == in_zone(said, DAY)


def test_what_others_call_a_thing_stays_as_they_call_it() -> None:
    """The id of a call may be the time it came in at."""
    said = {"call_id": "2020-03-05T02:00:00Z", "reference": "2020-03-05T02:00:00Z"}

    assert said == in_zone(said, DAY)


def test_a_deadline_is_told_in_one_zone() -> None:
    """Receipt and limit: they were in two."""
    found = deadline(None, None, datetime.fromisoformat("2020-03-05T02:00:00+00:00"), [])

    assert "2020-03-05T10:00:00+08:00" == found["received_at"]
    assert found["due_at"].endswith("+08:00")
