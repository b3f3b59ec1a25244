"""Every call of an API is read alike: who calls, under which key, and a body that is not too large."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from fastapi import Request

from shared.contract.subjects import Subject
from shared.errors import RedressError
from shared.web.auth import Tokens
from shared.web.rates import counted

KEY_LIMIT = 200
"""Longest idempotency key, in characters."""


class KeyRequired(RedressError):
    """Send an Idempotency-Key header of 1 to 200 characters, the same one whenever you repeat this call."""

    code = "idempotency_key_required"
    status = 400


@dataclass(frozen=True, slots=True)
class Caller:
    """Who may call, from the headers alone."""

    tokens: Tokens

    def subject(self, request: Request) -> Subject:
        """The authenticated caller. Raises Unauthenticated, BadToken, ExpiredToken, TooManyRequests."""
        return counted(request, self.tokens.subject_of(request.headers.get("authorization")))

    def idempotency_key(self, request: Request) -> str:
        """The call's idempotency key. Raises KeyRequired."""
        key = request.headers.get("idempotency-key", "")
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


async def body_up_to(limit_bytes: int, request: Request, refusal: type[RedressError]) -> bytes:
    """The whole body, refused as soon as it is too large."""
    return b"".join([chunk async for chunk in chunks_up_to(limit_bytes, request, refusal)])
