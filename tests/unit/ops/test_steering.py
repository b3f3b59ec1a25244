"""The barrier says what it waits for, and ends."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ops.local.steering import Look, told

NOW = datetime(2020, 3, 5, 2, tzinfo=UTC)
AT_REST: dict[str, Any] = {
    "service": "sla", "ready": True, "positions": {"0": 7}, "commands": {}, "owed": 0, "sendings": 0,
    "next_due": None, "held_cases": [], "now": NOW.isoformat(), "reference": 3,
}  # fmt: skip
HELD = {"case": "c1", "seconds": 12.0, "why": "reference_missing: No pack is in force."}


def waits_for(**changes: Any) -> list[str]:
    """What a look at one process finds unsettled."""
    return Look(((7,), (2,), (0,), (3,)), (AT_REST | changes,)).waits_for(NOW)


def test_nothing_is_waited_for_where_all_is_at_rest() -> None:
    """That is settled."""
    assert [] == waits_for()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ready": False}, "sla is not ready"),
        ({"owed": 2}, "sla owes 2 answers"),
        ({"held_cases": [HELD]}, "sla holds case c1 for 12 s: reference_missing: No pack is in force."),
        ({"sendings": 3, "mail_server_away": 1}, "sla has 3 under way, mail server away"),
        ({"now": None}, "sla has the clock at None"),
        ({"reference": 2}, "sla has not read the newest reference data"),
        ({"commands": {"0": 1}}, "sla has not read the newest commands"),
        ({"next_due": NOW.timestamp()}, "sla has something due"),
        ({"positions": {"0": 6}}, "sla has not read the log up to its end"),
        ({"positions": {}}, "sla has nobody on some partition"),
    ],
)
def test_what_is_waited_for_is_named(changes: dict[str, Any], expected: str) -> None:
    """Each in words, with the service and the reason."""
    assert [expected] == waits_for(**changes)


def test_many_reasons_are_counted() -> None:
    """A terminal shows the first of them."""
    assert "a; b; c; d; e; and 2 more" == told(list("abcdefg"))
