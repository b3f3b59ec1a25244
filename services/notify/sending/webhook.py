"""A webhook is how messages reach what is no mail server: the gateway of text messages, the bank's own messenger.

One POST a message, signed; the answer's status tells what is refused for good from what may come again.
"""

import hashlib
import hmac
import ssl
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NamedTuple

import httpx
import orjson

from services.notify.sending.mail_server import LONGEST_REPLY, Postponed, plain
from services.notify.sending.trusted import trusted
from shared.process.settings import Settings

SIGNATURE = "Redress-Signature"
ONLY_NOW = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS,
     HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
)  # fmt: skip
"""No answers about this message: the gateway is busy, or we are not let in; the next attempt may go through."""


class NoGateway(Exception):
    """No gateway is set for this way: the letter cannot go by it."""


class ShortMessage(NamedTuple):
    """Holds a message ready to go. ``to``: a telephone number, or a name in the messenger, which takes a subject."""

    id: str
    to: str
    text: str
    subject: str | None = None


class Webhook:
    """Hands messages to one address. ``secret`` signs each, so that whoever takes it knows from whom it is."""

    def __init__(
        self,
        url: str,
        secret: bytes,
        timeout_seconds: float,
        trusts: ssl.SSLContext,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._url = url
        self._secret = secret
        self._client = httpx.AsyncClient(timeout=timeout_seconds, follow_redirects=False, verify=trusts)
        self._now = now

    async def take(self, message: ShortMessage) -> dict[str, Any]:
        """Post a message: ``sent`` with what was answered, or ``failed`` where it is refused for good.

        Raises:
            Postponed: nobody took it now; whether it arrived is not known, the id says that it is the same one.
        """
        body = orjson.dumps({name: value for name, value in message._asdict().items() if value is not None})
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": message.id,
            SIGNATURE: signature(self._secret, int(self._now()), body),
        }
        try:
            answer = await self._client.post(self._url, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise Postponed(type(error).__name__) from error
        if answer.is_success:
            return {"outcome": "sent", "smtp_reply": None, "gateway_reply": _said(answer, message)}
        if answer.is_client_error and answer.status_code not in ONLY_NOW:
            return {"outcome": "failed", "code": answer.status_code, "reason": "refused_by_gateway"}
        raise Postponed(f"status {answer.status_code}")


def gateways(settings: Settings) -> dict[str, Webhook]:
    """The gateways by the way that leads there; in development the sink where none is set."""
    sink = f"http://127.0.0.1:{settings.sink_health_port}"
    found, trusts = {}, trusted(settings)
    for way, url, secret in (
        ("sms", settings.sms_url, settings.sms_secret),
        ("messenger", settings.messenger_url, settings.messenger_secret),
    ):
        if url is not None and secret is not None:
            found[way] = Webhook(url, secret.get_secret_value().encode(), settings.smtp_timeout_seconds, trusts)
        elif settings.environment == "development":
            found[way] = Webhook(f"{sink}/{way}", b"development", settings.smtp_timeout_seconds, trusts)
    return found


def signature(secret: bytes, at: int, body: bytes) -> str:
    """What the header says: the time in seconds of the epoch, and HMAC-SHA256 in hex of ``<time>.<body>``."""
    digest = hmac.new(secret, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def _said(answer: httpx.Response, message: ShortMessage) -> str:
    """The answer on one line, without the address that it may repeat."""
    said = plain(answer.text)
    return said.replace(message.to, "…")[:LONGEST_REPLY]
