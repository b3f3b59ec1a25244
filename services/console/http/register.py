"""GET /v1/register, as pages, CSV and XLSX: everybody sees the lines; sealed columns open where the right is there."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, NamedTuple

import orjson
from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.console.http import parameters
from services.console.http.case_pages import PAGE, CaseFilter, Cursor, Limit, Page, page
from services.console.http.other_cases import only_seen
from services.console.http.questions import AnsweredBy, AsOf, Console, Questions, ReadBy, asked_by
from services.console.http.rights import Reader
from services.console.http.row_query import rows_of
from services.console.http.stored_case import investigations_of, receipts_of
from services.console.http.unsealing import Asked, closed
from services.console.projection.database import Database
from services.console.projection.instants import micros
from services.console.projection.tables import Row, case, clock, duty
from services.console.register.columns import COLUMNS, Cell, Line, cells
from services.console.register.exports import XLSX, Sheet, csv_lines
from services.console.register.wording import Headers, wording
from services.console.register.wording import headers as header_of
from services.console.statistics.counting import Figure
from services.console.statistics.scope import Scope
from shared.contract.refusal_words import language_of
from shared.process.pace import each

FILTERS = ("state", "unit", "handler", "channel", "from", "to", "as_of", "counted", "of")
routes = APIRouter()


class Wanted(NamedTuple):
    """The lines that are asked for, and in which words: a bulk opening holds for these words."""

    filter: CaseFilter
    said: dict[str, str]


def wanted_of(reader: Reader, said: Mapping[str, str]) -> Wanted:
    """The lines of a filter by the names of its parameters. Raises BadQuery and its kinds."""
    known, organisation = dict(said), reader.organisation
    if unknown := sorted(known.keys() - set(FILTERS)):
        raise parameters.refused(unknown[0], "no_filter", expected=FILTERS)
    days = parameters.days(known.get("from"), known.get("to"))
    found = CaseFilter(
        state=parameters.state(known.get("state")),
        units=parameters.units(organisation, known.get("unit")),
        handler=known.get("handler"),
        channel=parameters.channel(known.get("channel")),
        received_from=days.start,
        received_to=days.end,
        known_us=parameters.known_us(known.get("as_of")),
    )
    found = replace(found, figure=_figure(reader, found, known.get("counted"), known.get("of")))
    if found.channel is not None:
        known["channel"] = found.channel
    return Wanted(found, known)


def _figure(reader: Reader, wanted: CaseFilter, counted: str | None, of: str | None) -> Figure | None:
    """The figure that is asked for, in the scope that the rest of the filter says. Raises BadQuery."""
    parameters.together("of", of, "counted", given=counted is not None)
    if counted is None:
        return None
    named, parts = parameters.counted(counted), parameters.parts(of)
    days = (wanted.received_from, wanted.received_to)
    scope = Scope(*days, wanted.units, wanted.known_us, reader.sight.concerned, parts + named.of)
    return Figure(named.figure, scope, reader.organisation)


def _filter(
    reader: ReadBy,
    state: str | None = None,
    unit: str | None = None,
    handler: str | None = None,
    channel: str | None = None,
    from_: Annotated[str | None, Query(alias="from", description="First bank day of receipt.")] = None,
    to: Annotated[str | None, Query(description="Last bank day of receipt.")] = None,
    as_of: AsOf = None,
    counted: Annotated[str | None, Query(description="The cases that count for this figure of the statistics.")] = None,
    of: Annotated[
        str | None, Query(description="With `counted`: of this part of them, such as `channel.phone`.")
    ] = None,
) -> Wanted:
    said = {
        "state": state,
        "unit": unit,
        "handler": handler,
        "channel": channel,
        "from": from_,
        "to": to,
        "as_of": as_of,
        "counted": counted,
        "of": of,
    }
    return wanted_of(reader, {name: text for name, text in said.items() if text is not None})


Lines = Annotated[Wanted, Depends(_filter)]


def _opening(
    console: Console,
    reader: ReadBy,
    wanted: Lines,
    open_: Annotated[
        bool, Query(alias="open", description="Open what is sealed where you have the right to it.")
    ] = False,
    opening: Annotated[str | None, Query(description="With `open=true`: the approved opening of these lines.")] = None,
) -> str | None:
    """The approved opening by which lines open; None where nothing has to. Raises BadQuery and what openings raise."""
    parameters.together("opening", opening, "open=true", given=open_)
    return console.openings.usable(reader, opening, wanted.said).id if open_ else None


OpenedBy = Annotated[str | None, Depends(_opening)]


def _headers(
    headers: Annotated[
        Headers | None,
        Query(description="Headers and cells in Chinese or English, or as keys; else as Accept-Language."),
    ] = None,
    accept_language: Annotated[str | None, Header(description="The language of headers and cells.")] = None,
) -> Headers:
    """In which words a file is asked for: the address counts before the browser."""
    return headers or Headers(language_of(accept_language))


InWords = Annotated[Headers, Depends(_headers)]


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody asks for lines in a call, in words or as keys.

    ``opening``: the bulk opening by which what is sealed opens.
    """

    console: Questions
    reader: Reader
    call: str
    opening: str | None
    headers: Headers = Headers.KEY


@routes.get("/v1/register")
async def register(
    console: Console,
    reader: ReadBy,
    database: AnsweredBy,
    wanted: Lines,
    opening: OpenedBy,
    cursor: str | None = None,
    limit: Limit = PAGE,
) -> dict[str, Any]:
    """The register in pages."""
    async with database.read() as connection:
        found = await page(connection, reader.sight, wanted.filter, Cursor.of(cursor), limit, console.refold)
        lines = await _lines(Asking(console, reader, "register", opening), connection, found, wanted.filter.known_us)
    return {
        "columns": [{"key": column.key, "zh": column.zh, "en": column.en} for column in COLUMNS],
        "rows": [dict(zip((column.key for column in COLUMNS), line, strict=True)) for line in lines],
        "next": found.next,
    }


