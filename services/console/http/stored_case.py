"""Reads a case from the database: its row, its duties, its first event, and events as this version understands them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.console.http.row_query import rows_of
from services.console.http.seen_cases import ties_of_case
from services.console.projection.tables import Row, case, duty, event
from shared.bank.sight import Sight
from shared.case.corrections import ADDED, CORRECTED, contact, standing
from shared.case.numbers import NotSeen, UnknownCase, checked
from shared.contract.envelope import TYPE_PREFIX, Event
from shared.contract.ids import UUID_LENGTH
from shared.contract.upcasting import upcast
from shared.errors import Unreadable
from shared.process.pace import each


async def find(connection: AsyncConnection, sight: Sight, name: str) -> Row:
    """The row of the case with this id or number, if a reader sees it.

    Raises:
        UnknownCase, BadCaseNumber
        NotSeen: there is one, but not for this reader; to him this is the same as UnknownCase.
    """
    column = case.c.case_id if len(name) == UUID_LENGTH else case.c.case_number
    wanted = name if len(name) == UUID_LENGTH else checked(name)
    found = await rows_of(connection, select(case).where(column == wanted))
    if not found:
        raise UnknownCase
    if not sight.sees(await ties_of_case(connection, found[0]["case_id"])):
        raise NotSeen(found[0]["case_id"])
    return found[0]


async def duties_of(connection: AsyncConnection, case_id: str) -> list[Row]:
    """The duties of a case in the order of opening, each with the id of the event that ended it."""
    ended = and_(event.c.case_id == duty.c.case_id, event.c.ordinal == duty.c.ended_ordinal)
    query = (
        select(duty, event.c.id.label("ended_by"))
        .select_from(duty.outerjoin(event, ended))
        .where(duty.c.case_id == case_id)
        .order_by(duty.c.number)
    )
    return await rows_of(connection, query)


class Receipts(NamedTuple):
    """What the receipts of a case said, with what was put right since; what they sealed is sealed here.

    ``first``: as it stands, empty where nobody can read it. ``later``: further receipts and corrections, in log order.
    """

    first: dict[str, Any]
    later: tuple[Event, ...]

    @property
    def further(self) -> list[dict[str, Any]]:
        """What the further receipts said, in log order."""
        return [event.data for event in self.later if event.name == ADDED]

    @property
    def with_last_contact(self) -> dict[str, Any]:
        """The first receipt with the customer as he is named and reached by now: that counts for contact."""
        return self.standing | {"complainant": contact(self.first, self.later)} if self.first else {}

    @property
    def standing(self) -> dict[str, Any]:
        """The first receipt as it stands."""
        return standing(self.first, self.later) if self.first else {}


async def receipts_of(connection: AsyncConnection, cases: Sequence[str], known_us: int | None) -> dict[str, Receipts]:
    """The receipts of each case, and their corrections, as they were known at an instant."""
    told = or_(*(event.c.type.startswith(f"{TYPE_PREFIX}{name}.") for name in (ADDED, CORRECTED)))
    query = select(event).where(event.c.case_id.in_(cases), or_(event.c.ordinal == 0, told))
    if known_us is not None:
        query = query.where(or_(event.c.ordinal == 0, event.c.known_us <= known_us))
    found: dict[str, list[Event]] = {case_id: [] for case_id in cases}
    for one in await each(await rows_of(connection, query.order_by(event.c.case_id, event.c.ordinal)), event_of):
        if one is not None:
            found[one.subject].append(one)
    return {case_id: _receipts(events) for case_id, events in found.items()}


def _receipts(events: Sequence[Event]) -> Receipts:
    first: dict[str, Any] = next((one.data for one in events if one.name == "ComplaintReceived"), {})
    return Receipts(first, tuple(one for one in events if one.name in (ADDED, CORRECTED)))


async def investigations_of(
    connection: AsyncConnection, cases: Sequence[str], known_us: int | None
) -> dict[str, dict[str, Any]]:
    """What the last investigation of each case's present round said; empty where there is none."""
    about = or_(*(event.c.type.like(f"{TYPE_PREFIX}{name}.%") for name in ("InvestigationRecorded", "CaseReopened")))
    query = select(event).where(event.c.case_id.in_(cases), about, ~event.c.overtaken)
    if known_us is not None:
        query = query.where(event.c.known_us <= known_us)
    said: dict[str, dict[str, Any]] = {case_id: {} for case_id in cases}
    for found in await each(await rows_of(connection, query.order_by(event.c.ordinal)), event_of):
        if found is not None:
            said[found.subject] = found.data if found.name == "InvestigationRecorded" else {}
    return said


def events_of(case_id: str, known_us: int | None) -> Select[Any]:
    """The events of a case in log order; only those recorded by an instant, if one is given."""
    query = select(event).where(event.c.case_id == case_id).order_by(event.c.ordinal)
    return query if known_us is None else query.where(event.c.known_us <= known_us)


def event_of(row: Row) -> Event | None:
    """A stored event in its type's newest version; None where nobody can read it."""
    if row["data"] is None or not row["type"].startswith(TYPE_PREFIX):
        return None
    stored = Event(
        id=row["id"], source=row["source"], type=row["type"], subject=row["case_id"], time=row["time"],
        recordedtime=row["recordedtime"], causationid=row["causationid"], correlationid=row["case_id"],
        basisid=row["basisid"], actor=row["actor"], data=orjson.loads(row["data"]),
    )  # fmt: skip
    try:
        return upcast(stored)
    except (Unreadable, ValueError):
        return None
