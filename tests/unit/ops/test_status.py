"""What the operator reads about letters."""

import pytest

from ops.local.status import alarms, letters


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
