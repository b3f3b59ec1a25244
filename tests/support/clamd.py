"""A scanner that speaks clamd's protocol over TCP, and calls infected what holds a mark. For tests without clamd.

``tests/integration/test_scanner.py`` holds the same against the real clamd wherever one is installed.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

MARK = b"X-this-is-infected-X"
NAME = "Test.Mark-1"


@dataclass
class ProtocolServer:
    """What it was sent, and what it does instead of answering, if anything."""

    port: int = 0
    says: bytes | None = None
    hangs_up: bool = False
    scanned: list[bytes] = field(default_factory=list)

    @property
    def address(self) -> str:
        """As the setting names it."""
        return f"tcp://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One session: INSTREAM, chunks each after its length, an empty one at the end, one line back."""
        try:
            if self.hangs_up or await reader.readuntil(b"\0") != b"zINSTREAM\0":
                return
            content = b""
            while size := int.from_bytes(await reader.readexactly(4), "big"):
                content += await reader.readexactly(size)
            self.scanned.append(content)
            answer = f"stream: {NAME} FOUND" if MARK in content else "stream: OK"
            writer.write((self.says or answer.encode()) + b"\0")
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def protocol_server(port: int = 0) -> AsyncIterator[ProtocolServer]:
    """The server, listening."""
    found = ProtocolServer()
    server = await asyncio.start_server(found.serve, "127.0.0.1", port)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
        await server.wait_closed()


@contextmanager
def in_a_thread() -> Iterator[ProtocolServer]:
    """The server beside a test that is not asynchronous."""
    loop, found = asyncio.new_event_loop(), ProtocolServer()
    server = loop.run_until_complete(asyncio.start_server(found.serve, "127.0.0.1", 0))
    found.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield found
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
