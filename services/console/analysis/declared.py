"""A declared table has columns that say what they hold: views, exports and the data dictionary are made of them."""

from typing import Literal, NamedTuple

Kind = Literal["text", "integer", "boolean", "date", "instant"]


class Column(NamedTuple):
    """One column: what it is called, what kind of value it holds, how it is read from the database, what it says."""

    name: str
    kind: Kind
    sql: str
    says: str


class Declared(NamedTuple):
    """One table. ``source``: what its columns are read from; ``key``: what names a row, and orders the rows of a day.

    ``of_day``: which rows are of a day, by its ``:day``, or by its instants ``:from_us`` and ``:until_us``; None where
    a table is not parted by days. ``marks``: what changes with any change of the rows of a day, per day, beside it.
    """

    name: str
    says: str
    source: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    of_day: str | None
    marks: str | None

    @property
    def select(self) -> str:
        """All rows, as the view shows them."""
        columns = ", ".join(f'{column.sql} AS "{column.name}"' for column in self.columns)
        return f"SELECT {columns} FROM {self.source}"  # noqa: S608 - our own words


def day_at(micros: str) -> str:
    """The bank's day at an instant."""
    return f"(SELECT d.day FROM bank_day d WHERE d.from_us <= {micros} ORDER BY d.from_us DESC LIMIT 1)"  # noqa: S608


def working_days_until(day: str) -> str:
    """How many working days there were up to the end of a day, from the first day that is known of."""
    return f"(SELECT d.working_days FROM bank_day d WHERE d.day = {day})"  # noqa: S608


def pseudonym_of(person: str) -> str:
    """What stands for a person."""
    return f"(SELECT p.pseudonym FROM pseudonym p WHERE p.person = {person})"  # noqa: S608
