"""A connection to a broker notices within seconds that nobody is at its other end any more.

A broker that is cut off, or whose machine has lost its power, hangs up on nobody: whoever has asked it something waits
for as long as a request may take, and whoever wants to connect to it keeps all others of his client waiting, that long
again. Nor does a broker that holds a fetch hear that a connection ends. Aiokafka has no setting for any of that, so its
connections are made here; Faust's are the same ones.
"""

import asyncio
import socket
from contextvars import ContextVar
from typing import Any
from weakref import WeakSet

from aiokafka import conn
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError

BOOTSTRAP, CLOSE = AIOKafkaClient.bootstrap, AIOKafkaClient.close
CONNECT_SECONDS = 3.0
"""Within so long a broker has taken a connection and let the client in; else the next one is asked."""
SILENT_MS = 3000
"""What was sent and is not acknowledged for so long, by the machine at the other end, is lost: as long as the brokers
themselves wait for one of them (``broker.session.timeout.ms``), so there is another leader to ask."""
CLOSE_SECONDS = 0.5
"""How long what is to be sent still may take at a close; nobody waits for the other end's good-bye, which TLS asks for
and uvloop at times misses."""
PROBE_SECONDS = 1
"""How often an idle connection asks the other machine whether it is there. The kernels do that among themselves."""
OPTIONS = {
    "TCP_USER_TIMEOUT": SILENT_MS,
    "TCP_KEEPIDLE": PROBE_SECONDS,
    "TCP_KEEPINTVL": PROBE_SECONDS,
    "TCP_KEEPCNT": SILENT_MS // 1000 // PROBE_SECONDS,
}
"""Those that a system does not have are left out: there it takes as long as it takes."""

CLOSED: "WeakSet[AIOKafkaClient]" = WeakSet()
"""Clients that are closed, or are being closed."""
FIRST: "ContextVar[list[WatchedConnection] | None]" = ContextVar("first connections", default=None)
"""By what a client that is being started asks for the brokers: aiokafka holds it nowhere else."""


class WatchedConnection(conn.AIOKafkaConnection):  # type: ignore[misc] # aiokafka ships no types
    """A connection that is given up when the machine at its other end is silent."""

    async def connect(self) -> Any:
        """Connect, in time. Raises TimeoutError, OSError, KafkaError; also where its client was closed meanwhile.

        Else nobody would ever close it: a client that closes looks only at the connections that it has.
        """
        client = getattr(self._on_close_cb, "__self__", None)
        async with asyncio.timeout(CONNECT_SECONDS):
            found = await super().connect()
        if client in CLOSED:
            self.close()
            raise KafkaConnectionError(f"The client of {self.host}:{self.port} was closed.")
        if client is None and (firsts := FIRST.get()) is not None:
            firsts.append(self)
        if self._writer is not None:
            watch(self._writer.get_extra_info("socket"))
        return found

    def send(self, request: Any, expect_response: bool = True) -> Any:
        """Ask the broker something. Raises KafkaConnectionError: it has hung up, which uvloop calls a RuntimeError."""
        try:
            return super().send(request, expect_response)
        except RuntimeError as error:
            self.close(reason=conn.CloseReason.CONNECTION_BROKEN)
            raise KafkaConnectionError(f"The broker at {self.host}:{self.port} has hung up.") from error

    def close(self, reason: Any = None, exc: BaseException | None = None) -> Any:
        """Close without waiting for the broker: it reads nothing while it holds a fetch, so TLS would wait for that.

        That this end says no more has been said; whoever waits for an answer is told that the connection is closed.
        What is to be sent still has so long for it.
        """
        transport: Any = None if self._writer is None else self._writer.transport
        all_said = transport is not None and not transport.get_write_buffer_size()  # asked before it is closed
        closed = super().close(reason, exc)
        if all_said:
            transport.abort()
        elif transport is not None:
            self._loop.call_later(CLOSE_SECONDS, transport.abort)
        return closed


def watch(sock: socket.socket) -> None:
    """Let the kernel end a connection whose other end is silent."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in OPTIONS.items():
        if (option := getattr(socket, name, None)) is not None:
            sock.setsockopt(socket.IPPROTO_TCP, option, value)


async def close_client(client: AIOKafkaClient) -> None:
    """Close a client, and what it is connecting to meanwhile."""
    CLOSED.add(client)
    await CLOSE(client)


async def bootstrap(client: AIOKafkaClient) -> None:
    """Let a client ask for the brokers; who gives up before they have answered leaves no connection open.

    Raises KafkaConnectionError: none can be reached, or those that were silent still are when a request would be over.
    """
    firsts: list[WatchedConnection] = []
    token = FIRST.set(firsts)
    try:
        await _ask_for_brokers(client)
    except BaseException:
        for first in firsts:
            first.close()
        raise
    finally:
        firsts.clear()  # tasks that began meanwhile keep the list
        FIRST.reset(token)


async def _ask_for_brokers(client: AIOKafkaClient) -> None:
    """Ask each broker, again where one was silent: a busy one lets nobody in for seconds, and aiokafka asks once."""
    now = client._loop.time  # noqa: SLF001 - the client tells neither its loop nor its patience
    until = now() + client._request_timeout_ms / 1000  # noqa: SLF001
    while True:
        began = now()
        try:
            await BOOTSTRAP(client)
        except KafkaConnectionError:
            silent = now() - began >= CONNECT_SECONDS
            if not silent or now() >= until:
                raise
        else:
            return


def install() -> None:
    """Make every connection to a broker such a one. Whoever makes clients calls it (``shared.log.kafka_client``)."""
    conn.AIOKafkaConnection = WatchedConnection
    AIOKafkaClient.bootstrap = bootstrap
    AIOKafkaClient.close = close_client
