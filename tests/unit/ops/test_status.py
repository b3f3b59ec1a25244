"""What the operator reads about letters."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ops.local.status import (
    LEAST_FREE_BYTES,
    alarm_disk,
    alarm_unproven,
    alarm_unread,
    alarms,
    behind_in_words,
    candidates,
    inbox_in_words,
    letters,
    owed_in_words,
    uncovered,
    waiting,
)

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


def test_a_mail_server_that_is_away_is_an_alarm() -> None:
    """Nothing is lost, but no customer is told anything meanwhile."""
    (alarm,) = alarms("notify", {"mail_server_away": 1, "sendings": 3})

    assert "3 wait and are tried again" in alarm
    assert [] == alarms("notify", {"mail_server_away": 0, "sendings": 3})


def test_channel_systems_that_take_no_notices_are_an_alarm() -> None:
    """They do not know how their submissions stand, and are not told any more in the end."""
    (alarm,) = alarms("notify", {"systems_away": 2, "notices_postponed": 7})

    assert "2 channel systems that take no notices: 7 wait" in alarm
    assert [] == alarms("notify", {"systems_away": 0, "notices_postponed": 7})


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


def test_a_record_of_the_inbox_that_waits_for_more_than_a_minute_is_an_alarm() -> None:
    """It says how many wait, for how long, and where to look."""
    (alarm,) = alarms("intake-inbox", {"inbox_waits": {"records": 3, "oldest_seconds": 75.2}})

    assert "intake-inbox has not answered 3 records, the oldest for 75 s" in alarm
    assert "inbox.held" in alarm
    assert [] == alarms("intake-inbox", {"inbox_waits": {"records": 500, "oldest_seconds": 59.0}})
    assert "nothing" == inbox_in_words({"records": 0, "oldest_seconds": 0.0})


def test_a_case_that_nobody_may_have_is_an_alarm() -> None:
    """It names the case, and what to do."""
    (alarm,) = alarms("routing-0", {"ownerless": ["c1", "c2"]})

    assert "c1, c2" in alarm
    assert "organisation file" in alarm


def test_files_that_nobody_can_open_are_an_alarm_once_something_keeps_their_scanner() -> None:
    """One that was only just sent is none; what keeps them is said."""
    away = {"files_waiting": 3, "files_wait_for": "The scanner at tcp://scanner.example:3310 is away: TimeoutError."}
    (alarm,) = alarms("intake", away)

    assert "3 files in quarantine that nobody can open: The scanner at tcp://scanner.example:3310 is away" in alarm
    assert [] == alarms("intake", {"files_waiting": 3, "files_wait_for": None})


def test_what_waits_for_more_than_a_minute_is_an_alarm_once() -> None:
    """Where a case is held, that says more; of a case that cannot be read its dead letter tells."""
    report = {"owed": 7, "oldest_owed_seconds": 61.0}
    held = {"held_cases": [{"case": "c1", "seconds": 61.0, "why": "no pack"}]}
    (alarm,) = alarms("routing", report)

    assert "routing has 7 triggers to answer, the oldest for 61 s" in alarm
    assert ["routing holds case c1 for 61 s: no pack"] == alarms("routing", report | held)
    assert [] == alarms("routing", report | {"oldest_owed_seconds": 60.0})
    assert [] == alarms("routing", report | {"blocked": ["c1"], "blocked_total": 1})


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


def test_dead_letters_that_nobody_tries_again_are_an_alarm() -> None:
    """What of the inbox was refused is none: whoever posted it was answered."""
    (alarm,) = alarms("sla", {"dead_letters": 2})

    assert "2 dead letters that wait: `redress dead-letters list`" in alarm
    assert [] == alarms("intake-inbox", {"inbox_refused": 2})


def test_dead_letters_that_cannot_be_published_are_an_alarm() -> None:
    """Nobody has been told of what they are about."""
    found = alarms("sla-0", {"announcements": 2, "announcements_not_kept": 7})

    assert ["2 dead letters", "7 more dead letters"] == [
        next(said for said in ("2 dead letters", "7 more dead letters") if said in line) for line in found
    ]


@pytest.mark.parametrize(
    ("held", "blocked", "more", "expected"),
    [([], [], 0, "-"), (["a"], ["b"], 0, "a, b"), (["a"], [], 99_999, "a and 99,999 more")],
)
def test_of_many_cases_that_wait_some_are_named(held: list[str], blocked: list[str], more: int, expected: str) -> None:
    """The others are counted."""
    row = {"held": held, "held_total": len(held) + more, "blocked": blocked, "blocked_total": len(blocked)}

    assert expected == waiting(row)


def test_a_store_that_cannot_be_written_is_an_alarm() -> None:
    """Nothing is lost by it, but memory grows, and the next start takes long."""
    (alarm,) = alarms("sla-0", {"stores_not_written": {"sla/3": "database or disk is full"}})

    assert "sla/3 (database or disk is full)" in alarm
    assert "stores" in alarm


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
    ("free", "said"), [(LEAST_FREE_BYTES, []), (3 * 2**20 + 7, ["the disk of /srv/data has 3 MiB left"])]
)
def test_a_disk_that_is_about_to_be_full_is_an_alarm(free: int, said: list[str]) -> None:
    """It is told once, at the first process."""
    rows: list[dict[str, Any]] = [{"alarms": []}, {"alarms": []}]
    alarm_disk(rows, Path("/srv/data"), free)

    assert said == [line.partition(":")[0] for line in rows[0]["alarms"]]
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


def test_candidates_that_wait_are_counted_with_the_oldest() -> None:
    """Where nothing waits, nothing is said."""
    waiting = {"candidates_waiting": 2, "candidates_oldest": "2026-07-06T09:00:00+08:00"}

    assert candidates([{"name": "sla"}, {"candidates_waiting": 0}]) is None
    assert "2 wait for somebody to confirm or drop them, since 2026-07-06T09:00:00+08:00" == candidates([{}, waiting])
