"""GET /v1/reference: what was published, who published it and why; and each document as it was published."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter

from services.console.http.questions import Console, ReadBy
from shared.bank.reference import ReferenceDocument
from shared.bank.shown_instants import in_zone
from shared.errors import NotYet, RedressError

routes = APIRouter()


class UnknownDocument(RedressError):
    """Nothing of this kind, id and version was published: /v1/reference lists what was."""

    code = "unknown_document"
    status = 404


@routes.get("/v1/reference")
async def documents(console: Console, reader: ReadBy) -> list[dict[str, Any]]:
    """Every version of all reference data, by kind and id, the oldest first; `in_force`: whether it is now."""
    known, now = console.reference, console.now()
    told = [
        _told(one, _in_force(console, one, now))
        for kind in sorted(known.kinds())
        for id_ in known.ids(kind)
        for one in known.versions(kind, id_)
    ]
    found: list[dict[str, Any]] = in_zone(told, reader.organisation.day)
    return found


@routes.get("/v1/reference/{kind}/{document}/{version}")
async def document(console: Console, reader: ReadBy, kind: str, document: str, version: str) -> dict[str, Any]:
    """One version with its `content`, the file as it was published."""
    try:
        found = console.reference.named(kind, document, version)
    except NotYet:
        raise UnknownDocument from None
    told = _told(found, _in_force(console, found, console.now())) | {"content": found.content}
    shown: dict[str, Any] = in_zone(told, reader.organisation.day)
    return shown


def _in_force(console: Console, document: ReferenceDocument, now: datetime) -> bool:
    try:
        return console.reference.in_force(document.kind, document.id, now) == document
    except NotYet:
        return False


def _told(document: ReferenceDocument, in_force: bool) -> dict[str, Any]:
    return {
        "kind": document.kind,
        "id": document.id,
        "version": document.version,
        "effective_from": document.effective_from.isoformat(),
        "published_at": document.published_at.isoformat(),
        "published_by": document.published_by,
        "why": document.why,
        "in_force": in_force,
    }
