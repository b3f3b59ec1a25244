"""GET /v1/cases/{case}/timeline: what happened, one sentence per event; sealed values open to whoever has the right."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from services.console.http import parameters
from services.console.http.other_cases import only_seen
from services.console.http.questions import AnsweredBy, AsOf, Console, Open, ReadBy
from services.console.http.row_query import rows_of
from services.console.http.stored_case import duties_of, event_of, events_of, find
from services.console.projection.instants import micros
from services.console.projection.tables import Row
from shared.bank.names import Names as OrganisationNames
from shared.bank.shown_instants import in_zone
from shared.case.lateness import Late, lateness
from shared.case.letter_readers import Readers, readers
from shared.case.numbers import UnknownCase
from shared.case.sentences import SENTENCES, Names, tell
from shared.contract.envelope import Event
from shared.process.pace import each

UNTOLD = {"zh": "此记录无法读取。", "en": "This record cannot be read."}
routes = APIRouter()


@routes.get("/v1/cases/{case}/timeline")
async def timeline(
    console: Console,
    reader: ReadBy,
    database: AnsweredBy,
    case: str,
    as_of: AsOf = None,
    open_: Open = None,
) -> dict[str, Any]:
    """What happened on a case, one sentence per event, in log order; `as_of`: as it was recorded by then."""
    until, names = parameters.as_of(as_of), OrganisationNames(console.organisation())
    async with database.read() as connection:
        row = await find(connection, reader.sight, case)
        duties = await duties_of(connection, row["case_id"])
        events = await rows_of(connection, events_of(row["case_id"], micros(until.isoformat()) if until else None))
        found = await each(events, event_of)
        readable = [one for one in found if one is not None]
        whom, late = readers(readable), lateness(readable)
        told = await each(zip(events, found, strict=True), lambda one: entry(*one, names, whom, late))
        entries = await only_seen(connection, reader.sight, told, row["case_id"])
    if not entries:
        raise UnknownCase  # as of then it had not been received
    dated = in_zone(entries, reader.organisation.day)
    shown = await console.shown(reader, row, duties, dated, "timeline", open_)
    head = {"case_id": row["case_id"], "case_number": row["case_number"]}
    return head | {"entries": shown.value, "opened": shown.opened, "erased": shown.erased}


def entry(row: Row, found: Event | None, names: Names, whom: Readers, late: Mapping[str, Late]) -> dict[str, Any]:
    """An entry of the timeline; ``data`` is as in the newest version of the type, with what is sealed still sealed."""
    return {
        "event_id": row["id"],
        "type": row["type"],
        "time": row["time"],
        "recordedtime": row["recordedtime"],
        "actor": row["actor"],
        "sentence": sentence(found, names, whom) if found else UNTOLD,
        "data": found.data if found else None,
        "overtaken": row["overtaken"],
        "late": late[row["id"]]._asdict() if row["id"] in late else None,
        "log": {"partition": row["partition"], "offset": row["offset"]},
    }


def sentence(told: Event, names: Names, whom: Readers) -> dict[str, str]:
    """What happened, in Chinese and English; never anything sealed."""
    return tell(told, names, whom) if told.name in SENTENCES else UNTOLD
