"""The case reader reads a case's events out of the log, and keeps those of the cases that it read last.

The letters of a case are mostly sent together.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from shared.contract.envelope import Event
from shared.contract.records import Record
from shared.contract.upcasting import event_from

KEPT_CASES = 256
"""Some megabytes at most; what is personal in events is sealed, here as in the log."""

OffsetsOf = Callable[[str], Iterable[int]]
RecordsOf = Callable[[str, Sequence[int]], Awaitable[list[Record]]]


@dataclass(slots=True)
class _Case:
    """Keeps the events of one case that were read so far, by offset."""

    events: dict[int, Event] = field(default_factory=dict)
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)


class CaseReader:
    """Reads the events of cases: ``offsets_of`` tells where they lie, ``records_of`` reads there.

    What lies in a log never changes, so what was read is kept.
    """

    def __init__(self, offsets_of: OffsetsOf, records_of: RecordsOf) -> None:
        self._offsets_of = offsets_of
        self._records_of = records_of
        self._kept: OrderedDict[str, _Case] = OrderedDict()

    async def read(self, case: str) -> list[Event]:
        """The case's events, in log order."""
        kept = self._kept.setdefault(case, _Case())
        self._kept.move_to_end(case)
        if len(self._kept) > KEPT_CASES:
            self._kept.popitem(last=False)
        async with kept.reading:
            offsets = list(self._offsets_of(case))
            missing = [offset for offset in offsets if offset not in kept.events]
            records = await self._records_of(case, missing) if missing else []
            kept.events.update((record.offset, event_from(record)) for record in records)
        return [kept.events[offset] for offset in offsets]
