"""Answers given before there is a request that an application could answer: as bytes, ready to be written."""

import orjson

PROBLEM = b"application/problem+json"
ALWAYS = {
    b"cache-control": b"no-store",
    b"x-content-type-options": b"nosniff",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
}
"""What every answer carries, whatever it is: nothing of it is kept, guessed at, run or framed."""


def _answer(status: int, phrase: str, code: str, detail: str, **more: str) -> bytes:
    body = orjson.dumps(
        {"type": f"/problems/{code}", "title": code.replace("_", " "), "status": status, "code": code, "detail": detail}
    )
    headers = {b"content-type": PROBLEM, b"content-length": str(len(body)).encode(), b"connection": b"close", **ALWAYS}
    headers |= {name.replace("_", "-").encode(): value.encode() for name, value in more.items()}
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} {phrase}\r\n".encode() + lines + b"\r\n" + body


NOTHING = b""
BAD_REQUEST = _answer(400, "Bad Request", "bad_request", "This is no HTTP request: correct what the caller sends.")
TIMED_OUT = _answer(
    408, "Request Timeout", "request_timeout", "The request came too slowly: send it again, without pauses."
)
TOO_MANY = _answer(
    429, "Too Many Requests", "too_many_requests",
    "There are too many connections from this address: close some, then connect again.", retry_after="5",
)  # fmt: skip
BUSY = _answer(
    503, "Service Unavailable", "busy", "There are too many connections: connect again in a moment.", retry_after="5"
)
