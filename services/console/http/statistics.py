"""GET /v1/statistics: the figures of the cases received in a period, for everybody who may read the console."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.console.http import parameters
from services.console.http.questions import AnsweredBy, AsOf, Console, Questions, ReadBy
from services.console.projection.instants import micros
from services.console.statistics.case_groups import Scope, groups
from services.console.statistics.figures import KIND, Figure, Known, figure_of, parse_figures
from services.console.statistics.totals import totals
from shared.bank.organisation import Organisation

Count = Annotated[int | None, Query(ge=0, le=10**12)]
routes = APIRouter()


@dataclass(frozen=True, slots=True)
class Period:
    """A period has two bank days that belong to it; its figures are of a unit, as they were known at an instant."""

    unit: str | None
    start: date
    end: date
    as_of: datetime | None


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
) -> dict[str, Any]:
    """The figures of the cases received in a period (docs/explanation/statistics.md)."""
    units = parameters.units(reader.organisation, unit)
    period = _period(unit, from_, to, as_of, reader.on)
    known_us = micros(period.as_of.isoformat()) if period.as_of else None
    async with database.read() as connection:
        found = await groups(connection, Scope(period.start.isoformat(), period.end.isoformat(), units, known_us))
    figure = _figure(console, reader.organisation, period)
    served = _known(customers, figure.customers if figure else None, figure)
    done = _known(transactions, figure.transactions if figure else None, figure)
    return {
        "unit": unit,
        "from": period.start.isoformat(),
        "to": period.end.isoformat(),
        "as_of": reader.organisation.day.local(period.as_of).isoformat() if period.as_of else None,
        "customers": served.value,
        "customers_source": served.source,
        "transactions": done.value,
        "transactions_source": done.source,
        **totals(found, reader.organisation, served, done),
    }


def _period(unit: str | None, from_: str | None, to: str | None, as_of: str | None, today: date) -> Period:
    """The period that the address names. Raises BadQuery."""
    said = parameters.days(from_, to)
    end = date.fromisoformat(said.end) if said.end else today
    start = date.fromisoformat(said.start) if said.start else end.replace(month=1, day=1)
    if end < start:
        raise parameters.refused("to", "before_from")
    return Period(unit, start, end, parameters.as_of(as_of))


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
