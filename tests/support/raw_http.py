"""Speaks HTTP as no well-behaved client would: any bytes, from any loopback address, as slowly as one likes."""

import socket
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Heard:
    """What came back until the other side closed, and after how many seconds it did; None if it did not."""

    content: bytes
    closed_after: float | None

    @property
    def status(self) -> int | None:
        """The status of the first answer."""
        head = self.content.split(b" ", 2)
        return int(head[1]) if len(head) > 1 and head[0].startswith(b"HTTP/") else None


def connected(port: int, source: str = "127.0.0.1", receive_bytes: int | None = None) -> socket.socket:
    """A connection from a loopback address; with a receive buffer of so many bytes."""
    one = socket.socket()
    if receive_bytes is not None:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    one.settimeout(5)
    one.bind((source, 0))
    one.connect(("127.0.0.1", port))
    return one


def heard(one: socket.socket, seconds: float) -> Heard:
    """Listen until the other side closes, at most so long."""
    began, content = time.monotonic(), b""
    while (left := began + seconds - time.monotonic()) > 0:
        one.settimeout(left)
        try:
            part = one.recv(65536)
        except TimeoutError:
            break
        except ConnectionError:
            return Heard(content, time.monotonic() - began)
        if not part:
            return Heard(content, time.monotonic() - began)
        content += part
    return Heard(content, None)


def asked(port: int, request: bytes, seconds: float = 15, source: str = "127.0.0.1") -> Heard:
    """What is answered to these bytes."""
    with connected(port, source) as one:
        one.sendall(request)
        return heard(one, seconds)
