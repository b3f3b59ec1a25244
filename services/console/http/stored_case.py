"""Reads a case from the database: its row, its duties, its first event, and events as this version understands them."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.console.http.row_query import rows_of
from services.console.http.seen_cases import ties_of_case
from services.console.projection.tables import Row, case, duty, event
from shared.bank.sight import Sight
from shared.case.numbers import NotSeen, UnknownCase, checked
from shared.contract.envelope import TYPE_PREFIX, Event
from shared.contract.ids import UUID_LENGTH
from shared.contract.upcasting import upcast
from shared.errors import Unreadable
from shared.process.pace import each

FURTHER = "ReceiptAdded"


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


async def receipts_of(connection: AsyncConnection, cases: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What the first event of each case said; empty where nobody can read it. What it sealed is sealed here."""
    query = select(event).where(event.c.case_id.in_(cases), event.c.ordinal == 0)
    firsts = await each(await rows_of(connection, query), event_of)
    said = {first.subject: first.data for first in firsts if first is not None}
    return {case_id: said.get(case_id, {}) for case_id in cases}


async def further_receipts_of(
    connection: AsyncConnection, cases: Sequence[str], known_us: int | None
) -> dict[str, list[dict[str, Any]]]:
    """What the further receipts of each case said, in log order. What they sealed is sealed here."""
    told = event.c.type.startswith(f"{TYPE_PREFIX}{FURTHER}.")
    query = select(event).where(event.c.case_id.in_(cases), told).order_by(event.c.case_id, event.c.ordinal)
    if known_us is not None:
        query = query.where(event.c.known_us <= known_us)
    found: dict[str, list[dict[str, Any]]] = {case_id: [] for case_id in cases}
    for one in await each(await rows_of(connection, query), event_of):
        if one is not None:
            found[one.subject].append(one.data)
    return found


def with_last_contact(receipt: dict[str, Any], further: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A receipt with the customer as the last receipts name and reach him: that counts for contact."""
    who: dict[str, Any] = dict(receipt.get("complainant") or {})
    for one in further:
        who |= {name: value for name, value in (one["complainant"] or {}).items() if value is not None}
    return receipt | {"complainant": who or None}


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
