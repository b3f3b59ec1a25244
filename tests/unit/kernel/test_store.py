"""A store under a fold: whatever happens to its file, the fold knows what the log says, or begins anew."""

import asyncio
import gc
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any, NoReturn

import pytest

from shared.contract.envelope import from_json, outgoing
from shared.contract.records import Outgoing
from shared.kernel.store.stored_fold import StoredFold
from shared.process import pace
from shared.store import store_keeper
from shared.store.store_file import Change, StoreFile
from shared.store.store_keeper import StoreKeeper
from shared.store.typed_rows import StoreDamaged
from tests.support.stored_journeys import BY_NAME, MOST, Desk, die, folded, journeys, known_by, records
from tests.unit.notify.test_box_alarms import Box, missed

CASES = 30
WRONG = Outgoing("c" * 36, b"{}", [])
"""A record that nobody can read."""


def log_with(*more: Outgoing) -> tuple[Outgoing, ...]:
    """A log of journeys, and more at its end."""
    return (*journeys(CASES), *more)


@pytest.fixture(params=sorted(BY_NAME))
def service(request: pytest.FixtureRequest) -> str:
    """Each of the services that keep a store."""
    return str(request.param)


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


@pytest.mark.parametrize("seed", range(3))
async def test_a_fold_with_a_store_knows_what_a_fold_of_the_log_knows(tmp_path: Path, service: str, seed: int) -> None:
    """However often it is written down, closed, killed and opened anew in between."""
    desk, rng = Desk(tmp_path, service, log_with(WRONG)), Random(seed)
    keeper = await desk.keeper()
    while keeper.content.position < await desk.log.end(0):
        await desk.fold_on(keeper, rng.randint(1, 400))
        what = rng.choice(["goes on", "is written down", "is closed", "dies"])
        if what == "is written down":
            await keeper.flush()
        elif what != "goes on":
            await keeper.close() if what == "is closed" else die(keeper)
            keeper = await desk.keeper()
    assert known_by(folded(desk.service, await desk.read())) == known_by(keeper.content)
    await keeper.close()


