"""Text messages are posted over real HTTP: signed, again where nobody took them, refused for good where it says so."""

import asyncio
import hmac
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
import pytest

from services.notify.sending.mail_server import Postponed
from services.notify.sending.webhook import SIGNATURE, ShortMessage, Webhook, gateways
from shared.process.settings import Settings

MESSAGE = ShortMessage("5f0c", "00005550001", "【示例银行】您的投诉已登记。")
SECRET = b"of this test"


@dataclass
class Gateway:
    """A gateway that answers as it is told to, and keeps what it was asked."""

    port: int = 0
    status: int = 202
    said: str = "queued for 00005550001"
    asked: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@asynccontextmanager
async def gateway() -> AsyncIterator[Gateway]:
    """A gateway on loopback."""
    told = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.asked.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(told.status)
            if told.status == 302:
                self.send_header("Location", f"http://127.0.0.1:{told.port}/elsewhere")
            self.send_header("Content-Length", str(len(told.said)))
            self.end_headers()
            self.wfile.write(told.said.encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.port = server.server_port
    serving = asyncio.create_task(asyncio.to_thread(server.serve_forever, 0.05))
    try:
        yield told
    finally:
        await asyncio.to_thread(server.shutdown)
        await serving
        server.server_close()


def webhook(port: int) -> Webhook:
    """A webhook to a gateway on loopback, at an instant."""
    return Webhook(f"http://127.0.0.1:{port}/sms", SECRET, 2.0, ssl.create_default_context(), lambda: 1_583_373_600.9)


async def test_a_message_is_signed_and_the_answer_recorded_without_the_number() -> None:
    """Whoever takes it can check from whom it is, and knows a repetition by its key."""
    async with gateway() as told:
        result = await webhook(told.port).take(MESSAGE)

    headers, body = told.asked[0]
    digest = hmac.new(SECRET, b"1583373600." + body, "sha256").hexdigest()
    assert {"outcome": "sent", "smtp_reply": None, "gateway_reply": "queued for …"} == result
    assert (f"t=1583373600,v1={digest}", "5f0c") == (headers[SIGNATURE], headers["Idempotency-Key"])
    assert {"id": "5f0c", "to": "00005550001", "text": MESSAGE.text} == orjson.loads(body)


@pytest.mark.parametrize("status", [400, 410, 422])
async def test_what_is_wrong_with_the_message_fails_for_good(status: int) -> None:
    """Such as a number that nobody has."""
    async with gateway() as told:
        told.status = status
        result = await webhook(told.port).take(MESSAGE)

    assert {"outcome": "failed", "code": status, "reason": "refused_by_gateway"} == result


@pytest.mark.parametrize("status", [302, 401, 403, 404, 408, 409, 425, 429, 500, 503])
async def test_what_says_nothing_of_the_message_is_tried_again(status: int) -> None:
    """A redirect is not followed: the message would go to somebody whom nobody named."""
    async with gateway() as told:
        told.status = status
        with pytest.raises(Postponed):
            await webhook(told.port).take(MESSAGE)

    assert 1 == len(told.asked)


async def test_a_gateway_that_is_away_takes_it_later() -> None:
    """Nobody listens there."""
    async with gateway() as told:
        pass

    with pytest.raises(Postponed):
        await webhook(told.port).take(MESSAGE)


@pytest.mark.parametrize(("environment", "ways"), [("development", {"sms", "messenger"}), ("production", set())])
def test_where_none_is_set_the_sink_takes_them_in_development_alone(environment: str, ways: set[str]) -> None:
    """In production a message without a gateway fails, and somebody is told."""
    settings = Settings(_env_file=None).model_copy(update={"environment": environment})

    assert ways == set(gateways(settings))
