"""Folds are written down in a store, closed and opened anew, also on a disk that is full."""

import sqlite3
from collections.abc import Callable
from typing import Any

from shared.contract.records import Outgoing
from shared.kernel.store.stored_fold import StoredFold
from shared.store.store_file import Change, StoreFile
from shared.store.store_keeper import StoreKeeper
from tests.support.stored_journeys import Desk, folded, journeys, known_by

CASES = 30
WRONG = Outgoing("c" * 36, b"{}", [])
"""A record that nobody can read."""


def log_with(*more: Outgoing) -> tuple[Outgoing, ...]:
    """A log of journeys, and more at its end."""
    return (*journeys(CASES), *more)


async def written_down(desk: Desk, most: int = 2**31) -> None:
    """Fold so many records, and write all of it down."""
    keeper = await desk.keeper()
    await desk.fold_on(keeper, most)
    await keeper.close()


async def all_known(desk: Desk) -> tuple[StoreKeeper[StoredFold[Any]], int]:
    """Open the store and fold the rest of the log; compared with a fold of all of it. Also from where it went on."""
    keeper = await desk.keeper()
    began = keeper.content.position
    await desk.fold_on(keeper)
    expected = known_by(folded(desk.service, await desk.read()))

    assert expected == known_by(keeper.content)
    return keeper, began


class FullDisk:
    """A disk that is full until there is room again."""

    def __init__(self, file: StoreFile) -> None:
        self._write: Callable[[Change], None] = file.write
        self.full = True
        file.write = self.write  # type: ignore[method-assign] # the disk under this one file

    def write(self, change: Change) -> None:
        """Write, or say that there is no room."""
        if self.full:
            raise sqlite3.OperationalError("database or disk is full")
        self._write(change)