@pytest.mark.parametrize("disk", ["takes it", "is full at first"])
async def test_a_case_that_changes_while_it_is_written_down_is_written_as_it_was(
    tmp_path: Path, service: str, disk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fold goes on between any two rows, and what stands in the file is still of one place of the log."""
    monkeypatch.setattr(pace, "SLICE_SECONDS", -1.0)
    desk = Desk(tmp_path, service, log_with())
    keeper = await desk.keeper()
    await desk.fold_on(keeper, 400)
    if disk == "is full at first":
        full = FullDisk(keeper.file)
        await fold_while_it_is_written(desk, keeper)
        full.full = False
    changed = await fold_while_it_is_written(desk, keeper)
    known, position, read = known_by(keeper.content), keeper.content.position, await desk.read()
    die(keeper)
    again = await desk.keeper()

    assert changed > CASES
    assert position == again.content.position + changed
    assert known_by(folded(desk.service, read[: again.content.position])) == known_by(again.content)
    assert known_by(folded(desk.service, read[:position])) == known
    die(again)


async def fold_while_it_is_written(desk: Desk, keeper: StoreKeeper[StoredFold[Any]]) -> int:
    """Fold a record more whenever writing lets others work, up to so many that some are left; how many."""
    written = asyncio.create_task(keeper.flush())
    await asyncio.sleep(0)  # it is asked for
    await asyncio.sleep(0)  # and taken
    began = keeper.content.position
    while not written.done():
        if keeper.content.position < began + 3 * CASES:
            await desk.fold_on(keeper, 1)
        await asyncio.sleep(0)
    return keeper.content.position - began


async def test_a_start_goes_on_from_what_was_written_down(tmp_path: Path, service: str) -> None:
    """Nothing before it is read again."""
    desk = Desk(tmp_path, service, log_with())
    await written_down(desk, 500)
    keeper, began = await all_known(desk)
    await keeper.close()

    assert 500 == began


async def test_a_store_is_opened_without_looking_for_garbage(tmp_path: Path) -> None:
    """With a hundred thousand open cases everything else waited for that, again and again."""
    desk, looks = Desk(tmp_path, "sla", log_with()), list[bool]()
    await written_down(desk, 500)
    keeper = desk.unopened()
    opens = keeper.file.open

    def opened() -> None:
        looks.append(gc.isenabled())
        opens()

    keeper.file.open = opened  # type: ignore[method-assign] # looks only
    await keeper.open(desk.log)
    await keeper.close()

    assert [False] == looks
    assert gc.isenabled()


async def test_memory_holds_few_of_the_cases_that_are_written_down(tmp_path: Path, service: str) -> None:
    """The others are read when somebody asks for them, and leave again."""
    desk = Desk(tmp_path, service, log_with())
    keeper = await desk.keeper()
    await desk.fold_on(keeper)
    in_memory = keeper.content.cases.in_memory()
    await keeper.flush()
    seen = [keeper.content.cases[one.key].state for one in await desk.read()]

    assert (CASES, True) == (in_memory, keeper.content.cases.in_memory() <= MOST)
    assert [folded(desk.service, await desk.read()).state(one.key) for one in (await desk.read())[:3]] == seen[:3]
    await keeper.close()


async def test_what_falls_due_and_was_handed_out_falls_due_again_at_the_next_start(tmp_path: Path) -> None:
    """A timer leaves the state by its event only, so it may not leave the store before."""
    desk = Desk(tmp_path, "sla", log_with())
    keeper = await desk.keeper()
    await desk.fold_on(keeper)
    due = known_by(keeper.content)["due"]
    await keeper.flush()
    die(keeper)
    again = await desk.keeper()

    assert len(due) > 10
    assert due == known_by(again.content)["due"]
    await again.close()


async def test_letters_of_an_opinion_box_fall_due_after_a_start_too(tmp_path: Path) -> None:
    """A box is no case, but a letter about it can be late as well."""
    box, first = Box(), missed()
    box.happens(first)
    desk = Desk(tmp_path, "notify", [outgoing(one) for one in box.events])
    await written_down(desk)
    keeper = await desk.keeper()
    due = known_by(keeper.content)["due"]

    assert len(due) > 1
    assert due == known_by(folded(desk.service, await desk.read()))["due"]
    await keeper.close()


async def test_a_blocked_case_stays_blocked_and_is_told_of_again(tmp_path: Path) -> None:
    """Somebody may have died before anybody was told; who was told before is not told twice."""
    desk = Desk(tmp_path, "routing", log_with(WRONG))
    await written_down(desk)
    keeper = await desk.keeper()

    assert [WRONG.key] == list(keeper.content.blocked)
    assert keeper.content.is_blocked(WRONG.key)
    assert [(WRONG.key, WRONG.value)] == [(one.key, one.value) for one, _ in keeper.content.unreadable]
    await keeper.close()


# -- another file than it ought to be ----------------------------------------------------------------------


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


# -- writing that fails ------------------------------------------------------------------------------------


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


async def test_what_a_full_disk_refused_is_written_down_later(tmp_path: Path, service: str) -> None:
    """Nothing is forgotten meanwhile, neither what changed before nor since."""
    desk = Desk(tmp_path, service, log_with())
    keeper = await desk.keeper()
    disk = FullDisk(keeper.file)
    await desk.fold_on(keeper, 400)
    await keeper.flush()
    told = keeper.fault
    await desk.fold_on(keeper, 400)
    disk.full = False
    await keeper.close()
    _, began = await all_known(desk)

    assert "disk is full" in told
    assert (800, "") == (began, keeper.fault)


async def test_a_file_that_another_process_holds_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All is kept in memory then, and the file is not touched."""
    monkeypatch.setattr(store_keeper, "HOLD_SECONDS", 0.1)
    desk = Desk(tmp_path, "sla", log_with())
    holder = await desk.keeper()
    second, began = await all_known(desk)

    assert 0 == began
    assert "another process holds" in second.fault
    await second.close()
    await desk.fold_on(holder, 300)
    await holder.close()
    _, began = await all_known(desk)
    assert 300 == began


async def test_every_case_can_be_walked_over_while_it_is_written_down(tmp_path: Path) -> None:
    """What is in memory and what is in the file, each once."""
    desk = Desk(tmp_path, "sla", log_with())
    keeper = await desk.keeper()
    await desk.fold_on(keeper, 900)
    found: list[str] = []
    async for case, _ in keeper.content.each_case():
        found.append(case)
        if len(found) == 5:
            await keeper.flush()
        if len(found) == 20:
            await desk.fold_on(keeper, 100)

    known = {one.key for one in (await desk.read())[:900]}
    assert known == set(found)
    assert len(found) == len(set(found))
    await keeper.close()


async def test_a_partition_that_is_lost_while_its_store_is_opened_leaves_the_file_to_others(tmp_path: Path) -> None:
    """Whoever gives up waits until it is open, and then closes it."""
    desk = Desk(tmp_path, "sla", log_with())
    await written_down(desk, 300)
    lost = desk.unopened()
    opens, goes_on = lost.file.open, threading.Event()

    def slowly() -> None:
        goes_on.wait(5)
        opens()

    lost.file.open = slowly  # type: ignore[method-assign] # a slow disk
    opening = asyncio.create_task(lost.open(desk.log))
    await asyncio.sleep(0.1)
    opening.cancel()
    asyncio.get_running_loop().call_later(0.1, goes_on.set)
    await asyncio.wait([opening])
    await lost.close()
    await asyncio.sleep(0.3)

    assert lost.file._reading is None
    keeper, began = await all_known(desk)
    assert (300, "") == (began, keeper.fault)
    await keeper.close()


async def test_nobody_else_on_the_machine_reads_a_store(tmp_path: Path) -> None:
    """What people did on a case stands in the clear there, as it does in the log."""
    await written_down(Desk(tmp_path, "sla", log_with()), 300)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "sla", *(tmp_path / "sla").iterdir())}

    assert {"sla": 0o700, "0.db": 0o600, "0.lock": 0o600} == modes


def test_the_journeys_are_of_some_length() -> None:
    """Else the tests above would say little."""
    assert len(records(journeys(CASES))) > 1000
    assert len({from_json(one.value).name for one in journeys(CASES)}) > 30
