"""The database groups the cases that the statistics count, as known at an instant; the same matter counts once."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.console.projection.tables import counted_case as table
from services.console.statistics.counted_case import FOREVER, CountedCase
from services.console.statistics.totals import CaseGroup

_SAME = [table.c[name] for name in CountedCase._fields if name not in ("received_on", "persons", "same_matter")]
"""What makes cases alike; the other fields do not matter once it is settled that a case counts."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The statistics ask for cases received between two bank days, of some units or all, as known at an instant."""

    start: str
    end: str
    units: frozenset[str] | None
    known_us: int | None


async def groups(connection: AsyncConnection, scope: Scope) -> list[CaseGroup]:
    """Read the groups of a scope's cases that count; those that repeat a matter that counts are taken off again."""
    query = (
        select(*_SAME, func.count().label("cases"), func.sum(table.c.persons).label("people"))
        .where(*_conditions(scope))
        .group_by(*_SAME)
    )
    found = [_group(row, row["cases"], row["people"]) for row in (await connection.execute(query)).mappings()]
    return found + [CaseGroup(one, -1, -one.persons) for one in await _counted_already(connection, scope)]


def _group(row: Any, cases: int, persons: int) -> CaseGroup:
    alike: dict[str, Any] = {"received_on": "", "persons": 1, "same_matter": None}
    alike |= {column.name: row[column.name] for column in _SAME}
    return CaseGroup(CountedCase(**alike), cases, int(persons))


def _known(scope: Scope) -> list[ColumnElement[bool]]:
    at = FOREVER - 1 if scope.known_us is None else scope.known_us
    return [table.c.known_from <= at, table.c.known_to > at]


def _conditions(scope: Scope) -> list[ColumnElement[bool]]:
    found = [
        table.c.received_on.between(scope.start, scope.end),
        *_known(scope),
        table.c.not_accepted.is_(False),
    ]
    return found if scope.units is None else [*found, table.c.unit.in_(sorted(scope.units))]


async def _counted_already(connection: AsyncConnection, scope: Scope) -> list[CountedCase]:
    """The cases whose matter counts by another case: of each matter all but the first received."""
    known = _known(scope)
    linked = select(table.c.case_id, table.c.same_matter).where(*known, table.c.same_matter.is_not(None))
    links = {row.case_id: row.same_matter for row in await connection.execute(linked)}
    if not links:
        return []
    named = select(table.c.same_matter).where(*known, table.c.same_matter.is_not(None))
    in_a_matter = or_(table.c.same_matter.is_not(None), table.c.case_id.in_(named))
    columns = [table.c.case_id, *(table.c[name] for name in CountedCase._fields)]
    members = select(*columns).where(*_conditions(scope), in_a_matter)
    matters: dict[str, list[Any]] = {}
    for row in (await connection.execute(members)).mappings():
        matters.setdefault(_root(links, row["case_id"]), []).append(row)
    return [_counted(row) for rows in matters.values() for row in sorted(rows, key=_first_received)[1:]]


def _root(links: dict[str, str], case_id: str) -> str:
    """The case that a chain of same-matter links ends at."""
    passed = {case_id}
    while case_id in links and links[case_id] not in passed:
        case_id = links[case_id]
        passed.add(case_id)
    return case_id


def _first_received(row: Any) -> tuple[str, bool, str]:
    """Of one day's cases the one that names no other comes first."""
    return row["received_on"], row["same_matter"] is not None, row["case_id"]


def _counted(row: Any) -> CountedCase:
    return CountedCase(*(row[name] for name in CountedCase._fields))
