"""Finds the cases of a filter in pages, last received first: asked by the list of cases and by the register."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, NamedTuple

import orjson
from fastapi import Query
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from services.console.http import parameters
from services.console.http.known_cases import AT_ONCE, FOLDED_LIMIT, Refold, newest_known
from services.console.http.row_query import rows_of
from services.console.http.seen_cases import newest_seen
from services.console.projection.tables import CaseRows, Row, case
from services.console.statistics.counting import Figure
from shared.bank.sight import Sight

PAGE = 50
LARGEST_PAGE = 200
LATEST_US = 2**53
"""Microseconds of the epoch, in the year 2255: more does not fit a database's whole numbers."""
CASE_ID = re.compile(r"[0-9a-f-]{36}")
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE)]


class Cursor(NamedTuple):
    """A cursor says after which case a page of a list goes on."""

    received_us: int
    case_id: str

    @classmethod
    def of(cls, text: str | None) -> "Cursor | None":
        """The cursor that a caller gives back, as the ``next`` of the page before said. Raises BadQuery."""
        if text is None:
            return None
        try:
            received_us, case_id = orjson.loads(base64.urlsafe_b64decode(text.encode()))
        except (ValueError, TypeError) as error:
            raise parameters.refused("cursor", "a_cursor") from error
        in_time = type(received_us) is int and abs(received_us) <= LATEST_US
        if not in_time or not isinstance(case_id, str) or not CASE_ID.fullmatch(case_id):
            raise parameters.refused("cursor", "a_cursor")
        return cls(received_us, case_id)

    def text(self) -> str:
        """The cursor as callers get it."""
        return base64.urlsafe_b64encode(orjson.dumps([*self])).decode()


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """A filter says which cases are asked for; None means all. ``units`` holds the unit and all below it.

    ``figure``: those that count for a figure of the statistics.
    """

    state: str | None = None
    units: frozenset[str] | None = None
    handler: str | None = None
    channel: str | None = None
    due_before_us: int | None = None
    due_before_on: str | None = None
    received_from: str | None = None
    received_to: str | None = None
    known_us: int | None = None
    figure: Figure | None = None


class Page(NamedTuple):
    """A page holds rows of cases, and the cursor of the page that follows if there is one.

    ``clocks``: their clocks, where the cases are as they were known at an instant.
    """

    rows: list[Row]
    after: Cursor | None
    clocks: dict[str, list[Row]] | None = None

    @property
    def next(self) -> str | None:
        """The cursor as callers get it."""
        return self.after.text() if self.after else None


async def page(
    connection: AsyncConnection, sight: Sight, wanted: CaseFilter, after: Cursor | None, limit: int, refold: Refold
) -> Page:
    """The page of at most so many cases that a reader sees, beginning after a cursor."""
    counted = await _counted(connection, wanted)
    if wanted.known_us is not None:
        return await _page_as_of(connection, sight, wanted, counted, after, limit, refold)
    rows = await rows_of(connection, newest_seen(sight, [*conditions(wanted), *counted], after, limit + 1))
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], Cursor(last["received_us"], last["case_id"]) if last else None)


async def _counted(connection: AsyncConnection, wanted: CaseFilter) -> list[ColumnElement[bool]]:
    """What cases of the figure meet that is asked for; it counts as of the instant that is asked for."""
    return [] if wanted.figure is None else [case.c.case_id.in_(await wanted.figure.cases(connection))]


async def _page_as_of(
    connection: AsyncConnection,
    sight: Sight,
    wanted: CaseFilter,
    counted: Sequence[ColumnElement[bool]],
    after: Cursor | None,
    limit: int,
    refold: Refold,
) -> Page:
    """The same, of cases as they were known at an instant; it may be shorter, and have one that follows."""
    fixed = conditions(
        CaseFilter(channel=wanted.channel, received_from=wanted.received_from, received_to=wanted.received_to)
    )
    fixed += counted
    found: list[CaseRows] = []
    for _ in range(FOLDED_LIMIT // AT_ONCE):
        known, rows = await newest_known(connection, sight, fixed, after, wanted.known_us or 0, refold)
        found += [case for case in known if _meets(case.row, wanted)]
        if len(found) > limit or len(rows) < AT_ONCE:
            after = None
            break
        after = Cursor(rows[-1]["received_us"], rows[-1]["case_id"])
    if len(found) > limit:
        last = found[limit - 1].row
        after = Cursor(last["received_us"], last["case_id"])
    page = found[:limit]
    return Page([case.row for case in page], after, {case.row["case_id"]: case.clocks for case in page})


def _meets(row: Row, wanted: CaseFilter) -> bool:
    """Whether a row meets what changes in the life of a case; ``conditions`` says the same to the database."""
    blocked = row["blocked"] is not None
    asked = (
        (wanted.state, blocked if wanted.state == "blocked" else row["state"] == wanted.state),
        (wanted.units, row["complained_unit"] in (wanted.units or ())),
        (wanted.handler, row["handler_person"] == wanted.handler),
        (wanted.due_before_us, row["due_us"] is not None and row["due_us"] <= (wanted.due_before_us or 0)),
        (wanted.due_before_on, row["due_on"] is not None and row["due_on"] < (wanted.due_before_on or "")),
    )
    return all(met for value, met in asked if value is not None)


def conditions(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    """What the rows of table ``case`` have to meet."""
    found: list[ColumnElement[bool]] = []
    if wanted.state == "blocked":
        found.append(case.c.blocked.is_not(None))
    elif wanted.state is not None:
        found.append(case.c.state == wanted.state)
    if wanted.units is not None:
        found.append(case.c.complained_unit.in_(sorted(wanted.units)))
    exact = {case.c.handler_person: wanted.handler, case.c.channel: wanted.channel}
    found += [column == value for column, value in exact.items() if value is not None]
    if wanted.due_before_us is not None:
        found.append(case.c.due_us <= wanted.due_before_us)
    if wanted.due_before_on is not None:
        found.append(case.c.due_on < wanted.due_before_on)
    if wanted.received_from is not None:
        found.append(case.c.received_on >= wanted.received_from)
    if wanted.received_to is not None:
        found.append(case.c.received_on <= wanted.received_to)
    return found
