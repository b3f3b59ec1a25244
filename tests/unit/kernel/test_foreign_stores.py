"""Another file than a fold's store ought to be: damage and mix-ups are noticed, and the log is folded anew."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any, NoReturn

import pytest

from shared.kernel.store.stored_fold import StoredFold
from shared.store.store_keeper import StoreKeeper
from shared.store.typed_rows import StoreDamaged
from tests.support.kept_folds import CASES, all_known, log_with, written_down
from tests.support.stored_journeys import Desk, die, folded, journeys, known_by


async def made_anew(before: Desk, after: Desk) -> int:
    """Write down by one desk, open by another; from where that goes on."""
    await written_down(before)
    keeper = await after.keeper()
    began = keeper.content.position
    await desk_reads_all(after, keeper)
    return began


async def desk_reads_all(desk: Desk, keeper: StoreKeeper[StoredFold[Any]]) -> None:
    """It ends as the log says."""
    await desk.fold_on(keeper)
    assert known_by(folded(desk.service, await desk.read())) == known_by(keeper.content)
    await keeper.close()


async def test_the_store_of_another_version_is_folded_anew(tmp_path: Path) -> None:
    """Newer or older: what ``evolve`` means may have changed."""
    assert 0 == await made_anew(Desk(tmp_path, "sla", log_with()), Desk(tmp_path, "sla", log_with(), version=1))
    assert 0 == await made_anew(Desk(tmp_path, "sla", log_with()), Desk(tmp_path, "sla", log_with(), version=-1))


async def test_the_store_of_another_log_is_folded_anew(tmp_path: Path) -> None:
    """Also where that log is longer."""
    other = Desk(tmp_path, "sla")
    other.rows = list(journeys(CASES + 5, first=50))

    assert 0 == await made_anew(Desk(tmp_path, "sla", log_with()), other)


async def test_the_store_of_a_log_that_lost_its_tail_is_folded_anew(tmp_path: Path) -> None:
    """What was written down is ahead of what there is."""
    assert 0 == await made_anew(Desk(tmp_path, "sla", log_with()), Desk(tmp_path, "sla", log_with()[:700]))


async def test_the_store_of_another_installation_or_service_is_folded_anew(tmp_path: Path) -> None:
    """Somebody copied a folder."""
    ours = Desk(tmp_path, "sla", log_with())
    await written_down(Desk(tmp_path, "routing", log_with()))
    (tmp_path / "sla").mkdir()
    shutil.copy(tmp_path / "routing" / "0.db", tmp_path / "sla" / "0.db")
    _, began = await all_known(ours)

    assert 0 == began


async def test_no_file_at_all_or_an_empty_one_is_folded_anew(tmp_path: Path) -> None:
    """A disk may have been full when it was made."""
    (tmp_path / "sla").mkdir()
    (tmp_path / "sla" / "0.db").write_bytes(b"")
    _, began = await all_known(Desk(tmp_path, "sla", log_with()))

    assert 0 == began


async def test_an_older_copy_is_a_shorter_prefix(tmp_path: Path) -> None:
    """It goes on from there."""
    desk = Desk(tmp_path, "sla", log_with())
    await written_down(desk, 300)
    shutil.copy(tmp_path / "sla" / "0.db", tmp_path / "copy")
    await written_down(desk)
    shutil.copy(tmp_path / "copy", tmp_path / "sla" / "0.db")
    _, began = await all_known(desk)

    assert 300 == began


async def test_an_older_copy_beside_the_journal_of_another_time_is_folded_anew(tmp_path: Path) -> None:
    """SQLite alone would apply that journal to it, in silence."""
    desk, file = Desk(tmp_path, "sla", log_with()), tmp_path / "sla" / "0.db"
    await written_down(desk, 300)
    shutil.copy(file, tmp_path / "copy")
    keeper = await desk.keeper()
    for _ in range(3):
        await desk.fold_on(keeper, 100)
        await keeper.flush()
    await desk.fold_on(keeper, 100)
    with WithoutMoving(keeper):
        await keeper.flush()
    shutil.copy(f"{file}-wal", tmp_path / "wal")
    die(keeper)
    shutil.copy(tmp_path / "copy", file)
    shutil.copy(tmp_path / "wal", f"{file}-wal")
    found = desk.unopened()
    found.file.hold()
    with pytest.raises(StoreDamaged, match="not of the same time"):
        found.file.open()
    found.file.close()
    shutil.copy(tmp_path / "copy", file)
    shutil.copy(tmp_path / "wal", f"{file}-wal")
    _, began = await all_known(desk)

    assert 0 == began


class WithoutMoving:
    """Somebody reads the whole time, so what is written stays in the journal."""

    def __init__(self, keeper: StoreKeeper[StoredFold[Any]]) -> None:
        self._path = keeper.file.path

    def __enter__(self) -> None:
        """Begin to read."""
        self._db = sqlite3.connect(self._path, isolation_level=None)
        self._db.execute("BEGIN")
        self._db.execute("SELECT * FROM file").fetchall()

    def __exit__(self, *_: object) -> None:
        """Read no more."""
        self._db.close()


@pytest.mark.parametrize("seed", range(20))
async def test_damage_is_noticed_or_changes_nothing(tmp_path: Path, seed: int) -> None:
    """Random bytes in a random place: at the opening, or when a row is read, or nothing is there that counts."""
    desk, file, rng = Desk(tmp_path, "sla", log_with()), tmp_path / "sla" / "0.db", Random(seed)
    await written_down(desk, 900)
    raw = bytearray(file.read_bytes())
    at = rng.randrange(len(raw) - 64)
    raw[at : at + 64] = rng.randbytes(64)
    file.write_bytes(raw)
    keeper = desk.unopened()
    keeper.content.cases._ruined = noticed
    await keeper.open(desk.log)
    try:
        await desk_reads_all(desk, keeper)
    except Noticed:
        die(keeper)


LAST_BYTE = "SET row = CAST(substr(row, 1, length(row) - 1) || x'c3' AS BLOB)"
LOST = "DELETE FROM kept WHERE rowid IN (SELECT rowid FROM kept WHERE kind = 'KIND' LIMIT 1)"
ALTERED = {
    "a case": f"UPDATE rows {LAST_BYTE}",
    "when a case wakes, and its keys": f"UPDATE kept {LAST_BYTE} WHERE kind = 'filed'",
    "an event that is owed": f"UPDATE kept {LAST_BYTE} WHERE kind = 'owed'",
    "its place in the log": f"UPDATE kept {LAST_BYTE} WHERE kind = 'place'",
    "which case it is that wakes": "UPDATE kept SET id = id || 'x' WHERE kind = 'filed'",
    "a lost case among those that wake": LOST.replace("KIND", "filed"),
    "a lost event among those that are owed": LOST.replace("KIND", "owed"),
    "a lost place": "DELETE FROM kept WHERE kind = 'place'",
}
"""What a disk may do to a file without SQLite's noticing."""


@pytest.mark.parametrize("altered", sorted(ALTERED))
async def test_a_row_that_is_not_what_was_written_is_noticed(tmp_path: Path, altered: str) -> None:
    """Each has a sum of its own; of those that are read at the start none can be missing."""
    desk = Desk(tmp_path, "sla", log_with())
    await written_down(desk, 900)
    with closing(sqlite3.connect(tmp_path / "sla" / "0.db")) as db:
        assert db.execute(ALTERED[altered]).rowcount > 0
        db.commit()
    keeper = desk.unopened()
    keeper.content.cases._ruined = noticed
    await keeper.open(desk.log)
    if altered == "a case":
        with pytest.raises(Noticed):
            keeper.content.cases.get((await desk.read())[0].key)
    else:
        assert 0 == keeper.content.position  # it was made anew
    die(keeper)


class Noticed(Exception):
    """The process would end here, and fold the log anew at its next start."""


def noticed(error: StoreDamaged) -> NoReturn:
    """Instead of ending the process."""
    raise Noticed from error
