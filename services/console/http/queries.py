"""What is asked of the database: one case with all that belongs to it, and pages of cases. SQL only, no meaning."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.console.projection.case_rows import Row
from services.console.projection.tables import case, clock, duty, event, message
from shared.case.numbers import UnknownCase, checked
from shared.web.case_index import UUID_LENGTH


class Place(NamedTuple):
    """Where a page of cases ends: the next one begins after it."""

    received_us: int
    case_id: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases are asked for; None means all. ``units`` holds the unit and all below it."""

    state: str | None = None
    units: frozenset[str] | None = None
    handler: str | None = None
    channel: str | None = None
    due_before_us: int | None = None
    due_before_on: str | None = None
    received_from: str | None = None
    received_to: str | None = None


async def find(connection: AsyncConnection, name: str) -> Row:
    """The row of the case with this id or number.

    Raises:
        UnknownCase, BadCaseNumber
    """
    column = case.c.case_id if len(name) == UUID_LENGTH else case.c.case_number
    wanted = name if len(name) == UUID_LENGTH else checked(name)
    row = (await connection.execute(select(case).where(column == wanted))).mappings().first()
    if row is None:
        raise UnknownCase
    return dict(row)


async def duties_of(connection: AsyncConnection, case_id: str) -> list[Row]:
    """The duties of a case in the order of opening, each with the id of the event that ended it."""
    ended = and_(event.c.case_id == duty.c.case_id, event.c.seq == duty.c.ended_seq)
    query = (
        select(duty, event.c.id.label("ended_by"))
        .select_from(duty.outerjoin(event, ended))
        .where(duty.c.case_id == case_id)
        .order_by(duty.c.number)
    )
    return _rows((await connection.execute(query)).mappings().all())


async def clocks_of(connection: AsyncConnection, case_id: str) -> list[Row]:
    """The clocks of a case, earliest due first."""
    query = select(clock).where(clock.c.case_id == case_id).order_by(clock.c.due_us, clock.c.clock_id)
    return _rows((await connection.execute(query)).mappings().all())


async def messages_of(connection: AsyncConnection, case_id: str) -> list[Row]:
    """The messages of a case, in no order."""
    query = select(message).where(message.c.case_id == case_id)
    return _rows((await connection.execute(query)).mappings().all())


def timeline_of(case_id: str, known_us: int | None) -> Select[Any]:
    """The events of a case in log order; only those recorded by an instant, if one is given."""
    query = select(event).where(event.c.case_id == case_id).order_by(event.c.seq)
    return query if known_us is None else query.where(event.c.known_us <= known_us)


async def events_of(connection: AsyncConnection, case_id: str, known_us: int | None) -> list[Row]:
    """See ``timeline_of``."""
    return _rows((await connection.execute(timeline_of(case_id, known_us))).mappings().all())


async def receipts_of(connection: AsyncConnection, cases: Sequence[str]) -> dict[str, Row]:
    """The first event of each case."""
    query = select(event).where(event.c.case_id.in_(cases), event.c.seq == 0)
    return {row["case_id"]: dict(row) for row in (await connection.execute(query)).mappings()}


async def many(connection: AsyncConnection, table: Any, cases: Sequence[str]) -> dict[str, list[Row]]:
    """The rows of a table by case, in no order."""
    found: dict[str, list[Row]] = {case_id: [] for case_id in cases}
    for row in (await connection.execute(select(table).where(table.c.case_id.in_(cases)))).mappings():
        found[row["case_id"]].append(dict(row))
    return found


def page_of(wanted: Wanted, after: Place | None, limit: int) -> Select[Any]:
    """A page of cases, last received first."""
    query = select(case).where(*_conditions(wanted))
    if after is not None:
        same = and_(case.c.received_us == after.received_us, case.c.case_id < after.case_id)
        query = query.where(or_(case.c.received_us < after.received_us, same))
    return query.order_by(case.c.received_us.desc(), case.c.case_id.desc()).limit(limit)


async def page(connection: AsyncConnection, wanted: Wanted, after: Place | None, limit: int) -> list[Row]:
    """See ``page_of``."""
    return _rows((await connection.execute(page_of(wanted, after, limit))).mappings().all())


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.state == "blocked":
        found.append(case.c.blocked.is_not(None))
    elif wanted.state is not None:
        found.append(case.c.state == wanted.state)
    if wanted.units is not None:
        found.append(case.c.complained_unit.in_(sorted(wanted.units)))
    exact = {case.c.handler_person: wanted.handler, case.c.channel: wanted.channel}
    found += [column == value for column, value in exact.items() if value is not None]
    if wanted.due_before_us is not None:
        found.append(case.c.due_us <= wanted.due_before_us)
    if wanted.due_before_on is not None:
        found.append(case.c.due_on < wanted.due_before_on)
    if wanted.received_from is not None:
        found.append(case.c.received_on >= wanted.received_from)
    if wanted.received_to is not None:
        found.append(case.c.received_on <= wanted.received_to)
    return found


def _rows(found: Sequence[Any]) -> list[Row]:
    return [dict(row) for row in found]
