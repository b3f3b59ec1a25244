"""Finds the cases that changed since they were published last, and keeps how far that is; on the writer's thread.

There nobody who is told to end leaves a connection behind, and a look at a few rows keeps the projection for moments.
"""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, and_, select, update

from services.console.analysis.case_records import OF_CASE, case_record
from services.console.projection.database_writer import DatabaseWriter
from services.console.projection.tables import Row, case, event, projection_offset, pseudonym, remedy
from shared.contract.records import Outgoing

PAGE_CASES = 500
"""Cases that are published in one transaction: some 400 KB."""


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
        granted = _remedies(connection, [row["case_id"] for row in rows])
    records = [case_record(row, granted.get(row["case_id"], [])) for row in rows if row["case_number"] is not None]
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


def _remedies(connection: Connection, cases: list[str]) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    query = select(remedy).where(remedy.c.case_id.in_(cases)).order_by(remedy.c.case_id, remedy.c.number)
    for row in connection.execute(query).mappings():
        one: Row = dict(row)
        found.setdefault(one["case_id"], []).append(one)
    return found
