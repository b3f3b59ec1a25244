"""Instants as the database compares them. Pure."""

from datetime import datetime


def micros(instant: str) -> int:
    """An instant of an event in microseconds of the epoch, for comparing."""
    return round(datetime.fromisoformat(instant).timestamp() * 1_000_000)
