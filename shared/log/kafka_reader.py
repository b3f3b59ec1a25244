"""Reads one partition from Kafka: in order, in a group, or single records at given offsets."""

from collections.abc import Callable
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import OffsetOutOfRangeError

from shared.contract.records import Record
from shared.errors import LogTrimmed, Unreadable
from shared.log.kafka_client import stop_consumer
from shared.log.recent_records import RecentRecords

NEAR = 256
"""Records passed over rather than fetched anew when one lies a little ahead."""
Only = Callable[[bytes, bytes], bool]
"""Says of a key and a value whether the record is wanted; others cost neither a proof nor memory, and are not noted."""


class Gate(Protocol):
    """Says whether a record counts, which the broker took at so many milliseconds of the epoch."""

    def lets_in(self, record: Record, appended_ms: int) -> bool:
        """Of one that comes in order; one that does not count is noted."""

    def would_let_in(self, record: Record, appended_ms: int) -> bool:
        """Of one that was picked by its place."""


class KafkaReader:
    """A plain aiokafka consumer, assigned to one partition."""

    def __init__(
        self,
        consumer: AIOKafkaConsumer,
        tp: TopicPartition,
        gate: Gate | None = None,
        recent: RecentRecords | None = None,
        only: Only | None = None,
    ) -> None:
        self._consumer = consumer
        self._tp = tp
        self._gate = gate
        self._recent = recent
        self._only = only

    async def batch(self, wait_seconds: float) -> list[Record]:
        """See ``Reader``.

        Raises:
            LogTrimmed: the records at this position are gone.
        """
        try:
            found = await self._consumer.getmany(self._tp, timeout_ms=int(wait_seconds * 1000))
        except OffsetOutOfRangeError as error:
            raise LogTrimmed(
                f"{self._tp.topic}, partition {self._tp.partition}, has no offset {error.args[0].get(self._tp)}, where "
                "this process goes on: it was trimmed, or deleted and made anew."
            ) from error
        gate, rows = self._gate, found.get(self._tp, ())
        if (only := self._only) is not None:
            rows = [row for row in rows if only(row.key or b"", row.value or b"")]
        records = [(self._record(r), r.timestamp) for r in rows]
        proven = [record for record, appended in records if gate is None or gate.lets_in(record, appended)]
        if self._recent is not None:
            self._recent.add(proven)
        return proven

    def _record(self, found: Any) -> Record:
        key = (found.key or b"").decode("utf-8", "replace")
        return Record(self._tp.partition, found.offset, key, found.value or b"", dict(found.headers))

    async def at(self, offset: int) -> Record:
        """The record at ``offset``, from what was fetched already where it lies near.

        Raises:
            Unreadable: nobody of this installation wrote it.
        """
        position = await self.position()
        ahead = offset - position
        if not 0 <= ahead < NEAR:
            self._consumer.seek(self._tp, offset)
        while True:
            found = await self._consumer.getone(self._tp)
            if found.offset >= offset:
                record = self._record(found)
                if self._gate is not None and not self._gate.would_let_in(record, found.timestamp):
                    raise Unreadable("Nobody of this installation wrote this record.")
                return record

    async def position(self) -> int:
        """See ``Reader``."""
        offset: int = await self._consumer.position(self._tp)
        return offset

    async def resume(self, beginning: int) -> None:
        """Go to where the group had got to; to ``beginning`` if it kept nothing, or nothing that is still there."""
        kept = await self._consumer.committed(self._tp)
        self._consumer.seek(self._tp, max(kept or 0, beginning))

    async def keep(self, offset: int) -> None:
        """See ``GroupReader``."""
        await self._consumer.commit({self._tp: offset})

    async def stop(self) -> None:
        """See ``Reader``."""
        await stop_consumer(self._consumer)
