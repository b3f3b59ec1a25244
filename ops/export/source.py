"""Reads declared tables from the console's database: which days there are, of what they are made, and their rows."""

import asyncio
import errno
import hashlib
import os
import sqlite3
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from typing import Any, NamedTuple

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from ops.export.parquet import Rows
from services.console.analysis.declared import Declared
from services.console.analysis.in_chinese import column_says
from services.console.projection.as_known_then import Anew, as_known_then
from services.console.projection.bank_tables import bank_day, bank_state
from services.console.projection.database import ConsoleDatabaseAway, Database
from services.console.projection.generations import Generations, SqliteGenerations, generations, opened_where
from services.console.projection.instants import micros
from services.console.projection.tables import SCHEMA
from shared.errors import RedressError
from shared.process.settings import Settings

END_OF_TIME = 2**62
WRITTEN_SECONDS, LOOK_SECONDS = 20.0, 0.2
"""So long an export waits for the bank's days, which the console writes once it answers from a new database."""
ROWS_AT_ONCE = 10_000
"""Rows that are in memory at once, some tens of megabytes: a day may have a million events."""


class NothingToExport(RedressError):
    """The console has no database with the bank's days yet: start it (`redress up`), and export once it is ready."""

    code = "nothing_to_export"
    status = 503


class Source(NamedTuple):
    """A snapshot of a database. ``says``: what everything in it rests on besides the rows of a day."""

    connection: AsyncConnection
    says: str
    instants: dict[str, tuple[int, int]]

    async def days(self, table: Declared) -> dict[str, str]:
        """The days of which a table has rows, and what these are made of; one without a name where it has no days."""
        says = [column_says(table.name, column.name) for column in table.columns]
        of_table = (self.says, table, says, ROWS_AT_ONCE)
        if table.marks is None:
            return {"": _hash(of_table)}
        found = await self.connection.execute(text(table.marks))
        return {day: _hash((of_table, [str(mark) for mark in marks])) for day, *marks in found}

    async def rows(self, table: Declared, day: str) -> AsyncGenerator[Rows]:
        """The rows of a day, always in the same order and in the same parts."""
        where, values = "", dict[str, Any]()
        if table.of_day is not None:
            from_us, until_us = self.instants.get(day, (0, 0))
            known = {"day": day, "from_us": from_us, "until_us": until_us}
            where = f" WHERE {table.of_day}"
            values = {name: value for name, value in known.items() if f":{name}" in table.of_day}
        order = ", ".join(f'"{name}"' for name in table.key)
        async with self.connection.stream(text(f"{table.select}{where} ORDER BY {order}"), values) as found:
            async for some in found.partitions(ROWS_AT_ONCE):
                yield some


def _hash(made_of: object) -> str:
    return hashlib.sha256(repr(made_of).encode()).hexdigest()


@asynccontextmanager
async def source(settings: Settings, as_of: datetime | None, work: Path, anew: Anew) -> AsyncIterator[Source]:
    """The database as it is, or as it would have been at an instant; ``work``: a folder for that one, meanwhile,
    which ``anew`` writes.

    Raises:
        NothingToExport, ConsoleDatabaseAway
    """
    kept = generations(settings)
    try:
        database = await _live(kept, settings.partitions)
        try:
            async with database.read() as connection:
                if as_of is None:
                    yield await _source(connection, database.number, None)
                else:
                    async with _then(connection, as_of, work, anew) as then, then.read() as known:
                        yield await _source(known, database.number, as_of)
        finally:
            await database.close()
    except DBAPIError as error:
        raise ConsoleDatabaseAway(f"{type(error.orig).__name__}: {ConsoleDatabaseAway.sentence()}") from error
    finally:
        await kept.close()


async def _live(kept: Generations, partitions: int) -> Database:
    """The live database, once the bank's days are in it: into one that was just made anew the console writes them soon.

    Raises:
        NothingToExport: there is none, or nobody writes them.
    """

    async def written(database: Database) -> bool:
        return await database.fits(partitions) and bool(await _says(database))

    until = time.monotonic() + WRITTEN_SECONDS
    while (number := await kept.live()) is not None:
        if (database := await opened_where(kept, number, written)) is not None:
            return database
        if time.monotonic() > until:
            break
        await asyncio.sleep(LOOK_SECONDS)
    raise NothingToExport


async def _says(database: Database) -> str | None:
    async with database.read() as connection:
        return (await connection.execute(select(bank_state.c.says))).scalar_one_or_none()


async def _source(connection: AsyncConnection, number: int, as_of: datetime | None) -> Source:
    says = (await connection.execute(select(bank_state.c.says))).scalar_one()
    found = (await connection.execute(select(bank_day.c.day, bank_day.c.from_us).order_by(bank_day.c.from_us))).all()
    ends = [from_us for _, from_us in found[1:]] + [END_OF_TIME]
    instants = {day: (from_us, until_us) for (day, from_us), until_us in zip(found, ends, strict=True)}
    return Source(connection, _hash((SCHEMA, number, says, as_of and as_of.isoformat())), instants)


@asynccontextmanager
async def _then(now: AsyncConnection, as_of: datetime, work: Path, anew: Anew) -> AsyncIterator[Database]:
    """A database of its own, which is gone afterwards. Raises OSError: there is no room for it."""
    rmtree(work, ignore_errors=True)
    then = await SqliteGenerations(work).open(1)
    try:
        await as_known_then(now, micros(as_of.isoformat()), then, anew)
        yield then
    except DBAPIError as error:
        if getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_FULL:
            raise
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(work)) from error
    finally:
        await then.close()
        rmtree(work, ignore_errors=True)
