"""A case file keeps the cases of one service and partition in SQLite: rows, what wakes, keys, what is owed, its place.

It is a cache. Whatever is wrong with it, it is deleted and folded anew from the log; it is part of no backup.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

from shared.kernel.store.damage import StoreDamaged, checksum

PAGE_BYTES = 8192
"""Two or three rows of open cases to a page."""
CACHE_KIB = 8 * 1024
"""Pages that a connection keeps: what is looked up is mostly in Python's memory already, or the system's."""
SCHEMA = """
    CREATE TABLE cases (id TEXT NOT NULL UNIQUE, entry BLOB NOT NULL, sum INTEGER NOT NULL);
    CREATE TABLE filed (id TEXT NOT NULL UNIQUE, wakes REAL, keys BLOB NOT NULL, sum INTEGER NOT NULL);
    CREATE TABLE owed (id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, event BLOB NOT NULL, sum INTEGER NOT NULL);
    CREATE TABLE blocked (id TEXT NOT NULL UNIQUE, record BLOB NOT NULL, sum INTEGER NOT NULL);
    CREATE TABLE place (
        belongs_to TEXT NOT NULL, shape TEXT NOT NULL,
        next INTEGER NOT NULL, last INTEGER NOT NULL, last_id BLOB NOT NULL,
        flushes INTEGER NOT NULL, moved INTEGER NOT NULL, count INTEGER NOT NULL, total INTEGER NOT NULL
    );
"""
COLUMNS = {
    "filed": ("wakes", "keys", "sum"),
    "owed": ("at", "event", "sum"),
    "blocked": ("record", "sum"),
}
"""The tables that are read whole at each opening: how many rows they have, and their sums, stand in ``place``."""


class UpTo(NamedTuple):
    """Up to where the log is in a file: the offset to go on from, and the last record that was applied."""

    next: int = 0
    last: int = -1
    last_id: bytes = b""


class Filed(NamedTuple):
    """What an open case is found by: when it wakes, in seconds of the epoch, and its keys as they were written."""

    id: str
    wakes: float | None
    keys: bytes

    @property
    def empty(self) -> bool:
        """Whether it is found by nothing."""
        return self.wakes is None and not self.keys


class Owed(NamedTuple):
    """An event that is owed a reaction, as it was written, by case and id, and where it lies in the log."""

    id: str
    at: int
    event: bytes


class Change(NamedTuple):
    """What is written down at once: all of it or nothing. ``rows``: case and row; ``answered``: no longer owed."""

    place: UpTo
    rows: list[tuple[str, bytes]]
    filed: list[Filed]
    owed: list[Owed]
    answered: list[str]
    blocked: list[tuple[str, bytes]]


class CaseFile:
    """One SQLite file. One process has it at a time; its reading connection lives in the loop, its writing one not."""

    def __init__(self, path: Path, belongs_to: str, shape: str) -> None:
        self.path = path
        self._belongs_to = belongs_to
        self._shape = shape
        self._lock: int | None = None
        self._reading: sqlite3.Connection | None = None
        self._writing: sqlite3.Connection | None = None
        self._moved = 0

    def hold(self) -> bool:
        """Lock the file for this process; False while another one has it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.parent.chmod(0o700)
        descriptor = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._lock = descriptor
        return True

    def open(self) -> UpTo:
        """Open it, or make it where there is none; its place in the log.

        Raises:
            StoreDamaged: it is damaged, or belongs to another service, partition, version or installation.
            sqlite3.Error: none can be made here.
        """
        if not self.path.exists():
            self._make()
            return UpTo()
        try:
            alone = self._flushes_alone()
            self._writing, self._reading = self._connect(), self._connect()
            return self._checked(alone)
        except sqlite3.Error as error:
            raise StoreDamaged(str(error)) from error

    def _make(self) -> None:
        self._writing, self._reading = self._connect(), self._connect()
        self.path.chmod(0o600)
        with self._writing as db:
            db.executescript(f"BEGIN; {SCHEMA}")
            db.execute("INSERT INTO place VALUES (?, ?, 0, -1, x'', 0, 0, 0, 0)", (self._belongs_to, self._shape))
        self._writing.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # the file alone says whose it is
        self._moved = 0

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        db.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA wal_autocheckpoint = 0")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        return db

    def _flushes_alone(self) -> int:
        """How often it was written to by what stands in the file itself, without the journal beside it."""
        with closing(sqlite3.connect(f"file:{self.path}?immutable=1", uri=True)) as db:
            return int(_one(db, "SELECT flushes FROM place")[0])

    def _checked(self, alone: int) -> UpTo:
        belongs_to, shape, next_, last, last_id, flushes, moved, *_ = _one(self._read, "SELECT * FROM place")
        if (belongs_to, shape) != (self._belongs_to, self._shape):
            raise StoreDamaged(f"it belongs to {belongs_to}, shape {shape[:8]}")
        if not moved <= alone <= flushes:
            raise StoreDamaged(f"file ({alone}) and journal ({moved} to {flushes}) are not of the same time")
        self._moved = moved
        return UpTo(next_, last, last_id)

    @property
    def _read(self) -> sqlite3.Connection:
        if self._reading is None:
            raise StoreDamaged("it is closed")
        return self._reading

    # -- reading -------------------------------------------------------------------------------------

    def row(self, case: str) -> bytes | None:
        """The row of a case; None where it has none. Raises StoreDamaged."""
        try:
            found = self._read.execute("SELECT entry, sum FROM cases WHERE id = ?", (case,)).fetchall()
        except sqlite3.Error as error:
            raise StoreDamaged(f"reading {case}: {error}") from error
        return _whole(case, *found[0]) if found else None

    def cases(self, after: str, most: int) -> list[tuple[str, bytes]]:
        """The rows of the next cases in the order of their ids. Raises StoreDamaged."""
        sql = "SELECT id, entry, sum FROM cases WHERE id > ? ORDER BY id LIMIT ?"
        try:
            found = self._read.execute(sql, (after, most)).fetchall()
        except sqlite3.Error as error:
            raise StoreDamaged(str(error)) from error
        return [(case, _whole(case, entry, sum_)) for case, entry, sum_ in found]

    def kept_whole(self) -> tuple[list[Filed], list[Owed], list[bytes]]:
        """What is found by something, what is owed in log order, and what was unreadable.

        Raises:
            StoreDamaged: a row is not what was written, or one of them is lost.
        """
        try:
            filed = self._read.execute("SELECT id, wakes, keys, sum FROM filed ORDER BY rowid").fetchall()
            owed = self._read.execute("SELECT id, at, event, sum FROM owed ORDER BY at").fetchall()
            blocked = self._read.execute("SELECT id, record, sum FROM blocked ORDER BY rowid").fetchall()
            count, total = _one(self._read, "SELECT count, total FROM place")
        except sqlite3.Error as error:
            raise StoreDamaged(str(error)) from error
        rows = [*filed, *owed, *blocked]
        if (count, total) != (len(rows), sum(sum_ for *_, sum_ in rows)):
            raise StoreDamaged(f"{len(rows)} rows are there of {count}, or others")
        if any(_sum(row) != sum_ for *row, sum_ in rows):
            raise StoreDamaged("a row of what is found or owed is not what was written")
        return [Filed(*row[:3]) for row in filed], [Owed(*row[:3]) for row in owed], [row[1] for row in blocked]

    def faults(self) -> str:
        """What SQLite finds wrong with the file, looking at all of it; empty for nothing. Takes long."""
        with closing(self._connect()) as db:
            found = [row[0] for row in db.execute("PRAGMA quick_check(1)").fetchall()]
        return "" if found == ["ok"] else "; ".join(found)

    # -- writing -------------------------------------------------------------------------------------

    def write(self, change: Change) -> None:
        """Write a change down, all or nothing, and move it out of the journal. Raises sqlite3.Error.

        Called in a thread of its own; nobody else writes meanwhile.
        """
        db = self._writing
        if db is None:
            raise sqlite3.ProgrammingError("it is closed")
        db.execute("BEGIN IMMEDIATE")
        try:
            self._write(db, change)
            db.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # SQLite may have rolled back by itself; the first error is the one to tell
                db.execute("ROLLBACK")
            raise
        (busy, *_), (flushes,) = _one(db, "PRAGMA wal_checkpoint(TRUNCATE)"), _one(db, "SELECT flushes FROM place")
        if not busy:
            self._moved = flushes

    def _write(self, db: sqlite3.Connection, change: Change) -> None:
        db.executemany(
            "INSERT INTO cases VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET entry = ?2, sum = ?3",
            ((case, row, checksum(case.encode(), row)) for case, row in change.rows),
        )
        whole = [("filed", one.id, None if one.empty else tuple(one)) for one in change.filed]
        whole += [("owed", id_, None) for id_ in change.answered]
        whole += [("owed", one.id, tuple(one)) for one in change.owed]
        whole += [("blocked", case, (case, record)) for case, record in change.blocked]
        count, total = _one(db, "SELECT count, total FROM place")
        for table, id_, row in whole:
            more, sum_ = _put(db, table, id_, row)
            count, total = count + more, total + sum_
        db.execute(
            "UPDATE place SET next = ?, last = ?, last_id = ?, flushes = flushes + 1, moved = ?, count = ?, total = ?",
            (*change.place, self._moved, count, total),
        )

    def close(self) -> None:
        """Let go of the file."""
        for db in (self._reading, self._writing):
            if db is not None:
                db.close()
        self._reading = self._writing = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def delete(self) -> None:
        """Remove it, to be made anew; it stays locked."""
        for db in (self._reading, self._writing):
            if db is not None:
                with suppress(sqlite3.Error):
                    db.close()
        self._reading = self._writing = None
        for end in ("", "-wal", "-shm"):
            Path(f"{self.path}{end}").unlink(missing_ok=True)


