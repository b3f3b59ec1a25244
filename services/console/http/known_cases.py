"""Reads cases as they were known at an instant: what was recorded by then, to whoever sees the case today."""

from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.console.http.row_query import rows_of
from services.console.http.seen_cases import newest_seen
from services.console.projection.tables import CaseRows, Row, event
from shared.bank.sight import Sight

Refold = Callable[[Row, Sequence[Row]], Awaitable[CaseRows | None]]
"""Folds a case anew from its first events (``projection/case_as_of.py``); ``Row``: the case as it is now."""
AT_ONCE = 100
"""Cases whose events are read at once to fold them again."""
FOLDED_LIMIT = 1000
"""Cases that one page folds again at most: then it is shorter, and the next one goes on from there."""


async def newest_known(
    connection: AsyncConnection,
    sight: Sight,
    fixed: Sequence[ColumnElement[bool]],
    after: tuple[int, str] | None,
    known_us: int,
    refold: Refold,
) -> tuple[list[CaseRows], list[Row]]:
    """The next cases that a reader sees, as known at an instant, and the rows they are looked up by.

    ``fixed``: conditions that hold of a case at any time.
    """
    rows = await rows_of(connection, newest_seen(sight, fixed, after, AT_ONCE))
    return await refolded(connection, rows, known_us, refold), rows


async def refolded(connection: AsyncConnection, rows: list[Row], known_us: int, refold: Refold) -> list[CaseRows]:
    """The cases of these rows that had been received by an instant, as they were known then."""
    ids = [row["case_id"] for row in rows]
    recorded = select(event).where(event.c.case_id.in_(ids), event.c.known_us <= known_us)
    by_case: dict[str, list[Row]] = {case_id: [] for case_id in ids}
    for one in await rows_of(connection, recorded.order_by(event.c.case_id, event.c.ordinal)):
        by_case[one["case_id"]].append(one)
    found = [await refold(row, by_case[row["case_id"]]) for row in rows]
    return [case for case in found if case is not None]
