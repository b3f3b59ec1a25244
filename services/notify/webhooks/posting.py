"""Posts notices to channel systems, each signed by Standard Webhooks, to nowhere but where the organisation file says.

No redirect is followed. The name of the host is looked up once, and what was found is called; in production it is
refused unless all of it is of the open internet, or in a network of the bank that the operators named.
"""

import asyncio
import hashlib
import hmac
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import httpx
import orjson

from services.notify.sending.mail_server import Postponed, plain
from services.notify.sending.trusted import trusted
from services.notify.webhooks.hook import Notice, reached_at
from services.notify.webhooks.lookups import Lookups
from shared.contract.records import SOURCE_PREFIX
from shared.process.settings import Settings

TYPE = "redress.SubmissionStateChanged.v1"
HTTPS_PORT = 443
TRANSLATED = ip_network("64:ff9b::/96")
"""Addresses by which translators (NAT64) reach IPv4: its last four bytes (RFC 6052)."""
UNICAST = ip_network("2000::/3")
"""All of IPv6 that is of the open internet so far (RFC 4291); translators may lead what else there is anywhere."""
SECONDS = 15.0
"""Longest time for one notice, from the look-up of the host to the status: Standard Webhooks advises 15 to 30."""
NOT_REACHED = (httpx.HTTPError, httpx.InvalidURL, UnicodeError, OSError)
"""Why nobody takes a notice; the two in the middle: of a name of a host that no name server knows how to look up."""


def body_of(case: str, case_number: str, notice: Notice) -> bytes:
    """What a channel system is told: how its submission stands, and nothing else."""
    at = reached_at(notice).isoformat()
    data = {"case_id": case, "case_number": case_number, "state": notice.state, "ended_how": notice.how, "at": at}
    return orjson.dumps(
        {"specversion": "1.0", "id": notice.id, "source": SOURCE_PREFIX + "notify", "type": TYPE, "subject": case,
         "time": at, "datacontenttype": "application/json", "data": data}
    )  # fmt: skip


def signed(id_: str, at: int, body: bytes, keys: Sequence[bytes]) -> dict[str, str]:
    """The headers of Standard Webhooks: one signature for each key, so that either proves who sent it."""
    content = f"{id_}.{at}.".encode() + body
    signatures = (b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode() for key in keys)
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


class Poster:
    """Posts notices. ``guarded``: in production, where only https is called, and only public addresses and ``inside``.

    ``inside``: the networks of the bank where webhooks may lie. ``trusts`` checks certificates.
    """

    def __init__(
        self, guarded: bool, inside: str = "", seconds: float = SECONDS, now: Callable[[], float] = time.time,
        trusts: ssl.SSLContext | None = None,
    ) -> None:  # fmt: skip
        self._guarded = guarded
        self._inside = tuple(ip_network(one.strip()) for one in inside.split(",") if one.strip())
        self._seconds = seconds
        self._now = now
        self._trusted = trusts or httpx.create_ssl_context()
        self._lookups = Lookups()

    @classmethod
    def of(cls, settings: Settings) -> "Poster":
        """One that goes by the settings."""
        production = settings.environment == "production"
        return cls(production, settings.webhook_networks, trusts=trusted(settings))

    async def post(self, url: str, id_: str, body: bytes, keys: Sequence[bytes]) -> dict[str, Any]:
        """Post a notice: ``delivered`` with the status, or ``given_up`` where the system says that it is gone.

        Raises:
            Postponed: nobody took it now; whether it arrived is not known, the id says that it is the same one.
        """
        try:
            async with asyncio.timeout(self._seconds):
                status = await self._status(httpx.URL(url), body, signed(id_, int(self._now()), body, keys))
        except NOT_REACHED as error:
            raise Postponed(self._said(error)) from error
        if HTTPStatus(200) <= status < HTTPStatus(300):
            return {"outcome": "delivered", "status": status}
        if status == HTTPStatus.GONE:
            return {"outcome": "given_up", "reason": "gone"}
        raise Postponed(f"status {status}")

    async def _status(self, url: httpx.URL, body: bytes, headers: dict[str, str]) -> int:
        """What it was answered with. Nothing of the answer but its status is read."""
        headers |= {"Content-Type": "application/json", "Host": url.netloc.decode()}
        *others, last = await self.addresses(url)
        for address in others:
            with suppress(httpx.ConnectError):  # nobody listens there, such as where a name has an old address too
                return await self._asked(url, address, body, headers)
        return await self._asked(url, last, body, headers)

    async def _asked(self, url: httpx.URL, address: str, body: bytes, headers: dict[str, str]) -> int:
        there, extensions = url.copy_with(host=address), {"sni_hostname": url.host}
        async with (
            httpx.AsyncClient(
                verify=self._trusted, timeout=self._seconds, follow_redirects=False, trust_env=False
            ) as client,
            client.stream("POST", there, content=body, headers=headers, extensions=extensions) as answer,
        ):
            return answer.status_code

    def _said(self, error: Exception) -> str:
        """Why nobody took it, such as a certificate that nobody vouches for; what it is about is in no such error."""
        if isinstance(error, TimeoutError | httpx.TimeoutException):
            return f"nothing was answered within {self._seconds:g} s"
        return plain(f"{type(error).__name__}: {error}")

    async def addresses(self, url: httpx.URL) -> list[str]:
        """The addresses of the host, looked up once. Raises Postponed: one of them may not be called."""
        if self._guarded and url.scheme != "https":
            raise Postponed("in production only https is called")
        addresses = await self._lookups.addresses(url.host, url.port or HTTPS_PORT)
        if self._guarded and not all(self._may_be_called(_reached(ip_address(address))) for address in addresses):
            raise Postponed("its host's address is none of the open internet, nor in REDRESS_WEBHOOK_NETWORKS")
        return addresses

    def _may_be_called(self, address: IPv4Address | IPv6Address) -> bool:
        """Whether an address is public, or the operators named its network. Loopback and link-local never are."""
        if address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified:
            return False
        public = address.is_global and (isinstance(address, IPv4Address) or address in UNICAST)
        return public or any(address in network for network in self._inside)


def _reached(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The address that is reached in the end: some of IPv6 lead to one of IPv4, which may be this machine's own."""
    if isinstance(address, IPv4Address):
        return address
    if address in TRANSLATED:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address
