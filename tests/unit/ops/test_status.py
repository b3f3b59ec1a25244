"""What the operator reads about letters."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ops.local.status import LEAST_FREE_BYTES, alarm_disk, alarm_unproven, alarms, letters

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("under_way", "postponed", "away", "expected"),
    [
        (0, 0, False, "-"),
        (3, 0, False, "3 under way"),
        (3, 2, False, "3 under way, 2 to be tried again"),
        (40, 0, True, "40 under way, mail server away"),
    ],
)
def test_status_says_in_words_what_becomes_of_the_letters(
    under_way: int, postponed: int, away: bool, expected: str
) -> None:
    """Nothing is said where there is nothing to say."""
    row = {"sendings": under_way, "sendings_postponed": postponed, "mail_server_away": away}

    assert expected == letters(row)


def test_a_case_that_is_held_for_more_than_a_minute_is_an_alarm_with_its_reason() -> None:
    """One that has just been tried is none."""
    long, short = (
        {"case": case, "seconds": seconds, "why": "reference_missing: No pack is in force: publish one."}
        for case, seconds in (("a", 75.4), ("b", 59.9))
    )

    assert ["sla-0 holds case a for 75 s: reference_missing: No pack is in force: publish one."] == alarms(
        "sla-0", {"held_cases": [long, short]}
    )
    assert [] == alarms("intake", {})


def test_a_case_that_nobody_may_have_is_an_alarm() -> None:
    """It names the case, and what to do."""
    (alarm,) = alarms("routing-0", {"ownerless": ["c1", "c2"]})

    assert "c1, c2" in alarm
    assert "organisation file" in alarm


def test_dead_letters_that_cannot_be_published_are_an_alarm() -> None:
    """Nobody has been told of what they are about."""
    found = alarms("sla-0", {"announcements": 2, "announcements_not_kept": 7})

    assert ["2 dead letters", "7 more dead letters"] == [
        next(said for said in ("2 dead letters", "7 more dead letters") if said in line) for line in found
    ]


def test_a_forged_record_is_an_alarm_once_for_a_day_and_shown_for_ever() -> None:
    """At the process that met most of them, however many met it."""
    met = {"last": "0:7", "last_at": NOW.isoformat()}
    rows: list[dict[str, Any]] = [
        {"unproven": {"complaints.events": {"records": count, **met}} if count else {}, "alarms": []}
        for count in (0, 1, 3)
    ]
    alarm_unproven(rows, NOW + timedelta(hours=23))
    first = [len(row["alarms"]) for row in rows]
    alarm_unproven(rows, NOW + timedelta(hours=25))

    assert [0, 0, 1] == first == [len(row["alarms"]) for row in rows]
    assert rows[2]["alarms"][0].startswith("3 records of complaints.events were not written by this installation")
    assert "0:7" in rows[2]["alarms"][0]


@pytest.mark.parametrize(
    ("free", "said"), [(LEAST_FREE_BYTES, []), (3 * 2**20 + 7, ["the disk of /srv/data has 3 MiB left"])]
)
def test_a_disk_that_is_about_to_be_full_is_an_alarm(free: int, said: list[str]) -> None:
    """It is told once, at the first process."""
    rows: list[dict[str, Any]] = [{"alarms": []}, {"alarms": []}]
    alarm_disk(rows, Path("/srv/data"), free)

    assert said == [line.partition(":")[0] for line in rows[0]["alarms"]]
    assert [] == rows[1]["alarms"]
