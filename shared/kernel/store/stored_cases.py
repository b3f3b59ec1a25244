"""Stored cases are the cases of one partition: open and recent ones in memory, all of them in the file behind it.

What changed stays in memory until it is written down. Of the rest at most so many stay, those that were asked for last;
the others are read again when somebody asks for them. Nothing here looks at many cases in one go.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Generic, NoReturn, TypeVar

from shared.kernel.folded_case import FoldedCase
from shared.kernel.store.packing import Packing
from shared.store.store_file import StoreFile
from shared.store.typed_rows import StoreDamaged

S = TypeVar("S")
Ruined = Callable[[StoreDamaged], NoReturn]
PAGE = 200
"""Cases that are read at once by whoever wants all of them: some milliseconds."""


class StoredCases(Generic[S]):
    """The cases by their ids. Without a file all of them stay in memory.

    ``most``: unchanged cases that are kept in memory. ``ruined`` hears of what cannot be read, and ends the process.
    """

    def __init__(self, packing: Packing[S], most: int, ruined: Ruined) -> None:
        self.file: StoreFile | None = None
        self.changed: dict[str, FoldedCase[S]] = {}
        self._taken: dict[str, FoldedCase[S]] = {}
        self._kept: OrderedDict[str, FoldedCase[S]] = OrderedDict()
        self._packing = packing
        self._most = max(1, most)
        self._ruined = ruined

    def get(self, case: str, /) -> FoldedCase[S] | None:
        """What is kept of a case, from the file if need be."""
        found = self.changed.get(case) or self._taken.get(case)
        if found is not None:
            return found
        found = self._kept.get(case)
        if found is not None:
            self._kept.move_to_end(case)
        elif (found := self._read(case)) is not None:
            self._keep(case, found)
        return found

    def __getitem__(self, case: str, /) -> FoldedCase[S]:
        """See ``Cases``."""
        found = self.get(case)
        if found is None:
            raise KeyError(case)
        return found

    def __setitem__(self, case: str, entry: FoldedCase[S], /) -> None:
        """A case that is new."""
        self.changed[case] = entry

    def to_change(self, case: str) -> FoldedCase[S] | None:
        """What is kept of a case, to be changed: what was taken of it stays as it was then."""
        found = self.changed.get(case)
        if found is None and (found := self.get(case)) is not None:
            found = self.changed[case] = replace(found) if case in self._taken else found
        return found

    def is_taken(self, case: str) -> bool:
        """Whether a case is being written down as it is now."""
        return case in self._taken and case not in self.changed

    def take(self) -> Mapping[str, FoldedCase[S]]:
        """Everything that changed, to be written down; it stays as it is until ``written`` or ``not_written``."""
        self._taken, self.changed = self.changed, {}
        return self._taken

    def written(self) -> bool:
        """What was taken stands in the file: one of the cases need not stay in memory; False when none is left."""
        if not self._taken:
            return False
        case, entry = self._taken.popitem()
        if case not in self.changed:
            self._keep(case, entry)
        return True

    def not_written(self) -> None:
        """What was taken does not: it changed as before."""
        self.changed, self._taken = self._taken | self.changed, {}

    def items(self) -> Iterator[tuple[str, FoldedCase[S]]]:
        """Every case; meanwhile others may change, come and be written down."""
        fresh = {**self._taken, **self.changed}
        for case, entry in fresh.items():
            yield case, self.get(case) or entry
        after, file = "", self.file
        while file is not None and (rows := self._page(file, after)):
            for case, row in rows:
                if case not in fresh:
                    yield case, self.changed.get(case) or self._taken.get(case) or self._unpacked(case, row)
            after = rows[-1][0]

    def in_memory(self) -> int:
        """How many cases are in memory."""
        return len(self.changed.keys() | self._taken.keys() | self._kept.keys())

    def _keep(self, case: str, entry: FoldedCase[S]) -> None:
        self._kept[case] = entry
        self._kept.move_to_end(case)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def _read(self, case: str) -> FoldedCase[S] | None:
        if self.file is None:
            return None
        try:
            row = self.file.row(case)
        except StoreDamaged as error:
            self._ruined(error)
        return None if row is None else self._unpacked(case, row)

    def _page(self, file: StoreFile, after: str) -> list[tuple[str, bytes]]:
        try:
            return file.rows(after, PAGE)
        except StoreDamaged as error:
            self._ruined(error)

    def _unpacked(self, case: str, row: bytes) -> FoldedCase[Any]:
        try:
            return self._packing.unpack(case, row)
        except StoreDamaged as error:
            self._ruined(error)
