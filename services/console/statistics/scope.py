"""Which cases the statistics count: received in a period, as known at an instant; the same matter counts once."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.console.projection.counting_tables import counted_case as table
from services.console.projection.tables import case_tie
from services.console.statistics.counted_case import FOREVER

NONE = {"unit": "undetermined", "reason": "unclassified", "product": "not_named", "handler": "nobody"}
"""Stands for the unit, reason, product and handler of cases that have none."""
DIMENSIONS: dict[str, ColumnElement[str | None]] = {
    "channel": table.c.channel,
    "origin": table.c.origin,
    "unit": table.c.unit,
    "reason": table.c.reason,
    "product": table.c.product,
    "handler": table.c.handler,
    "month": func.substr(table.c.received_on, literal_column("1"), literal_column("7")),
}
"""By what the figures are told apart; the month is that of the receipt."""


class Slice(NamedTuple):
    """A part of what is counted: the cases with one value of a dimension, such as one channel or one handler."""

    dimension: str
    value: str

    @property
    def condition(self) -> ColumnElement[bool]:
        """What its rows meet."""
        column = DIMENSIONS[self.dimension]
        return column.is_(None) if self.value == NONE.get(self.dimension) else column == self.value


@dataclass(frozen=True, slots=True)
class Scope:
    """The statistics ask for cases received between two bank days, of some units or all, as known at an instant.

    A day that is None does not bound. ``concerned``: the parties through whom the reader is concerned; their cases do
    not exist for him, in no figure either (docs/decisions/0065-a-figure-opens-into-its-cases.md).
    """

    start: str | None
    end: str | None
    units: frozenset[str] | None
    known_us: int | None
    concerned: frozenset[str]
    of: tuple[Slice, ...] = ()


async def counted(connection: AsyncConnection, scope: Scope) -> list[ColumnElement[bool]]:
    """What rows of ``counted_case`` meet that count; of each matter all but the first received are left out."""
    found = _conditions(scope)
    already = await _counted_already(connection, scope)
    if already:
        found.append(table.c.case_id.not_in(already))
    return found + [part.condition for part in scope.of]


def _known(scope: Scope) -> list[ColumnElement[bool]]:
    at = FOREVER - 1 if scope.known_us is None else scope.known_us
    return [table.c.known_from <= at, table.c.known_to > at]


def _conditions(scope: Scope) -> list[ColumnElement[bool]]:
    found = [*_known(scope), table.c.not_accepted.is_(False)]
    if scope.start is not None:
        found.append(table.c.received_on >= scope.start)
    if scope.end is not None:
        found.append(table.c.received_on <= scope.end)
    if scope.units is not None:
        found.append(table.c.unit.in_(sorted(scope.units)))
    of_party = select(case_tie.c.case_id).where(case_tie.c.tie.in_(sorted(scope.concerned)))
    return [*found, table.c.case_id.not_in(of_party)]


async def _counted_already(connection: AsyncConnection, scope: Scope) -> list[str]:
    """The cases whose matter counts by another case: of each matter all but the first received."""
    known = _known(scope)
    linked = select(table.c.case_id, table.c.same_matter).where(*known, table.c.same_matter.is_not(None))
    links = {row.case_id: row.same_matter for row in await connection.execute(linked)}
    if not links:
        return []
    named = select(table.c.same_matter).where(*known, table.c.same_matter.is_not(None))
    in_a_matter = or_(table.c.same_matter.is_not(None), table.c.case_id.in_(named))
    columns = (table.c.case_id, table.c.received_on, table.c.same_matter)
    matters: dict[str, list[Any]] = {}
    for row in await connection.execute(select(*columns).where(*_conditions(scope), in_a_matter)):
        matters.setdefault(_root(links, row.case_id), []).append(row)
    return [row.case_id for rows in matters.values() for row in sorted(rows, key=_first_received)[1:]]


def _root(links: dict[str, str], case_id: str) -> str:
    """The case that a chain of same-matter links ends at."""
    passed = {case_id}
    while case_id in links and links[case_id] not in passed:
        case_id = links[case_id]
        passed.add(case_id)
    return case_id


def _first_received(row: Any) -> tuple[str, bool, str]:
    """Of one day's cases the one that names no other comes first."""
    return row.received_on, row.same_matter is not None, row.case_id
