"""GET /v1/register, as pages, CSV and XLSX: everybody sees the lines; sealed columns open where the right is there."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.console.http import parameters
from services.console.http.case_pages import PAGE, CaseFilter, Cursor, Limit, page
from services.console.http.questions import AnsweredBy, Console, Questions, ReadBy
from services.console.http.rights import Reader
from services.console.http.stored_case import receipts_of, rows_of
from services.console.http.unsealing import closed
from services.console.projection.database import Database
from services.console.projection.instants import micros
from services.console.projection.tables import Row, clock, duty
from services.console.register.columns import COLUMNS, Cell, Line, cells
from services.console.register.exports import Sheet, csv_lines

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
routes = APIRouter()


def _filter(
    reader: ReadBy,
    state: str | None = None,
    unit: str | None = None,
    handler: str | None = None,
    channel: str | None = None,
    from_: Annotated[str | None, Query(alias="from", description="First bank day of receipt.")] = None,
    to: Annotated[str | None, Query(description="Last bank day of receipt.")] = None,
) -> CaseFilter:
    return CaseFilter(
        state=parameters.state(state),
        units=parameters.units(reader.organisation, unit),
        handler=handler,
        channel=parameters.channel(channel),
        received_from=parameters.day("from", from_) if from_ else None,
        received_to=parameters.day("to", to) if to else None,
    )


Wanted = Annotated[CaseFilter, Depends(_filter)]
Opened = Annotated[bool, Query(alias="open", description="Open what is sealed where you have the right to it.")]


@routes.get("/v1/register")
async def register(
    console: Console,
    reader: ReadBy,
    database: AnsweredBy,
    wanted: Wanted,
    cursor: str | None = None,
    limit: Limit = PAGE,
    open_: Opened = False,
) -> dict[str, Any]:
    """The register in pages."""
    async with database.read() as connection:
        found = await page(connection, reader.sight, wanted, Cursor.of(cursor), limit)
        lines = await _lines(console, reader, connection, found.rows, open_)
    return {
        "columns": [{"key": column.key, "zh": column.zh, "en": column.en} for column in COLUMNS],
        "rows": [dict(zip((column.key for column in COLUMNS), line, strict=True)) for line in lines],
        "next": found.next,
    }


@routes.get("/v1/register.csv", response_class=Response)
async def as_csv(
    console: Console, reader: ReadBy, database: AnsweredBy, wanted: Wanted, open_: Opened = False
) -> StreamingResponse:
    """The register as CSV (UTF-8 with byte order mark, RFC 4180)."""
    pages = _all_lines(console, reader, database, wanted, open_)
    return StreamingResponse(_csv(pages), media_type="text/csv; charset=utf-8", headers=_attached("csv"))


@routes.get("/v1/register.xlsx", response_class=Response)
async def as_xlsx(
    console: Console, reader: ReadBy, database: AnsweredBy, wanted: Wanted, open_: Opened = False
) -> Response:
    """The register as a spreadsheet; at most 20,000 cases."""
    sheet = Sheet(console.exports.sheet_lines)
    async for lines in _all_lines(console, reader, database, wanted, open_):
        await asyncio.to_thread(sheet.add, lines)
    content = await asyncio.to_thread(sheet.close)
    return Response(content, media_type=XLSX, headers=_attached("xlsx"))


def _attached(ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="register.{ending}"', "Cache-Control": "no-store"}


async def _csv(pages: AsyncIterator[list[list[Cell]]]) -> AsyncIterator[bytes]:
    yield csv_lines([], header=True)
    async for lines in pages:
        yield csv_lines(lines, header=False)


async def _all_lines(
    console: Questions, reader: Reader, database: Database, wanted: CaseFilter, opens: bool
) -> AsyncIterator[list[list[Cell]]]:
    """All lines of the register, a page at a time."""
    after: Cursor | None = None
    while True:
        async with database.read() as connection:
            found = await page(connection, reader.sight, wanted, after, console.exports.page_cases)
            yield await _lines(console, reader, connection, found.rows, opens)
        if (after := found.after) is None:
            return


async def _lines(
    console: Questions, reader: Reader, connection: AsyncConnection, rows: list[Row], opens: bool
) -> list[list[Cell]]:
    """Lines of the register. What is sealed opens only where that is asked for and the reader has the right."""
    ids = [row["case_id"] for row in rows]
    receipts = await receipts_of(connection, ids)
    clocks = await _by_case(connection, clock, ids)
    duties = await _by_case(connection, duty, ids) if opens else {}
    found = []
    for row in rows:
        case_id = row["case_id"]
        receipt = closed(receipts[case_id])
        if opens:
            receipt = (await console.shown(reader, row, duties[case_id], receipts[case_id], "register", None)).value
        found.append(cells(Line(row, receipt, _own_clock(clocks[case_id]), reader.organisation)))
    return found


def _own_clock(clocks: list[Row]) -> Row | None:
    """The bank's own clock of the last round."""
    own = (row for row in clocks if row["duty_id"] is None)
    return max(own, key=lambda row: micros(row["started_at"]), default=None)


async def _by_case(connection: AsyncConnection, table: Table, cases: Sequence[str]) -> dict[str, list[Row]]:
    """The rows of a table by case, in no order."""
    found: dict[str, list[Row]] = {case_id: [] for case_id in cases}
    for row in await rows_of(connection, select(table).where(table.c.case_id.in_(cases))):
        found[row["case_id"]].append(row)
    return found
