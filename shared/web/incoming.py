"""Every call of an API is read alike: who calls, under which key, with which parameters, and a body of bounded size."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from fastapi import Request

from shared.contract.json_text import read_json
from shared.contract.subjects import Subject
from shared.errors import RedressError
from shared.web.auth import Tokens
from shared.web.headers import JSON, check_media_type, one_header
from shared.web.query import check_query
from shared.web.rates import counted

T = TypeVar("T")
KEY_LIMIT = 200
"""Longest idempotency key, in characters."""
OFF_LOOP_BYTES = 16 * 1024
"""A larger body is read and sealed beside the loop: its many texts take milliseconds that other callers would wait."""


class KeyRequired(RedressError):
    """Send an Idempotency-Key header of 1 to 200 characters, the same one whenever you repeat this call."""

    code = "idempotency_key_required"
    status = 400


@dataclass(frozen=True, slots=True)
class Caller:
    """Who may call, from the headers alone."""

    tokens: Tokens

    def subject(self, request: Request) -> Subject:
        """The authenticated caller of a call whose parameters are all known.

        Raises:
            Unauthenticated, BadToken, ExpiredToken, TooManyRequests, RepeatedHeader, UnknownParameter,
            RepeatedParameter
        """
        subject = counted(request, self.tokens.subject_of(one_header(request, "authorization")))
        check_query(request)
        return subject


def idempotency_key(request: Request) -> str:
    """The call's idempotency key. Raises KeyRequired, RepeatedHeader."""
    key = one_header(request, "idempotency-key") or ""
    if not 0 < len(key) <= KEY_LIMIT:
        raise KeyRequired
    return key


async def chunks_up_to(limit_bytes: int, request: Request, refusal: type[RedressError]) -> AsyncGenerator[bytes, None]:
    """The body's chunks, refused as soon as there are too many bytes: the rest is not read."""
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit_bytes:
            raise refusal
        yield chunk


async def json_body(limit_bytes: int, request: Request, refusal: type[RedressError]) -> bytes:
    """The whole body of a call that takes JSON, refused as soon as it is too large.

    A body whose type nobody names is taken for what the call takes (RFC 9110, 8.3). Raises UnsupportedMediaType.
    """
    if "content-type" in request.headers:
        check_media_type(request, JSON)
    return b"".join([chunk async for chunk in chunks_up_to(limit_bytes, request, refusal)])


async def json_value(body: bytes) -> Any:
    """What a JSON text says. Raises BadJson, DuplicateKey."""
    return await beside(len(body), partial(read_json, body))


async def beside(size: int, work: Callable[[], T]) -> T:
    """What pure work makes of a body of so many bytes; of a large one in a thread, so that no other caller waits."""
    return await asyncio.to_thread(work) if size > OFF_LOOP_BYTES else work()
