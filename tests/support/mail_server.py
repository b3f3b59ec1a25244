"""A mail server on loopback for tests: it answers as it is told to, and says what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Server:
    """A mail server that answers the steps it is told to as it is told to, and 250 otherwise.

    ``replies`` holds, per recipient, the answers to give to RCPT one after the other; ``greeting`` is given to DATA.
    ``connected`` counts connections, ``open_now`` those that are open.
    """

    port: int
    replies: dict[str, list[str]] = field(default_factory=dict)
    greeting: str = "250 queued"
    after_data: Callable[[], Awaitable[None]] | None = None
    taken: list[bytes] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    connected: int = 0
    open_now: int = 0

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the recipient, or say what was asked for."""
        self.asked.append(address)
        if self.replies.get(address):
            return self.replies[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the letter."""
        assert isinstance(envelope.content, bytes)
        self.taken.append(envelope.content)
        if self.after_data is not None:
            await self.after_data()
        return self.greeting

    def letters(self) -> list[EmailMessage]:
        """What was taken, read."""
        return [message_from_bytes(raw, policy=default) for raw in self.taken]


class _Counted(SMTP):
    """Tells the server of its connections."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """One more."""
        self.event_handler.connected += 1
        self.event_handler.open_now += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """One less."""
        self.event_handler.open_now -= 1
        super().connection_lost(error)


@asynccontextmanager
async def running(server: Server, kind: type[SMTP] = SMTP, **options: Any) -> AsyncIterator[Server]:
    """The server, listening."""
    loop = asyncio.get_running_loop()
    counted = type("Counted", (_Counted, kind), {})
    listening = await loop.create_server(
        lambda: counted(server, hostname="localhost", **options), "127.0.0.1", server.port
    )
    try:
        yield server
    finally:
        listening.close()
        await listening.wait_closed()
