"""Generations of the console's database: a new one is built beside the live one, then takes its place at once.

SQLite: a file per generation under ``data/console`` and a file ``live`` that names the one in use, replaced by a
rename. PostgreSQL: a schema per generation and a table with one row.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.schema import CreateSchema, DropSchema

from services.console.projection.database import Database
from shared.errors import RedressError
from shared.process.settings import Settings
from shared.sealing.durable_files import replace_file, sync_folders

POOL = 8
"""Connections at most that read; one more writes."""
BOUNDED = {"connect_timeout": 10, "tcp_user_timeout": 10_000}
"""Seconds and milliseconds: a thread that waits for a server cannot be told to give up."""


class RebuildRunning(RedressError):
    """A rebuild of the console's database is running already: wait until it is done."""

    code = "rebuild_running"
    status = 409


class Generations(Protocol):
    """The generations of one installation."""

    async def live(self) -> int | None:
        """The number of the one in use."""

    async def numbers(self) -> list[int]:
        """The numbers of all that there are."""

    async def open(self, number: int) -> Database:
        """One of them, or an empty place for a new one."""

    async def swap(self, number: int) -> None:
        """Make one the live one, durably and at once."""

    async def drop(self, number: int) -> None:
        """Remove one."""

    def building(self) -> AbstractAsyncContextManager[None]:
        """The right to make a new one. Raises RebuildRunning."""

    async def close(self) -> None:
        """Let go of connections."""


async def opened_where(kept: Generations, number: int, holds: Callable[[Database], Awaitable[bool]]) -> Database | None:
    """Open a generation of which something holds; where it does not, or cannot be asked, nothing is left open."""
    async with AsyncExitStack() as otherwise:
        database = await kept.open(number)
        otherwise.push_async_callback(database.close)
        if await holds(database):
            otherwise.pop_all()
            return database
    return None


class SqliteGenerations:
    """Files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def live(self) -> int | None:
        """See ``Generations``."""
        try:
            return int(await asyncio.to_thread((self._folder / "live").read_text))
        except FileNotFoundError:
            return None

    async def numbers(self) -> list[int]:
        """See ``Generations``."""
        found = await asyncio.to_thread(lambda: list(self._folder.glob("generation-*.sqlite")))
        return sorted(int(path.stem.removeprefix("generation-")) for path in found)

    def place(self, number: int) -> Path:
        """The file of a generation."""
        return self._folder / f"generation-{number}.sqlite"

    async def open(self, number: int) -> Database:
        """See ``Generations``."""
        place = self.place(number)
        reading = create_async_engine(f"sqlite+aiosqlite:///{place}", pool_size=POOL)
        return Database(reading, create_engine(f"sqlite:///{place}", pool_size=1, paramstyle="named"), number)

    async def swap(self, number: int) -> None:
        """See ``Generations``."""
        await asyncio.to_thread(self._swap, number)

    def _swap(self, number: int) -> None:
        replace_file(self._folder / "live", str(number).encode())
        sync_folders([self._folder])

    async def drop(self, number: int) -> None:
        """See ``Generations``."""
        await asyncio.to_thread(self._drop, number)

    def _drop(self, number: int) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.place(number)}{suffix}").unlink(missing_ok=True)

    @asynccontextmanager
    async def building(self) -> AsyncIterator[None]:
        """See ``Generations``."""
        descriptor = os.open(self._folder / "building.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(descriptor)
            yield
        finally:
            os.close(descriptor)

    async def close(self) -> None:
        """See ``Generations``."""


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise RebuildRunning from error


class PostgresGenerations:
    """Schemas of a PostgreSQL database; the installation's name keeps several apart."""

    def __init__(self, url: str, installation: str) -> None:
        self._url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        self._name = f"{installation}.console"
        self._engine: AsyncEngine = create_async_engine(self._url, pool_size=2)

    async def _pointer(self) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(CreateSchema(self._name, if_not_exists=True))
            await connection.execute(
                text(f'CREATE TABLE IF NOT EXISTS "{self._name}".live (one int PRIMARY KEY, number int NOT NULL)')
            )

    async def live(self) -> int | None:
        """See ``Generations``."""
        await self._pointer()
        async with self._engine.connect() as connection:
            found = await connection.execute(text(f'SELECT number FROM "{self._name}".live'))  # noqa: S608 - our name
            number: int | None = found.scalar_one_or_none()
            return number

    async def numbers(self) -> list[int]:
        """See ``Generations``."""
        query, start = text("SELECT schema_name FROM information_schema.schemata"), self.schema(0)[:-1]
        async with self._engine.connect() as connection:
            names = [str(name) for (name,) in await connection.execute(query)]
        return sorted(int(name.removeprefix(start)) for name in names if name.startswith(start))

    def schema(self, number: int) -> str:
        """The schema of a generation."""
        return f"{self._name}-{number}"

    async def open(self, number: int) -> Database:
        """See ``Generations``."""
        async with self._engine.begin() as connection:
            await connection.execute(CreateSchema(self.schema(number), if_not_exists=True))
        translate = {"schema_translate_map": {None: self.schema(number)}}
        same: dict[str, Any] = {"pool_pre_ping": True, "execution_options": translate}
        here = {"options": f'-csearch_path="{self.schema(number)}"'}  # for what is SQL already, such as the views
        reading = create_async_engine(self._url, pool_size=POOL, connect_args=here, **same)
        return Database(reading, create_engine(self._url, pool_size=1, connect_args=BOUNDED | here, **same), number)

    async def swap(self, number: int) -> None:
        """See ``Generations``."""
        await self._pointer()
        statement = text(
            f'INSERT INTO "{self._name}".live VALUES (1, :number) '  # noqa: S608 - our name
            "ON CONFLICT (one) DO UPDATE SET number = excluded.number"
        )
        async with self._engine.begin() as connection:
            await connection.execute(statement, {"number": number})

    async def drop(self, number: int) -> None:
        """See ``Generations``."""
        async with self._engine.begin() as connection:
            await connection.execute(DropSchema(self.schema(number), cascade=True, if_exists=True))

    @asynccontextmanager
    async def building(self) -> AsyncIterator[None]:
        """See ``Generations``."""
        async with self._engine.connect() as connection:
            lock = text("SELECT pg_try_advisory_lock(hashtext(:name))")
            if not (await connection.execute(lock, {"name": self._name})).scalar_one():
                raise RebuildRunning
            try:
                yield
            finally:
                await connection.execute(text("SELECT pg_advisory_unlock(hashtext(:name))"), {"name": self._name})

    async def close(self) -> None:
        """See ``Generations``."""
        await self._engine.dispose()


def generations(settings: Settings) -> Generations:
    """The generations that the settings name: PostgreSQL by ``console_url``, else SQLite under the data folder."""
    if settings.console_url is not None:
        return PostgresGenerations(settings.console_url.get_secret_value(), settings.installation)
    return SqliteGenerations(settings.data / "console")
