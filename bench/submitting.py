"""Complaints over HTTP, many at once, through a client that costs next to nothing beside what it measures."""

import asyncio
import json
import time
from typing import Any


def body(number: int, details: dict[str, Any] | None = None) -> bytes:
    """A complaint. ``details``: what its channel needs."""
    matter = {"narrative": f"第 {number} 件投诉。", "reason": "work_error", "complained_unit": "dongqiao.hall"}
    who = {"name": "甲某", "email": f"c{number}@customer.example"}
    more = {"details": details} if details else {}
    return json.dumps({"complainant": who, "matter": matter, **more}).encode()


class Caller:
    """One kept-open connection to a channel. It reads just as much HTTP as these endpoints speak."""

    def __init__(self, port: int, headers: dict[str, str], channel: str = "phone") -> None:
        self._port, self._channel = port, channel
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in headers.items())

    async def open(self) -> None:
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def post(self, key: str, content: bytes) -> dict[str, Any]:
        """Submit one complaint; the answer, which has to be 201."""
        head = (
            f"POST /v1/complaints/{self._channel} HTTP/1.1\r\nHost: 127.0.0.1\r\n{self._headers}"
            f"Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        self._writer.write(head.encode() + content)
        answer = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(answer.split("content-length:")[1].split("\r\n")[0])
        found: dict[str, Any] = json.loads(await self._reader.readexactly(length))
        assert answer.startswith("http/1.1 201"), f"{answer}{found}"
        return found

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        await self._writer.wait_closed()


async def rate(port: int, headers: dict[str, str], prefix: str, count: int, at_once: int) -> float:
    """Complaints per second, so many connections at once."""
    numbers = iter(range(count))

    async def caller() -> None:
        one = Caller(port, headers)
        await one.open()
        for number in numbers:
            await one.post(f"{prefix}-{number}", body(number))
        await one.close()

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(at_once)))
    return count / (time.perf_counter() - began)
