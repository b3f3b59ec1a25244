"""The writer of a generation: one thread and one connection do a batch of records in one go.

Between threads nothing is handed over but whole batches, and a statement is compiled once: what is left is the
database's own work.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import Table

from services.console.projection.tables import Row, projection_offset
from shared.errors import RedressError

T = TypeVar("T")


class ProjectionTaken(RedressError):
    """Another process projects into this database: run one console per installation (docs/how-to/operate.md)."""

    code = "projection_taken"
    status = 409


class DatabaseWriter:
    """Does one job after another on its thread. What a job may use of it stands below ``do``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, "projection")
        self._compiled = cache(self._compile)
        self._upserting = cache(self._upsert_into)
        self._adding = cache(self._add_to)

    async def do(self, job: Callable[[], T]) -> T:
        """Do a job. Whoever gives up waits until it has ended, so that nobody writes behind his back."""
        doing = asyncio.get_running_loop().run_in_executor(self._thread, job)
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            await asyncio.wait([doing])
            raise

    def close(self) -> None:
        """Let go of thread and connection."""
        self._thread.shutdown()
        self._engine.dispose()

    # -- in a job ----------------------------------------------------------------------------------------

    @contextmanager
    def moving(self, partition: int, before: int, after: int) -> Iterator[Connection]:
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
        with self._engine.begin() as connection:
            if connection.execute(moved).rowcount != 1:
                raise ProjectionTaken
            yield connection

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """A transaction on what does not come from the log."""
        with self._engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection whose statements see what was written."""
        with self._engine.connect() as connection:
            yield connection

    def write(self, connection: Connection, statement: Any, rows: Sequence[Row]) -> None:
        """Run a statement, one of a few that are always the same object, once per row: all its parameters, by name."""
        connection.exec_driver_sql(self._compiled(statement), rows)

    def upsert(self, connection: Connection, table: Table, rows: Sequence[Row]) -> None:
        """Write whole rows, replacing those of the same key."""
        self.write(connection, self._upserting(table), rows)

    def add(self, connection: Connection, table: Table, rows: Sequence[Row]) -> None:
        """Add to what stands under the same key, in every other column; what is not there is 0."""
        self.write(connection, self._adding(table), rows)

    def _compile(self, statement: Any) -> str:
        """The statement as this database's driver takes it, with the schema of this generation."""
        schemas = self._engine.get_execution_options().get("schema_translate_map")
        named = {"schema_translate_map": schemas, "render_schema_translate": True} if schemas else {}
        return str(statement.compile(dialect=self._engine.dialect, **named))

    def _upsert_into(self, table: Table) -> Any:
        return self._insert_or(table, lambda column, fresh: fresh)

    def _add_to(self, table: Table) -> Any:
        return self._insert_or(table, lambda column, fresh: column + fresh)

    def _insert_or(self, table: Table, becomes: Callable[[Any, Any], Any]) -> Any:
        make = sqlite.insert if self._engine.dialect.name == "sqlite" else postgresql.insert
        statement: Any = make(table)
        keys = [column.name for column in table.primary_key.columns]
        others = {c.name: becomes(c, statement.excluded[c.name]) for c in table.columns if c.name not in keys}
        return statement.on_conflict_do_update(index_elements=keys, set_=others)
