"""A store file keeps what was made of the log in SQLite: rows by id, what is read whole, and up to where the log is.

It is a cache. Whatever is wrong with it, it is deleted and made anew from the log; it is part of no backup.
"""

import fcntl
import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

from shared.store.typed_rows import StoreDamaged, checksum, reader, write

PAGE_BYTES = 8192
"""Two or three rows of open cases to a page."""
CACHE_KIB = 8 * 1024
"""Pages that a connection keeps: what is looked up is mostly in Python's memory already, or the system's."""
SCHEMA = """
    CREATE TABLE rows (id TEXT NOT NULL UNIQUE, row BLOB NOT NULL, sum INTEGER NOT NULL);
    CREATE TABLE kept (
        kind TEXT NOT NULL, id TEXT NOT NULL, row BLOB NOT NULL, sum INTEGER NOT NULL, UNIQUE (kind, id)
    );
    CREATE TABLE file (
        belongs_to TEXT NOT NULL, shape TEXT NOT NULL,
        flushes INTEGER NOT NULL, moved INTEGER NOT NULL, count INTEGER NOT NULL, total INTEGER NOT NULL
    );
"""
"""``kept`` is read whole at each opening: how many rows it has, and their sums, stand in ``file``."""
PLACE = "place"
"""The kind of the kept rows that say up to where the log is in the file, by partition."""


class UpTo(NamedTuple):
    """Up to where a partition is in a file: the offset to go on from, and the last record that was applied."""

    next: int = 0
    last: int = -1
    last_id: bytes = b""


_read_place = reader(UpTo)


class Kept(NamedTuple):
    """What is read whole: the place of each partition, and by their kinds the rows of the rest, in their order."""

    places: Mapping[int, UpTo]
    rows: Mapping[str, Sequence[tuple[str, bytes]]]

    def of(self, kind: str) -> Sequence[tuple[str, bytes]]:
        """The rows of a kind by their ids, in the order in which they came there."""
        return self.rows.get(kind, ())


class Change(NamedTuple):
    """What is written down at once, all of it or nothing.

    ``rows``: id and row. ``kept``: kind, id and row of what is read whole at each opening; None for what goes.
    """

    places: Mapping[int, UpTo]
    rows: list[tuple[str, bytes]]
    kept: list[tuple[str, str, bytes | None]]


def built_beside(path: Path) -> Path:
    """Where what was built to take a file's place waits for that."""
    return path.with_name(f"{path.stem}.built.db")


