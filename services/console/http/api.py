"""The console over HTTP: GET calls only (contract 7 and 9). Each question has a module; here is their list."""

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError

from services.console.http import (
    boxes,
    candidates,
    case,
    case_list,
    documents,
    letter,
    openapi,
    openings,
    parameters,
    reference,
    register,
    reports,
    schemas,
    statistics,
    timeline,
)
from services.console.http.database_failures import DatabaseFailures
from services.console.http.questions import Questions
from services.console.projection.database import ConsoleDatabaseAway
from shared.contract.envelope import SCHEMAS
from shared.web import docs_page, problems
from shared.web.problems import Noted

log = structlog.get_logger()
CALLS = (
    case_list,
    case,
    timeline,
    letter,
    documents,
    reference,
    register,
    openings,
    statistics,
    reports,
    boxes,
    candidates,
    schemas,
)
"""A module per question: what it asks, who may, and the shape of its answer (docs/how-to/add-a-console-call.md)."""


class ConsoleApp(FastAPI):
    """The application, described by what its calls declare and ``services.console.http.openapi`` adds."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        if self.openapi_schema is None:
            self.openapi_schema = openapi.document(super().openapi(), openings.BODIES)
        return self.openapi_schema


def create_app(
    questions: Questions,
    noted: Noted = problems.unnoted,
    schemas_at: str = SCHEMAS,
    failures: DatabaseFailures | None = None,
) -> FastAPI:
    """The HTTP service. ``schemas_at``: where the schemas of the events are found, as events name it.

    ``failures`` hears of calls that the database failed.
    """
    app = ConsoleApp(title=openapi.TITLE, **docs_page.NO_ADDRESSES)
    app.state.questions, app.state.schemas_at = questions, schemas_at
    problems.install(app, parameters.BadQuery, noted)
    _errors(app, failures or DatabaseFailures())
    for module in CALLS:
        app.include_router(module.routes)
    return app


def _errors(app: FastAPI, failures: DatabaseFailures) -> None:
    @app.exception_handler(DBAPIError)
    async def of_database(request: Request, error: DBAPIError) -> JSONResponse:
        kind = type(error.orig).__name__
        log.error("console.database_failed", error=kind)
        failures.note(kind)
        return problems.answer(ConsoleDatabaseAway(), request.headers)
