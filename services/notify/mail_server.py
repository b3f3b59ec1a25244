"""Hands one mail to the mail server, and tells what is refused for good from what goes out later."""

import asyncio
import contextlib
import re
from typing import Any, NamedTuple

import aiosmtplib

from shared import bombs
from shared.settings import Settings

PERMANENT_FROM = 500
NOT_THE_LETTERS_FAULT = (421, 530)
"""The server is closing, or wants us to log in first: no other letter would go through either."""
FAREWELL_SECONDS = 1.0
"""Longest wait for the server's good-bye: the letter is delivered, nothing depends on it any more."""
LONGEST_REPLY = 200
ADDRESS = re.compile(r"\S*@\S*")


class ServerAway(Exception):
    """The mail server cannot be reached, or takes nobody's letters now."""


class Postponed(Exception):
    """The mail server works, but does not take this letter yet."""


class Mail(NamedTuple):
    """A mail ready to go: envelope addresses, and the bytes exactly as they are sent."""

    sender: str
    recipient: str
    content: bytes


class MailServer:
    """The mail server that the settings name."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def take(self, mail: Mail) -> dict[str, Any]:
        """Deliver a mail within ``smtp_timeout_seconds``; ``sent``, or ``failed`` where it is refused for good (5xx).

        Raises:
            ServerAway: connecting, logging in or the whole server failed; the same for every letter.
            Postponed: 4xx, or the server went away in the middle; another letter may go through.
        """
        client = self._client()
        until = asyncio.get_running_loop().time() + self._settings.smtp_timeout_seconds
        try:
            await _connect(client, until)
            return await _hand_over(client, mail, until)
        finally:
            client.close()

    def _client(self) -> aiosmtplib.SMTP:
        settings, secret = self._settings, self._settings.smtp_password
        return aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.outbox_port,
            timeout=settings.smtp_timeout_seconds,
            use_tls=settings.smtp_tls == "tls",
            start_tls=settings.smtp_tls == "starttls",
            username=settings.smtp_username,
            password=secret.get_secret_value() if secret else None,
        )


async def _connect(client: aiosmtplib.SMTP, until: float) -> None:
    """Connect, encrypt and log in. A wrong password says nothing about the letter, so it is no refusal of it."""
    try:
        async with asyncio.timeout_at(until):
            await client.connect()
    except (aiosmtplib.SMTPException, OSError) as error:
        raise ServerAway(type(error).__name__) from error


async def _hand_over(client: aiosmtplib.SMTP, mail: Mail, until: float) -> dict[str, Any]:
    try:
        async with asyncio.timeout_at(until):
            _, reply = await client.sendmail(mail.sender, mail.recipient, mail.content)
    except aiosmtplib.SMTPRecipientsRefused as refused:
        return _refused(refused.recipients[0].code)
    except aiosmtplib.SMTPResponseException as refused:
        return _refused(refused.code)
    except (aiosmtplib.SMTPException, OSError) as error:
        raise Postponed(type(error).__name__) from error
    bombs.hit("smtp_250")
    with contextlib.suppress(aiosmtplib.SMTPException, OSError):
        async with asyncio.timeout(FAREWELL_SECONDS):
            await client.quit()
    # Some servers repeat the recipient in their answer, which stands in the clear in the log.
    return {"outcome": "sent", "smtp_reply": ADDRESS.sub("…", reply)[:LONGEST_REPLY]}


def _refused(code: int) -> dict[str, Any]:
    if code in NOT_THE_LETTERS_FAULT:
        raise ServerAway(f"code {code}")
    if code < PERMANENT_FROM:
        raise Postponed(f"code {code}")
    return {"outcome": "failed", "code": code, "reason": "refused_by_mail_server"}
