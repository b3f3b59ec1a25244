"""A database as it would have been at an instant: its cases are folded again from what was recorded by then."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Protocol

from sqlalchemy import Select, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.console.projection.bank_tables import bank_day, bank_state, bank_unit, pseudonym
from services.console.projection.database import Database
from services.console.projection.tables import Row, event

AT_ONCE = 2000
"""Events at least that are folded and written in one transaction."""


class Remaking(Protocol):
    """Whoever writes cases anew into a database: `projector.py`."""

    def remake(self, rows: Iterable[Row]) -> None:
        """Write cases anew from their first events; on the writer's thread."""


Anew = Callable[[Database], Remaking]


async def as_known_then(now: AsyncConnection, known_us: int, then: Database, anew: Anew) -> None:
    """Fill an empty database, which has no tables yet, with what was known at an instant.

    Days and pseudonyms are those of now; of the organisation it knows the files that were published by then.
    """
    await then.create(0)
    for table, query in (
        (bank_day, select(bank_day)),
        (pseudonym, select(pseudonym)),
        (bank_state, select(bank_state)),
        (bank_unit, select(bank_unit).where(bank_unit.c.published_us <= known_us)),
    ):
        rows = [dict(row) for row in (await now.execute(query)).mappings()]
        if rows:
            await then.writer.do(partial(_insert, then, insert(table), rows))
    await _events(now, select(event).where(event.c.known_us <= known_us), then, anew(then))


def _insert(database: Database, statement: object, rows: list[Row]) -> None:
    with database.writer.changing() as connection:
        database.writer.write(connection, statement, rows)


async def _events(now: AsyncConnection, query: Select[tuple[object, ...]], then: Database, remaking: Remaking) -> None:
    """Fold every case from its first events; a case is always in one piece."""
    rows = list[Row]()
    async with now.stream(query.order_by(event.c.case_id, event.c.ordinal)) as found:
        async for one in found.mappings():
            if len(rows) >= AT_ONCE and one["case_id"] != rows[-1]["case_id"]:
                await then.writer.do(partial(remaking.remake, rows))
                rows = []
            rows.append(dict(one))
    if rows:
        await then.writer.do(partial(remaking.remake, rows))
