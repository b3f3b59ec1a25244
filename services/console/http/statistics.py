"""GET /v1/statistics: the figures of the cases received in a period, for everybody who may read the console."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query

from services.console.http import parameters
from services.console.http.questions import AnsweredBy, AsOf, Console, Questions, ReadBy
from services.console.http.rights import Reader
from services.console.projection.database import Database
from services.console.projection.instants import micros
from services.console.statistics.figures import KIND, Figure, Known, figure_of, parse_figures
from services.console.statistics.scope import Scope, Slice
from services.console.statistics.totals import per_10k, totals
from shared.bank.organisation import Organisation

Count = Annotated[int | None, Query(ge=0, le=10**12)]
FIGURE = "{figure}"
"""Stands for the name of a figure in the query that gives its cases."""
routes = APIRouter()


@dataclass(frozen=True, slots=True)
class Period:
    """A period has two bank days that belong to it; its figures are of a unit, as they were known at an instant.

    ``of``: of a part of the cases only.
    """

    unit: str | None
    start: date
    end: date
    as_of: datetime | None = None
    of: tuple[Slice, ...] = ()

    def scope(self, reader: Reader) -> Scope:
        """Which cases count for a reader. Raises UnknownUnit."""
        units = parameters.units(reader.organisation, self.unit)
        known_us = micros(self.as_of.isoformat()) if self.as_of else None
        days = (self.start.isoformat(), self.end.isoformat())
        return Scope(*days, units, known_us, reader.sight.concerned, self.of)


@dataclass(frozen=True, slots=True)
class Bases:
    """How many customers and transactions the rates rest on, where the caller says so himself."""

    customers: int | None = None
    transactions: int | None = None


@routes.get("/v1/statistics")
async def statistics(
    console: Console,
    reader: ReadBy,
    database: AnsweredBy,
    unit: str | None = None,
    from_: Annotated[str | None, Query(alias="from", description="Default: 1 January of the bank's year.")] = None,
    to: Annotated[str | None, Query(description="Default: today.")] = None,
    customers: Count = None,
    transactions: Count = None,
    as_of: AsOf = None,
    of: Annotated[str | None, Query(description="Of this part of the cases only, such as `channel.phone`.")] = None,
) -> dict[str, Any]:
    """The figures of the cases received in a period (docs/explanation/statistics.md)."""
    period = _period(unit, from_, to, as_of, of, reader.on)
    return await figures_of(console, reader, database, period, Bases(customers, transactions))


async def figures_of(
    console: Questions, reader: Reader, database: Database, period: Period, bases: Bases
) -> dict[str, Any]:
    """The figures of a period, as they are answered and as the yearly report tells them. Raises UnknownUnit."""
    scope = period.scope(reader)
    async with database.read() as connection:
        found = await totals(connection, scope, reader.organisation)
    figure = _figure(console, reader.organisation, period)
    served = _known(bases.customers, figure.customers if figure else None, figure)
    done = _known(bases.transactions, figure.transactions if figure else None, figure)
    for name, rows in found["tables"].items():
        for value, row in rows.items():
            row["opens"] = opens(period, Slice(name, value))
    return {
        "unit": period.unit,
        "from": period.start.isoformat(),
        "to": period.end.isoformat(),
        "as_of": reader.organisation.day.local(period.as_of).isoformat() if period.as_of else None,
        "customers": served.value,
        "customers_source": served.source,
        "transactions": done.value,
        "transactions_source": done.source,
        "per_10k_customers": per_10k(found["complaints"], served.value),
        "per_10k_transactions": per_10k(found["complaints"], done.value),
        **found,
        "opens": opens(period),
    }


def opens(period: Period, row: Slice | None = None) -> str:
    """The query that gives the cases of a figure of the period, or of a row of its tables."""
    parts = (*period.of, *([row] if row else []))
    said = {
        "unit": period.unit,
        "from": period.start.isoformat(),
        "to": period.end.isoformat(),
        "as_of": period.as_of.isoformat() if period.as_of else None,
        "of": ",".join(f"{part.dimension}.{part.value}" for part in parts) or None,
    }
    query = urlencode({name: text for name, text in said.items() if text is not None})
    return f"/v1/register?{query}&counted={FIGURE}"


def _period(
    unit: str | None, from_: str | None, to: str | None, as_of: str | None, of: str | None, today: date
) -> Period:
    """The period that the address names. Raises BadQuery."""
    said = parameters.days(from_, to)
    end = date.fromisoformat(said.end) if said.end else today
    start = date.fromisoformat(said.start) if said.start else end.replace(month=1, day=1)
    if end < start:
        raise parameters.refused("to", "before_from")
    return Period(unit, start, end, parameters.as_of(as_of), parameters.parts(of))


def _figure(console: Questions, organisation: Organisation, period: Period) -> Figure | None:
    """The published figures of the period and its unit (the bank's top unit where none is named)."""
    top = next(unit.id for unit in organisation.units.values() if unit.parent is None)
    documents = console.reference.all_in_force(KIND, period.as_of or console.now())
    published = sorted(documents, key=lambda d: (d.effective_from, d.published_at))
    parsed = [console.reference.parsed(document, parse_figures) for document in published]
    return figure_of(parsed, period.unit or top, period.start, period.end)


def _known(said: int | None, published: int | None, figure: Figure | None) -> Known:
    """What the address says counts before what is published."""
    if said is not None:
        return Known(said, "address")
    return Known(published, figure.source if figure is not None and published is not None else None)
