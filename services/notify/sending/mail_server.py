"""The mail server gets one mail at a time; its answer tells what is refused for good from what goes out later."""

import asyncio
import contextlib
import re
from typing import Any, NamedTuple

import aiosmtplib

from services.notify.sending.connections import Connections, ServerAway
from shared.process import bombs
from shared.process.retrying import Pauses
from shared.process.settings import Settings

TEMPORARY_FROM, PERMANENT_FROM = 400, 500
NOT_THE_LETTERS_FAULT = (421, 530)
"""The server is closing, or wants us to log in first: no other letter would go through either."""
LONGEST_REPLY = 200
ADDRESS = re.compile(r"\S*@\S*")


LETTER_PAUSES = Pauses(first_seconds=0.5, longest_seconds=30.0, jitter_seconds=0.5)
"""Between attempts at a letter, for ever: it is owed until the mail server takes or refuses it."""


class Postponed(Exception):
    """The mail server works, but does not take this letter yet."""


class NotTaken(Exception):
    """The server certainly does not have the letter: it said no, or hung up before it was given the content."""

    def __init__(self, why: aiosmtplib.SMTPException) -> None:
        super().__init__(type(why).__name__)
        self.why = why


class Mail(NamedTuple):
    """Holds a mail ready to go: the addresses on its envelope, and the bytes exactly as they are sent."""

    sender: str
    recipient: str
    content: bytes


class MailServer:
    """Hands letters to the mail server that the settings name. ``away`` is what the last delivery found."""

    def __init__(self, settings: Settings, farewell_seconds: float = 1.0) -> None:
        self._settings = settings
        self._connections = Connections(settings, farewell_seconds)
        self.away = False

    async def take(self, mail: Mail) -> dict[str, Any]:
        """Deliver a mail within ``smtp_timeout_seconds``; ``sent``, or ``failed`` where it is refused for good (5xx).

        Raises:
            ServerAway: connecting, logging in or the whole server failed; the same for every letter.
            Postponed: 4xx, or the server went away in the middle; another letter may go through.
        """
        try:
            result = await self._take(mail)
        except ServerAway:
            self.away = True
            raise
        except Postponed:
            self.away = False
            raise
        self.away = False
        return result

    async def _take(self, mail: Mail) -> dict[str, Any]:
        """A no on a kept connection may be about the connection (too old, too many letters): a fresh one decides."""
        until = asyncio.get_running_loop().time() + self._settings.smtp_timeout_seconds
        kept = self._connections.kept()
        if kept is not None:
            with contextlib.suppress(NotTaken):
                return await self._deliver(kept, mail, until)
        try:
            return await self._deliver(await self._connections.fresh(until), mail, until)
        except NotTaken as answer:
            return _verdict(answer.why)

    async def _deliver(self, client: aiosmtplib.SMTP, mail: Mail, until: float) -> dict[str, Any]:
        with contextlib.ExitStack() as unfinished:
            unfinished.callback(client.close)
            try:
                async with asyncio.timeout_at(until):
                    reply = await _hand_over(client, mail)
            except (aiosmtplib.SMTPException, OSError) as error:
                raise Postponed(type(error).__name__) from error
            unfinished.pop_all()
        bombs.hit("smtp_250")
        self._connections.keep(client)
        return {"outcome": "sent", "smtp_reply": plain(reply)}


def plain(reply: str) -> str:
    """A server's reply as it can be recorded, whatever bytes it was: readable as far as may be, on one line.

    Some servers repeat the recipient, which would stand in the clear in the log. ``aiosmtplib`` keeps bytes that are no
    UTF-8 as surrogates, which no JSON takes: a letter whose answer cannot be recorded would leave again and again.
    """
    raw = reply.encode("utf-8", "surrogateescape")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", "replace")
    printable = "".join(sign if sign.isprintable() else " " for sign in text)
    return ADDRESS.sub("…", " ".join(printable.split()))[:LONGEST_REPLY]


async def _hand_over(client: aiosmtplib.SMTP, mail: Mail) -> str:
    """The server's reply to the letter. Once the content is on its way, only an answer tells whether it was taken.

    Raises:
        NotTaken
        aiosmtplib.SMTPException, OSError: the server may have the letter.
    """
    size = [f"size={len(mail.content)}"] if client.supports_extension("size") else []
    try:
        await client.mail(mail.sender, options=size)
        await client.rcpt(mail.recipient)
    except aiosmtplib.SMTPServerDisconnected as error:
        raise NotTaken(error) from error
    except aiosmtplib.SMTPResponseException as answer:
        raise NotTaken(answer) from answer
    try:
        return (await client.data(mail.content)).message
    except aiosmtplib.SMTPResponseException as answer:
        if answer.code < TEMPORARY_FROM:
            raise  # no answer that SMTP knows
        raise NotTaken(answer) from answer


def _verdict(why: aiosmtplib.SMTPException) -> dict[str, Any]:
    """What a no on a fresh connection says about the letter.

    Raises:
        ServerAway: it is about everybody's letters.
        Postponed: this one may come again.
    """
    if not isinstance(why, aiosmtplib.SMTPResponseException):
        raise Postponed(type(why).__name__)
    if why.code in NOT_THE_LETTERS_FAULT:
        raise ServerAway(f"code {why.code}")
    if why.code < PERMANENT_FROM:
        raise Postponed(f"code {why.code}")
    return {"outcome": "failed", "code": why.code, "reason": "refused_by_mail_server"}
