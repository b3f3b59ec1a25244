"""GET /v1/cases/{case}/documents: the files of a case, and each of them as it was sent, unless a scanner bars it."""

from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, Path, Response
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.console.http.questions import AnsweredBy, Console, Open, ReadBy, asked_by
from services.console.http.row_query import rows_of
from services.console.http.stored_case import duties_of, event_of, find
from services.console.http.unsealing import OpeningRefused
from services.console.projection.tables import event
from shared.bank.shown_instants import in_zone
from shared.contract.envelope import TYPE_PREFIX, Event
from shared.errors import RedressError

ADDED, SCANNED, CHECKED = "EvidenceAdded", "EvidenceScanned", "EvidenceChecked"
ScanState = Literal["not_scanned", "quarantined", "clean", "infected"]
UNKNOWN = "application/octet-stream"
SHOWS = ("application/pdf", "text/plain")
SHOWN_KINDS = ("image/", "audio/", "video/")
NO_IMAGE = "image/svg+xml"
"""It is a program as well as a picture."""
Document = Annotated[str, Path(description="Id of the event that added the file.")]
routes = APIRouter()


class UnknownFile(RedressError):
    """No file of this id was added to the case: take it from the case's documents."""

    code = "unknown_document"
    status = 404


class InQuarantine(RedressError):
    """No scanner has passed this file yet, so nobody opens it: ask again in a moment, or look at `redress status`."""

    code = "in_quarantine"
    status = 409


class Infected(RedressError):
    """The scanner found something in this file, so nobody opens it: ask whoever sent it for another one."""

    code = "infected"
    status = 409


class CaseFile(NamedTuple):
    """A file of a case as the log tells of it. ``verdict``: what the scanner said, once it has."""

    added: Event
    verdict: Event | None
    check: Event | None

    @property
    def scan(self) -> ScanState:
        """Whether it may be opened, and why not."""
        if self.verdict is not None:
            return "infected" if self.verdict.data["infected"] else "clean"
        return "quarantined" if self.added.data["quarantined"] else "not_scanned"


@routes.get("/v1/cases/{case}/documents")
async def files(
    console: Console, reader: ReadBy, database: AnsweredBy, case: str, open_: Open = None
) -> dict[str, Any]:
    """The files of a case in the order in which they came: names and notes to whoever may open what is sealed."""
    async with database.read() as connection:
        row = await find(connection, reader.sight, case)
        duties = await duties_of(connection, row["case_id"])
        files = await _files(connection, row["case_id"])
    told = in_zone({"case_id": row["case_id"], "documents": [_told(one) for one in files]}, reader.organisation.day)
    shown = await console.shown(reader, row, duties, told, "documents", open_)
    return {**shown.value, "opened": shown.opened, "erased": shown.erased}


@routes.get("/v1/cases/{case}/documents/{document}")
async def file(console: Console, reader: ReadBy, database: AnsweredBy, case: str, document: Document) -> Response:
    """A file as it was sent, to be saved: never rendered here. Who opens it is recorded first."""
    async with database.read() as connection:
        row = await find(connection, reader.sight, case)
        duties = await duties_of(connection, row["case_id"])
        files = await _files(connection, row["case_id"])
    found = next((one for one in files if one.added.id == document), None)
    if found is None:
        raise UnknownFile
    asked = asked_by(reader, row, duties, None, "document", asked=True)
    asked.request.opens()
    _barred(found)
    name = await console.shown(reader, row, duties, _name(found), "document", asked=True)
    label = f"evidence.{found.added.id}"
    content = await console.unsealer.document(asked, label, found.added.data["sha256"])
    if content is None:
        raise OpeningRefused
    return Response(content, media_type=_served_as(found), headers=_headers(str(name.value)))


def _barred(found: CaseFile) -> None:
    """Go on only where a scanner has passed the file, or none was set when it came. Raises InQuarantine, Infected."""
    match found.scan:
        case "quarantined":
            raise InQuarantine
        case "infected":
            raise Infected
        case _:
            return


def _name(found: CaseFile) -> Any:
    return found.added.data["shown_name"] or found.added.data["file_name"]


def _told(found: CaseFile) -> dict[str, Any]:
    data, checked = found.added.data, found.check
    return {
        "document": found.added.id,
        "added_at": found.added.time,
        "added_by": found.added.actor,
        "kind": data["kind"],
        "name": _name(found),
        "sent_name": data["file_name"],
        "note": data["note"],
        "size_bytes": data["size_bytes"],
        "content_type": data["content_type"],
        "media_type": data["media_type"],
        "scan": found.scan,
        "found": found.verdict.data["found"] if found.verdict is not None else None,
        "check": {"result": checked.data["result"], "words": checked.data["words"]} if checked is not None else None,
    }


async def _files(connection: AsyncConnection, case_id: str) -> list[CaseFile]:
    """The files of a case with what was said of each: the first verdict counts, and the last check."""
    about = or_(*(event.c.type.startswith(f"{TYPE_PREFIX}{name}.") for name in (ADDED, SCANNED, CHECKED)))
    query = select(event).where(event.c.case_id == case_id, about, ~event.c.overtaken).order_by(event.c.ordinal)
    facts = [one for one in map(event_of, await rows_of(connection, query)) if one is not None]
    verdicts: dict[str, Event] = {}
    checks: dict[str, Event] = {}
    for one in facts:
        if one.name == SCANNED:
            verdicts.setdefault(one.data["document"], one)
        elif one.name == CHECKED:
            checks[one.data["document"]] = one
    return [CaseFile(one, verdicts.get(one.id), checks.get(one.id)) for one in facts if one.name == ADDED]


def _served_as(found: CaseFile) -> str:
    """The type by content, of what no browser runs; everything else is bytes to be saved."""
    told = found.added.data["content_type"] or UNKNOWN
    harmless = told in SHOWS or (told.startswith(SHOWN_KINDS) and told != NO_IMAGE)
    return told if harmless else UNKNOWN


def _headers(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "no-store",
    }
