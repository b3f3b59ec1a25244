"""GET /v1/reports/yearly: the report of a unit's year, as a PDF or a spreadsheet; it counts what statistics count."""

import asyncio
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from services.console.http import parameters
from services.console.http.questions import AnsweredBy, Console, ReadBy
from services.console.http.report_forms import PDF, NotAcceptable
from services.console.http.statistics import Bases, Count, Period, figures_of
from services.console.register.exports import XLSX
from services.console.report.paper import printed
from services.console.report.workbook import workbook
from services.console.report.yearly import Asked, report
from shared.contract.refusal_words import language_of

YEARS = (1990, 2999)
routes = APIRouter()


@routes.get("/v1/reports/yearly", response_class=Response)
async def yearly(
    console: Console,
    reader: ReadBy,
    database: AnsweredBy,
    year: Annotated[int, Query(ge=YEARS[0], le=YEARS[1], description="The bank's year.")],
    unit: str | None = None,
    customers: Count = None,
    transactions: Count = None,
    language: Annotated[str | None, Query(description="zh or en; else as Accept-Language.")] = None,
    accept: Annotated[str, Header(description=f"{PDF} (also where anything will do), or {XLSX}.")] = PDF,
    accept_language: Annotated[str | None, Header(description="The language of the report.")] = None,
) -> Response:
    """The report of a unit's year, without a unit that of the whole bank."""
    kind, said = _kind(accept), _language(language, accept_language)
    period = Period(unit, date(year, 1, 1), date(year, 12, 31))
    found = await figures_of(console, reader, database, period, Bases(customers, transactions))
    now = console.now()
    content = report(found, reader.organisation, Asked(reader.person, now, said, year))
    made = (printed, content, now) if kind == PDF else (workbook, content)
    body = await asyncio.to_thread(*made)
    ending = "pdf" if kind == PDF else "xlsx"
    name = f'attachment; filename="complaints-{unit or "bank"}-{year}.{ending}"'
    return Response(body, media_type=kind, headers={"Content-Disposition": name, "Cache-Control": "no-store"})


def _kind(accept: str) -> str:
    """What the caller takes. Raises NotAcceptable."""
    wanted = [part.split(";")[0].strip() for part in accept.split(",")]
    found = next((one for one in wanted if one in (PDF, XLSX, "*/*", "application/*")), None)
    if found is None:
        raise NotAcceptable
    return found if found == XLSX else PDF


def _language(said: str | None, browser: str | None) -> str:
    """The language of the report: the address counts before the browser. Raises BadQuery."""
    if said is not None and said not in ("zh", "en"):
        raise parameters.refused("language", "one_of", expected=("zh", "en"))
    return said or language_of(browser)
