"""Keeps the tables of the bank in the console's database equal to what was published; on the writer's thread."""

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from services.console.analysis.bank_rows import BankRows
from services.console.projection.bank_tables import bank_day, bank_state, bank_unit, pseudonym
from services.console.projection.database_writer import DatabaseWriter
from services.console.projection.tables import Row, event, projection_offset
from shared.contract.case_versions import FIRST


def first_known(writer: DatabaseWriter) -> int | None:
    """When the first event was recorded, in microseconds; None where there is none."""
    with writer.read() as connection:
        found: int | None = connection.execute(select(func.min(event.c.known_us))).scalar_one()
    return found


def write_bank(writer: DatabaseWriter, rows: BankRows) -> bool:
    """Write them in one transaction, unless they are there; whether it did."""
    with writer.changing() as connection:
        before = connection.execute(select(bank_state.c.says, bank_state.c.case_version)).one_or_none() or (None, FIRST)
        if before == (rows.says, rows.case_version):
            return False
        under_pseudonyms = connection.execute(select(pseudonym.c.person).limit(1)).first() is not None
        told, tells = (under_pseudonyms, before[1]), (rows.pseudonyms_on, rows.case_version)
        for table, found in ((bank_day, rows.days), (bank_unit, rows.units), (pseudonym, rows.pseudonyms)):
            _replace(connection, table, found)
        _replace(connection, bank_state, [{"says": rows.says, "case_version": rows.case_version}])
        if told != tells:  # every case tells something else from now on
            connection.execute(update(projection_offset).values(published_offset=0))
    return True


def _replace(connection: Connection, table: Table, rows: list[Row]) -> None:
    connection.execute(delete(table))
    if rows:
        connection.execute(insert(table), rows)
