"""The guard stands before every application: what no answer may lack, and who is answered at all."""

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any, ClassVar

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.errors import RedressError
from shared.process import metrics
from shared.web import problems, raw_answers
from shared.web.call_log import Call
from shared.web.rates import Rates

ALWAYS_ANSWERED = re.compile(r"/(health/|metrics$|internal/|openapi\.json$|docs(/|$))")
"""What says how this process does, and what describes it: answered also before it is ready, and not counted."""
RETRY_AFTER = {429: b"5", 503: b"5"}
"""Seconds, where the refusal itself gives none."""


class NotReady(RedressError):
    """This service has not read the log up to its end, or has lost the brokers: repeat the call in a moment."""

    code: ClassVar[str] = "not_ready"
    status: ClassVar[int] = 503


class BadAddress(RedressError):
    """The address holds a NUL character: correct it."""

    code: ClassVar[str] = "bad_request"
    status: ClassVar[int] = 400


@dataclass(frozen=True, slots=True)
class Guard:
    """An application behind the bounds that hold for all of them."""

    app: ASGIApp
    ready: Callable[[], bool]
    rates: Rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it before anybody works on it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        id_ = raw_answers.request_id(scope["headers"])
        sends = _completed(scope, id_, send)
        with structlog.contextvars.bound_contextvars(request_id=id_.decode()):
            try:
                self._admit(scope)
            except RedressError as error:
                answer = problems.answer(error, Headers(scope=scope))
                await answer(scope, receive, sends)
            else:
                await self.app(scope, receive, _told(scope, sends))

    def _admit(self, scope: Scope) -> None:
        """Raises TooManyRequests, BadAddress, NotReady."""
        scope["redress.rates"] = self.rates
        if ALWAYS_ANSWERED.match(scope["path"]):
            return
        self.rates.count_address(scope["client"][0] if scope.get("client") else "")
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            raise BadAddress
        if not self.ready():
            raise NotReady


def _told(scope: Scope, send: Send) -> Send:
    """Sends what the application sends, and tells of the call in the log. Whoever is refused before is only counted."""
    call = Call(scope)

    async def sends(message: MutableMapping[str, Any]) -> None:
        await send(message)
        call.answered(message)

    return sends if not ALWAYS_ANSWERED.match(scope["path"]) else send


def _completed(scope: Scope, id_: bytes, send: Send) -> Callable[[MutableMapping[str, Any]], Awaitable[None]]:
    """Sends what the application sends, with the headers that every answer carries.

    A connection whose body nobody read is closed: else the server would take the rest in, to throw it away.
    """

    async def sends(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            if not ALWAYS_ANSWERED.match(scope["path"]):
                metrics.ANSWERS.labels(str(message["status"])).inc()
            unread = scope.get("redress.body_unread")
            message["headers"] = _headers(message["headers"], message["status"], id_, close=bool(unread and unread()))
        await send(message)

    return sends


def _headers(
    given: Iterable[tuple[bytes, bytes]], status: int, id_: bytes, *, close: bool
) -> list[tuple[bytes, bytes]]:
    found = [*given]
    names = {name.lower() for name, _ in found}
    added = {b"x-request-id": id_, **raw_answers.ALWAYS}
    if status in RETRY_AFTER:
        added[b"retry-after"] = RETRY_AFTER[status]
    if close:
        added[b"connection"] = b"close"
    return [*found, *((name, value) for name, value in added.items() if name not in names)]
