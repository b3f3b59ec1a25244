"""One generation of the console's database: SQLite in a file, or PostgreSQL in a schema, through SQLAlchemy Core."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.schema import Table

from services.console.projection.tables import SCHEMA, Row, meta, metadata, projection_offset
from shared.errors import RedressError

BUSY_SECONDS = 10
CACHE_KIB = 65_536
"""Pages of the indexes kept in memory: a rebuild of a million events visits them in no order."""


class ProjectionTaken(RedressError):
    """Another process projects into this database: run one console per installation (docs/how-to/operate.md)."""

    code = "projection_taken"
    status = 409


class ConsoleDatabaseAway(RedressError):
    """The console's database cannot be reached: it is tried again; check REDRESS_CONSOLE_URL and the server."""

    code = "console_database_away"
    status = 503


class Database:
    """One generation takes one writer per partition and any number of readers, each with a snapshot."""

    def __init__(self, engine: AsyncEngine, number: int) -> None:
        self.number = number
        self._engine = engine
        self._sqlite = engine.dialect.name == "sqlite"
        self._reading = engine if self._sqlite else engine.execution_options(isolation_level="REPEATABLE READ")
        if self._sqlite:
            event.listen(engine.sync_engine, "connect", _prepare)
            event.listen(engine.sync_engine, "begin", _begin)

    async def create(self, partitions: int) -> None:
        """Make the tables of an empty generation."""
        async with self._engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
            await connection.execute(insert(meta), {"schema_number": SCHEMA})
            rows = [{"partition": partition, "next_offset": 0} for partition in range(partitions)]
            await connection.execute(insert(projection_offset), rows)

    async def fits(self, partitions: int) -> bool:
        """Whether its tables are those of this code, for this number of partitions."""
        try:
            async with self.read() as connection:
                number = (await connection.execute(select(meta.c.schema_number))).scalar_one_or_none()
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            return False  # it has no such table: a database of another age
        return number == SCHEMA and len(await self.offsets()) == partitions

    async def offsets(self) -> dict[int, int]:
        """Per partition the offset that is to be projected next."""
        async with self.read() as connection:
            found = await connection.execute(select(projection_offset))
            return {row.partition: row.next_offset for row in found}

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection whose statements all see the same state."""
        async with self._reading.connect() as connection:
            yield connection

    @asynccontextmanager
    async def moving(self, partition: int, before: int, after: int) -> AsyncIterator[AsyncConnection]:
        """A transaction that moves a partition on: offsets and rows are written together, or neither.

        Raises:
            ProjectionTaken: somebody else moved it.
        """
        columns = projection_offset.c
        moved = (
            update(projection_offset)
            .where(columns.partition == partition, columns.next_offset == before)
            .values(next_offset=after)
        )
        async with self._engine.begin() as connection:
            if (await connection.execute(moved)).rowcount != 1:
                raise ProjectionTaken
            yield connection

    async def upsert(self, connection: AsyncConnection, table: Table, rows: list[Row]) -> None:
        """Write rows, replacing those of the same key."""
        make = sqlite.insert if self._sqlite else postgresql.insert
        statement: Any = make(table)
        keys = [column.name for column in table.primary_key.columns]
        others = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
        await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=others), rows)

    async def plan(self, statement: Any) -> list[str]:
        """How SQLite would look something up: for the test that nothing is scanned."""
        async with self.read() as connection:
            compiled = statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
            found = await connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}"))
            return [str(row[-1]) for row in found]

    async def close(self) -> None:
        """Let go of all connections."""
        await self._engine.dispose()


def _prepare(connection: Any, record: Any) -> None:
    """Transactions are begun by us (``_begin``), so that readers have snapshots; a commit survives kill -9."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={BUSY_SECONDS * 1000}", f"cache_size=-{CACHE_KIB}",
    ):  # fmt: skip
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN")
