"""The calls about bulk openings: ask for one, see where it stands, approve or refuse somebody else's."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from pydantic import Field

from services.console.http.questions import Console, Questions, ReadBy
from services.console.http.register import wanted_of
from services.console.http.rights import Reader
from services.console.openings.fold import BulkOpening
from shared.contract.bodies import Shape, Text
from shared.web.incoming import KEY_LIMIT, KeyRequired

Json = dict[str, Any]
routes = APIRouter()
Key = Annotated[str | None, Header(alias="Idempotency-Key")]
ONE = "/v1/register/openings/{opening}"


class OpeningAsked(Shape):
    """Why the register has to be opened, and which lines of it: its filter, by the names of its parameters."""

    ground: Text
    query: dict[str, str] = Field(default_factory=dict)


class RefusalGround(Shape):
    """Why not."""

    ground: Text


@routes.post("/v1/register/openings", status_code=201)
async def ask(console: Console, reader: ReadBy, body: OpeningAsked, response: Response, key: Key = None) -> Json:
    """Ask to open lines of the register: somebody else has to allow it."""
    said = wanted_of(reader.organisation, body.query).said
    new, found = await console.openings.ask(reader, _checked(key), body.ground, said)
    response.status_code = 201 if new else 200
    return shown(console, reader, found)


@routes.get("/v1/register/openings")
async def asked(console: Console, reader: ReadBy) -> Json:
    """The openings that you asked for or may answer, newest first; for an auditor all."""
    return {"openings": [shown(console, reader, one) for one in console.openings.of(reader)]}


@routes.get(ONE)
async def one(console: Console, reader: ReadBy, opening: str) -> Json:
    """One opening with its ground."""
    found = console.openings.known_to(reader, opening)
    return shown(console, reader, found) | {"ground": await console.openings.ground_of(reader, found)}


@routes.post(f"{ONE}/approve")
async def approve(console: Console, reader: ReadBy, opening: str, key: Key = None) -> Json:
    """Allow somebody else's opening."""
    _checked(key)
    return shown(console, reader, await console.openings.answer(reader, opening, "opening_approved", None))


@routes.post(f"{ONE}/refuse")
async def refuse(console: Console, reader: ReadBy, opening: str, body: RefusalGround, key: Key = None) -> Json:
    """Refuse somebody else's opening, with a ground."""
    _checked(key)
    return shown(console, reader, await console.openings.answer(reader, opening, "opening_refused", body.ground))


def _checked(key: str | None) -> str:
    if key is None or not 0 < len(key) <= KEY_LIMIT:
        raise KeyRequired
    return key


def shown(console: Questions, reader: Reader, one: BulkOpening) -> Json:
    """An opening; ``until``: by when it has to be answered, or until when it may be used."""
    requests, answer = console.openings, one.answer
    return {
        "opening": one.id,
        "state": one.state(requests.now(), requests.holds),
        "asked_by": one.asked_by,
        "asked_at": one.asked_at.isoformat(),
        "query": dict(one.query),
        "approvers": list(requests.allowed_by(reader, one)),
        "answered_by": answer.who if answer else None,
        "answered_at": answer.at.isoformat() if answer else None,
        "until": one.until(requests.holds).isoformat(),
    }
