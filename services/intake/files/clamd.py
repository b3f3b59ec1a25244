"""A scanner that speaks clamd's protocol takes a file in chunks (INSTREAM) and says in one line what it found."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from shared.errors import RedressError

CHUNK_BYTES = 64 * 1024
LONGEST_ANSWER = 4096
SIGNATURE_LIMIT = 200
FOUND, OK = " FOUND", "OK"


class ScannerAway(RedressError):
    """The scanner does not answer, or not with a verdict: look at clamd and REDRESS_SCANNER; files wait meanwhile."""

    code = "scanner_away"
    status = 503


@dataclass(frozen=True, slots=True)
class Clamd:
    """One scanner: ``tcp://host:port``, or ``unix:/path/of/its/socket``."""

    address: str
    timeout_seconds: float

    async def scan(self, content: bytes) -> str | None:
        """What the scanner calls that which it found in a file; None where it found nothing. Raises ScannerAway."""
        try:
            async with asyncio.timeout(self.timeout_seconds):
                return verdict(await self._answer(content))
        except (OSError, TimeoutError, EOFError, ValueError) as error:
            raise ScannerAway(f"The scanner at {self.address} is away: {type(error).__name__}.") from error

    async def _answer(self, content: bytes) -> str:
        """The line that it answers with. It may answer, and hang up, before it has all: then that counts."""
        reader, writer = await self._connection()
        try:
            with suppress(ConnectionError):
                await _send(writer, content)
            said = await reader.read(LONGEST_ANSWER)
            while said and not said.endswith(b"\0") and len(said) < LONGEST_ANSWER:
                said += (more := await reader.read(LONGEST_ANSWER))
                if not more:
                    break
            return said.rstrip(b"\0\n").decode("utf-8", "replace")
        finally:
            writer.close()

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        where = urlsplit(self.address)
        if where.scheme == "unix":
            return await asyncio.open_unix_connection(where.path)
        return await asyncio.open_connection(where.hostname, where.port)


async def _send(writer: asyncio.StreamWriter, content: bytes) -> None:
    writer.write(b"zINSTREAM\0")
    for at in range(0, len(content), CHUNK_BYTES):
        chunk = content[at : at + CHUNK_BYTES]
        writer.write(len(chunk).to_bytes(4, "big") + chunk)
        await writer.drain()
    writer.write((0).to_bytes(4, "big"))
    await writer.drain()


def verdict(said: str) -> str | None:
    """What a scanner's line says. Raises ScannerAway: it says neither that a file is clean nor what is in it."""
    _, colon, told = said.partition(": ")
    if colon and told == OK:
        return None
    if colon and told.endswith(FOUND) and (name := told.removesuffix(FOUND).strip()):
        return name[:SIGNATURE_LIMIT]
    raise ScannerAway(f"The scanner gave no verdict: {said[:SIGNATURE_LIMIT]!r}.")
