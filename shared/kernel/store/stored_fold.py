"""A stored fold knows what of it is not written down yet, and goes on from what was.

What is written down is what the fold knew at one place of the log, whole or not at all: cases, what is owed, what wakes
them, their keys, and the place. So nothing is decided on it that a fold of the whole log would not say, too.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from shared.contract.letters import Fault
from shared.contract.records import HEADER_ID, Record
from shared.kernel.case_keys import Keys
from shared.kernel.fold import Fold
from shared.kernel.folded_case import FoldedCase
from shared.kernel.service import Folded, LogTrigger
from shared.kernel.store.packing import BlockedRow, Packing, Snapshot
from shared.kernel.store.stored_cases import StoredCases
from shared.process.pace import Pace
from shared.store.store_file import Change, Kept, StoreFile, UpTo
from shared.store.typed_rows import write

S = TypeVar("S")

MANY = 10_000
"""Records after which it is time to write them down: a case that changes often meanwhile is written once."""


FILED, OWED, BLOCKED = "filed", "owed", "blocked"
"""What is read whole: what open cases are found by, what is owed, and what nobody could read."""


class Known(NamedTuple):
    """What a file knows besides the rows of the cases. ``filed``: case, when it wakes (seconds), its keys."""

    place: UpTo
    filed: Sequence[tuple[str, float | None, Keys]]
    owed: Sequence[LogTrigger]
    blocked: Sequence[BlockedRow]


class Taken(NamedTuple):
    """What a fold knew at one place of the log and is not written down.

    ``owed`` and ``blocked`` hold None for what is so no more.
    ``cases`` are read once, others working in between: each is as it was at that place.
    """

    place: UpTo
    cases: Iterable[Snapshot]
    owed: dict[tuple[str, str], LogTrigger | None]
    blocked: Mapping[str, BlockedRow | None]
    records: int


class StoredFold(Fold[S]):
    """The fold of one partition, part of which stands in a file: see ``Content``.

    ``missing``: a case came to be blocked although an event of it that is not its first is the first that is known, so
    the file may have lost it.
    """

    cases: StoredCases[S]
    committed = True

    def __init__(self, service: Folded[S], partition: int, cases: StoredCases[S], packing: Packing[S]) -> None:
        super().__init__(service, partition, cases)
        self.cases = cases
        self._packing = packing
        self.owed.changes = {}
        self.unwritten = 0
        self.some, self.many = asyncio.Event(), asyncio.Event()
        self.missing = False
        self._last: Record | None = None
        self._blocked: dict[str, BlockedRow | None] = {}
        self._keys_then: dict[str, Keys] = {}

    @property
    def file(self) -> StoreFile | None:
        """The file behind it, once that is open."""
        return self.cases.file

    @file.setter
    def file(self, file: StoreFile | None) -> None:
        self.cases.file = file

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

    def _block(self, record: Record, fault: Fault) -> None:
        known = len(self.blocked)
        super()._block(record, fault)
        if len(self.blocked) > known:
            self._blocked[record.key] = BlockedRow.of(record, fault)
            self.missing = self.missing or self.cases[record.key].state is None

    def take_over(self, case: str, fresh: Fold[S], again: tuple[Record, Fault] | None, last: Record) -> None:
        """See ``Fold``."""
        super().take_over(case, fresh, again, last)
        self._last = self._last or last
        self._blocked[case] = None if again is None else BlockedRow.of(*again)
        self.unwritten += 1
        self.some.set()

    def decoded(self, kept: Kept) -> Known:
        """See ``Content``."""
        packing = self._packing
        return Known(
            kept.places.get(self.partition, UpTo()),
            [(case, *packing.read_filed(row)) for case, row in kept.of(FILED)],
            sorted((packing.read_owed(row) for _, row in kept.of(OWED)), key=lambda trigger: trigger.at),
            [packing.read_blocked(row) for _, row in kept.of(BLOCKED)],
        )

    async def go_on(self, known: Known) -> None:
        """See ``Content``."""
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
            self.blocked[one.record.key] = one.record.offset
            self.unreadable.append((one.record, one.fault))
        self.blocked_before = tuple(self.blocked)
        self.missing = False
        await self.progress.move(known.place.next)
        self.news.set()

    def take(self) -> Taken:
        """See ``Content``. As long for many cases as for few: one that changes meanwhile leaves what it was behind."""
        self._keys_then = {}
        cases = self._snapshots(self.cases.take())
        owed, self.owed.changes = self.owed.changes or {}, {}
        blocked, self._blocked = self._blocked, {}
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

    async def change(self, taken: Taken) -> Change:
        """See ``Content``."""
        pace, packing, rows = Pace(), self._packing, []
        kept: list[tuple[str, str, bytes | None]] = []
        for one in taken.cases:
            await pace.step()
            wakes = None if one.blocked else self.timers.first(one.case, one.state)
            rows.append((one.case, packing.pack(one)))
            found_by = write((wakes, one.keys)) if wakes is not None or one.keys else None
            kept.append((FILED, one.case, found_by))
        for case_and_id, owed in taken.owed.items():
            await pace.step()
            kept.append((OWED, "/".join(case_and_id), None if owed is None else write(owed)))
        for case, row in taken.blocked.items():
            kept.append((BLOCKED, case, None if row is None else write(row)))
        return Change({self.partition: taken.place}, rows, kept)

    async def written(self, taken: Taken) -> None:
        """See ``Content``."""
        pace = Pace()
        while self.cases.written():
            await pace.step()
        while taken.owed:
            await pace.step()
            taken.owed.popitem()

    def not_written(self, taken: Taken) -> None:
        """See ``Content``."""
        self.cases.not_written()
        self.owed.changes = {**taken.owed, **(self.owed.changes or {})}
        self._blocked = {**taken.blocked, **self._blocked}
        self.unwritten += taken.records
        self.some.set()

    async def each_case(self) -> AsyncIterator[tuple[str, FoldedCase[S]]]:
        """See ``Fold``."""
        pace = Pace()
        for case, entry in self.cases.items():
            await pace.step()
            yield case, entry
