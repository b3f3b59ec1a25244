"""Casework over HTTP: a command goes in, its outcome comes back (contract 7)."""

from typing import Annotated, Any

from fastapi import FastAPI, Header, Query, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from services.casework.http.command_intake import CommandIntake, Overtaken, outcome_of, place_of
from services.casework.http.outcomes import Outcome
from services.casework.refusing import REFUSALS
from shared.errors import RedressError
from shared.web import problems
from shared.web.auth import Tokens

BODY_LIMIT_BYTES = 256 * 1024
KEY_LIMIT = 200


class KeyRequired(RedressError):
    """Send an Idempotency-Key header of at most 200 characters, the same one whenever you repeat this command."""

    code = "idempotency_key_required"
    status = 400


class CommandTooLarge(RedressError):
    """The body is larger than 256 KiB: shorten its texts, send files as evidence."""

    code = "too_large"
    status = 413


class CommandNotSent(RedressError):
    """No such command was sent on this case: send it, with a key of its own."""

    code = "unknown_command"
    status = 404


def create_app(desk: CommandIntake, tokens: Tokens) -> FastAPI:
    """The HTTP service."""
    app = FastAPI(title="Redress casework", description="What people do on a case comes in here.", version="1")
    problems.install(app)

    @app.exception_handler(ValidationError)
    async def of_shape(request: Request, error: ValidationError) -> JSONResponse:
        return problems.from_validation(list(error.errors(include_input=False, include_url=False)), "invalid_command")

    @app.post("/v1/cases/{case}/commands/{name}", openapi_extra=_openapi(desk))
    async def command(
        case: str,
        name: str,
        request: Request,
        after: Annotated[str | None, Query(description="A place in the log that has to be seen first.")] = None,
        idempotency_key: Annotated[str | None, Header()] = None,
        authorization: Annotated[str | None, Header()] = None,
    ) -> JSONResponse:
        """Act on a case. Repeat with the same Idempotency-Key whenever the outcome is unknown."""
        subject = tokens.subject_of(authorization)
        if not idempotency_key or len(idempotency_key) > KEY_LIMIT:
            raise KeyRequired
        body = await _limited(request)
        if after is not None:
            await desk.cases.past(after)
        id_, outcome = await desk.take(subject, idempotency_key, case, name, body)
        case_id = desk.index.find(case).case_id
        if outcome is None:
            at = desk.sent[id_]
            where = f"/v1/cases/{case_id}/commands/{id_}?at={at.partition}:{at.offset}"
            return JSONResponse({"command_id": id_, "status": "pending"}, 202, {"Location": where})
        return _answer(desk, case_id, id_, outcome)

    @app.get("/v1/cases/{case}/commands/{id_}")
    async def status(
        case: str,
        id_: str,
        at: Annotated[str | None, Query(description="As the Location of the 202 gives it.")] = None,
        authorization: Annotated[str | None, Header()] = None,
    ) -> dict[str, Any]:
        """What became of a command: pending, done, refused or failed."""
        tokens.subject_of(authorization)
        case_id = desk.index.find(case).case_id
        outcome = outcome_of(desk.cases.of(case_id), case_id, id_)
        if outcome is not None:
            return _status(desk, case_id, id_, outcome)
        if await desk.pending(case_id, id_, at):
            return {"command_id": id_, "status": "pending"}
        raise CommandNotSent

    return app


async def _limited(request: Request) -> bytes:
    """The body, refused as soon as it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT_BYTES:
            raise CommandTooLarge
    return bytes(body)


def _answer(desk: CommandIntake, case: str, id_: str, outcome: Outcome) -> JSONResponse:
    """The outcome as HTTP has it: 200, or the refusal's problem with its status."""
    found = _status(desk, case, id_, outcome)
    if outcome.code is None:
        del found["status"], found["name"]
        return JSONResponse(found)
    error = _refusals().get(outcome.code, RedressError)
    extra = {"command_id": id_, "log": found["log"]} | ({"about": list(outcome.about)} if outcome.about else {})
    detail = " ".join((error.__doc__ or "").split())
    return problems.problem(error.status, outcome.code, detail, list(outcome.pointers), **extra)


def _status(desk: CommandIntake, case: str, id_: str, outcome: Outcome) -> dict[str, Any]:
    state = "done" if outcome.code is None else "failed" if outcome.code == "internal_error" else "refused"
    found: dict[str, Any] = {
        "command_id": id_,
        "name": outcome.name,
        "status": state,
        "events": [{"event_id": event, "type": type_} for event, type_ in outcome.events],
        "log": place_of(desk.cases.of(case), case, outcome),
    }
    return found if outcome.code is None else found | {"code": outcome.code, "about": list(outcome.about)}


def _refusals() -> dict[str, type[RedressError]]:
    """Every error by its code, the more special one last: an answer's words are those of the error's docstring."""

    def below(kind: type[RedressError]) -> list[type[RedressError]]:
        return [kind, *(found for sub in kind.__subclasses__() for found in below(sub))]

    return {error.code: error for error in below(RedressError)} | REFUSALS | {Overtaken.code: Overtaken}


def _openapi(desk: CommandIntake) -> dict[str, Any]:
    shapes = (declared.body for declared in desk.declared.values())
    schemas = [shape.model_json_schema(ref_template="#/components/schemas/{model}") for shape in shapes]
    for schema in schemas:
        schema.pop("$defs", None)
    return {"requestBody": {"required": False, "content": {"application/json": {"schema": {"anyOf": schemas}}}}}
