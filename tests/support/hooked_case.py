"""A telephone case whose channel system has a webhook, and a receiver of what it is told."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from services.notify.webhooks.hook import Hook, Notice
from shared.contract.envelope import Event
from shared.contract.events.notify import WebhookAgreed
from shared.kernel.service import ResultTrigger
from tests.support.facts import CASE, event
from tests.support.letter_case import NEXT_DAY, ORGANISATION, LetterCase

KEY = b"k" * 32
SECRET = "hotline=whsec_" + base64.b64encode(KEY).decode()
"""The setting that signs what the hotline is told."""
Answer = Callable[[BaseHTTPRequestHandler], None]
URL = "https://hotline.example/redress"


@cache
def with_webhook(url: str = URL) -> str:
    """The example bank, whose hotline has a webhook."""
    plain = "{id: hotline, channels: [phone], unit: dongqiao}"
    assert plain in ORGANISATION
    return ORGANISATION.replace(plain, plain[:-1] + f", webhook: {{url: '{url}'}}}}")


class HookedCase(LetterCase):
    """A case of which the channel system that submitted it is told; unless it has no webhook."""

    def __init__(self, organisation: str | None = None, **changes: Any) -> None:
        self.agreed: list[WebhookAgreed] = []
        super().__init__(organisation or with_webhook(), **changes)
        for fact in self.agreed:
            self.agreement = self.fold(event(fact, self.log[2].id, len(self.first), at=NEXT_DAY))

    def _answered(self, one: Event, letters: list[Any]) -> list[Any]:
        """What is no letter stands behind them all."""
        self.agreed += [fact for fact in letters if isinstance(fact, WebhookAgreed)]
        return super()._answered(one, [fact for fact in letters if not isinstance(fact, WebhookAgreed)])

    @property
    def hook(self) -> Hook:
        """What is told of it."""
        assert self.state.hook is not None
        return self.state.hook

    def owed(self) -> list[tuple[str, str | None]]:
        """The states of which the system is still to be told, and how the case ended."""
        return [(notice.state, notice.how) for notice in self.hook.owed]

    def comes_back(self, notice: Notice, **result: object) -> Any:
        """What notify records of what the system answered, folded."""
        fact = self.given.when(ResultTrigger(notice.id, CASE, result))[0].data
        self.fold(event(fact, notice.id, at=NEXT_DAY))
        return fact


@asynccontextmanager
async def receiver(answer: Answer, certificate: ssl.SSLContext | None = None) -> AsyncIterator[tuple[str, list[str]]]:
    """A receiver on loopback that answers as it is told to; where it is, and the ids of the notices that came.

    With a certificate it is `https://localhost`.
    """
    came: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            came.append(self.headers["webhook-id"])
            answer(self)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    where = f"http://127.0.0.1:{server.server_port}/"
    if certificate is not None:
        server.socket = certificate.wrap_socket(server.socket, server_side=True)
        where = f"https://localhost:{server.server_port}/"
    serving = asyncio.create_task(asyncio.to_thread(server.serve_forever, 0.05))
    try:
        yield where, came
    finally:
        await asyncio.to_thread(server.shutdown)
        await serving
        server.server_close()
