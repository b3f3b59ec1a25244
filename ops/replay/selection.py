"""A selection says which records of the log are meant: by when they were recorded, case, type and unit. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from shared.contract.envelope import from_json, name_and_version
from shared.contract.records import HEADER_TYPE, Record
from shared.errors import Unreadable


class Selection(NamedTuple):
    """Keeps what records have to be. None: it does not matter. ``types``: names of events, with or without version."""

    since: datetime | None = None
    until: datetime | None = None
    case: str | None = None
    types: tuple[str, ...] = ()
    unit: str | None = None


class Chooser:
    """Chooses records. ``cases``: those of the unit that is meant, None where that does not matter."""

    def __init__(self, selection: Selection, cases: frozenset[str] | None) -> None:
        self._selection = selection
        self._cases = cases

    def chooses(self, record: Record) -> bool:
        """Whether a record is meant. What cannot be read is meant only where nothing is asked of what it says."""
        selection = self._selection
        if selection.case is not None and record.key != selection.case:
            return False
        if self._cases is not None and record.key not in self._cases:
            return False
        return (not selection.types or _is_one_of(record.headers, selection.types)) and self._in_time(record)

    def _in_time(self, record: Record) -> bool:
        since, until = self._selection.since, self._selection.until
        if since is None and until is None:
            return True
        try:
            at = from_json(record.value).recorded_at
        except (Unreadable, ValueError, TypeError):
            return False
        return (since is None or at >= since) and (until is None or at < until)


def _is_one_of(headers: Mapping[str, bytes], types: tuple[str, ...]) -> bool:
    said = headers.get(HEADER_TYPE, b"").decode("utf-8", "replace")
    try:
        name, _ = name_and_version(said)
    except Unreadable:
        return said in types
    return name in types or said in types
