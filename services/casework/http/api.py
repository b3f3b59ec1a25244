"""Casework's API takes a command in and answers with its outcome (contract 7)."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from services.casework.bad_content import InvalidCommand
from services.casework.http import openapi
from services.casework.http.answering import outcome_given, status_given
from services.casework.http.answers_given import CommandPending
from services.casework.http.command_intake import CommandIntake
from services.casework.http.refusals import CommandNotSent, CommandTooLarge
from shared.web import docs_page, problems
from shared.web.auth import Tokens
from shared.web.incoming import Caller, idempotency_key, json_body
from shared.web.problems import Noted

BODY_LIMIT_BYTES = 256 * 1024


class CaseworkApp(FastAPI):
    """The application, described by ``services.casework.http.openapi`` from the declarations of the commands."""

    intake: CommandIntake

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        return openapi.document(self.intake.declared)


def create_app(intake: CommandIntake, tokens: Tokens, noted: Noted = problems.unnoted) -> FastAPI:
    """The HTTP service."""
    app = CaseworkApp(title=openapi.TITLE, **docs_page.NO_ADDRESSES)
    app.intake = intake
    problems.install(app, InvalidCommand, noted)
    caller = Caller(tokens)

    @app.post("/v1/cases/{case}/commands/{name}")
    async def command(case: str, name: str, request: Request, after: str | None = None) -> JSONResponse:
        """Act on a case. Repeat with the same Idempotency-Key whenever the outcome is unknown."""
        subject, key = caller.subject(request), idempotency_key(request)
        body = await json_body(BODY_LIMIT_BYTES, request, CommandTooLarge)
        if after is not None:
            await intake.cases.progress.past(after)
        case_id, id_, outcome = await intake.take(subject, key, case, name, body)
        if outcome is not None:
            return outcome_given(id_, outcome, intake.position_of(case_id, outcome), request.headers)
        at = intake.sent[id_].at
        where = f"/v1/cases/{case_id}/commands/{id_}?at={at}"
        return JSONResponse(CommandPending(command_id=id_).model_dump(), 202, {"Location": where})

    @app.get("/v1/cases/{case}/commands/{id_}")
    async def status(case: str, id_: str, request: Request, at: str | None = None) -> dict[str, Any]:
        """What became of a command, for whoever sent it: pending, done, refused or failed."""
        subject = caller.subject(request)
        await intake.fresh()
        entry = intake.index.find(case)
        outcome = intake.outcome_of(entry.case_id, id_)
        if outcome is not None and outcome.actor == str(subject):
            return status_given(id_, outcome, intake.position_of(entry.case_id, outcome))
        if outcome is None and await intake.pending(str(subject), entry.case_id, id_, at):
            return CommandPending(command_id=id_).model_dump()
        intake.see(subject, entry)
        raise CommandNotSent

    return app
