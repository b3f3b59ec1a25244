"""Answers given before there is a request that an application could answer: as bytes, ready to be written.

Its headers are not read, so they are in English, and each has an id of ours.
"""

import re
import uuid
from collections.abc import Iterable
from http import HTTPStatus
from typing import ClassVar

import orjson

from shared.errors import RedressError
from shared.web import problems

REQUEST_ID = re.compile(rb"[A-Za-z0-9._:/+=@-]{1,128}")
"""A caller's own id is repeated in answers and logs, so it is one that breaks no line."""
ALWAYS = {
    b"cache-control": b"no-store",
    b"x-content-type-options": b"nosniff",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
}
"""What every answer carries, whatever it is: nothing of it is kept, guessed at, run or framed."""


class NoRequest(RedressError):
    """This is no HTTP request: correct what the caller sends."""

    code: ClassVar[str] = "bad_request"
    status: ClassVar[int] = 400


class TooManyConnections(RedressError):
    """There are too many connections from this address: close some, then connect again."""

    code: ClassVar[str] = "too_many_requests"
    status: ClassVar[int] = 429


class Busy(RedressError):
    """There are too many connections: connect again in a moment."""

    code: ClassVar[str] = "busy"
    status: ClassVar[int] = 503


def _answer(error: RedressError, **more: str) -> bytes:
    body = orjson.dumps(problems.body_of(error))
    headers = {b"content-type": problems.MEDIA_TYPE.encode(), b"content-language": b"en"}
    headers |= {b"content-length": str(len(body)).encode(), b"connection": b"close", **ALWAYS}
    headers |= {name.replace("_", "-").encode(): value.encode() for name, value in more.items()}
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}\r\n".encode() + lines + b"\r\n" + body


NOTHING = b""
BAD_REQUEST = _answer(NoRequest())
TIMED_OUT = _answer(problems.RequestTimeout())
TOO_MANY = _answer(TooManyConnections(), retry_after="5")
BUSY = _answer(Busy(), retry_after="5")


def request_id(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The caller's id of its request, else one of ours."""
    said = [value for name, value in headers if name == b"x-request-id"]
    return said[0] if len(said) == 1 and REQUEST_ID.fullmatch(said[0]) else uuid.uuid4().hex.encode()


def with_id(answer: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The answer with the id that every answer has. ``headers``: those of the request that have come."""
    line, end, rest = answer.partition(b"\r\n")
    return line + end + b"x-request-id: " + request_id(headers) + end + rest if answer else answer
