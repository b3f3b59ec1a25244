"""The log in memory: the twin of ``shared.log.kafka_log.KafkaLog`` for fast tests. Both pass one contract test."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from aiokafka.errors import ProducerFenced

from shared.contract.records import Outgoing, Position, Record
from shared.contract.topics import EVENTS, partition_of


class MemoryLog:
    """Partitions as lists; a marker (None) after each transaction occupies an offset, as it does on a broker."""

    def __init__(self, partitions: int = 4) -> None:
        self.topic = EVENTS
        self.partitions = partitions
        self._rows: list[list[Record | None]] = [[] for _ in range(partitions)]
        self._epochs: dict[str, int] = {}
        self._kept: dict[tuple[str | None, int], int] = {}
        self._grown = asyncio.Condition()

    async def append(self, records: Sequence[Outgoing]) -> list[Position]:
        """Append outside transactions."""
        positions = [self._add(partition_of(r.key, self.partitions), r) for r in records]
        await self._notify()
        return positions

    def _add(self, partition: int, record: Outgoing) -> Position:
        row = self._rows[partition]
        row.append(Record(partition, len(row), record.key, record.value, dict(record.headers)))
        return Position(partition, len(row) - 1)

    async def _notify(self) -> None:
        async with self._grown:
            self._grown.notify_all()

    async def end(self, partition: int) -> int:
        """The offset after the last record or marker."""
        return len(self._rows[partition])

    async def ends(self, partitions: Sequence[int] | None = None) -> dict[int, int]:
        """The end of each partition."""
        return {p: len(self._rows[p]) for p in (range(self.partitions) if partitions is None else partitions)}

    async def beginning(self, partition: int) -> int:
        """Nothing is ever trimmed here."""
        return 0

    async def offset_at(self, partition: int, instant: datetime) -> int:
        """Everything was taken just now."""
        return 0

    async def read(self, partition: int, offset: int = 0, *, committed: bool = True) -> "MemoryReader":
        """A reader from ``offset`` on."""
        return MemoryReader(self, partition, offset)

    async def read_in_group(self, partition: int, group: str) -> "MemoryReader":
        """A reader from where the group had got to."""
        return MemoryReader(self, partition, self._kept.get((group, partition), 0), group)

    async def records_at(self, partition: int, offsets: Sequence[int]) -> list[Record]:
        """The records at these offsets, which hold no markers."""
        found = [self._rows[partition][offset] for offset in offsets]
        return [record for record in found if record is not None]

    def writer(self, service: str, partition: int) -> "MemoryWriter":
        """The right of a service to append to one partition."""
        return MemoryWriter(self, f"{service}-{partition}", partition)

    async def stop(self) -> None:
        """Nothing is held."""


class MemoryReader:
    """Reads one partition of a ``MemoryLog``."""

    def __init__(self, log: MemoryLog, partition: int, offset: int, group: str | None = None) -> None:
        self._log = log
        self._kept_as = (group, partition)
        self._row = log._rows[partition]
        self._offset = offset

    async def batch(self, wait_seconds: float) -> list[Record]:
        """What is there; else waits for more, at most so long."""
        if self._offset >= len(self._row):
            try:
                async with asyncio.timeout(wait_seconds), self._log._grown:
                    await self._log._grown.wait()
            except TimeoutError:
                return []
        found = [r for r in self._row[self._offset :] if r is not None]
        self._offset = len(self._row)
        return found

    async def position(self) -> int:
        """The offset to be read next."""
        return self._offset

    async def keep(self, offset: int) -> None:
        """Keep how far the group has got."""
        self._log._kept[self._kept_as] = offset

    async def stop(self) -> None:
        """Nothing is held."""


class MemoryWriter:
    """Fences the former holder when it is started."""

    def __init__(self, log: MemoryLog, id_: str, partition: int) -> None:
        self._log = log
        self._id = id_
        self._partition = partition
        self._epoch = -1

    async def start(self) -> None:
        """Take the right."""
        self._epoch = self._log._epochs.get(self._id, 0) + 1
        self._log._epochs[self._id] = self._epoch

    async def append(self, records: Sequence[Outgoing]) -> list[int]:
        """Append all, then a marker."""
        if self._log._epochs.get(self._id) != self._epoch:
            raise ProducerFenced
        offsets = [self._log._add(self._partition, r).offset for r in records]
        self._log._rows[self._partition].append(None)
        await self._log._notify()
        return offsets

    async def stop(self) -> None:
        """Let go."""
