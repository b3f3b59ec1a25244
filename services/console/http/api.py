"""The console over HTTP: GET calls only (contract 7 and 9)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any

import structlog
from fastapi import Depends, FastAPI, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from sqlalchemy.exc import DBAPIError

from services.console.http import params, queries, views
from services.console.http.queries import Wanted
from services.console.http.questions import Asked, Questions
from services.console.http.rights import Reader
from services.console.projection.database import ConsoleDatabaseAway, Database
from services.console.register.columns import COLUMNS, Cell
from services.console.register.exports import Sheet, csv_lines
from shared.web import problems

log = structlog.get_logger()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE = 50

After = Annotated[str | None, Query(description="Answer once this place <partition>:<offset> of the log is projected.")]
Open = Annotated[
    bool | None,
    Query(
        alias="open",
        description="true: open what is sealed, or refuse; false: open nothing; left out: open what may be opened.",
    ),
]
Limit = Annotated[int, Query(ge=1, le=params.LARGEST_PAGE)]
Count = Annotated[int | None, Query(ge=0, le=10**12)]


def create_app(desk: Questions) -> FastAPI:
    """The HTTP service."""
    app = FastAPI(title="Redress console", description="What happened, what is owed, what it adds up to.", version="1")
    problems.install(app)
    _errors(app)

    def reader(authorization: Annotated[str | None, Header()] = None) -> Reader:
        return desk.reader(authorization)

    async def database(_: Annotated[Reader, Depends(reader)], after: After = None) -> Database:
        return await desk.database(after)

    who, where = Annotated[Reader, Depends(reader)], Annotated[Database, Depends(database)]
    _cases(app, desk, who, where)
    _register(app, desk, who, where)
    _statistics(app, desk, who, where)
    return app


def _errors(app: FastAPI) -> None:
    @app.exception_handler(RequestValidationError)
    async def of_query(request: Request, error: RequestValidationError) -> JSONResponse:
        return problems.from_validation(
            [fault | {"loc": fault["loc"][1:]} for fault in error.errors()], params.BadQuery.code
        )

    @app.exception_handler(DBAPIError)
    async def of_database(request: Request, error: DBAPIError) -> JSONResponse:
        log.error("console.database_failed", path=request.url.path, error=type(error.orig).__name__)
        away = ConsoleDatabaseAway()
        return problems.problem(away.status, away.code, away.detail)


def _cases(app: FastAPI, desk: Questions, who: Any, where: Any) -> None:
    @app.get("/v1/cases")
    async def cases(
        reader: who,
        database: where,
        state: str | None = None,
        unit: str | None = None,
        handler: str | None = None,
        channel: str | None = None,
        due_before: str | None = None,
        cursor: str | None = None,
        limit: Limit = PAGE,
    ) -> dict[str, Any]:
        """Cases, last received first, in pages: `next` is the cursor of the page that follows."""
        by, on = params.due_before(due_before)
        units = params.units(reader.organisation, unit)
        wanted = Wanted(params.state(state), units, handler, params.channel(channel), by, on)
        async with database.read() as connection:
            rows = await queries.page(connection, wanted, params.cursor(cursor), limit + 1)
        following = params.cursor_after(rows[limit - 1]) if len(rows) > limit else None
        return {"cases": [views.summary(row) for row in rows[:limit]], "next": following}

    @app.get("/v1/cases/{case}")
    async def case(reader: who, database: where, case: str, open_: Open = None) -> Any:
        """A case in full."""
        return await desk.case(reader, database, case, open_)

    @app.get("/v1/cases/{case}/timeline")
    async def timeline(
        reader: who,
        database: where,
        case: str,
        as_of: str | None = None,
        open_: Open = None,
    ) -> dict[str, Any]:
        """What happened on a case, one sentence per event, in log order; `as_of`: as it was recorded by then."""
        return await desk.timeline(reader, database, case, params.as_of(as_of), open_)

    @app.get("/v1/cases/{case}/clocks")
    async def clocks(_: who, database: where, case: str) -> list[dict[str, Any]]:
        """The clocks of a case, earliest due first."""
        return await desk.clocks(database, case)

    @app.get("/v1/cases/{case}/duties")
    async def duties(_: who, database: where, case: str) -> list[dict[str, Any]]:
        """The duties of a case, in the order of opening."""
        return await desk.duties(database, case)


def _wanted(who: Any) -> Any:
    """The dependency that reads which cases the register is asked for."""

    def wanted(
        reader: who,
        state: str | None = None,
        unit: str | None = None,
        handler: str | None = None,
        channel: str | None = None,
        from_: Annotated[str | None, Query(alias="from", description="First bank day of receipt.")] = None,
        to: Annotated[str | None, Query(description="Last bank day of receipt.")] = None,
    ) -> Wanted:
        return Wanted(
            state=params.state(state),
            units=params.units(reader.organisation, unit),
            handler=handler,
            channel=params.channel(channel),
            received_from=params.day("from", from_) if from_ else None,
            received_to=params.day("to", to) if to else None,
        )

    return wanted


def _register(app: FastAPI, desk: Questions, who: Any, where: Any) -> None:
    which = Annotated[Wanted, Depends(_wanted(who))]
    opened = Annotated[bool, Query(alias="open", description="Open what is sealed where you have the right to it.")]

    @app.get("/v1/register")
    async def register(
        reader: who,
        database: where,
        wanted: which,
        cursor: str | None = None,
        limit: Limit = PAGE,
        open_: opened = False,
    ) -> dict[str, Any]:
        """The register in pages."""
        async with database.read() as connection:
            rows = await queries.page(connection, wanted, params.cursor(cursor), limit + 1)
            lines = await desk.cells(reader, connection, rows[:limit], open_)
        head = [{"key": column.key, "zh": column.zh, "en": column.en} for column in COLUMNS]
        shown = [dict(zip((column.key for column in COLUMNS), line, strict=True)) for line in lines]
        following = params.cursor_after(rows[limit - 1]) if len(rows) > limit else None
        return {"columns": head, "rows": shown, "next": following}

    @app.get("/v1/register.csv", response_class=Response)
    async def as_csv(reader: who, database: where, wanted: which, open_: opened = False) -> StreamingResponse:
        """The register as CSV (UTF-8 with byte order mark, RFC 4180)."""
        pages = desk.register(reader, database, wanted, open_)
        return StreamingResponse(_csv(pages), media_type="text/csv; charset=utf-8", headers=_attached("csv"))

    @app.get("/v1/register.xlsx", response_class=Response)
    async def as_xlsx(reader: who, database: where, wanted: which, open_: opened = False) -> Response:
        """The register as a spreadsheet; at most 20,000 cases."""
        sheet = Sheet()
        async for lines in desk.register(reader, database, wanted, open_):
            await asyncio.to_thread(sheet.add, lines)
        content = await asyncio.to_thread(sheet.close)
        return Response(content, media_type=XLSX, headers=_attached("xlsx"))


def _attached(ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="register.{ending}"', "Cache-Control": "no-store"}


async def _csv(pages: AsyncIterator[list[list[Cell]]]) -> AsyncIterator[bytes]:
    yield csv_lines([], header=True)
    async for lines in pages:
        yield csv_lines(lines, header=False)


def _statistics(app: FastAPI, desk: Questions, who: Any, where: Any) -> None:
    @app.get("/v1/statistics")
    async def statistics(
        reader: who,
        database: where,
        unit: str | None = None,
        from_: Annotated[str | None, Query(alias="from", description="Default: 1 January of the bank's year.")] = None,
        to: Annotated[str | None, Query(description="Default: today.")] = None,
        customers: Count = None,
        transactions: Count = None,
        as_of: str | None = None,
    ) -> dict[str, Any]:
        """The figures of the cases received in a period (docs/explanation/statistics.md)."""
        params.units(reader.organisation, unit)
        end = date.fromisoformat(params.day("to", to)) if to else reader.on
        start = date.fromisoformat(params.day("from", from_)) if from_ else end.replace(month=1, day=1)
        if end < start:
            raise params.refused("to", "lies before `from`.")
        asked = Asked(unit, start, end, params.as_of(as_of), customers, transactions)
        return await desk.statistics(reader, database, asked)
