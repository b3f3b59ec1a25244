"""This module turns errors into HTTP answers: ``application/problem+json`` (RFC 9457) with code, pointers, what to do.

Nothing that a caller sent is repeated in an answer or a log line but the names of fields, parameters and headers: the
rest may be a customer's words. Title and detail are in the language that the caller asks for.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Route

from shared.contract import refusal_words
from shared.contract.bodies import BRANCHES
from shared.contract.refusal_words import Language
from shared.errors import RedressError, Said
from shared.process.logs import places_in

log = structlog.get_logger()
Noted = Callable[[Request, RedressError], None]
MEDIA_TYPE = "application/problem+json"
HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 413: {"Connection": "close"}}
"""Of a body that is too large the rest is not read: without the close the server would take it in, to throw it away."""
TOLD_FAULTS = 10
"""As many are told in words; all of them are in the pointers."""
MOST_FAULTS = 500
"""Of more only the number is told: making the list of them holds up every other caller."""


class NotFound(RedressError):
    """There is nothing at this address: see /openapi.json for what there is."""

    code: ClassVar[str] = "not_found"
    status: ClassVar[int] = 404


class MethodNotAllowed(RedressError):
    """This address does not take this method: see the Allow header."""

    code: ClassVar[str] = "method_not_allowed"
    status: ClassVar[int] = 405


class HttpTooLarge(RedressError):
    """The request is too large: send less."""

    code: ClassVar[str] = "too_large"
    status: ClassVar[int] = 413


class HttpError(RedressError):
    """The request was not taken: correct it by /openapi.json."""

    code: ClassVar[str] = "http_error"
    status: ClassVar[int] = 400


class RequestTimeout(RedressError):
    """The request came too slowly, or its caller went before it was whole: send it again, without pauses."""

    code: ClassVar[str] = "request_timeout"
    status: ClassVar[int] = 408


class FaultOfOurs(RedressError):
    """Something went wrong here, which is a fault of Redress: the log of this service says what."""


BY_STATUS: dict[int, type[RedressError]] = {404: NotFound, 405: MethodNotAllowed, 413: HttpTooLarge}
"""What the framework refuses by itself."""


class Problem(BaseModel):
    """What every error answers (RFC 9457). Branch on ``code``; ``detail`` is for whoever develops the caller."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    pointers: list[str] = Field(default=[], description="JSON pointers into the body; left out where none applies")


def body_of(
    error: RedressError, language: Language = "en", detail: str | None = None, code: str | None = None
) -> dict[str, Any]:
    """The problem document of an error; ``detail`` and ``code``: what stands there instead of its own."""
    code = code or error.code
    found = Problem(
        type=f"/problems/{code}",
        title=refusal_words.title(error, error.code, language),
        status=error.status,
        code=code,
        detail=detail or refusal_words.sentence(error, language),
        pointers=list(error.pointers),
    )
    return found.model_dump(exclude_defaults=True) | error.extra


def language_for(headers: Mapping[str, str]) -> Language:
    """The language in which a caller reads."""
    return refusal_words.language_of(headers.get("accept-language"))


def answer(
    error: RedressError,
    headers: Mapping[str, str],
    detail: Callable[[Language], str] | None = None,
    code: str | None = None,
) -> JSONResponse:
    """The answer with one problem document, in the language that the headers of the request ask for.

    ``detail`` and ``code``: as ``body_of`` has them.
    """
    language = language_for(headers)
    sent = {"Content-Language": language, **HEADERS.get(error.status, {})}
    if (wait := error.extra.get("retry_after")) is not None:
        sent["Retry-After"] = str(wait)
    body = body_of(error, language, detail(language) if detail else None, code)
    return JSONResponse(body, status_code=error.status, media_type=MEDIA_TYPE, headers=sent)


def pointer_of(location: tuple[int | str, ...]) -> str:
    """A JSON pointer (RFC 6901) of where a validation failed."""
    named = (str(part) for part in location if part not in BRANCHES)
    parts = (part.replace("~", "~0").replace("/", "~1") for part in named)
    return "".join(f"/{part}" for part in parts)


def faults_of(error: ValidationError) -> tuple[Said, tuple[str, ...]]:
    """What is wrong with a body that does not fit its shape, and where."""
    if error.error_count() > MOST_FAULTS:
        return refusal_words.fault("too_many_faults", count=error.error_count()), ()
    return faults(error.errors(include_input=False, include_url=False))


def faults(errors: Sequence[Any]) -> tuple[Said, tuple[str, ...]]:
    """What is wrong with a body that does not fit its shape, and where: each fault's place, never its value."""
    pointers = tuple(pointer_of(error["loc"]) for error in errors)
    words = [refusal_words.found_wrong(error) for error in errors[:TOLD_FAULTS]]
    en = "; ".join(f"{place or 'the body'}: {word.en}" for place, word in zip(pointers, words, strict=False))
    zh = "；".join(f"{place or '请求内容'}：{word.zh}" for place, word in zip(pointers, words, strict=False))
    return Said(en, f"{zh}。"), pointers


def _methods_at(request: Request) -> set[str]:
    """Every method that an address takes, as the document has it: the framework looks at one call of it alone."""
    routes = [one for one in request.app.routes if isinstance(one, Route)]
    path = next((one.path for one in routes if one.path_regex.match(request.scope["path"])), None)
    return {method for one in routes if one.path == path for method in one.methods or ()}


def unnoted(request: Request, error: RedressError) -> None:
    """Nobody is told of a refusal."""


def install(app: FastAPI, of_shape: type[RedressError] = HttpError, noted: Noted = unnoted) -> None:
    """Make every error of an app a problem document.

    ``of_shape``: what a body or a parameter that does not fit its shape is refused with. ``noted`` hears each refusal
    of ours (``shared.web.refused_access``). The words are read here, so that the first refusal holds up nobody.
    """
    refusal_words.read()

    @app.exception_handler(RedressError)
    async def of_ours(request: Request, error: RedressError) -> JSONResponse:
        noted(request, error)
        return answer(error, request.headers)

    @app.exception_handler(RequestValidationError)
    async def of_parameter(request: Request, error: RequestValidationError) -> JSONResponse:
        said, pointers = faults([fault | {"loc": fault["loc"][1:]} for fault in error.errors()])
        return answer(of_shape(said, pointers=pointers), request.headers)

    @app.exception_handler(HTTPException)
    async def of_http(request: Request, error: HTTPException) -> JSONResponse:
        found = answer(BY_STATUS.get(error.status_code, HttpError)(), request.headers)
        found.headers.update(error.headers or {})
        if error.status_code == MethodNotAllowed.status:
            found.headers["Allow"] = ", ".join(sorted(_methods_at(request)))
        return found

    @app.exception_handler(ClientDisconnect)
    async def of_leaving(request: Request, error: ClientDisconnect) -> JSONResponse:
        return answer(RequestTimeout(), request.headers)  # and nobody reads it

    @app.exception_handler(Exception)
    async def of_surprise(request: Request, error: Exception) -> JSONResponse:
        log.error("http.unexpected", error=type(error).__name__, at=places_in(error))
        return answer(FaultOfOurs(), request.headers)
