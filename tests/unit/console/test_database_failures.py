"""A database that is damaged in one place only fails some calls, and is told all the same."""

import sqlite3
from typing import Any, cast

import httpx
from sqlalchemy.exc import DBAPIError

from services.console.http.api import create_app
from services.console.http.database_failures import TOLD_SECONDS, DatabaseFailures


def test_a_call_that_the_database_failed_is_told_for_a_while() -> None:
    """Nothing may read that place again for hours."""
    now = [100.0]
    failures = DatabaseFailures(lambda: now[0])
    assert "" == failures.lately()
    failures.note("DatabaseError")
    seen = [failures.lately()]
    now[0] += TOLD_SECONDS
    seen.append(failures.lately())

    assert ["DatabaseError", ""] == seen


async def test_the_calls_that_are_answered_503_because_of_it_are_noted() -> None:
    """By the kind of the database's own error."""
    failures = DatabaseFailures()
    app = create_app(cast(Any, None), failures=failures)

    @app.get("/fails")
    async def fails() -> None:
        raise DBAPIError("SELECT", None, sqlite3.DatabaseError("malformed"))

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://console") as client:
        answer = await client.get("/fails")

    assert (503, "console_database_away") == (answer.status_code, answer.json()["code"])
    assert "DatabaseError" == failures.lately()
