"""A key store keeps the vault's wrapped keys: SQLite on one machine, PostgreSQL where several share a vault."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from shared.process.rounds import Rounds
from shared.sealing.vault import KeyMissing, VaultAway, WrappedKey

TABLE = "CREATE TABLE IF NOT EXISTS case_keys (case_id TEXT PRIMARY KEY, wrapped {blob})"
PAGE = "SELECT case_id, wrapped FROM case_keys WHERE case_id > {p} ORDER BY case_id LIMIT {p}"
PUT_BACK = (
    "INSERT INTO case_keys VALUES ({p}, {p}) ON CONFLICT (case_id) DO UPDATE SET wrapped = NULL"
    " WHERE excluded.wrapped IS NULL"
)
REWRAP = "UPDATE case_keys SET wrapped = {p} WHERE case_id = {p} AND wrapped = {p}"
LOOK_UP = "SELECT wrapped FROM case_keys WHERE case_id = ?"
MAKING_TABLE = 0x52454452
"""Name of a lock in PostgreSQL: of two that make a table at once one fails, even if it is only made IF NOT EXISTS."""
CONNECTION_SECONDS = 3.0
"""A call waits at most so long for a connection: whoever sends something in is to hear that the vault is away."""
BUSY_SECONDS = 10
"""Two processes share the file: a writer waits for the other at most this long."""


@contextmanager
def reached() -> Iterator[None]:
    """Tell as one error what a store says that is away, or whose disk is full. Raises VaultAway."""
    try:
        yield
    except (sqlite3.Error, psycopg.Error, PoolTimeout) as error:
        raise VaultAway from error


class SqliteKeys:
    """Keys in one SQLite file, on a thread of its own. Keys asked for at the same time share one durable commit."""

    def __init__(self, connection: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
        self._connection = connection
        self._thread = thread
        self._made = Rounds[tuple[str, bytes], bytes | None](self._insert, thread)
        self._known = Rounds[str, bytes | None](self._select, thread)

    @classmethod
    async def open(cls, path: Path) -> "SqliteKeys":
        """Open or make the file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        thread = ThreadPoolExecutor(1, "vault")

        def connect() -> sqlite3.Connection:
            connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")  # a commit is on the disk before it is answered
            connection.execute(TABLE.format(blob="BLOB"))
            return connection

        return cls(await asyncio.get_running_loop().run_in_executor(thread, connect), thread)

    async def ensure(self, key_id: str, wrapped: bytes) -> bytes | None:
        """See ``KeyStore``."""
        with reached():
            return await self._made.ask((key_id, wrapped))

    def _insert(self, rows: Sequence[tuple[str, bytes]]) -> list[bytes | None]:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.executemany("INSERT OR IGNORE INTO case_keys VALUES (?, ?)", rows)
            found = [connection.execute(LOOK_UP, (key_id,)).fetchone()[0] for key_id, _ in rows]
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # of a full disk SQLite has rolled back by itself
                connection.execute("ROLLBACK")
            raise
        return found

    async def get(self, key_id: str) -> bytes | None:
        """See ``KeyStore``."""
        with reached():
            return await self._known.ask(key_id)

    def _select(self, key_ids: Sequence[str]) -> list[bytes | Exception | None]:
        rows = [self._connection.execute(LOOK_UP, (key_id,)).fetchone() for key_id in key_ids]
        return [KeyMissing() if row is None else row[0] for row in rows]

    async def destroy(self, key_id: str) -> None:
        """See ``KeyStore``."""
        statement = "INSERT INTO case_keys VALUES (?, NULL) ON CONFLICT (case_id) DO UPDATE SET wrapped = NULL"
        destroyed = partial(self._connection.execute, statement, (key_id,))
        with reached():
            await asyncio.get_running_loop().run_in_executor(self._thread, destroyed)

    async def page(self, after: str, most: int) -> list[WrappedKey]:
        """See ``KeyStore``."""
        rows = partial(self._all, PAGE.format(p="?"), (after, most))
        with reached():
            found = await asyncio.get_running_loop().run_in_executor(self._thread, rows)
        return [WrappedKey(*row) for row in found]

    def _all(self, statement: str, values: Sequence[object]) -> list[tuple[str, bytes | None]]:
        return self._connection.execute(statement, values).fetchall()

    async def put_back(self, keys: Sequence[WrappedKey]) -> None:
        """See ``KeyStore``."""
        await self._many(PUT_BACK.format(p="?"), keys)

    async def rewrap(self, keys: Sequence[tuple[WrappedKey, bytes]]) -> None:
        """See ``KeyStore``."""
        await self._many(REWRAP.format(p="?"), [(new, *old) for old, new in keys])

    async def _many(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        with reached():
            await asyncio.get_running_loop().run_in_executor(self._thread, self._change, statement, rows)

    def _change(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.executemany(statement, rows)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    async def close(self) -> None:
        """See ``KeyStore``."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown()


class PostgresKeys:
    """Keys in PostgreSQL."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool

    @classmethod
    async def open(cls, url: str) -> "PostgresKeys":
        """Connect, and make the table if there is none."""
        pool = AsyncConnectionPool(
            url, min_size=1, max_size=8, open=False, kwargs={"autocommit": True}, timeout=CONNECTION_SECONDS,
            check=AsyncConnectionPool.check_connection,  # one of before the database was started anew fails nobody
        )  # fmt: skip
        with reached():
            await pool.open(wait=True)
            async with pool.connection() as connection, connection.transaction():
                await connection.execute("SELECT pg_advisory_xact_lock(%s)", (MAKING_TABLE,))
                await connection.execute(TABLE.format(blob="BYTEA"))
        return cls(pool)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        with reached():
            async with self._pool.connection() as connection:
                yield connection

    async def ensure(self, key_id: str, wrapped: bytes) -> bytes | None:
        """See ``KeyStore``."""
        async with self._connection() as connection:
            await connection.execute("SET synchronous_commit = on")
            await connection.execute(
                "INSERT INTO case_keys VALUES (%s, %s) ON CONFLICT (case_id) DO NOTHING", (key_id, wrapped)
            )
        return await self.get(key_id)

    async def get(self, key_id: str) -> bytes | None:
        """See ``KeyStore``."""
        async with self._connection() as connection:
            cursor = await connection.execute("SELECT wrapped FROM case_keys WHERE case_id = %s", (key_id,))
            row = await cursor.fetchone()
        if row is None:
            raise KeyMissing
        wrapped: bytes | None = row[0]
        return wrapped

    async def destroy(self, key_id: str) -> None:
        """See ``KeyStore``."""
        async with self._connection() as connection:
            await connection.execute(
                "INSERT INTO case_keys VALUES (%s, NULL) ON CONFLICT (case_id) DO UPDATE SET wrapped = NULL",
                (key_id,),
            )

    async def page(self, after: str, most: int) -> list[WrappedKey]:
        """See ``KeyStore``."""
        async with self._connection() as connection:
            cursor = await connection.execute(PAGE.format(p="%s").encode(), (after, most))
            return [WrappedKey(*row) for row in await cursor.fetchall()]

    async def put_back(self, keys: Sequence[WrappedKey]) -> None:
        """See ``KeyStore``."""
        await self._many(PUT_BACK.format(p="%s"), keys)

    async def rewrap(self, keys: Sequence[tuple[WrappedKey, bytes]]) -> None:
        """See ``KeyStore``."""
        await self._many(REWRAP.format(p="%s"), [(new, *old) for old, new in keys])

    async def _many(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        async with self._connection() as connection, connection.transaction():
            await connection.execute("SET LOCAL synchronous_commit = on")
            await connection.cursor().executemany(statement.encode(), rows)

    async def close(self) -> None:
        """See ``KeyStore``."""
        await self._pool.close()
