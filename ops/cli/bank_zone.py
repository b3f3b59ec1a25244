"""Instants as the command line shows them: in the bank's zone, whatever zone they were sent in."""

from datetime import datetime
from typing import Any

from ops.local import reference
from shared.bank.bank_day import BankDay
from shared.bank.in_force import bank_day
from shared.process.settings import Settings

DATE_LENGTH = len("2020-03-05")


async def day_of(settings: Settings, at: datetime) -> BankDay:
    """The bank's day of an installation. Raises NotYet: no organisation is in force."""
    return bank_day(await reference.published(settings), at)


def in_zone(value: Any, day: BankDay) -> Any:
    """Plain JSON with every instant in the bank's zone."""
    if isinstance(value, dict):
        return {key: in_zone(inner, day) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [in_zone(inner, day) for inner in value]
    return _local(value, day) if isinstance(value, str) and value[DATE_LENGTH : DATE_LENGTH + 1] == "T" else value


def _local(text: str, day: BankDay) -> str:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if found.tzinfo is None else day.local(found).isoformat()
