"""What the operator reads of all processes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ops.local.status import alarm_disks, alarm_unproven, alarm_unread, uncovered
from ops.local.status_words import (
    NAMED_CASES,
    behind_in_words,
    blocked_in_words,
    candidates,
    inbox_in_words,
    letters,
    owed_in_words,
    waiting,
)
from shared.process.disks import LEAST_FREE_BYTES, Seen

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


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"behind_records": 0, "behind_seconds": 0.0, "owed": 0, "oldest_owed_seconds": 0.0}, ("0", "0")),
        ({"behind_records": 3, "behind_seconds": 0.4, "owed": 2, "oldest_owed_seconds": 0.9}, ("3", "2")),
        ({"behind_records": 12, "behind_seconds": 4.6, "owed": 5, "oldest_owed_seconds": 61.2}, ("12, 5 s", "5, 61 s")),
        ({"behind_records": None, "behind_seconds": None, "owed": 0, "oldest_owed_seconds": 0.0}, ("-", "0")),
    ],
)
def test_what_lags_says_by_how_much_and_for_how_long(row: dict[str, Any], expected: tuple[str, str]) -> None:
    """Seconds are told once there are some; who does not answer is not said to be at the end."""
    assert expected == (behind_in_words(row), owed_in_words(row))


@pytest.mark.parametrize(
    ("held", "blocked", "more", "expected"),
    [([], [], 0, "-"), (["a"], ["b"], 0, "a, b"), (["a"], [], 99_999, "a and 99,999 more")],
)
def test_of_many_cases_that_wait_some_are_named(held: list[str], blocked: list[str], more: int, expected: str) -> None:
    """The others are counted."""
    row = {"held": held, "held_total": len(held) + more, "blocked": blocked, "blocked_total": len(blocked)}

    assert expected == waiting(row)


def test_a_forged_record_is_an_alarm_once_for_a_day_and_shown_for_ever() -> None:
    """At the process that met most of them, however many met it."""
    met = {"last": "0:7", "last_at": NOW.isoformat(), "why": "it has no proof"}
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
    assert "it has no proof" in rows[2]["alarms"][0]


def test_a_case_that_only_an_api_cannot_read_is_an_alarm() -> None:
    """Of what a worker cannot read either its dead letter tells."""
    rows: list[dict[str, Any]] = [
        {"name": "sla", "blocked": ["c1"], "alarms": []},
        {"name": "casework-api", "blocked": ["c1", "c2"], "alarms": []},
        {"name": "intake", "blocked": ["c1"], "alarms": []},
    ]
    alarm_unread(rows, {"sla"})

    assert [0, 1, 0] == [len(row["alarms"]) for row in rows]
    assert rows[1]["alarms"][0].startswith("casework-api cannot read c2, and all others can")


@pytest.mark.parametrize(
    ("free", "said"),
    [
        ({"": LEAST_FREE_BYTES}, []),
        ({"": 3 * 2**20 + 7}, ["the disk of /srv/data has 3 MiB left: free some, or nothing can be taken in any more"]),
        (
            {"": LEAST_FREE_BYTES, "outbox/print": 0},
            ["the disk of /srv/data/outbox/print has 0 MiB left: free some, or what is to be written there waits"],
        ),
        (
            {"": LEAST_FREE_BYTES, "broker/log": 0},
            ["the disk of /srv/data/broker/log has 0 MiB left: free some, or nothing can be taken in any more"],
        ),
    ],
)
def test_each_disk_that_is_about_to_be_full_is_an_alarm(free: dict[str, int], said: list[str]) -> None:
    """It is told once, at the first process, with the folder that lies there."""
    data, rows = Path("/srv/data"), list[dict[str, Any]]([{"alarms": []}, {"alarms": []}])
    alarm_disks(rows, data, Seen({data / folder: left for folder, left in free.items()}))

    assert said == rows[0]["alarms"]
    assert [] == rows[1]["alarms"]


def test_a_service_that_has_nobody_on_some_partition_is_named() -> None:
    """A worker that was given none, since its group still waits for a dead member, lags behind in nothing: it waits."""
    two, none = {"0": 7, "1": 3}, dict[str, int]()
    reports: list[dict[str, Any]] = [
        {"service": "sla", "ready": True, "positions": none},
        {"service": "routing", "ready": True, "positions": {"0": 7}},
        {"service": "routing", "ready": True, "positions": {"1": 3}},
        {"service": "notify", "ready": True, "positions": {"1": 3}},
        {"service": "console", "ready": True, "positions": two},
        {"ready": False},
    ]

    assert ["sla", "notify"] == uncovered(reports, 2)


def test_an_inbox_that_is_answered_has_nothing_to_say() -> None:
    """What is not answered is told with the oldest of it."""
    assert "nothing" == inbox_in_words({"records": 0, "oldest_seconds": 0.0})
    assert "3 records, the oldest for 75 s" == inbox_in_words({"records": 3, "oldest_seconds": 75.2})


def test_candidates_that_wait_are_counted_with_the_oldest() -> None:
    """Where nothing waits, nothing is said."""
    waiting = {"candidates_waiting": 2, "candidates_oldest": "2026-07-06T09:00:00+08:00"}

    assert candidates([{"name": "sla"}, {"candidates_waiting": 0}]) is None
    assert "2 wait for somebody to confirm or drop them, since 2026-07-06T09:00:00+08:00" == candidates([{}, waiting])


@pytest.mark.parametrize(
    ("cases", "said"),
    [(1, "1 case waits in it, since a record of it"), (2, "2 cases wait in it, since a record of each")],
)
def test_cases_that_wait_in_what_was_built_are_told_in_one_line(cases: int, said: str) -> None:
    """Of many some are named."""
    few = blocked_in_words([f"c{number}" for number in range(cases)])
    many = blocked_in_words([f"c{number}" for number in range(NAMED_CASES + 2)])

    assert few.startswith(said)
    assert "c0" in few
    assert f"c{NAMED_CASES - 1} and 2 more;" in many
    assert "\n" not in many
