"""A call that wrote or was refused is a line of the log, with its request's id and no word of what was sent."""

from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI, Request
from limits import RateLimitItemPerMinute

from shared.contract.subjects import Subject
from shared.errors import RedressError
from shared.web import problems
from shared.web.guard import Guard
from shared.web.rates import Rates, counted

CASE = "46de4797-c903-5bd9-ae32-49916eca78e1"


class Refused(RedressError):
    """It is refused."""

    code = "refused_here"
    status = 409


def application(per_minute: int = 1000) -> Guard:
    """An application with a call that writes, one that reads, and one that fails."""
    app = FastAPI()
    problems.install(app)

    @app.post("/v1/complaints/{channel}", status_code=201)
    async def submit(channel: str, request: Request) -> dict[str, str]:
        counted(request, Subject("channel", "hotline"))
        if (await request.body()) == b"refuse":
            raise Refused
        if (await request.body()) == b"fail":
            raise RuntimeError("on purpose")
        return {"case_id": CASE, "case_number": "20200305-0000000001-1"}

    @app.get("/v1/cases/{case}")
    async def read(case: str) -> dict[str, str]:
        if case == "none":
            raise Refused
        return {"case_id": CASE}

    rate = RateLimitItemPerMinute(per_minute)
    return Guard(app, lambda: True, Rates(rate, rate))


async def told(method: str, path: str, body: bytes = b"", guard: Guard | None = None) -> list[dict[str, Any]]:
    """What the log says of one call."""
    transport = httpx.ASGITransport(guard or application(), raise_app_exceptions=False)
    merged = [structlog.contextvars.merge_contextvars]
    with structlog.testing.capture_logs(merged) as lines:
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            await client.request(method, path, content=body, headers={"x-request-id": "r-1"})
    return [{k: v for k, v in line.items() if k != "milliseconds"} for line in lines if line["event"][:5] == "call."]


async def test_what_was_taken_is_told_with_its_case_and_its_sender() -> None:
    """And by which request, so that the caller's own log fits ours."""
    assert [
        {
            "event": "call.accepted", "log_level": "info", "method": "POST", "call": "/v1/complaints/{channel}",
            "status": 201, "subject": "channel:hotline", "channel": "phone", "case_id": CASE, "request_id": "r-1",
        }
    ] == await told("POST", "/v1/complaints/phone")  # fmt: skip


async def test_what_was_refused_is_told_with_its_code() -> None:
    """Also a read; a fault of ours is a warning."""
    (line,) = await told("POST", "/v1/complaints/phone", b"refuse")
    assert ("call.refused", 409, "refused_here") == (line["event"], line["status"], line["code"])
    (line,) = await told("GET", "/v1/cases/none")
    assert ("call.refused", "/v1/cases/{case}", "refused_here") == (line["event"], line["call"], line["code"])
    (line,) = await told("POST", "/v1/complaints/phone", b"fail")
    assert ("call.refused", 500, "warning") == (line["event"], line["status"], line["log_level"])


@pytest.mark.parametrize("path", [f"/v1/cases/{CASE}", "/health/live", "/metrics"])
async def test_what_is_read_is_not_told(path: str) -> None:
    """Accesses to what people said are recorded in a topic of their own."""
    assert [] == await told("GET", path)


@pytest.mark.parametrize(
    "path", ["/v1/complaints/00000000000", "/v1/complaints/%E5%BC%A0%E4%B8%89", "/00000000000/x", "/v1/cases/ZhangSan"]
)
async def test_nothing_that_somebody_typed_into_an_address_is_told(path: str) -> None:
    """It may be a telephone number or a name."""
    (line,) = await told("POST", path)

    assert not {"00000000000", "张三", "ZhangSan"} & {*map(str, line.values())}


async def test_who_sends_too_much_writes_no_lines() -> None:
    """He would push out what others are looking for; he is counted."""
    guard = application(per_minute=1)
    await told("GET", f"/v1/cases/{CASE}", guard=guard)

    assert [] == await told("POST", "/v1/complaints/phone", guard=guard)
