"""The console over HTTP: GET calls only (contract 7 and 9). Each question has a module; here is their list."""

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError

from services.console.http import case, case_list, openings, parameters, register, statistics, timeline
from services.console.http.questions import Questions
from services.console.projection.database import ConsoleDatabaseAway
from shared.web import docs_page, problems
from shared.web.problems import Noted

log = structlog.get_logger()
DESCRIPTION = "What happened, what is owed, what it adds up to."
CALLS = (case_list, case, timeline, register, openings, statistics)
"""A module per question: what it asks, who may, and the shape of its answer (docs/how-to/add-a-console-call.md)."""


def create_app(questions: Questions, noted: Noted = problems.unnoted) -> FastAPI:
    """The HTTP service."""
    app = FastAPI(title="Redress console", description=DESCRIPTION, version="1", **docs_page.NO_ADDRESSES)
    app.state.questions = questions
    problems.install(app, parameters.BadQuery, noted)
    _errors(app)
    for module in CALLS:
        app.include_router(module.routes)
    return app


def _errors(app: FastAPI) -> None:
    @app.exception_handler(DBAPIError)
    async def of_database(request: Request, error: DBAPIError) -> JSONResponse:
        log.error("console.database_failed", path=request.url.path, error=type(error.orig).__name__)
        return problems.answer(ConsoleDatabaseAway(), request.headers)
