"""What the operator reads about how far all cases have come."""

from typing import Any

import pytest

from ops.local.completeness import alarms, in_words, unpublished_in_words
from services.console.projection.completeness import Gap
from services.console.projection.hops import GAPS

HOPS = {"received": 9, "routed": 9, "clocked": 9, "acknowledged": 7, "not_acknowledged": 2, "acknowledging": 0}


def counted(**changes: Any) -> dict[str, Any]:
    """What the console says where all is well, but for this."""
    nothing = {"cases": 0, "oldest_seconds": 0.0, "named": list[str]()}
    missing = dict.fromkeys(GAPS, nothing) | changes.pop("missing", {})
    return HOPS | {"missing": missing, "silent": 0, "silent_cases": [], "silent_days": 10} | changes


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "received 9 = routed 9 = clocked 9 = acknowledged 7 + 2 with a reason not"),
        (
            {"acknowledged": 6, "acknowledging": 1},
            "received 9 = routed 9 = clocked 9 = acknowledged 6 + 2 with a reason not + 1 being sent",
        ),
        (
            {"routed": 8},
            "received 9, routed 8, clocked 9, acknowledged 7 + 2 with a reason not: they differ",
        ),
    ],
)
def test_the_hops_stand_beside_each_other(changes: dict[str, int], expected: str) -> None:
    """They are equal or said to differ: whoever reads it need not compare."""
    assert expected == in_words(counted(**changes))


@pytest.mark.parametrize("gap", GAPS)
def test_what_is_missing_for_more_than_a_minute_is_an_alarm(gap: str) -> None:
    """It names the first cases, and where to look; for a minute it may be on its way."""
    many = {gap: {"cases": 5, "oldest_seconds": 61.4, "named": ["c1", "c2", "c3", "c4", "c5"]}}
    one = {gap: {"cases": 1, "oldest_seconds": 60.0, "named": ["c1"]}}
    (alarm,) = alarms(counted(missing=many), 60)

    assert alarm.startswith("5 cases (c1, c2, c3 and 2 more) are ")
    assert "61 s" in alarm
    assert "`redress " in alarm
    assert [] == alarms(counted(missing=one), 60)


def test_cases_of_which_nothing_was_heard_are_an_alarm() -> None:
    """Whoever handles them has forgotten them, or is waited for in vain."""
    (alarm,) = alarms(counted(silent=1, silent_cases=["c1"]), 60)

    assert "nothing was heard of 1 case (c1) for more than 10 days" in alarm
    assert [] == alarms(None, 60)


def test_a_gap_is_as_old_as_its_first_case() -> None:
    """A clock that was put back makes nothing younger than it is."""
    assert (2.5, 0.0, 0.0) == (
        Gap(1, 1_000_000).seconds(3_500_000),
        Gap(1, 4_000_000).seconds(3_500_000),
        Gap(0).seconds(3_500_000),
    )


@pytest.mark.parametrize(("partitions", "said"), [(0, None), (3, "3 partitions"), (None, "not counted yet")])
def test_what_analysts_have_not_got_yet_is_said_and_what_nobody_counted_too(
    partitions: int | None, said: str | None
) -> None:
    """A console that never came to publish anything looked like one that had nothing to publish."""
    words = unpublished_in_words(partitions)

    assert (said is None) == (words is None)
    assert said is None or str(words).startswith(said)
