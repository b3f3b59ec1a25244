"""This protocol bounds every connection: how many there are, and how long each may keep a place for nothing.

Uvicorn bounds idle connections between two requests only. One that sends no header, half a header or half a body, or
does not read its answer, would keep its place for ever; and accepting without end takes every file descriptor.
"""

import asyncio
import resource
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from shared.process.settings import Settings
from shared.web import raw_answers

DESCRIPTORS_BESIDE = 512
"""File descriptors that a process needs besides its callers': brokers, databases, documents."""
BACKLOG = 128
"""Connections accepted at one go: asyncio accepts as many as the backlog holds before it counts the first."""


@dataclass(slots=True)
class ConnectionBounds:
    """The bounds of a server's connections, and those that stand. Times are in seconds."""

    most: int
    most_per_address: int
    header_seconds: float
    idle_seconds: float
    chunk_seconds: float
    body_seconds: float
    write_seconds: float
    by_address: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, settings: Settings) -> "ConnectionBounds":
        """The bounds that the settings give."""
        return cls(
            settings.http_connections, settings.http_connections_per_address, settings.http_header_seconds,
            settings.http_idle_seconds, settings.http_chunk_seconds, settings.http_body_seconds,
            settings.http_write_seconds,
        )  # fmt: skip

    def refusal(self, address: str) -> bytes | None:
        """The answer to a connection that there is no room for."""
        if self.by_address[address] >= self.most_per_address:
            return raw_answers.TOO_MANY
        return raw_answers.BUSY if self.by_address.total() >= self.most else None

    def leave(self, address: str) -> None:
        """A connection has ended."""
        self.by_address[address] -= 1
        if self.by_address[address] <= 0:
            del self.by_address[address]


def make_room(connections: int) -> None:
    """Let this process open files for so many connections, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + DESCRIPTORS_BESIDE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


class BoundedProtocol(H11Protocol):
    """An HTTP/1.1 connection that ends when it keeps this server waiting."""

    def __init__(self, bounds: ConnectionBounds, **uvicorns: Any) -> None:
        super().__init__(**uvicorns)
        self._bounds = bounds
        self._address: str | None = None
        self._waiting: asyncio.TimerHandle | None = None
        self._waits_for_header = False
        self._stalled: asyncio.TimerHandle | None = None
        self._body_until = 0.0
        self._body_of: Any = None

    # -- the connection ----------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        """Count it, or refuse it when there are too many."""
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        refusal = self._bounds.refusal(address)
        if refusal is not None:
            self._end_with(refusal)
            return
        self._address = address
        self._bounds.by_address[address] += 1
        self._wait(self._bounds.header_seconds, raw_answers.NOTHING, header=True)

    def connection_lost(self, exc: Exception | None) -> None:
        """Free its place."""
        self._wait(None)
        self._set_stalled(None)
        if self._address is not None:
            self._bounds.leave(self._address)
            self._address = None
        super().connection_lost(exc)

    # -- what comes in -----------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Take bytes in, and wait for the next ones only so long."""
        if self.transport.is_closing():
            return
        super().data_received(data)
        self._watch(begun=True)

    def on_response_complete(self) -> None:
        """Wait for the next request; it may be here already."""
        super().on_response_complete()
        self._watch(begun=bool(self.conn.trailing_data[0]))

    def _watch(self, *, begun: bool) -> None:
        """Set the time for what this connection owes now: the rest of a header, the rest of a body, or nothing."""
        cycle: Any = self.cycle  # None before the first request
        now = self.loop.time()
        if self.transport.is_closing():
            self._set_stalled(self._bounds.write_seconds)
            self._wait(None)
        elif cycle is None or cycle.response_complete:
            if not begun:
                self._wait(None)
            elif not self._waits_for_header:
                self._wait(self._bounds.header_seconds, raw_answers.TIMED_OUT, header=True)
        elif cycle.more_body:
            cycle.scope["redress.body_unread"] = lambda: cycle.more_body
            if self._body_of is not cycle:
                self._body_of, self._body_until = cycle, now + self._bounds.body_seconds
            self._wait_for_body(now)
        else:
            self._wait(None)

    def _wait_for_body(self, now: float) -> None:
        self._wait(None)
        seconds = min(self._bounds.chunk_seconds, self._body_until - now)
        self._waiting = self.loop.call_later(seconds, self._body_overdue)

    def _body_overdue(self) -> None:
        """Nothing came. While it is us who do not read, the caller has the rest of the body's time."""
        now = self.loop.time()
        if self.flow.read_paused and now < self._body_until:
            self._wait_for_body(now)
        else:
            self._end_with(raw_answers.TIMED_OUT)

    def _wait(self, seconds: float | None, answer: bytes = b"", *, header: bool = False) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        self._waits_for_header = header
        self._waiting = None if seconds is None else self.loop.call_later(seconds, self._end_with, answer)

    def _end_with(self, answer: bytes) -> None:
        """Answer, unless an answer has begun, and close: whoever works on the request is told that nobody waits."""
        self._wait(None)
        cycle: Any = self.cycle
        if cycle is None or cycle.response_complete or not cycle.response_started:
            self.transport.write(raw_answers.with_id(answer, cycle.scope["headers"] if cycle is not None else ()))
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
        self._set_stalled(self._bounds.write_seconds)
        self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP request like any other fault."""
        self._end_with(raw_answers.BAD_REQUEST)

    # -- what goes out -----------------------------------------------------------------------------------

    def pause_writing(self) -> None:
        """Wait only so long until the caller reads on."""
        super().pause_writing()
        self._set_stalled(self._bounds.write_seconds)

    def resume_writing(self) -> None:
        """The caller reads on."""
        super().resume_writing()
        self._set_stalled(None)

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection, also one whose caller has not read the last answer."""
        super().timeout_keep_alive_handler()
        self._set_stalled(self._bounds.write_seconds)

    def _set_stalled(self, seconds: float | None) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
        self._stalled = None if seconds is None else self.loop.call_later(seconds, self.transport.abort)


def protocol_of(bounds: ConnectionBounds) -> Callable[..., BoundedProtocol]:
    """What uvicorn makes of each connection."""
    return lambda **uvicorns: BoundedProtocol(bounds, **uvicorns)