class StoreFile:
    """One SQLite file. One process has it at a time; its reading connection lives in the loop, its writing one not."""

    def __init__(self, path: Path, belongs_to: str, shape: str) -> None:
        self.path = path
        self._belongs_to = belongs_to
        self._shape = shape
        self._lock: int | None = None
        self._reading: sqlite3.Connection | None = None
        self._writing: sqlite3.Connection | None = None
        self._moved = 0

    @property
    def name(self) -> str:
        """What it is called in logs."""
        return f"{self.path.parent.name}/{self.path.stem}"

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

    def open(self) -> None:
        """Open it, or make it where there is none.

        Raises:
            StoreDamaged: it is damaged, or belongs to another service, partition, version or installation.
            sqlite3.Error: none can be made here.
        """
        if not self.path.exists():
            self._make()
            return
        try:
            alone = self._flushes_alone()
            self._writing, self._reading = self._connect(), self._connect()
            self._check(alone)
        except sqlite3.Error as error:
            raise StoreDamaged(str(error)) from error

    def take_over(self) -> bool:
        """Put what was built beside this file in its place, if its rows mean the same; whether there was that."""
        built = built_beside(self.path)
        if not built.exists():
            return False
        found = StoreFile(built, self._belongs_to, self._shape)
        try:
            found.open()
        except StoreDamaged:
            return False
        finally:
            found.close()
        self.delete()
        built.rename(self.path)
        return True

    def _make(self) -> None:
        self._writing, self._reading = self._connect(), self._connect()
        self.path.chmod(0o600)
        with self._writing as db:
            db.executescript(f"BEGIN; {SCHEMA}")
            db.execute("INSERT INTO file VALUES (?, ?, 0, 0, 0, 0)", (self._belongs_to, self._shape))
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
            return int(_one(db, "SELECT flushes FROM file")[0])

    def _check(self, alone: int) -> None:
        belongs_to, shape, flushes, moved, *_ = _one(self._read, "SELECT * FROM file")
        if (belongs_to, shape) != (self._belongs_to, self._shape):
            raise StoreDamaged(f"it belongs to {belongs_to}, shape {shape[:8]}")
        if not moved <= alone <= flushes:
            raise StoreDamaged(f"file ({alone}) and journal ({moved} to {flushes}) are not of the same time")
        self._moved = moved

    @property
    def _read(self) -> sqlite3.Connection:
        if self._reading is None:
            raise StoreDamaged("it is closed")
        return self._reading

    # -- reading -------------------------------------------------------------------------------------

    def row(self, id_: str) -> bytes | None:
        """The row of an id; None where it has none. Raises StoreDamaged."""
        try:
            found = self._read.execute("SELECT row, sum FROM rows WHERE id = ?", (id_,)).fetchall()
        except sqlite3.Error as error:
            raise StoreDamaged(f"reading {id_}: {error}") from error
        return _whole((id_,), *found[0]) if found else None

    def rows(self, after: str, most: int) -> list[tuple[str, bytes]]:
        """The next rows in the order of their ids. Raises StoreDamaged."""
        sql = "SELECT id, row, sum FROM rows WHERE id > ? ORDER BY id LIMIT ?"
        try:
            found = self._read.execute(sql, (after, most)).fetchall()
        except sqlite3.Error as error:
            raise StoreDamaged(str(error)) from error
        return [(id_, _whole((id_,), row, sum_)) for id_, row, sum_ in found]

    def kept(self) -> Kept:
        """What is read whole. Raises StoreDamaged: a row is not what was written, or one of them is lost."""
        try:
            rows = self._read.execute("SELECT kind, id, row, sum FROM kept ORDER BY rowid").fetchall()
            count, total = _one(self._read, "SELECT count, total FROM file")
        except sqlite3.Error as error:
            raise StoreDamaged(str(error)) from error
        if (count, total) != (len(rows), sum(sum_ for *_, sum_ in rows)):
            raise StoreDamaged(f"{len(rows)} rows are there of {count}, or others")
        found: dict[str, list[tuple[str, bytes]]] = {}
        for kind, id_, row, sum_ in rows:
            found.setdefault(kind, []).append((id_, _whole((kind, id_), row, sum_)))
        return Kept({int(id_): _read_place(row) for id_, row in found.pop(PLACE, ())}, found)

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
        (busy, *_), (flushes,) = _one(db, "PRAGMA wal_checkpoint(TRUNCATE)"), _one(db, "SELECT flushes FROM file")
        if not busy:
            self._moved = flushes

    def _write(self, db: sqlite3.Connection, change: Change) -> None:
        db.executemany(
            "INSERT INTO rows VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET row = ?2, sum = ?3",
            ((id_, row, _sum((id_,), row)) for id_, row in change.rows),
        )
        count, total = _one(db, "SELECT count, total FROM file")
        places = ((PLACE, str(partition), write(place)) for partition, place in change.places.items())
        for kind, id_, row in (*change.kept, *places):
            more, sum_ = _put(db, kind, id_, row)
            count, total = count + more, total + sum_
        db.execute(
            "UPDATE file SET flushes = flushes + 1, moved = ?, count = ?, total = ?", (self._moved, count, total)
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


def _whole(key: Sequence[str], row: Any, sum_: Any) -> bytes:
    if not isinstance(row, bytes) or _sum(key, row) != sum_:
        raise StoreDamaged(f"the row of {'/'.join(key)} is not what was written")
    return row


def _sum(key: Sequence[str], row: bytes) -> int:
    return checksum(*(part.encode() for part in key), row)


def _put(db: sqlite3.Connection, kind: str, id_: str, row: bytes | None) -> tuple[int, int]:
    """Write or delete one of the rows that are kept whole; how many more there are, and by how much their sums grow.

    One that is the same keeps its place: cases are found by their keys in the order in which they came there.
    """
    found = db.execute("SELECT sum FROM kept WHERE kind = ? AND id = ?", (kind, id_)).fetchall()
    before, after = [one for (one,) in found], [] if row is None else [_sum((kind, id_), row)]
    if before != after and row is None:
        db.execute("DELETE FROM kept WHERE kind = ? AND id = ?", (kind, id_))
    elif before != after:
        db.execute(
            "INSERT INTO kept VALUES (?1, ?2, ?3, ?4) ON CONFLICT (kind, id) DO UPDATE SET row = ?3, sum = ?4",
            (kind, id_, row, *after),
        )
    return len(after) - len(before), sum(after) - sum(before)
