"""GET /v1/cases/{case} with its clocks and duties; what the receipt sealed opens to whoever has the right to it."""

from datetime import datetime
from typing import Any

import orjson
from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.console.http import parameters
from services.console.http.agreements import agreements_of
from services.console.http.case_summary import summary
from services.console.http.known_cases import Refold, refolded
from services.console.http.other_cases import only_seen
from services.console.http.questions import AnsweredBy, AsOf, Console, Open, ReadBy
from services.console.http.row_query import rows_of
from services.console.http.stored_case import duties_of, find, receipts_of
from services.console.projection.instants import micros
from services.console.projection.messages import WITHOUT_ID
from services.console.projection.tables import CaseRows, Row, clock, message
from shared.bank.shown_instants import in_zone
from shared.case.numbers import UnknownCase

Json = dict[str, Any]
RECEIPT_PARTS = ("origin", "language", "reachable_by", "complainant", "group", "matter", "details", "relates_to")
FURTHER_PARTS = (
    "receipt_id", "channel", "received_at", "received_by", "origin", "reachable_by", "complainant", "matter", "details",
)  # fmt: skip
AS_STORED = (
    "anonymous", "outcome", "satisfaction", "decided_at", "replied_at", "reported_at", "ended_at",
    "retain_until",
)  # fmt: skip
CLOCK_AS_STORED = (
    "clock_id", "duty_id", "pack", "pack_version", "milestone", "state", "started_at", "target_on", "due_on", "due_at",
    "met_at", "in_time", "breached_at", "late_by_working_days", "stopped_at", "provisional",
)  # fmt: skip
routes = APIRouter()


@routes.get("/v1/cases/{case}")
async def case(
    console: Console, reader: ReadBy, database: AnsweredBy, case: str, open_: Open = None, as_of: AsOf = None
) -> Any:
    """A case in full; `as_of`: as it was known then."""
    until = parameters.as_of(as_of)
    async with database.read() as connection:
        row = await find(connection, reader.sight, case)
        duties = await duties_of(connection, row["case_id"])
        known_us = micros(until.isoformat()) if until else None
        receipts = (await receipts_of(connection, [row["case_id"]], known_us))[row["case_id"]]
        known = await known_case(connection, row, until, console.refold)
        agreed = await agreements_of(connection, known, known_us)
        told = case_in_full(known, receipts.standing, receipts.further) | agreed
        found = in_zone(await only_seen(connection, reader.sight, told, row["case_id"]), reader.organisation.day)
    shown = await console.shown(reader, row, duties, found, "case", open_)
    return {**shown.value, "opened": shown.opened, "erased": shown.erased}


@routes.get("/v1/cases/{case}/clocks")
async def clocks(console: Console, reader: ReadBy, database: AnsweredBy, case: str, as_of: AsOf = None) -> list[Json]:
    """The clocks of a case, earliest due first; `as_of`: as they were known then."""
    until = parameters.as_of(as_of)
    async with database.read() as connection:
        row = await find(connection, reader.sight, case)
        known = await known_case(connection, row, until, console.refold)
        told: list[Json] = in_zone([shown_clock(one) for one in known.clocks], reader.organisation.day)
        return told


@routes.get("/v1/cases/{case}/duties")
async def duties(console: Console, reader: ReadBy, database: AnsweredBy, case: str, as_of: AsOf = None) -> list[Json]:
    """The duties of a case, in the order of opening; `as_of`: as they were known then."""
    until = parameters.as_of(as_of)
    async with database.read() as connection:
        known = await known_case(connection, await find(connection, reader.sight, case), until, console.refold)
        told: list[Json] = in_zone([shown_duty(one) for one in known.duties], reader.organisation.day)
        return told


async def known_case(connection: AsyncConnection, row: Row, as_of: datetime | None, refold: Refold) -> CaseRows:
    """The rows of a case, now or as it was known at an instant. Raises UnknownCase: it had not been received then."""
    if as_of is None:
        case_id = row["case_id"]
        clocks = select(clock).where(clock.c.case_id == case_id).order_by(clock.c.due_us, clock.c.clock_id)
        messages = await rows_of(connection, select(message).where(message.c.case_id == case_id))
        return CaseRows(row, await duties_of(connection, case_id), await rows_of(connection, clocks), messages)
    found = await refolded(connection, [row], micros(as_of.isoformat()), refold)
    if not found:
        raise UnknownCase
    return found[0]


def case_in_full(known: CaseRows, receipt: Json, further: list[Json]) -> Json:
    """A case in full; what is sealed in its receipts is sealed here."""
    row, duties, clocks, messages = known
    return {
        **summary(row),
        **{name: receipt.get(name) for name in RECEIPT_PARTS},
        "further_receipts": [{name: one.get(name) for name in FURTHER_PARTS} for one in further],
        **{name: row[name] for name in AS_STORED},
        "speakers": orjson.loads(row["speakers"] or "null"),
        "fault": orjson.loads(row["fault"] or "null"),
        "parties_concerned": orjson.loads(row["parties"] or "[]"),
        "duties": [shown_duty(one) for one in duties],
        "clocks": [shown_clock(one) for one in clocks],
        "messages": [shown_message(one) for one in sorted(messages, key=lambda m: (micros(m["at"]), m["message_id"]))],
    }


def shown_duty(row: Row) -> Json:
    """A duty."""
    return {
        "id": row["duty_id"],
        "kind": row["kind"],
        "debtor": {"unit": row["debtor_unit"], "post": row["debtor_post"], "person": row["debtor_person"]},
        "creditor": orjson.loads(row["creditor"]),
        "level": row["level"],
        "state": row["state"],
        "due_at": row["due_at"],
        "ended_by": row["ended_by"],
    }


def shown_clock(row: Row) -> Json:
    """A clock."""
    calendar, whose = {"id": row["calendar"], "version": row["calendar_version"]}, row["late_whose"]
    late = {"by_seconds": row["late_by_seconds"], "whose": whose} if whose is not None else None
    shown = {name: row[name] for name in CLOCK_AS_STORED}
    return shown | {"class": row["complaint_class"], "calendar": calendar, "late": late}


def shown_message(row: Row) -> Json:
    """A message; ``to`` is ``customer`` or a person of the bank."""
    to = {"unit": row["unit"], "person": row["person"]} if row["unit"] else "customer"
    shown = {name: row[name] for name in ("message_id", "kind", "state", "way", "at", "reason")}
    if str(row["message_id"]).startswith(WITHOUT_ID):
        shown["message_id"] = None
    known = row["state"] != "suppressed" or row["unit"] is not None
    return shown | {"to": to if known else None}
