"""The rows of cases that differ from what the database holds: the new ones, and those that hold no more."""

from sqlalchemy import Connection, bindparam, delete

from services.console.projection.case_rows import (
    case_row,
    clock_rows,
    duties_changed,
    duty_rows,
    message_rows,
    remedy_rows,
    tie_rows,
)
from services.console.projection.database_writer import DatabaseWriter
from services.console.projection.state import ShownCase
from services.console.projection.tables import Row, case, case_tie, clock, duty, message, remedy

_untie = delete(case_tie).where(case_tie.c.case_id == bindparam("of_case"), case_tie.c.tie == bindparam("of_tie"))
_take_back = delete(remedy).where(remedy.c.case_id == bindparam("of_case"), remedy.c.number > bindparam("of_number"))
_WHOLE = (case, duty, clock, message, remedy, case_tie)
"""The tables whose rows are written whole."""
_NO_CASE: Row = dict.fromkeys(column.name for column in case.columns) | {"received_us": 0}
"""All columns, empty: every row of one statement names the same ones. What has no receipt is listed last."""


class ChangedRows:
    """What a batch changed of its cases, each beside what is written of it."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Row]] = {table.name: [] for table in _WHOLE}
        self._untied: list[Row] = []
        self._taken_back: list[Row] = []

    def add(self, before: ShownCase | None, after: ShownCase | None, place: Row) -> None:
        """Note what of a case may differ from what is written (``before``). ``place``: what no folded state says."""
        id_ = place["case_id"]
        self._rows[case.name].append(_NO_CASE | (case_row(after) if after else {}) | place)
        if after is None:
            return
        if before is None or duties_changed(before, after):
            self._put(duty.name, id_, duty_rows(after))
        if before is None or before.clocks is not after.clocks:
            self._put(clock.name, id_, clock_rows(after.clocks))
        if before is None or before.messages is not after.messages:
            self._put(message.name, id_, message_rows(after.messages))
        if before is None or before.core is not after.core or before.result is not after.result:
            self._grant(id_, remedy_rows(after), remedy_rows(before) if before else [])
        if before is None or before.core is not after.core:
            self._tie(id_, tie_rows(after), tie_rows(before) if before else [])

    def write(self, writer: DatabaseWriter, connection: Connection) -> None:
        """Write all of it, what holds no more first."""
        if self._untied:
            writer.write(connection, _untie, self._untied)
        if self._taken_back:
            writer.write(connection, _take_back, self._taken_back)
        for table in _WHOLE:
            if rows := self._rows[table.name]:
                writer.upsert(connection, table, rows)

    def _put(self, table: str, id_: str, rows: list[Row]) -> None:
        self._rows[table] += [row | {"case_id": id_} for row in rows]

    def _grant(self, id_: str, now: list[Row], then: list[Row]) -> None:
        """The remedies of a case, where others are granted than before."""
        if now != then:
            self._put(remedy.name, id_, now)
        if len(now) < len(then):
            self._taken_back.append({"of_case": id_, "of_number": len(now)})

    def _tie(self, id_: str, now: list[Row], then: list[Row]) -> None:
        """The ties of a case that are new, and those that hold no more."""
        self._put(case_tie.name, id_, [row for row in now if row not in then])
        self._untied += [{"of_case": id_, "of_tie": row["tie"]} for row in then if row not in now]
