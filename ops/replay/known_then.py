"""Says which reference data a decision of the past rested on: what was published before it was recorded. Pure.

Whoever decided had read a beginning of what is published, up to some publication. Which one no event says; of what was
published around the same instant both may be so.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from shared.bank.reference import Reference, ReferenceDocument

UNSURE = timedelta(seconds=60)
"""So long before or after a decision something may have been published of which it is not sure that it was known: the
clocks of two machines, a publication on its way, a steered clock that stands still meanwhile."""


class KnownThen:
    """Reference data as they were known at each instant. ``documents``: in the order of their publication."""

    def __init__(self, documents: Sequence[ReferenceDocument]) -> None:
        groups = groupby(documents, key=lambda document: document.published_at)
        self._publications = [(at, list(rows)) for at, rows in groups]
        self._parsed: dict[Any, Any] = {}
        self._references: dict[int, Reference] = {}

    def candidates(self, at: datetime) -> Iterator[Reference]:
        """What may have been known at an instant; first what had been published by then."""
        most = len(self._publications)
        known = max((n for n, (published, _) in enumerate(self._publications, 1) if published <= at), default=1)
        yield self._first(known)
        fewer = known
        while fewer > 1 and self._publications[fewer - 1][0] >= at - UNSURE:
            fewer -= 1
            yield self._first(fewer)
        while known < most and self._publications[known][0] <= at + UNSURE:
            known += 1
            yield self._first(known)

    def latest(self) -> Reference:
        """All that is published."""
        return self._first(len(self._publications))

    def _first(self, publications: int) -> Reference:
        """What was published first, so many publications of it; what was parsed once is shared."""
        if publications not in self._references:
            found = self._references[publications] = Reference(self._parsed)
            for _, documents in self._publications[:publications]:
                for document in documents:
                    found.add(document)
        return self._references[publications]