@routes.get("/v1/register.csv", response_class=Response)
async def as_csv(
    console: Console, reader: ReadBy, database: AnsweredBy, wanted: Lines, opening: OpenedBy, headers: InWords
) -> StreamingResponse:
    """The register as CSV (UTF-8 with byte order mark, RFC 4180)."""
    pages = _all_lines(Asking(console, reader, "register.csv", opening, headers), database, wanted.filter)
    first = await anext(pages)  # what cannot be answered is refused before the answer begins
    return StreamingResponse(
        _csv(first, pages, headers), media_type="text/csv; charset=utf-8", headers=_attached("csv")
    )


@routes.get("/v1/register.xlsx", response_class=Response)
async def as_xlsx(
    console: Console, reader: ReadBy, database: AnsweredBy, wanted: Lines, opening: OpenedBy, headers: InWords
) -> Response:
    """The register as a spreadsheet; at most 20,000 cases."""
    sheet = Sheet(header_of(headers), console.exports.sheet_lines)
    async for lines in _all_lines(Asking(console, reader, "register.xlsx", opening, headers), database, wanted.filter):
        await asyncio.to_thread(sheet.add, lines)
    content = await asyncio.to_thread(sheet.close)
    return Response(content, media_type=XLSX, headers=_attached("xlsx"))


def _attached(ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="register.{ending}"', "Cache-Control": "no-store"}


async def _csv(
    first: list[list[Cell]], pages: AsyncIterator[list[list[Cell]]], headers: Headers
) -> AsyncIterator[bytes]:
    yield await asyncio.to_thread(csv_lines, first, header_of(headers))
    async for lines in pages:
        yield await asyncio.to_thread(csv_lines, lines)


async def _all_lines(asking: Asking, database: Database, wanted: CaseFilter) -> AsyncIterator[list[list[Cell]]]:
    """All lines of the register, a page at a time."""
    after: Cursor | None = None
    console = asking.console
    in_words = wording(asking.headers, asking.reader.organisation, console.pack())
    while True:
        async with database.read() as connection:
            found = await page(
                connection, asking.reader.sight, wanted, after, console.exports.page_cases, console.refold
            )
            lines = await _lines(asking, connection, found, wanted.known_us)
        yield await each(lines, in_words)
        if (after := found.after) is None:
            return


async def _lines(asking: Asking, connection: AsyncConnection, found: Page, known_us: int | None) -> list[list[Cell]]:
    """Lines of the register. What is sealed opens only by a bulk opening, where the reader has the right to it."""
    rows = found.rows
    ids = [row["case_id"] for row in rows]
    related = await only_seen(connection, asking.reader.sight, [{"related_case": r["related_case"]} for r in rows])
    rows = [row | seen for row, seen in zip(rows, related, strict=True)]
    receipts = await receipts_of(connection, ids, known_us)
    found_out = await investigations_of(connection, ids, known_us)
    said = {
        row["case_id"]: {
            "receipt": receipts[row["case_id"]].with_last_contact,
            "investigation": found_out[row["case_id"]],
            "speakers": orjson.loads(row["speakers"] or "{}"),
        }
        for row in rows
    }
    clocks = await _by_case(connection, clock, ids) if found.clocks is None else found.clocks
    shown = await each([said[case_id] for case_id in ids], closed)
    if asking.opening is not None:
        now = rows if found.clocks is None else await _rows_now(connection, ids)
        shown = await _opened(asking, now, said, await _by_case(connection, duty, ids))
    organisation = asking.reader.organisation

    def line(row: Row, told: Any) -> list[Cell]:
        return cells(
            Line(
                row,
                told["receipt"],
                told["investigation"],
                told["speakers"],
                _own_clock(clocks[row["case_id"]]),
                organisation,
            )
        )

    return await each(zip(rows, shown, strict=True), lambda both: line(*both))


async def _opened(
    asking: Asking, rows: list[Row], said: Mapping[str, Any], duties: Mapping[str, list[Row]]
) -> list[Any]:
    """What is said of the cases of a page, opened where the reader has the right to.

    The openings are recorded together, before any of them opens.
    """

    def asked(row: Row) -> Asked:
        id_ = row["case_id"]
        return asked_by(asking.reader, row, duties[id_], said[id_], asking.call, None, asking.opening)

    shown = await asking.console.unsealer.show(await each(rows, asked))
    return await each(shown, lambda one: one.value if one.opened else closed(one.value))


def _own_clock(clocks: list[Row]) -> Row | None:
    """The bank's own clock of the last round."""
    own = (row for row in clocks if row["duty_id"] is None)
    return max(own, key=lambda row: micros(row["started_at"]), default=None)


async def _rows_now(connection: AsyncConnection, ids: Sequence[str]) -> list[Row]:
    """The rows of cases as they are now, in this order: who may open what counts now, also of what was known before."""
    now = {row["case_id"]: row for row in await rows_of(connection, select(case).where(case.c.case_id.in_(ids)))}
    return [now[case_id] for case_id in ids]


async def _by_case(connection: AsyncConnection, table: Table, cases: Sequence[str]) -> dict[str, list[Row]]:
    """The rows of a table by case, in no order."""
    found: dict[str, list[Row]] = {case_id: [] for case_id in cases}
    for row in await rows_of(connection, select(table).where(table.c.case_id.in_(cases))):
        found[row["case_id"]].append(row)
    return found
