"""The calls about bulk openings: ask for one, see where it stands, approve or refuse somebody else's."""

from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from pydantic import Field, ValidationError

from services.console.http.parameters import BadQuery
from services.console.http.questions import Console, Questions, ReadBy
from services.console.http.register import FILTERS, wanted_of
from services.console.http.rights import Reader
from services.console.openings.fold import BulkOpening
from shared.bank.shown_instants import in_zone
from shared.contract.bodies import Shape, Text
from shared.web import problems
from shared.web.incoming import idempotency_key, json_body, json_value

Json = dict[str, Any]
routes = APIRouter()
S = TypeVar("S", bound=Shape)
BODY_LIMIT_BYTES = 256 * 1024
ONE = "/v1/register/openings/{opening}"


class OpeningAsked(Shape):
    """Why the register has to be opened, and which lines of it: its filter, by the names of its parameters."""

    ground: Text
    query: dict[str, str] = Field(default_factory=dict, json_schema_extra={"propertyNames": {"enum": list(FILTERS)}})


class RefusalGround(Shape):
    """Why not."""

    ground: Text


BODIES: dict[str, type[Shape]] = {"ask": OpeningAsked, "refuse": RefusalGround}
"""The shape of what each call takes, by its function."""


@routes.post("/v1/register/openings", status_code=201)
async def ask(console: Console, reader: ReadBy, request: Request, response: Response) -> Json:
    """Ask to open lines of the register: somebody else has to allow it."""
    key = idempotency_key(request)
    body = await said_in(request, OpeningAsked)
    said = wanted_of(reader, body.query).said
    new, found = await console.openings.ask(reader, key, body.ground, said)
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
async def approve(console: Console, reader: ReadBy, request: Request, opening: str) -> Json:
    """Allow somebody else's opening."""
    idempotency_key(request)
    return shown(console, reader, await console.openings.answer(reader, opening, "opening_approved", None))


@routes.post(f"{ONE}/refuse")
async def refuse(console: Console, reader: ReadBy, request: Request, opening: str) -> Json:
    """Refuse somebody else's opening, with a ground."""
    idempotency_key(request)
    body = await said_in(request, RefusalGround)
    return shown(console, reader, await console.openings.answer(reader, opening, "opening_refused", body.ground))


async def said_in(request: Request, shape: type[S]) -> S:
    """What a body says. Raises BadQuery and what ``shared.web.incoming`` raises."""
    said = await json_value(await json_body(BODY_LIMIT_BYTES, request, problems.HttpTooLarge))
    try:
        return shape.model_validate(said)
    except ValidationError as error:
        faults, pointers = problems.faults_of(error)
        raise BadQuery(faults, pointers=pointers) from error


def shown(console: Questions, reader: Reader, one: BulkOpening) -> Json:
    """An opening; ``until``: by when it has to be answered, or until when it may be used."""
    requests, answer = console.openings, one.answer
    told: Json = {
        "opening": one.id,
        "state": one.state(requests.now(), requests.holds),
        "asked_by": one.asked_by,
        "asked_at": one.asked_at.isoformat(),
        "approvers": list(requests.allowed_by(reader, one)),
        "answered_by": answer.who if answer else None,
        "answered_at": answer.at.isoformat() if answer else None,
        "until": one.until(requests.holds).isoformat(),
    }
    found: Json = in_zone(told, reader.organisation.day)
    return found | {"query": dict(one.query)}
