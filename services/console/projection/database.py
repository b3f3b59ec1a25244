"""One generation of the console's database: SQLite in a file, or PostgreSQL in a schema, through SQLAlchemy Core."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Engine, event, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.console.analysis.views import statements
from services.console.projection import bank_tables, counting_tables, tables
from services.console.projection.database_writer import DatabaseWriter
from services.console.projection.tables import SCHEMA, case, meta, projection_offset
from shared.errors import RedressError

(METADATA,) = {one.metadata for one in (tables, bank_tables, counting_tables)}
"""A generation has all tables that any module declares."""
BUSY_SECONDS = 10
CACHE_KIB = 65_536
"""Pages of the indexes kept in memory: a rebuild of a million events visits them in no order."""


class ConsoleDatabaseAway(RedressError):
    """The console's database cannot be reached, or is damaged: it is tried again; check REDRESS_CONSOLE_URL, the server
    and the disk, and if they are well give `redress console rebuild`.
    """

    code = "console_database_away"
    status = 503


class Database:
    """One generation takes one writer and any number of readers, each with a snapshot."""

    def __init__(self, engine: AsyncEngine, writing: Engine, number: int) -> None:
        self.number = number
        self.writer = DatabaseWriter(writing)
        self._engine = engine
        self._sqlite = engine.dialect.name == "sqlite"
        self._reading = engine if self._sqlite else engine.execution_options(isolation_level="REPEATABLE READ")
        for one in (engine.sync_engine, writing) if self._sqlite else ():
            event.listen(one, "connect", _prepare)
            event.listen(one, "begin", _begin)

    async def create(self, partitions: int) -> None:
        """Make the tables and views of an empty generation, of which nobody takes notice before it is ``complete``."""
        async with self._engine.begin() as connection:
            await connection.run_sync(METADATA.create_all)
            for statement in statements():
                await connection.exec_driver_sql(statement)
            rows = [
                {"partition": partition, "next_offset": 0, "published_offset": 0} for partition in range(partitions)
            ]
            if rows:
                await connection.execute(insert(projection_offset), rows)

    async def complete(self) -> None:
        """Say of which version it is, once it may answer."""
        async with self._engine.begin() as connection:
            await connection.execute(insert(meta), {"schema_number": SCHEMA})

    async def version(self) -> int | None:
        """The version of its tables; None where it does not say, since it is half built, damaged or of another age."""
        try:
            async with self.read() as connection:
                return (await connection.execute(select(meta.c.schema_number))).scalar_one_or_none()
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            return None

    async def fits(self, partitions: int) -> bool:
        """Whether its tables are those of this code, for this number of partitions."""
        return await self.version() == SCHEMA and len(await self.offsets()) == partitions

    async def tell_again(self) -> None:
        """See that every case is published again: another generation has told meanwhile how they are."""
        async with self._engine.begin() as connection:
            await connection.execute(update(projection_offset).values(published_offset=0))

    async def offsets(self) -> dict[int, int]:
        """Per partition the offset that is to be projected next."""
        async with self.read() as connection:
            found = await connection.execute(select(projection_offset))
            return {row.partition: row.next_offset for row in found}

    async def blocked(self) -> list[str]:
        """The cases of which a record cannot be read."""
        async with self.read() as connection:
            query = select(case.c.case_id).where(case.c.blocked.is_not(None)).order_by(case.c.case_id)
            return list((await connection.execute(query)).scalars())

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection whose statements all see the same state."""
        async with self._reading.connect() as connection:
            yield connection

    async def plan(self, statement: Any) -> list[str]:
        """How SQLite would look something up: for the test that nothing is scanned."""
        async with self.read() as connection:
            compiled = statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
            found = await connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}"))
            return [str(row[-1]) for row in found]

    async def close(self) -> None:
        """Let go of all connections."""
        await asyncio.to_thread(self.writer.close)
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
