"""Narrows a question to the cases that exist for its reader: one query over the ties of cases, never all of them.

``shared.bank.sight`` is the rule; here it is said to the database.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, union
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.selectable import FromClause

from services.console.projection.tables import case, case_tie
from shared.bank.sight import Sight

FEW_TIES = 50
"""Up to so many, each is looked up for itself: newest first, a page at most. Who answers to more sees so many of the
newest cases that going through these finds a page sooner; a compound query takes some hundreds of parts at most."""


def newest_seen(sight: Sight, wanted: Sequence[ColumnElement[bool]], after: tuple[int, str] | None, limit: int) -> Any:
    """The query for the newest cases that a reader sees and that are wanted, after a place in that order."""
    conditions = [*wanted, not_concerned(sight)]
    if sight.everything or len(sight.answers_to) > FEW_TIES:
        tied = [] if sight.everything else [_has_one_of(sight.answers_to)]
        return _newest(select(case).where(*conditions, *tied, *_after(case, after)), case, limit)
    parts = [_newest(_by_tie(tie, conditions, after), case_tie, limit).subquery() for tie in sorted(sight.answers_to)]
    found = union(*(select(part.c.case_id) for part in parts)).subquery()
    return _newest(select(case).where(case.c.case_id.in_(select(found.c.case_id))), case, limit)


def not_concerned(sight: Sight) -> ColumnElement[bool]:
    """Whether a row of table ``case`` is of no case in which the reader is concerned."""
    return ~_has_one_of(sight.concerned)


def _has_one_of(ties: frozenset[str]) -> ColumnElement[bool]:
    one = case_tie.alias()
    return exists().where(one.c.case_id == case.c.case_id, one.c.tie.in_(sorted(ties))).correlate(case)


def _by_tie(tie: str, conditions: Sequence[ColumnElement[bool]], after: tuple[int, str] | None) -> Select[Any]:
    joined = case_tie.join(case, case.c.case_id == case_tie.c.case_id)
    tied = select(case_tie.c.case_id).select_from(joined).where(case_tie.c.tie == tie, *conditions)
    return tied.where(*_after(case_tie, after))


def _newest(query: Select[Any], of: FromClause, limit: int) -> Select[Any]:
    return query.order_by(of.c.received_us.desc(), of.c.case_id.desc()).limit(limit)


def _after(of: FromClause, after: tuple[int, str] | None) -> list[ColumnElement[bool]]:
    if after is None:
        return []
    received_us, case_id = after
    return [or_(of.c.received_us < received_us, and_(of.c.received_us == received_us, of.c.case_id < case_id))]


async def ties_of_case(connection: AsyncConnection, case_id: str) -> frozenset[str]:
    """What one case is tied to."""
    found = await connection.execute(select(case_tie.c.tie).where(case_tie.c.case_id == case_id))
    return frozenset(tie for (tie,) in found)
