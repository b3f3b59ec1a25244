"""Remembers what a case was like at its last events, since what is decided rests on an event a little way back. Pure.

Between the event that a decision rests on and its own events others may have appended. So what a case was like before
its newest records is kept for a while: of so many records of the partition, whatever case they are of.
"""

from collections import deque
from typing import Any, NamedTuple

from shared.kernel.answering import Draft
from shared.kernel.fold import Fold
from shared.kernel.packed_ids import PACKED_BYTES

KEPT_RECORDS = 50_000
"""Records of a partition that lie between a basis and what is decided on it, at most: a batch of 500 triggers is
decided within seconds, and nobody appends so much meanwhile."""


class Before(NamedTuple):
    """What a case was like: its state, how many events it had, and the last of them."""

    state: Any
    folded: int
    basis: str | None


class StatesBefore:
    """What the cases of one fold were like before their newest records. Called before a record is folded."""

    def __init__(self, fold: Fold[Any], kept: int = KEPT_RECORDS) -> None:
        self._fold = fold
        self._kept = kept
        self._of: dict[str, deque[Before]] = {}
        self._order: deque[str] = deque()

    def note(self, case: str) -> None:
        """A record of this case is about to be folded."""
        self._of.setdefault(case, deque()).append(self._now(case))
        self._order.append(case)
        if len(self._order) > self._kept:
            oldest = self._order.popleft()
            rows = self._of[oldest]
            rows.popleft()
            if not rows:
                del self._of[oldest]

    def draft_at(self, case: str, basis: str | None) -> Draft[Any] | None:
        """The case as it was when this was its last event; None if that is too long ago."""
        blocked = self._fold.is_blocked(case)
        for found in (self._now(case), *reversed(self._of.get(case, ()))):
            if found.basis == basis:
                return Draft(found.state, found.folded, found.basis, blocked)
        return None

    def _now(self, case: str) -> Before:
        entry = self._fold.cases.get(case)
        if entry is None:
            return Before(None, 0, None)
        return Before(entry.state, len(entry.seen) // PACKED_BYTES, entry.basis.decode() or None)
