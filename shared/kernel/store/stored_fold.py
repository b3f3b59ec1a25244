"""A stored fold knows what of it is not written down yet, and goes on from what was.

What is written down is what the fold knew at one place of the log, whole or not at all: cases, what is owed, what wakes
them, their keys, and the place. So nothing is decided on it that a fold of the whole log would not say, too.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from shared.contract.records import HEADER_ID, Record
from shared.kernel.case_keys import Keys
from shared.kernel.fold import Fold
from shared.kernel.folded_case import FoldedCase
from shared.kernel.service import Folded, LogTrigger
from shared.kernel.store.case_file import UpTo
from shared.kernel.store.packing import BlockedRow, Snapshot
from shared.kernel.store.stored_cases import StoredCases
from shared.process.pace import Pace

S = TypeVar("S")

MANY = 10_000
"""Records after which it is time to write them down: a case that changes often meanwhile is written once."""


class Known(NamedTuple):
    """What a file knows besides the rows of the cases. ``filed``: case, when it wakes (seconds), its keys."""

    place: UpTo
    filed: Sequence[tuple[str, float | None, Keys]]
    owed: Sequence[LogTrigger]
    blocked: Sequence[BlockedRow]


class Taken(NamedTuple):
    """What a fold knew at one place of the log and is not written down; ``owed``: None for what is owed no more.

    ``cases`` are read once, others working in between: each is as it was at that place.
    """

    place: UpTo
    cases: Iterable[Snapshot]
    owed: dict[tuple[str, str], LogTrigger | None]
    blocked: Sequence[BlockedRow]
    records: int


class StoredFold(Fold[S]):
    """The fold of one partition, part of which stands in a file.

    ``some`` is set once something is not written down, ``many`` once it is time to. ``missing``: a case came to be
    blocked although an event of it that is not its first is the first that is known, so the file may have lost it.
    """

    cases: StoredCases[S]

    def __init__(self, service: Folded[S], partition: int, cases: StoredCases[S]) -> None:
        super().__init__(service, partition, cases)
        self.cases = cases
        self.owed.changes = {}
        self.unwritten = 0
        self.some, self.many = asyncio.Event(), asyncio.Event()
        self.missing = False
        self._last: Record | None = None
        self._blocked: list[BlockedRow] = []
        self._keys_then: dict[str, Keys] = {}

    def apply(self, record: Record) -> None:
        """See ``Fold``."""
        super().apply(record)
        self._last = record
        self.unwritten += 1
        if self.unwritten == 1:
            self.some.set()
        elif self.unwritten == MANY:
            self.many.set()

    def _entry(self, case: str) -> FoldedCase[S] | None:
        if self.cases.is_taken(case):
            self._keys_then[case] = self.keys.of(case)
        return self.cases.to_change(case)

    def _block(self, record: Record, why: str) -> None:
        known = len(self.blocked)
        super()._block(record, why)
        if len(self.blocked) > known:
            self._blocked.append(BlockedRow(record, why))
            self.missing = self.missing or self.cases[record.key].state is None

    async def go_on(self, known: Known) -> None:
        """Know what is written down; nothing was folded before."""
        pace = Pace()
        for case, wakes, keys in known.filed:
            await pace.step()
            self.keys.put(case, keys)
            if wakes is not None:
                self.timers.wake(case, wakes)
        for trigger in known.owed:
            await pace.step()
            self.owed.add(trigger)
        self.owed.changes = {}
        for one in known.blocked:
            self.blocked.append(one.record.key)
            self.unreadable.append((one.record, one.why))
        self.missing = False
        self.news.set()

    def take(self) -> Taken:
        """What is not written down, as it is now; until ``written`` or ``not_written`` it is under way.

        It takes no longer for many cases than for few: one that changes meanwhile leaves what it was behind.
        """
        self._keys_then = {}
        cases = self._snapshots(self.cases.take())
        owed, self.owed.changes = self.owed.changes or {}, {}
        blocked, self._blocked = self._blocked, []
        records, self.unwritten = self.unwritten, 0
        self.some.clear()
        self.many.clear()
        return Taken(self._place(), cases, owed, blocked, records)

    def _snapshots(self, taken: Mapping[str, FoldedCase[S]]) -> Iterator[Snapshot]:
        for case, one in taken.items():
            keys = self._keys_then[case] if case in self._keys_then else self.keys.of(case)
            yield Snapshot(case, one.state, one.basis, one.seen, one.offsets, one.blocked, keys)

    def _place(self) -> UpTo:
        if self._last is None:
            raise ValueError("nothing was folded since the start")
        return UpTo(self._last.offset + 1, self._last.offset, self._last.headers.get(HEADER_ID) or b"")

    async def written(self, taken: Taken) -> None:
        """What was taken is written down; it is let go of piece by piece, since that takes its time, too."""
        pace = Pace()
        while self.cases.written():
            await pace.step()
        while taken.owed:
            await pace.step()
            taken.owed.popitem()

    def not_written(self, taken: Taken) -> None:
        """What was taken is not: nothing is forgotten, it is taken again together with what came since."""
        self.cases.not_written()
        self.owed.changes = {**taken.owed, **(self.owed.changes or {})}
        self._blocked = [*taken.blocked, *self._blocked]
        self.unwritten += taken.records
        self.some.set()

    async def each_case(self) -> AsyncIterator[tuple[str, FoldedCase[S]]]:
        """See ``Fold``."""
        pace = Pace()
        for case, entry in self.cases.items():
            await pace.step()
            yield case, entry
