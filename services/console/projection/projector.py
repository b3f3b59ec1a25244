"""The projector folds records and writes a database: one transaction per batch moves offsets and rows together."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, Select, bindparam, delete, insert, or_, select, true, update
from sqlalchemy import case as either
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, ProgrammingError

from services.console.projection.changed_rows import ChangedRows
from services.console.projection.counting_tables import counted_case, figure
from services.console.projection.database import Database
from services.console.projection.figures import Figures
from services.console.projection.hops import BLOCKED
from services.console.projection.projected_case import BatchRows, ProjectedCase
from services.console.projection.standing import standing_of
from services.console.projection.tables import SINCE, Row, case, case_tie, event, projection_offset, remedy
from shared.contract.records import Record
from shared.contract.topics import partition_of
from shared.process import bombs

log = structlog.get_logger()

BATCH_RECORDS = 1000
"""Records per transaction: enough to amortise a commit, few enough to let requests in between."""
CASES_IN_MEMORY = 20_000
"""Folded cases that are kept; what is asked for beyond is folded again from the database.

A case with 50 events takes 18 KB: 350 MB in all."""
LOOKED_UP_AT_ONCE = 500
UNTAKEN = (DataError, IntegrityError, InterfaceError, ProgrammingError, OverflowError)
"""What a database says of a value that it does not take: then the records of the batch are written one by one."""

_overtake = (
    update(event)
    .where(event.c.case_id == bindparam("of_case"), event.c.ordinal == bindparam("of_ordinal"))
    .values(overtaken=true())
)
_restate = (
    update(event)
    .where(event.c.case_id == bindparam("of_case"), event.c.ordinal == bindparam("of_ordinal"))
    .values(state=bindparam("left_in"), entered=bindparam("came_to"))
)
_add = insert(event)
_count_anew = (
    update(counted_case)
    .where(counted_case.c.case_id == bindparam("of_case"), counted_case.c.ordinal == bindparam("of_ordinal"))
    .values(known_to=bindparam("until"))
)


def _system_us() -> int:
    return time.time_ns() // 1000


class Projector:
    """Writes one database. ``offsets``: per partition what is to be projected next, as the database has it."""

    def __init__(
        self, database: Database, cases_in_memory: int = CASES_IN_MEMORY, now: Callable[[], int] = _system_us
    ) -> None:
        self.database = database
        self._now = now
        self.offsets: dict[int, int] = {}
        self.projected = 0
        self._limit = cases_in_memory
        self._cases: OrderedDict[str, ProjectedCase] = OrderedDict()

    async def start(self) -> None:
        """Ask the database how far it has got."""
        self.offsets = await self.database.offsets()

    async def fold_blocked_again(self) -> int:
        """Fold the blocked cases from what is kept of them: code that can read them unblocks them. How many it did."""
        return await self.database.writer.do(self._blocked_again)

    async def project(self, partition: int, records: Sequence[Record]) -> None:
        """Project the next records of a partition. When it fails, nothing of the failed batch is kept.

        Raises:
            ProjectionTaken: another process writes this partition.
            sqlalchemy.exc.DBAPIError: the database refused or is away.
        """
        for start in range(0, len(records), BATCH_RECORDS):
            batch = partial(self._batch, partition, records[start : start + BATCH_RECORDS])
            await self.database.writer.do(batch)

    def remake(self, rows: Iterable[Row]) -> None:
        """Write cases anew from their first events, which another database holds; on the writer's thread."""
        changes, cases = BatchRows(), dict[str, ProjectedCase]()
        for row in rows:
            case_id = row["case_id"]
            one = cases.setdefault(case_id, ProjectedCase(case_id, row["partition"]))
            one.restore(row, changes)
            changes.events.append(row | {"overtaken": False})
        with self.database.writer.changing() as connection:
            self._write(connection, changes, list(cases.values()))

    # -- on the writer's thread ------------------------------------------------------------------------

    def _batch(self, partition: int, records: Sequence[Record]) -> None:
        try:
            self._try(partition, records)
        except UNTAKEN as error:
            _only_of_values(error)
            for record in records:
                self._alone(partition, record)

    def _alone(self, partition: int, record: Record) -> None:
        """Project one record of a batch that was refused: the one that is to blame blocks its case."""
        try:
            self._try(partition, [record])
        except UNTAKEN as error:
            _only_of_values(error)
            log.error("console.record_refused", partition=partition, offset=record.offset, error=type(error).__name__)
            self._try(partition, [record], refused=True)

    def _try(self, partition: int, records: Sequence[Record], *, refused: bool = False) -> None:
        fresh = [r for r in records if r.offset >= self.offsets[partition] and self._belongs(r)]
        after = records[-1].offset + 1
        try:
            changes = BatchRows()
            touched: dict[str, ProjectedCase] = {}
            with self.database.writer.moving(partition, self.offsets[partition], after) as connection:
                self._load(connection, {record.key for record in fresh})
                for record in fresh:
                    one = self._case(record.key, partition)
                    if one.take(record, changes, refused=refused):
                        touched[record.key] = one
                self._write(connection, changes, list(touched.values()))
                bombs.hit("projection_written")
        except BaseException:
            self._cases.clear()  # they may be ahead of what is written
            raise
        bombs.hit("projection_committed")
        self.offsets[partition] = after
        self.projected += len(changes.events)
        self._settle(touched.values())

    def _belongs(self, record: Record) -> bool:
        """Whether a record has a case and lies where its case's events lie (contract 5)."""
        good = (
            bool(record.key)
            and "\0" not in record.key
            and partition_of(record.key, len(self.offsets)) == record.partition
        )
        if not good:
            log.error("console.foreign_record", partition=record.partition, offset=record.offset)
        return good

    def _case(self, case_id: str, partition: int) -> ProjectedCase:
        one = self._cases.get(case_id)
        if one is None:
            one = self._cases[case_id] = ProjectedCase(case_id, partition)
        return one

    def _settle(self, touched: Iterable[ProjectedCase]) -> None:
        for one in touched:
            if one.blocked is not None and not one.announced:
                one.announced = True
                log.error("console.case_blocked", case_id=one.case_id, why=one.blocked)
            one.written = one.case
            self._cases.move_to_end(one.case_id)
        while len(self._cases) > self._limit:
            self._cases.popitem(last=False)

    # -- reading back ----------------------------------------------------------------------------------

    def _load(self, connection: Connection, cases: set[str]) -> None:
        """Fold again, from the database, the cases that are not in memory."""
        missing = [case_id for case_id in cases if case_id not in self._cases]
        for start in range(0, len(missing), LOOKED_UP_AT_ONCE):
            for one in _restored(connection, missing[start : start + LOOKED_UP_AT_ONCE]):
                self._cases[one.case_id] = one

    def _blocked_again(self) -> int:
        with self.database.writer.read() as connection:
            query = select(case.c.case_id).where(case.c.blocked.is_not(None))
            blocked = [case_id for (case_id,) in connection.execute(query)]
            restored = _restored(connection, blocked)
        readable = [one for one in restored if one.blocked is None]
        for one in readable:
            offset = self.offsets[one.partition]
            with self.database.writer.moving(one.partition, offset, offset) as connection:
                self._rebuild(connection, one)
        return len(readable)

    def _rebuild(self, connection: Connection, one: ProjectedCase) -> None:
        """Write everything of a case anew from its kept events."""
        rows = connection.execute(_events_of([one.case_id])).mappings().all()
        changes = BatchRows()
        for table in (case_tie, remedy):
            connection.execute(delete(table).where(table.c.case_id == one.case_id))
        anew = ProjectedCase(one.case_id, one.partition, standing=BLOCKED)
        for row in rows:
            anew.restore(dict(row), changes)
        self._write(connection, changes, [anew])
        _tell_again(connection, one.partition, anew.last_offset)

    # -- writing ---------------------------------------------------------------------------------------

    def _write(self, connection: Connection, changes: BatchRows, touched: list[ProjectedCase]) -> None:
        writer = self.database.writer
        if changes.events:
            writer.write(connection, _add, changes.events)
        if changes.undone:
            writer.write(connection, _overtake, changes.undone)
        if changes.restated:
            writer.write(connection, _restate, changes.restated)
        if changes.replaced:
            writer.write(connection, _count_anew, changes.replaced)
        rows, figures, now = ChangedRows(), Figures(), self._now()
        for one in touched:
            figures.move(one.partition, *one.stand(now))
            if one.case is not None or one.blocked is not None:  # else no complaint, such as the review of a box
                rows.add(one.written, one.case, one.place_row())
        rows.write(writer, connection)
        if moved := figures.rows():
            writer.add(connection, figure, moved)
        if changes.counted:
            writer.upsert(connection, counted_case, list(changes.counted.values()))


