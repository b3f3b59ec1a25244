"""The figures of a scope, and of each of its parts (contract 9, *Definitions*; docs/explanation/statistics.md)."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import orjson
from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.console.projection.counting_tables import counted_case as table
from services.console.statistics.counting import NAMES, REMEDIES, SATISFACTION, conditions
from services.console.statistics.scope import DIMENSIONS, NONE, Scope, counted
from shared.bank.organisation import Organisation

THOUSANDTH = Decimal("0.001")
RATES = {
    "resolved_in_place_rate": ("resolved_in_place", "resolved"),
    "on_time_rate": ("clocks_kept", "clocks_judged"),
    "bodies_on_time_rate": ("bodies_kept", "bodies_judged_clocks"),
}
"""Percentages by name: part and whole, figures or sums."""
SUMS: dict[str, ColumnElement[int]] = {
    "persons": table.c.persons,
    "joint_persons": case((table.c.persons > 1, table.c.persons), else_=0),
    "clocks_kept": table.c.clocks_kept,
    "clocks_judged": table.c.clocks_judged,
    "bodies_kept": table.c.bodies_kept,
    "bodies_judged_clocks": table.c.bodies_judged,
}
Counts = Mapping[str, int]


async def totals(connection: AsyncConnection, scope: Scope, organisation: Organisation) -> dict[str, Any]:
    """The figures of a scope, besides those that rest on what is known of the unit."""
    named = await conditions(connection, scope, organisation)
    inside = await counted(connection, scope)
    columns = [func.count().filter(meets).label(name) for name, meets in named.items()]
    columns += [func.coalesce(func.sum(column), 0).label(f"sum.{name}") for name, column in SUMS.items()]
    whole = (await connection.execute(select(*columns).where(*inside))).mappings().one()
    tables: dict[str, dict[str, Any]] = {}
    for dimension, of in DIMENSIONS.items():
        rows = await connection.execute(select(of.label("of"), *columns).where(*inside).group_by(of))
        told = {row["of"] or NONE[dimension]: shaped(row) for row in rows.mappings()}
        tables[dimension] = dict(sorted(told.items()))
    found = shaped(whole)
    found["remedies"] = await _remedies(connection, inside, whole)
    by = {f"by_{name}": {value: row["complaints"] for value, row in rows.items()} for name, rows in tables.items()}
    return found | by | {"tables": tables}


def shaped(counts: Mapping[Any, Any]) -> dict[str, Any]:
    """The counts of a row of the database as the figures that callers get."""
    sums = {name: int(counts[f"sum.{name}"]) for name in SUMS}
    plain = {name: counts[name] for name in NAMES if "." not in name}
    rates = {name: percent(*((plain | sums)[one] for one in parts)) for name, parts in RATES.items()}
    values = {value: counts[f"satisfaction.{value}"] for value in SATISFACTION}
    satisfied = values["satisfied"] + values["mostly_satisfied"]
    rated = {"satisfaction": values | {"rate": percent(satisfied, plain["rated"])}}
    return plain | {name: sums[name] for name in ("persons", "joint_persons")} | rates | rated


async def _remedies(
    connection: AsyncConnection, inside: list[ColumnElement[bool]], counts: Mapping[Any, Any]
) -> dict[str, Any]:
    """Per kind of remedy: in how many cases, how often, and per currency the money granted and carried out."""
    granted = select(table.c.remedies, func.count()).where(*inside, table.c.remedies != "[]")
    found: dict[str, Any] = {
        kind: {"cases": counts[f"remedies.{kind}"], "times": 0, "granted_minor": {}, "executed_minor": {}}
        for kind in REMEDIES
        if counts[f"remedies.{kind}"]
    }
    for remedies, cases in await connection.execute(granted.group_by(table.c.remedies)):
        for kind, amount, currency, executed in orjson.loads(remedies):
            row = found[kind]
            row["times"] += cases
            for name, whole in (("granted_minor", True), ("executed_minor", executed)):
                if amount is not None:
                    row[name][currency] = row[name].get(currency, 0) + amount * cases * whole
    return found


def per_10k(complaints: int, base: int | None) -> str | None:
    """Complaints per 10,000; None where the base is unknown or nothing."""
    return _rounded(Decimal(complaints) * 10_000 / base) if base else None


def percent(part: int, whole: int) -> str | None:
    """A percentage; None where there is nothing to take it of."""
    return _rounded(Decimal(part) * 100 / whole) if whole else None


def _rounded(value: Decimal) -> str:
    """Three places, half up, as people round."""
    return str(value.quantize(THOUSANDTH, ROUND_HALF_UP))
