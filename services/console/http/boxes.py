"""GET /v1/opinion-boxes: where boxes hang, and which day's review was done, late or missed. No case, nothing sealed."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import select

from services.console.http import parameters
from services.console.http.questions import AnsweredBy, Console, ReadBy
from services.console.http.rights import Reader
from services.console.http.row_query import rows_of
from services.console.http.stored_case import event_of
from services.console.projection.tables import Row, event
from shared.bank.boxes import BoxHistory, keeps_box
from shared.bank.shown_instants import in_zone
from shared.contract.ids import box_subject
from shared.contract.ties import unit_tie
from shared.errors import RedressError

DAYS = 400
"""Days told at once, the last ones: more than a year of them."""
TOLD = ("opened_at", "reviewer", "witness", "entries_found", "late")
routes = APIRouter()


class UnknownBox(RedressError):
    """No opinion box hangs or hung in such a unit, or it is not yours to know: /v1/opinion-boxes lists yours."""

    code = "no_opinion_box"
    status = 404


@routes.get("/v1/opinion-boxes")
async def boxes(console: Console, reader: ReadBy) -> list[dict[str, Any]]:
    """The boxes that the reader keeps or oversees, those that were taken down too; `up`: whether it hangs today."""
    history = BoxHistory.of(console.reference)
    return [_box(history, unit, reader) for unit in history.units() if _sees(reader, unit)]


@routes.get("/v1/opinion-boxes/{unit}/reviews")
async def reviews(
    console: Console,
    reader: ReadBy,
    database: AnsweredBy,
    unit: str,
    from_: Annotated[str | None, Query(alias="from", description="First day whose review it is.")] = None,
    to: Annotated[str | None, Query(description="Last day whose review it is.")] = None,
) -> dict[str, Any]:
    """The days of a box of which something is recorded, in their order; at most the last 400 of those asked for."""
    said, history = parameters.days(from_, to), BoxHistory.of(console.reference)
    if unit not in history.units() or not _sees(reader, unit):
        raise UnknownBox
    query = select(event).where(event.c.case_id == box_subject(unit)).order_by(event.c.ordinal)
    async with database.read() as connection:
        days = _days(await rows_of(connection, query))
    wanted = [
        day for day in days if (said.start or "") <= day["date"] and (said.end is None or day["date"] <= said.end)
    ]
    found: dict[str, Any] = in_zone({**_box(history, unit, reader), "days": wanted[-DAYS:]}, reader.organisation.day)
    return found


def _sees(reader: Reader, unit: str) -> bool:
    """Whoever keeps a box sees it, and whoever sees the cases of its unit."""
    oversees = reader.sight.everything or unit_tie(unit) in reader.sight.answers_to
    return oversees or keeps_box(reader.organisation, reader.person, unit, reader.on)


def _box(history: BoxHistory, unit: str, reader: Reader) -> dict[str, Any]:
    box = history.latest(unit)
    return {
        "unit": unit,
        "name": reader.organisation.units[unit].name,
        "since": history.since(unit).isoformat(),
        "until": box.until.isoformat() if box and box.until else None,
        "closes_at": box.closes_at if box else None,
        "up": history.up(unit, reader.on),
    }


def _days(rows: list[Row]) -> list[dict[str, Any]]:
    """Per day its review, of several the first, and since when it counts as missed."""
    days: dict[str, dict[str, Any]] = {}
    for found in map(event_of, rows):
        if found is None or found.name not in ("OpinionBoxReviewed", "BoxReviewMissed"):
            continue
        day = days.setdefault(found.data["date"], {"date": found.data["date"], "missed_at": None, "review": None})
        if found.name == "BoxReviewMissed":
            day["missed_at"] = found.data["due_at"]
        elif day["review"] is None:
            day["review"] = {name: found.data[name] for name in TOLD} | {"recorded_at": found.recordedtime}
    return [days[day] for day in sorted(days)]
