"""This module turns errors into HTTP answers: ``application/problem+json`` (RFC 9457) with code, pointers, what to do.

Nothing that a caller sent is repeated in an answer or a log line: it may be a customer's words.
"""

from collections.abc import Callable, Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from shared.errors import RedressError

log = structlog.get_logger()
Noted = Callable[[Request, RedressError], None]
MEDIA_TYPE = "application/problem+json"
HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
WHAT_TO_DO = {
    404: "There is nothing at this address: see /openapi.json for what there is.",
    405: "This address does not take this method: see the Allow header.",
}
HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 413: {"Connection": "close"}}
"""Of a body that is too large the rest is not read: without the close the server would take it in, to throw it away."""
WORDS = {
    "missing": "this field is missing: send it",
    "extra_forbidden": "there is no such field: correct its name, or leave it out",
    "model_type": "this has to be a JSON object",
    "too_long": "this list takes at most {max_length} entries: send fewer, or the whole as a file",
}
"""Kinds of faults whose own words speak of Python, or do not say what to do."""
TOLD_FAULTS = 10
"""As many are told in words; all of them are in the pointers."""


class Problem(BaseModel):
    """What every error answers (RFC 9457). Branch on ``code``; ``detail`` is for whoever develops the caller."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    pointers: list[str] = Field(default=[], description="JSON pointers into the body; left out where none applies")


def body_of(error: RedressError) -> dict[str, Any]:
    """The problem document of one of our errors."""
    return _body(error.status, error.code, error.detail, error.pointers) | error.extra


def problem(status: int, code: str, detail: str, pointers: Sequence[str] = (), **extra: Any) -> JSONResponse:
    """The answer with one problem document."""
    headers = HEADERS.get(status, {})
    if (wait := extra.get("retry_after")) is not None:
        headers = {**headers, "Retry-After": str(wait)}
    body = _body(status, code, detail, pointers) | extra
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def _body(status: int, code: str, detail: str, pointers: Sequence[str]) -> dict[str, Any]:
    type_, title, places = f"/problems/{code}", code.replace("_", " "), list(pointers)
    found = Problem(type=type_, title=title, status=status, code=code, detail=detail, pointers=places)
    return found.model_dump(exclude_defaults=True)


def pointer_of(location: tuple[int | str, ...]) -> str:
    """A JSON pointer (RFC 6901) of where a validation failed."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in location)
    return "".join(f"/{part}" for part in parts)


def faults(errors: Sequence[Any]) -> tuple[str, list[str]]:
    """What is wrong with a body that does not fit its shape, and where: each fault's place, never its value."""
    pointers = [pointer_of(error["loc"]) for error in errors]
    words = [_words(error).removeprefix("Value error, ") for error in errors]
    reasons = [f"{pointer or 'the body'}: {word}" for pointer, word in zip(pointers, words, strict=True)]
    return "; ".join(reasons[:TOLD_FAULTS]), pointers


def _words(error: Any) -> str:
    """What is wrong at one place, with the limit where there is one."""
    found = WORDS.get(error["type"])
    return str(error["msg"]) if found is None else found.format(**error.get("ctx", {}))


def from_validation(errors: Sequence[Any], code: str = "invalid_submission") -> JSONResponse:
    """The problem of a body that does not fit its shape."""
    return problem(422, code, *faults(errors))


def unnoted(request: Request, error: RedressError) -> None:
    """Nobody is told of a refusal."""


def install(app: FastAPI, noted: Noted = unnoted) -> None:
    """Make every error of an app a problem document. ``noted`` hears each of ours (``shared.web.refused_access``)."""

    @app.exception_handler(RedressError)
    async def of_ours(request: Request, error: RedressError) -> JSONResponse:
        noted(request, error)
        return problem(error.status, error.code, error.detail, error.pointers, **error.extra)

    @app.exception_handler(RequestValidationError)
    async def of_shape(request: Request, error: RequestValidationError) -> JSONResponse:
        return from_validation(error.errors())

    @app.exception_handler(HTTPException)
    async def of_http(request: Request, error: HTTPException) -> JSONResponse:
        code = HTTP_CODES.get(error.status_code, "http_error")
        answer = problem(error.status_code, code, WHAT_TO_DO.get(error.status_code, str(error.detail)))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(ClientDisconnect)
    async def of_leaving(request: Request, error: ClientDisconnect) -> JSONResponse:
        return problem(400, "request_timeout", "The caller went before its request was whole.")  # and reads no answer

    @app.exception_handler(Exception)
    async def of_surprise(request: Request, error: Exception) -> JSONResponse:
        log.error("http.unexpected", path=request.url.path, error=type(error).__name__)
        return problem(500, "internal_error", "Something went wrong here; the log of this service says what.")
