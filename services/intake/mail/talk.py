"""The talk with a mail server: who may come in, for whom mail is taken, and where a message ends (RFC 5321).

Message and commands are read apart from aiosmtpd's own way: it holds a line of any length twice and a message whole
before it says that it is too large.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, Final

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

from services.intake.mail.handed import Handed
from services.intake.mail.mailboxes import POSTMASTER, Mailboxes
from services.intake.mail.replies import BUSY_421, GREETED_554, SILENT_421, reply
from services.intake.mail.room import MESSAGE_LIMIT_BYTES, Draft, Room
from shared.errors import RedressError
from shared.process import metrics

log = structlog.get_logger()
READ_BYTES: Final = 2**24
"""More than ever waits: so all of it is taken, and what belongs to the next command can be put back."""
END: Final = b"\r\n.\r\n"
GONE: Final = 410
MOST_RECIPIENTS: Final = 100


@dataclass(slots=True)
class Door:
    """Lets in mail servers of these networks, so many at once."""

    networks: list[IPv4Network | IPv6Network]
    most: int
    inside: int = 0

    @classmethod
    def of(cls, peers: str, most: int) -> "Door":
        """The door for the networks of a setting."""
        return cls([ip_network(one.strip()) for one in peers.split(",") if one.strip()], most)

    def refusal(self, peer: Any) -> str | None:
        """Why somebody is not let in."""
        address = ip_address(str(peer[0]).partition("%")[0]) if peer else None
        mapped = getattr(address, "ipv4_mapped", None) or address
        if mapped is None or not any(mapped in one for one in self.networks if one.version == mapped.version):
            return GREETED_554
        return BUSY_421 if self.inside >= self.most else None


@dataclass(slots=True)
class TalkRules:
    """What the talk asks: whose a mailbox is, and what became of a message."""

    mailboxes: Callable[[], Mailboxes]
    take: Callable[[Handed], Awaitable[str]]
    ready: Callable[[], bool]
    door: Door
    room: Room = field(default_factory=lambda: Room(128 * 2**20))


class Recipients:
    """What aiosmtpd asks at RCPT, and what it answers to what was not foreseen."""

    def __init__(self, desk: TalkRules) -> None:
        self._desk = desk

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or say that there is none."""
        try:
            unit = self._desk.mailboxes().unit_of(address)
        except RedressError:
            return refused("451")
        if unit is None:
            return refused("550")
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return refused("452")
        envelope.rcpt_tos.append(unit)
        return "250 OK"

    async def handle_exception(self, error: Exception) -> str:
        """Answer that it did not work this time: nothing is lost by it."""
        log.error("mail.talk_failed", error=type(error).__name__)
        return refused("451")


def refused(code: str, *, chinese: bool = False) -> str:
    """The answer that something is not taken, counted."""
    metrics.MAIL_REFUSED.labels(code).inc()
    return reply(code, chinese=chinese)


class Talk(SMTP):
    """One connection of a mail server."""

    line_length_limit = 64 * 1024

    def __init__(self, desk: TalkRules, hostname: str, seconds: float) -> None:
        super().__init__(
            Recipients(desk), data_size_limit=MESSAGE_LIMIT_BYTES, enable_SMTPUTF8=True, hostname=hostname,
            ident="ESMTP Redress", timeout=seconds, loop=asyncio.get_running_loop(),
        )  # fmt: skip
        self._desk = desk

    async def _handle_client(self) -> None:
        door = self._desk.door
        no = door.refusal(self.session.peer if self.session else None)
        if no is not None:
            metrics.MAIL_REFUSED.labels(no[:3]).inc()
            await self.push(no)
            if self.transport is not None:
                self.transport.close()
            return
        door.inside += 1
        try:
            await super()._handle_client()
        finally:
            door.inside -= 1

    async def push(self, status: Any) -> None:
        """Answer; whatever another side sent that is no text comes back as question marks."""
        line = status.encode("utf-8", "replace") if isinstance(status, str) else status
        await super().push(line)

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """The address of a command; a postmaster needs no domain (RFC 5321, 4.5.1)."""
        found, bracket, rest = arg.strip().partition(">")
        if bracket and found.lower() == f"<{POSTMASTER}":
            return POSTMASTER, rest
        address, rest_of = super()._getaddr(arg)
        return address, rest_of

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd calls it so
        """Take a message."""
        if await self.check_helo_needed():
            return
        envelope, session = self.envelope, self.session
        if envelope is None or session is None or not envelope.rcpt_tos or arg:
            await self.push("501 Syntax: DATA" if arg else "503 Error: need RCPT command")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        draft = Draft(self._desk.room)
        try:
            if not await self._collect(draft):
                await self.push(SILENT_421)
                if self.transport is not None:
                    self.transport.close()
                return
            status = await self._answer(draft, envelope, session)
        finally:
            draft.end()
        self._set_post_data_state()  # type: ignore[no-untyped-call] # aiosmtpd says no types here
        await self.push(status)

    async def _answer(self, draft: Draft, envelope: Envelope, session: Session) -> str:
        chinese = bool(envelope.smtp_utf8)
        if draft.refusal is not None:
            return refused(draft.refusal, chinese=chinese)
        if not self._desk.ready():
            return refused("451", chinese=chinese)
        self._reset_timeout()
        raw = bytes(draft.content.replace(b"\r\n.", b"\r\n")[2:])
        draft.content = bytearray()
        units = tuple(dict.fromkeys(envelope.rcpt_tos))
        handed = Handed(units, raw, envelope.mail_from or "", str(session.host_name or ""))
        try:
            outcome = await self._desk.take(handed)
        except RedressError as error:
            log.warning("mail.not_taken", code=error.code)
            return refused("554" if error.status == GONE else "451", chinese=chinese)
        metrics.MAIL_TAKEN.labels(outcome).inc()
        return reply("250", chinese=chinese)

    async def _collect(self, draft: Draft) -> bool:
        """Read until the line with a dot alone; False once so much came that nobody means it.

        The draft begins with a line's end, so the first line can be the dot. A bare CR or LF ends nothing.
        """
        reader: asyncio.StreamReader = self._reader
        tail = b"\r\n"
        draft.add(tail)
        while True:
            piece = await reader.read(READ_BYTES)
            if not piece:
                raise ConnectionResetError
            seen = tail + piece
            end = seen.find(END)
            if end >= 0:
                draft.add(seen[len(tail) : end + 2] if end + 2 > len(tail) else b"")
                if draft.refusal is None:
                    del draft.content[len(draft.content) - max(0, len(tail) - end - 2) :]
                reader.feed_data(seen[end + len(END) :])
                return True
            draft.add(piece)
            if draft.endless:
                return False
            tail = seen[-(len(END) - 1) :]
