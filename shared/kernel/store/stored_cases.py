"""Stored cases are the cases of one partition: open and recent ones in memory, all of them in the file behind it.

What changed stays in memory until it is written down. Of the rest at most so many stay; the others are read again when
somebody asks for them.
"""

from collections.abc import Callable, Iterator
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
        self._young: dict[str, FoldedCase[S]] = {}
        self._old: dict[str, FoldedCase[S]] = {}
        self._packing = packing
        self._half = max(1, most // 2)
        self._ruined = ruined

    def get(self, case: str, /) -> FoldedCase[S] | None:
        """What is kept of a case, from the file if need be."""
        found = self.changed.get(case) or self._taken.get(case) or self._young.get(case)
        if found is None:
            found = self._old.pop(case, None) or self._read(case)
            if found is not None:
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

    def change(self, case: str) -> None:
        """What is kept of a case is another than what is written down."""
        if case not in self.changed:
            self.changed[case] = self[case]

    def take(self) -> dict[str, FoldedCase[S]]:
        """Everything that changed, to be written down; it stays in memory until ``written`` or ``not_written``."""
        self._taken, self.changed = self.changed, {}
        return self._taken

    def written(self) -> None:
        """What was taken stands in the file."""
        for case, entry in self._taken.items():
            self._keep(case, entry)
        self._taken = {}

    def not_written(self) -> None:
        """What was taken does not: it changed as before."""
        self.changed, self._taken = self._taken | self.changed, {}

    def items(self) -> Iterator[tuple[str, FoldedCase[S]]]:
        """Every case; meanwhile others may change, come and be written down."""
        fresh = {**self._taken, **self.changed}
        yield from fresh.items()
        after, file = "", self.file
        while file is not None and (rows := self._page(file, after)):
            for case, row in rows:
                if case not in fresh:
                    yield case, self.changed.get(case) or self._taken.get(case) or self._unpacked(case, row)
            after = rows[-1][0]

    def in_memory(self) -> int:
        """How many cases are in memory."""
        return len(self.changed.keys() | self._taken.keys() | self._young.keys() | self._old.keys())

    def _keep(self, case: str, entry: FoldedCase[S]) -> None:
        self._young[case] = entry
        if len(self._young) >= self._half:  # what nobody has asked for since the last time leaves memory
            self._old, self._young = self._young, {}

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