def _one(db: sqlite3.Connection, sql: str) -> tuple[Any, ...]:
    (row,) = db.execute(sql).fetchall()
    return tuple(row)


def _whole(case: str, entry: Any, sum_: Any) -> bytes:
    if not isinstance(entry, bytes) or checksum(case.encode(), entry) != sum_:
        raise StoreDamaged(f"the row of {case} is not what was written")
    return entry


def _sum(row: Iterable[Any]) -> int:
    return checksum(*(value if isinstance(value, bytes) else repr(value).encode() for value in row))


def _put(db: sqlite3.Connection, table: str, id_: str, row: tuple[Any, ...] | None) -> tuple[int, int]:
    """Write or delete one of the rows that are kept whole; how many more there are, and by how much their sums grow.

    One that is the same keeps its place: cases are found by their keys in the order in which they came there.
    """
    found = db.execute(f"SELECT sum FROM {table} WHERE id = ?", (id_,)).fetchall()  # noqa: S608 - names of this file
    before, after = [one for (one,) in found], [] if row is None else [_sum(row)]
    if before != after and row is None:
        db.execute(f"DELETE FROM {table} WHERE id = ?", (id_,))  # noqa: S608
    elif before != after and row is not None:
        columns = COLUMNS[table]
        marks = ", ".join("?" * (len(row) + 1))
        changes = ", ".join(f"{name} = excluded.{name}" for name in columns)
        db.execute(
            f"INSERT INTO {table} VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {changes}",  # noqa: S608
            (*row, *after),
        )
    return len(after) - len(before), sum(after) - sum(before)
