"""GET /v1/cases: the cases of a filter, last received first, in pages: those that the reader sees."""

from typing import Any

from fastapi import APIRouter

from services.console.http import parameters
from services.console.http.case_pages import PAGE, CaseFilter, Cursor, Limit, page
from services.console.http.case_summary import summary
from services.console.http.questions import AnsweredBy, AsOf, Console, ReadBy
from shared.bank.shown_instants import in_zone

routes = APIRouter()


@routes.get("/v1/cases")
async def cases(
    console: Console,
    reader: ReadBy,
    database: AnsweredBy,
    state: str | None = None,
    unit: str | None = None,
    handler: str | None = None,
    channel: str | None = None,
    due_before: str | None = None,
    as_of: AsOf = None,
    cursor: str | None = None,
    limit: Limit = PAGE,
) -> dict[str, Any]:
    """Cases, last received first, in pages: `next` is the cursor of the page that follows.

    With `as_of` a page may be shorter than `limit` although another one follows.
    """
    by, on = parameters.due_before(due_before)
    wanted = CaseFilter(
        state=parameters.state(state),
        units=parameters.units(reader.organisation, unit),
        handler=handler,
        channel=parameters.channel(channel),
        due_before_us=by,
        due_before_on=on,
        known_us=parameters.known_us(as_of),
    )
    async with database.read() as connection:
        found = await page(connection, reader.sight, wanted, Cursor.of(cursor), limit, console.refold)
    return {"cases": in_zone([summary(row) for row in found.rows], reader.organisation.day), "next": found.next}
