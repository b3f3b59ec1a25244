"""Reads cases as they were known at an instant: what was recorded by then, to whoever sees the case today."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.console.http.seen_cases import newest_seen
from services.console.http.stored_case import duties_of, rows_of
from services.console.projection.case_as_of import CaseRows, case_as_of
from services.console.projection.instants import micros
from services.console.projection.tables import Row, clock, event, message
from shared.bank.sight import Sight
from shared.case.numbers import UnknownCase

AT_ONCE = 100
"""Cases that are folded again before others get a turn."""
FOLDED_LIMIT = 1000
"""Cases that one page folds again at most: then it is shorter, and the next one goes on from there."""


async def known_case(connection: AsyncConnection, row: Row, as_of: datetime | None) -> CaseRows:
    """The rows of a case, now or as it was known at an instant. Raises UnknownCase: it had not been received then."""
    if as_of is None:
        case_id = row["case_id"]
        clocks = select(clock).where(clock.c.case_id == case_id).order_by(clock.c.due_us, clock.c.clock_id)
        messages = await rows_of(connection, select(message).where(message.c.case_id == case_id))
        return CaseRows(row, await duties_of(connection, case_id), await rows_of(connection, clocks), messages)
    found = await _known(connection, [row], micros(as_of.isoformat()))
    if not found:
        raise UnknownCase
    return found[0]


async def newest_known(
    connection: AsyncConnection,
    sight: Sight,
    fixed: Sequence[ColumnElement[bool]],
    after: tuple[int, str] | None,
    known_us: int,
) -> tuple[list[CaseRows], list[Row]]:
    """The next cases that a reader sees, as known at an instant, and the rows they are looked up by.

    ``fixed``: conditions that hold of a case at any time.
    """
    rows = await rows_of(connection, newest_seen(sight, fixed, after, AT_ONCE))
    await asyncio.sleep(0)
    return await _known(connection, rows, known_us), rows


async def _known(connection: AsyncConnection, rows: list[Row], known_us: int) -> list[CaseRows]:
    ids = [row["case_id"] for row in rows]
    recorded = select(event).where(event.c.case_id.in_(ids), event.c.known_us <= known_us)
    by_case: dict[str, list[Row]] = {case_id: [] for case_id in ids}
    for one in await rows_of(connection, recorded.order_by(event.c.case_id, event.c.ordinal)):
        by_case[one["case_id"]].append(one)
    found = (case_as_of(row, by_case[row["case_id"]]) for row in rows)
    return [case for case in found if case is not None]
