"""Folds from `complaints.access` which bulk openings were asked for, allowed and refused. Pure.

The topic is all that is kept of them: a restart, or another host, reads the same. The first answer to each counts.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import structlog

from services.console.openings.rules import ANSWER_WITHIN
from shared.contract.access import BULK, HEADER_KIND, AccessRecord, access_from
from shared.contract.events.base import Sealed
from shared.contract.records import Record
from shared.errors import Unreadable

log = structlog.get_logger()
OpeningState = Literal["pending", "approved", "refused", "expired"]
_KINDS = frozenset(kind.encode() for kind in BULK)


class BulkOpening(NamedTuple):
    """One bulk opening. ``query`` is the register's filter; ``answer`` who said what to it, and when."""

    id: str
    asked_by: str
    asked_at: datetime
    query: Mapping[str, str]
    ground: Sealed | None
    answer: AccessRecord | None = None

    def until(self, holds: timedelta) -> datetime:
        """Until when it can be answered, or once it is allowed used."""
        return self.asked_at + ANSWER_WITHIN if self.answer is None else self.answer.at + holds

    def state(self, now: datetime, holds: timedelta) -> OpeningState:
        """Where it stands."""
        if self.answer is not None and self.answer.kind == "opening_refused":
            return "refused"
        if now >= self.until(holds):
            return "expired"
        return "pending" if self.answer is None else "approved"


class BulkOpenings:
    """All bulk openings that were asked for lately."""

    def __init__(self) -> None:
        self._all: dict[str, BulkOpening] = {}

    def take(self, record: Record) -> None:
        """Take in one record of the topic; what is none of Redress's is passed over and told."""
        if record.headers.get(HEADER_KIND) not in _KINDS:
            return
        try:
            told = access_from(record)
        except Unreadable as error:
            log.error("openings.unreadable", offset=record.offset, error=error.code)
            return
        if told.opening is not None:
            self._apply(told.opening, told)

    def _apply(self, id_: str, told: AccessRecord) -> None:
        known = self._all.get(id_)
        if told.kind == "opening_requested":
            fresh = BulkOpening(id_, told.who, told.at, dict(told.query or {}), told.ground)
            self._all.setdefault(id_, fresh)
        elif known is not None and known.answer is None and told.who != known.asked_by:
            self._all[id_] = known._replace(answer=told)

    def get(self, id_: str) -> BulkOpening | None:
        """The one of this id."""
        return self._all.get(id_)

    def all(self) -> Iterable[BulkOpening]:
        """All of them, newest first."""
        return sorted(self._all.values(), key=lambda one: one.asked_at, reverse=True)
