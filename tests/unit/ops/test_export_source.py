"""An export lets go of the console's database, whatever is wrong with it."""

import sqlite3
from pathlib import Path

import pytest

from ops.export.source import source
from services.console.projection.database import ConsoleDatabaseAway
from services.console.projection.generations import SqliteGenerations
from services.console.projection.projector import Projector
from shared.process.settings import Settings


def open_here(file: Path) -> list[str]:
    """Where this process has a file open; one may be closed while it is looked."""
    return [str(one) for one in Path("/proc/self/fd").iterdir() if one.is_symlink() and one.resolve() == file]


async def test_a_database_that_fails_as_it_is_looked_at_is_closed(tmp_path: Path) -> None:
    """It is of this age, and a table of it cannot be read."""
    kept = SqliteGenerations(tmp_path / "console")
    database = await kept.open(1)
    await database.create(1)
    await database.complete()
    await database.close()
    await kept.swap(1)
    with sqlite3.connect(kept.place(1)) as damaged:
        damaged.execute("DROP TABLE projection_offset")
    damaged.close()

    with pytest.raises(ConsoleDatabaseAway) as raised:
        async with source(Settings(data=tmp_path, partitions=1), None, tmp_path / "work", Projector):
            pass

    assert ([], "OperationalError") == (open_here(kept.place(1)), str(raised.value).partition(":")[0])
