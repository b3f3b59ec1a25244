"""What processes report, in words for a person at the terminal."""

from collections.abc import Sequence
from typing import Any


def in_words(held: dict[str, Any]) -> str:
    """A case that waits: for how long, and why."""
    return f"holds case {held['case']} for {held['seconds']:.0f} s: {held['why']}"


def behind_in_words(row: dict[str, Any]) -> str:
    """How far a process lags behind the log's end, as far as it says so."""
    return "-" if row["behind_records"] is None else _with_seconds(row["behind_records"], row["behind_seconds"])


def owed_in_words(row: dict[str, Any]) -> str:
    """What a process has to answer, and for how long the oldest of it waits."""
    return _with_seconds(row["owed"], row["oldest_owed_seconds"])


def _with_seconds(number: int, seconds: float) -> str:
    return f"{number}, {seconds:.0f} s" if seconds >= 1 else str(number)


def inbox_in_words(inbox: dict[str, Any]) -> str:
    """What of the inbox is not answered."""
    if not inbox["records"]:
        return "nothing"
    return f"{inbox['records']} records, the oldest for {inbox['oldest_seconds']:.0f} s"


def waiting(row: dict[str, Any]) -> str:
    """The cases of a process that wait, or that nobody can read, in words for a person at the terminal."""
    named = [*row["held"], *row["blocked"]]
    more = row["held_total"] + row["blocked_total"] - len(named)
    return (", ".join(named) or "-") + (f" and {more:,} more" if more > 0 else "")


def candidates(rows: list[dict[str, Any]]) -> str | None:
    """What was found and waits for somebody to decide, in words; None where nothing does."""
    row = max(rows, key=lambda one: one.get("candidates_waiting", 0), default=None)
    if row is None or not row.get("candidates_waiting"):
        return None
    return f"{row['candidates_waiting']} wait for somebody to confirm or drop them, since {row['candidates_oldest']}"


def letters(row: dict[str, Any]) -> str:
    """The letters of a process in words for a person at the terminal."""
    parts = [f"{row['sendings']} under way"] if row["sendings"] else []
    parts += [f"{row['sendings_postponed']} to be tried again"] if row["sendings_postponed"] else []
    parts += ["mail server away"] if row["mail_server_away"] else []
    return ", ".join(parts) or "-"


NAMED_CASES = 5
"""Of more that wait for one reason only the number is told."""


def blocked_in_words(cases: Sequence[str]) -> str:
    """The cases of which a record cannot be read, in a line."""
    more = f" and {len(cases) - NAMED_CASES:,} more" if len(cases) > NAMED_CASES else ""
    reason = "a record of it" if len(cases) == 1 else "a record of each"
    which = f"{len(cases):,} case{' waits' if len(cases) == 1 else 's wait'} in it, since {reason}"
    named = ", ".join(cases[:NAMED_CASES]) + more
    return f"{which} cannot be read: {named}; all others are built. `redress dead-letters list` says why"
