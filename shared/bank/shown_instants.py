"""Instants as people and callers are shown them: in the bank's zone, whatever zone they were sent in. Pure."""

from datetime import datetime
from typing import Any

from shared.bank.bank_day import BankDay

DATE_LENGTH = len("2020-03-05")
WORDS_OF_OTHERS = ("id", "reference", "number")
"""Endings of fields that hold what others call a thing: it stays as it is, also where it reads as an instant."""


def in_zone(value: Any, day: BankDay) -> Any:
    """Plain JSON with every instant in the bank's zone. What is sealed is to be sealed here: it is said, not ours."""
    if isinstance(value, dict):
        return {key: inner if _is_name(key, inner) else in_zone(inner, day) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [in_zone(inner, day) for inner in value]
    return _local(value, day) if isinstance(value, str) and value[DATE_LENGTH : DATE_LENGTH + 1] == "T" else value


def _is_name(key: str, value: Any) -> bool:
    return isinstance(value, str) and key.endswith(WORDS_OF_OTHERS)


def _local(text: str, day: BankDay) -> str:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if found.tzinfo is None else day.local(found).isoformat()
