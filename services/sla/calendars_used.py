"""Clocks rest on calendar files; this module says on which, so that a new file is held only against those that do.

Pure. A case stands under a key per calendar version that a running clock of it was counted by.
"""

from collections.abc import Hashable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from services.sla.boxes import UNREVIEWED
from services.sla.case import WIDTH, SlaState
from services.sla.clocks import RUNNING
from shared.bank.in_force import PACK, bank_calendar, calendar_in_force
from shared.bank.pack import parse_pack
from shared.bank.reference import Reference
from shared.bank.working_days import Calendar
from shared.errors import NotYet

FILED_BY = frozenset({"ClockStarted", "ClockRecomputed", "ClockMet", "ClockStopped", "ClockBreached"})
"""What begins or ends a clock, or counts it by another calendar."""
DAY_SECONDS = 86_400


class CalendarUsed(NamedTuple):
    """What running clocks were counted by. ``pack`` is None for clocks of duties, which count by the bank's calendar.

    ``first_years``: the year in which they began to count; both that meet there, near the turn of a year, since only
    the bank's zone says which it is. ``due_on``: the day they are due, since its place in the year counts too.
    """

    pack: str | None
    version: str
    first_years: tuple[int, ...]
    due_on: str


def keys(state: SlaState) -> tuple[CalendarUsed, ...]:
    """The calendars that the running clocks of a case rest on; a promise rests on none."""
    rows, found = state.rows, dict[CalendarUsed, None]()
    for at in range(0, len(rows), WIDTH):
        terms, counted_from, progress = rows[at + 1], rows[at + 2], rows[at + 4]
        if progress.state == RUNNING.state and (terms.kind is None or terms.length is not None):
            pack = terms.pack if terms.kind is None else None
            found[_used(pack, terms.calendar_version, int(counted_from // DAY_SECONDS), terms.due_on)] = None
    return tuple(found)


@lru_cache(4096)
def _used(pack: str | None, version: str, day: int, due_on: str) -> CalendarUsed:
    """One object for all clocks of a day; there are few days and few versions."""
    at = datetime.fromtimestamp(day * DAY_SECONDS, UTC).date()
    around = {(at + timedelta(days=by)).year for by in (-1, 0, 1)}
    return CalendarUsed(pack, version, tuple(sorted(around)), due_on)


def touched(key: Hashable, reference: Reference, now: datetime) -> bool:
    """Whether a clock that stands under a key may have been counted by another calendar than the one in force."""
    if key == UNREVIEWED:
        return False
    if not isinstance(key, CalendarUsed):
        raise TypeError(f"cases of sla do not stand under {key!r}")
    try:
        calendars = _in_question(key.pack, reference, now)
    except NotYet:
        return False  # looked at again when it is published
    last = date.fromisoformat(key.due_on)
    starts = [min(date(year, 1, 1), last) for year in key.first_years]
    versions = {c.version(start, last).version for c in calendars for start in starts}
    return versions != {key.version}


def _in_question(pack: str | None, reference: Reference, now: datetime) -> list[Calendar]:
    """The calendars that clocks of a pack may count by: whichever version of it was in force when they began."""
    if pack is None:
        return [bank_calendar(reference, now).calendar]
    ids = {reference.parsed(document, parse_pack).calendar for document in reference.versions(PACK, pack)}
    return [calendar_in_force(reference, id_, now).calendar for id_ in sorted(ids)]
