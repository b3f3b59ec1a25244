"""Errors over HTTP: ``application/problem+json`` (RFC 9457) with a stable code, pointers, and what to do.

Nothing that a caller sent is repeated in an answer or a log line: it may be a customer's words.
"""

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared.errors import RedressError

log = structlog.get_logger()
MEDIA_TYPE = "application/problem+json"
HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}


def problem(status: int, code: str, detail: str, pointers: list[str] | None = None, **extra: Any) -> JSONResponse:
    """One problem document."""
    body: dict[str, Any] = {"type": f"/problems/{code}", "title": code.replace("_", " "), "status": status}
    body |= {"code": code, "detail": detail}
    if pointers:
        body["pointers"] = pointers
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return JSONResponse(body | extra, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def pointer_of(location: tuple[int | str, ...]) -> str:
    """A JSON pointer (RFC 6901) of where a validation failed."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in location)
    return "".join(f"/{part}" for part in parts)


def from_validation(errors: list[Any], code: str = "invalid_submission") -> JSONResponse:
    """The problem of a body that does not fit its shape: each fault with its place, never with its value."""
    faults = [{"pointer": pointer_of(error["loc"]), "reason": error["msg"]} for error in errors]
    detail = "; ".join(f"{fault['pointer'] or '/'}: {fault['reason']}" for fault in faults[:10])
    return problem(422, code, detail, [fault["pointer"] for fault in faults])


def install(app: FastAPI) -> None:
    """Make every error of an app a problem document."""

    @app.exception_handler(RedressError)
    async def of_ours(request: Request, error: RedressError) -> JSONResponse:
        return problem(error.status, error.code, error.detail, list(error.pointers), **error.extra)

    @app.exception_handler(RequestValidationError)
    async def of_shape(request: Request, error: RequestValidationError) -> JSONResponse:
        return from_validation(list(error.errors()))

    @app.exception_handler(HTTPException)
    async def of_http(request: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, HTTP_CODES.get(error.status_code, "http_error"), str(error.detail))

    @app.exception_handler(Exception)
    async def of_surprise(request: Request, error: Exception) -> JSONResponse:
        log.error("http.unexpected", path=request.url.path, error=type(error).__name__)
        return problem(500, "internal_error", "Something went wrong here; the log of this service says what.")
