"""The connections to the mail server carry one letter after another, and are closed when they were idle a while."""

import asyncio
import contextlib
from collections import deque
from typing import NamedTuple

import aiosmtplib

from services.notify.sending.trusted import trusted
from shared.process.settings import Settings


class ServerAway(Exception):
    """The mail server cannot be reached, or takes nobody's letters now."""


class Kept(NamedTuple):
    """Holds a connection that waits for its next letter. ``since`` is in seconds of the event loop's clock."""

    since: float
    client: aiosmtplib.SMTP


class Connections:
    """Keeps connections, one per delivery under way at most: each carries one letter at a time, or waits for the next.

    ``farewell_seconds`` is the longest wait for the server's good-bye, on which no letter depends. Only a connection
    whose last letter was taken is kept, so the server has nothing half done on it and needs no RSET.
    """

    def __init__(self, settings: Settings, farewell_seconds: float) -> None:
        self._settings = settings
        self._farewell_seconds = farewell_seconds
        self._trusted = trusted(settings) if settings.smtp_tls != "none" else None
        self._kept: deque[Kept] = deque()
        self._closing: asyncio.Task[None] | None = None

    def kept(self) -> aiosmtplib.SMTP | None:
        """The connection used last, unless the server has closed all that were kept."""
        while self._kept:
            client = self._kept.pop().client
            if client.is_connected:
                return client
        return None

    async def fresh(self, until: float) -> aiosmtplib.SMTP:
        """Connect, encrypt, log in and say who we are, by ``until``. What fails here says nothing about any letter.

        Raises:
            ServerAway
        """
        client = self._client()
        with contextlib.ExitStack() as unfinished:
            unfinished.callback(client.close)
            try:
                async with asyncio.timeout_at(until):
                    await client.connect()
                    await _introduce(client)
            except (aiosmtplib.SMTPException, OSError) as error:
                raise ServerAway(type(error).__name__) from error
            unfinished.pop_all()
        return client

    def _client(self) -> aiosmtplib.SMTP:
        settings, secret = self._settings, self._settings.smtp_password
        return aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.outbox_port,
            timeout=settings.smtp_timeout_seconds,
            use_tls=settings.smtp_tls == "tls",
            start_tls=settings.smtp_tls == "starttls",
            tls_context=self._trusted,
            username=settings.smtp_username,
            password=secret.get_secret_value() if secret else None,
        )

    def keep(self, client: aiosmtplib.SMTP) -> None:
        """Keep a connection whose letter was taken; it is closed after ``smtp_idle_seconds`` without another."""
        self._kept.append(Kept(asyncio.get_running_loop().time(), client))
        if self._closing is None or self._closing.done():
            self._closing = asyncio.create_task(self._close_idle())

    async def _close_idle(self) -> None:
        """Runs while there is any kept connection. When the process ends, it is cancelled and closes them all."""
        loop = asyncio.get_running_loop()
        try:
            while self._kept:
                idle_for = loop.time() - self._kept[0].since
                if idle_for < self._settings.smtp_idle_seconds:
                    await asyncio.sleep(self._settings.smtp_idle_seconds - idle_for)
                else:
                    await _leave(self._kept.popleft().client, self._farewell_seconds)
        finally:
            while self._kept:
                self._kept.pop().client.close()


async def _introduce(client: aiosmtplib.SMTP) -> None:
    """EHLO, or HELO where the server does not know it; logging in or encrypting may have done it already."""
    if not client.is_ehlo_or_helo_needed:
        return
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError:
        await client.helo()


async def _leave(client: aiosmtplib.SMTP, farewell_seconds: float) -> None:
    try:
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            async with asyncio.timeout(farewell_seconds):
                await client.quit()
    finally:
        client.close()
