"""What a process reports is an alarm where somebody has to see to it, in words that say what to do."""

from typing import Any, NamedTuple

import pytest

from ops.local.reported_alarms import ALARMS, alarms


class Example(NamedTuple):
    """A report that is an alarm, one that is none, and what is said of the first."""

    alarming: dict[str, Any]
    well: dict[str, Any]
    said: str


SAID = {
    # everybody is gone or a party: the case waits until somebody is named
    "ownerless": Example(
        {"ownerless": ["c1", "c2"]},
        {"ownerless": []},
        "sla-0 knows nobody who may accept or handle c1, c2: everybody is gone or a party concerned; name somebody in "
        "the organisation file (`redress reference publish organisation`), or assign another unit",
    ),
    # a box into which nobody looked: the call is shown with its own gap
    "neglected": Example(
        {"neglected": ["opinion-box/dongqiao"]},
        {"neglected": []},
        "sla-0 knows of no review of opinion-box/dongqiao since one was missed: look into the box and record it, late "
        "as it is (POST /v1/opinion-boxes/{unit}/reviews)",
    ),
    # nothing is lost, but no customer is told anything meanwhile
    "mail_server_away": Example(
        {"mail_server_away": 1, "sendings": 3},
        {"mail_server_away": 0, "sendings": 3},
        "sla-0 finds no mail server that takes letters: 3 wait and are tried again; notify.mail_server_away in its log "
        "says why (docs/how-to/runbooks/RedressMailServerAway.md)",
    ),
    # they do not know how their submissions stand, and are not told any more in the end
    "systems_away": Example(
        {"systems_away": 2, "notices_postponed": 7},
        {"systems_away": 0, "notices_postponed": 7},
        "sla-0 finds 2 channel systems that take no notices: 7 wait, are tried again and given up after four days; "
        "notify.sending_postponed in its log says why (docs/how-to/receive-webhooks.md)",
    ),
    # a file that was only just sent is no alarm: something has to keep its scanner
    "files_wait_for": Example(
        {"files_waiting": 3, "files_wait_for": "The scanner at tcp://scanner.example:3310 is away: TimeoutError."},
        {"files_waiting": 3, "files_wait_for": None},
        "sla-0 has 3 files in quarantine that nobody can open: The scanner at tcp://scanner.example:3310 is away: "
        "TimeoutError. They are scanned as soon as a scanner answers (docs/how-to/operate.md)",
    ),
    # many that came just now are no alarm, one that waits for more than a minute is
    "inbox_waits": Example(
        {"inbox_waits": {"records": 3, "oldest_seconds": 75.2}},
        {"inbox_waits": {"records": 500, "oldest_seconds": 60.0}},
        "sla-0 has not answered 3 records, the oldest for 75 s: look in its log for inbox.held, which names what waits "
        "and why; the brokers delete what nobody has answered within 7 days",
    ),
    # what of the inbox was refused is none: whoever posted it was answered
    "dead_letters": Example(
        {"dead_letters": 2},
        {"dead_letters": 0, "inbox_refused": 2},
        "sla-0 has 2 dead letters that wait: `redress dead-letters list` says what to do first",
    ),
    # nobody has been told of what they are about
    "announcements": Example(
        {"announcements": 2},
        {"announcements": 0},
        "sla-0 has 2 dead letters that it cannot publish: look whether the vault and the topic complaints.dead-letters "
        "can be reached (dead_letter.waiting in its log names the error)",
    ),
    # memory grows, and the next start takes long
    "stores_not_written": Example(
        {"stores_not_written": {"sla/3": "database or disk is full"}},
        {"stores_not_written": {}},
        "sla-0 cannot write down what it knows in sla/3 (database or disk is full): nothing is lost, but it needs more "
        "and more memory, and reads the log anew at its next start; make room in the folder `stores`, or see that it "
        "may write there",
    ),
    # what is shown gets old
    "database_away": Example(
        {"database_away": "OperationalError"},
        {"database_away": None},
        "sla-0 cannot work with its database (OperationalError): calls are answered 503, and what it shows is as old "
        "as that; nothing is lost, the log has all of it. If server and disk are well it is damaged: `redress console "
        "rebuild`",
    ),
    # of these nobody is ever told otherwise
    "announcements_not_kept": Example(
        {"announcements_not_kept": 7},
        {"announcements_not_kept": 0},
        "sla-0 did not keep 7 more dead letters: mend what keeps them back, then start it anew",
    ),
}
"""By what is reported."""


@pytest.mark.parametrize("reported", [row.reported for row in ALARMS])
def test_each_row_says_what_is_reported_and_nothing_where_all_is_well(reported: str) -> None:
    """Word by word, also where a process reports nothing of it at all."""
    alarming, well, said = SAID[reported]

    assert [said] == alarms("sla-0", alarming)
    assert [] == alarms("sla-0", well)
    assert [] == alarms("sla-0", {})


def test_all_that_is_reported_is_told_each_by_itself() -> None:
    """Two stores are two alarms; none keeps another one back."""
    report = {"stores_not_written": {"sla/0": "full", "sla/3": "full"}, "database_away": "full", "dead_letters": 1}
    found = alarms("sla-0", report)

    assert 4 == len(found)
    assert all(any(said in line for line in found) for said in ("sla/0", "sla/3", "its database", "1 dead letters"))


def test_a_case_that_is_held_for_more_than_a_minute_is_an_alarm_with_its_reason() -> None:
    """One that has just been tried is none."""
    long, short = (
        {"case": case, "seconds": seconds, "why": "reference_missing: No pack is in force: publish one."}
        for case, seconds in (("a", 75.4), ("b", 59.9))
    )

    assert ["sla-0 holds case a for 75 s: reference_missing: No pack is in force: publish one."] == alarms(
        "sla-0", {"held_cases": [long, short]}
    )


def test_what_waits_for_more_than_a_minute_is_an_alarm_once() -> None:
    """Where a case is held, that says more; of a case that cannot be read its dead letter tells."""
    report = {"owed": 7, "oldest_owed_seconds": 61.0}
    held = {"held_cases": [{"case": "c1", "seconds": 61.0, "why": "no pack"}]}
    (alarm,) = alarms("routing", report)

    assert "routing has 7 triggers to answer, the oldest for 61 s" in alarm
    assert ["routing holds case c1 for 61 s: no pack"] == alarms("routing", report | held)
    assert [] == alarms("routing", report | {"oldest_owed_seconds": 60.0})
    assert [] == alarms("routing", report | {"blocked": ["c1"], "blocked_total": 1})