def _tell_again(connection: Connection, partition: int, offset: int) -> None:
    """See that the cases that changed from an offset on are published, again or for the first time."""
    columns = projection_offset.c
    # Changed in any case: a page of them that is being published at this moment was read before, and keeps no place.
    again = either((columns.published_offset > offset, offset), else_=columns.published_offset - 1)
    connection.execute(update(projection_offset).where(columns.partition == partition).values(published_offset=again))


def _only_of_values(error: Exception) -> None:
    """Raise what is no refusal of a value but a connection that is gone."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        raise error


def _events_of(cases: list[str]) -> Select[Any]:
    return select(event).where(event.c.case_id.in_(cases)).order_by(event.c.case_id, event.c.ordinal)


def _restored(connection: Connection, cases: list[str]) -> list[ProjectedCase]:
    restored: dict[str, ProjectedCase] = {}
    for row in connection.execute(_events_of(cases)).mappings():
        case_id = row["case_id"]
        one = restored.setdefault(case_id, ProjectedCase(case_id, row["partition"]))
        one.restore(dict(row), BatchRows())
    since = _missing_since(connection, list(restored)) if restored else {}
    for one in restored.values():
        one.written, one.standing, one.since = one.case, standing_of(one.case, one.blocked), since.get(one.case_id, {})
    return list(restored.values())


def _missing_since(connection: Connection, cases: list[str]) -> dict[str, dict[str, int]]:
    """Since when the cases that miss something miss what."""
    columns = [case.c[name] for name in SINCE.values()]
    query = select(case.c.case_id, *columns).where(case.c.case_id.in_(cases), or_(*(c.is_not(None) for c in columns)))
    return {
        row["case_id"]: {gap: row[name] for gap, name in SINCE.items() if row[name] is not None}
        for row in connection.execute(query).mappings()
    }
