"""What goes into the log and comes out of it, and how it is read and written, whatever the log is made of."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Record(NamedTuple):
    """One record as read."""

    partition: int
    offset: int
    key: str
    value: bytes
    headers: dict[str, bytes]


class Position(NamedTuple):
    """Where a record lies."""

    partition: int
    offset: int


class Outgoing(NamedTuple):
    """A record to append: the key decides the partition."""

    key: str
    value: bytes
    headers: list[tuple[str, bytes]]


class Reader(Protocol):
    """Reads one partition in order from where it was started."""

    async def batch(self, wait_seconds: float) -> list[Record]:
        """The next records, waiting at most so long for the first; maybe none."""

    async def position(self) -> int:
        """The offset to be read next; also moves over what is never handed over (transaction markers)."""

    async def stop(self) -> None:
        """Let go of the connection."""


class Writer(Protocol):
    """The right of one service to append to one partition. Starting it fences the former holder."""

    async def start(self) -> None:
        """Take the right."""

    async def append(self, records: Sequence[Outgoing]) -> list[int]:
        """Append all or none; the offsets. Any error means: this right is over, end the process."""

    async def stop(self) -> None:
        """Let go of the right."""
