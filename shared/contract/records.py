"""What goes into the log and comes out of it, and how it is read and written, whatever the log is made of."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

HEADER_ID = "redress-id"
HEADER_TYPE = "redress-type"
HEADER_CAUSATION = "redress-causation"
HEADER_SOURCE = "redress-source"
HEADER_MAC = "redress-mac"
HEADER_SIGNATURE = "redress-signature"
"""What a record's headers are called: a reader passes over what it does not need without parsing the body."""
SOURCE_PREFIX = "/redress/"
"""How the source of a record begins, before the name of the service."""


class Record(NamedTuple):
    """One record as read."""

    partition: int
    offset: int
    key: str
    value: bytes
    headers: dict[str, bytes]

    @property
    def at(self) -> "Position":
        """Where it lies."""
        return Position(self.partition, self.offset)


class Position(NamedTuple):
    """Where a record lies; written as ``partition:offset``."""

    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.partition}:{self.offset}"


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


class GroupReader(Reader, Protocol):
    """A reader that remembers, for a group, how far it has got, also beyond its own life."""

    async def keep(self, offset: int) -> None:
        """Keep that everything before ``offset`` is done with."""


class Writer(Protocol):
    """The right of one service to append to one partition. Starting it fences the former holder."""

    async def start(self) -> None:
        """Take the right."""

    async def append(self, records: Sequence[Outgoing]) -> list[int]:
        """Append all or none; the offsets. Any error means: this right is over, end the process."""

    async def stop(self) -> None:
        """Let go of the right."""


class EventLog(Protocol):
    """One topic of the log: append, look at its ends, read. On Kafka, or in memory for fast tests."""

    @property
    def topic(self) -> str:
        """The topic's name."""

    @property
    def partitions(self) -> int:
        """How many partitions it has."""

    async def append(self, records: Sequence[Outgoing]) -> list[Position]:
        """Append outside transactions, and wait until it is durable.

        Raises:
            OutcomeUnknown: not confirmed in time; it may still be appended, so repeat with the same ids.
            RecordTooLarge: the log never takes this.
        """

    async def beginning(self, partition: int) -> int:
        """The offset of the oldest record that is still there."""

    async def end(self, partition: int) -> int:
        """The offset after the partition's last record, committed or not."""

    async def offset_at(self, partition: int, instant: datetime) -> int:
        """The offset of the first record that the log took at this instant or later; the end, if there is none."""

    async def ends(self, partitions: Sequence[int] | None = None) -> dict[int, int]:
        """The end of each of these partitions; of all when none are named."""

    async def read(self, partition: int, offset: int = 0, *, committed: bool = True) -> Reader:
        """A reader of one partition, from ``offset`` on."""

    async def read_in_group(self, partition: int, group: str) -> GroupReader:
        """A reader from where the group had got to; from the beginning where it kept nothing that is still there."""

    async def records_at(self, partition: int, offsets: Sequence[int]) -> list[Record]:
        """The records at these ascending offsets."""

    def writer(self, service: str, partition: int) -> Writer:
        """The right of a service to append to one partition; not taken before it is started."""

    async def stop(self) -> None:
        """Let go of everything that was opened for this object itself."""
