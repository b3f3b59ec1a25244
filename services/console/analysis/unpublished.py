"""Finds the cases that changed since they were published last, and keeps how far that is; on the writer's thread.

There nobody who is told to end leaves a connection behind, and a look at a few rows keeps the projection for moments.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, select, update

from services.console.analysis.case_records import OF_CASE, OF_CLOCK, OF_COUNT, OF_REMEDY, OF_STATE, Past, case_record
from services.console.projection.bank_tables import bank_state, pseudonym
from services.console.projection.counting_tables import counted_case
from services.console.projection.database_writer import DatabaseWriter
from services.console.projection.tables import Row, case, clock, event, projection_offset, remedy
from shared.contract.case_versions import FIRST
from shared.contract.records import Outgoing

PAGE_CASES = 500
"""Cases that are published in one transaction: some MB."""


class Page(NamedTuple):
    """The next cases that changed, as records; from where they were looked for, and where one goes on."""

    records: list[Outgoing]
    since: int
    until: int


def behind(writer: DatabaseWriter) -> list[int]:
    """The partitions in which something was projected since their cases were published last."""
    columns = projection_offset.c
    moved = select(columns.partition).where(columns.published_offset < columns.next_offset)
    with writer.read() as connection:
        return list(connection.execute(moved.order_by(columns.partition)).scalars())


def next_page(writer: DatabaseWriter, partition: int) -> Page | None:
    """The cases of a partition that changed longest ago and are not published as they are now; None: all are."""
    place = select(projection_offset).where(projection_offset.c.partition == partition)
    with writer.read() as connection:
        at = connection.execute(place).mappings().one()
        since, end = at["published_offset"], at["next_offset"]
        if since >= end:
            return None
        rows = _changed(connection, partition, since)
        records = _records(connection, [row for row in rows if row["case_number"] is not None])
    return Page(records, since, rows[-1]["last_offset"] + 1 if len(rows) == PAGE_CASES else end)


def keep_published(writer: DatabaseWriter, partition: int, page: Page) -> None:
    """Keep that a page is published, unless everything is to be published anew meanwhile."""
    columns = projection_offset.c
    moved = (
        update(projection_offset)
        .where(columns.partition == partition, columns.published_offset == page.since)
        .values(published_offset=page.until)
    )
    with writer.changing() as connection:
        connection.execute(moved)


def _changed(connection: Connection, partition: int, since: int) -> list[Row]:
    """The next rows in order of their last event, with the handler's pseudonym and when that event was recorded."""
    last = and_(event.c.case_id == case.c.case_id, event.c.ordinal == case.c.version - 1)
    query = (
        select(*(case.c[name] for name in OF_CASE), pseudonym.c.pseudonym.label("handler"), event.c.known_us)
        .select_from(case.outerjoin(pseudonym, pseudonym.c.person == case.c.handler_person).outerjoin(event, last))
        .where(case.c.partition == partition, case.c.last_offset >= since)
        .order_by(case.c.last_offset)
        .limit(PAGE_CASES)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _records(connection: Connection, rows: list[Row]) -> list[Outgoing]:
    """The records of cases, in the version that may be written."""
    ids = [row["case_id"] for row in rows]
    granted = _of_cases(connection, ids, remedies_of)
    if connection.execute(select(bank_state.c.case_version)).scalar_one_or_none() in (None, FIRST):
        return [case_record(row, granted.get(row["case_id"], []), None) for row in rows]
    past = [_of_cases(connection, ids, query) for query in (states_of, clocks_of, counts_of)]
    return [
        case_record(row, granted.get(id_, []), Past(*(found.get(id_, []) for found in past)))
        for id_, row in zip(ids, rows, strict=True)
    ]


def remedies_of(cases: list[str]) -> Select[Any]:
    """What was granted in cases."""
    query = select(remedy.c.case_id, *(remedy.c[name] for name in OF_REMEDY))
    return query.where(remedy.c.case_id.in_(cases)).order_by(remedy.c.case_id, remedy.c.number)


def states_of(cases: list[str]) -> Select[Any]:
    """The states that cases came to."""
    query = select(event.c.case_id, *(event.c[name] for name in OF_STATE))
    came = query.where(event.c.case_id.in_(cases), event.c.entered.is_not(None))
    return came.order_by(event.c.case_id, event.c.ordinal)


def clocks_of(cases: list[str]) -> Select[Any]:
    """The bank's own clocks on cases."""
    query = select(clock.c.case_id, *(clock.c[name] for name in OF_CLOCK))
    own = query.where(clock.c.case_id.in_(cases), clock.c.duty_id.is_(None))
    return own.order_by(clock.c.case_id, clock.c.due_us, clock.c.clock_id)


def counts_of(cases: list[str]) -> Select[Any]:
    """How cases counted, one way after the other."""
    columns = counted_case.c
    when = (columns.case_id, columns.ordinal, columns.known_from, columns.known_to)
    query = select(*when, *(columns[name] for name in OF_COUNT))
    return query.where(columns.case_id.in_(cases)).order_by(columns.case_id, columns.ordinal)


def _of_cases(
    connection: Connection, cases: list[str], query: Callable[[list[str]], Select[Any]]
) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in connection.execute(query(cases)).mappings():
        one: Row = dict(row)
        found.setdefault(one["case_id"], []).append(one)
    return found
