"""Reads a topic that others write to, and answers on another one: raw records, nobody of ours signed them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from shared.contract.topics import partitions_of, topic_name
from shared.log.kafka_client import client_options, start, stop_consumer, stop_producer
from shared.process.settings import Settings

IDLE_MS = 1000
"""A record that comes in is handed over at once; in between it is only looked where the position has got to."""
FETCH_WAIT_MS = 2000
"""The brokers answer as soon as there is something: so long they keep silent where there is nothing."""
FETCH_BYTES = 2 * 2**20


class Raw(NamedTuple):
    """A record as it lies there."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    taken_ms: int


class PostedRecords:
    """All partitions of a topic, read from where a group had got to; what is gone by then is passed over."""

    def __init__(self, settings: Settings, topic: str, answers: str, group: str) -> None:
        self._settings = settings
        self._topic, self._answers = topic_name(settings, topic), topic_name(settings, answers)
        self._partitions = partitions_of(settings, topic)
        self._group = f"{settings.installation}.{group}"
        self._consumer: AIOKafkaConsumer | None = None
        self._producer: AIOKafkaProducer | None = None
        self.kept: dict[int, int] = {}
        self._read: dict[int, int] = {}

    async def open(self) -> None:
        """Connect, and go to where the group had got to."""
        self._consumer = consumer = await self._reader(self._group)
        consumer.assign([TopicPartition(self._topic, number) for number in range(self._partitions)])
        for number in range(self._partitions):
            self.kept[number] = await consumer.position(TopicPartition(self._topic, number))
        producer = AIOKafkaProducer(
            **client_options(self._settings), enable_idempotence=True, acks="all", compression_type="zstd"
        )
        await start(producer, self._settings)
        self._producer = producer

    async def _reader(self, group: str | None) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(
            **client_options(self._settings), group_id=group, enable_auto_commit=False,
            auto_offset_reset="earliest", isolation_level="read_committed", max_partition_fetch_bytes=FETCH_BYTES,
            fetch_max_wait_ms=FETCH_WAIT_MS,
        )  # fmt: skip
        await start(consumer, self._settings)
        return consumer

    async def batch(self, partitions: Iterable[int], most: int) -> list[Raw]:
        """The next records of these partitions, by partition in order; maybe none."""
        assert self._consumer is not None  # noqa: S101 - opened
        wanted = [TopicPartition(self._topic, number) for number in partitions]
        found: dict[Any, Any] = await self._consumer.getmany(*wanted, timeout_ms=IDLE_MS, max_records=most)
        return [raw_of(one) for records in found.values() for one in records]

    def unread(self) -> int:
        """How many records lie beyond what was read, markers of transactions counted; 0 as long as nobody knows."""
        if self._consumer is None:
            return 0
        ends = (self._consumer.last_stable_offset(tp) for tp in self._consumer.assignment())
        return max(0, sum(end or 0 for end in ends) - sum(self._read.values())) if self._read else 0

    async def positions(self) -> dict[int, int]:
        """The offset to be read next in each partition; also beyond what is never handed over."""
        assert self._consumer is not None  # noqa: S101 - opened
        tps = [TopicPartition(self._topic, number) for number in range(self._partitions)]
        self._read = {tp.partition: await self._consumer.position(tp) for tp in tps}
        return self._read

    async def again(self, wanted: Mapping[int, Sequence[int]]) -> list[Raw]:
        """The records at these ascending offsets by partition, read before; one that is gone is left out."""
        last = {TopicPartition(self._topic, number): offsets[-1] for number, offsets in wanted.items()}
        consumer, found = await self._reader(None), []
        try:
            consumer.assign(list(last))
            for tp in last:
                consumer.seek(tp, wanted[tp.partition][0])
            while missing := [tp for tp, offset in last.items() if await consumer.position(tp) <= offset]:
                records = await consumer.getmany(*missing, timeout_ms=IDLE_MS)
                found += [
                    raw_of(one) for tp, rows in records.items() for one in rows if one.offset in wanted[tp.partition]
                ]
        finally:
            await stop_consumer(consumer)
        return found

    async def keep(self, positions: Mapping[int, int]) -> None:
        """Keep that everything before these offsets is answered."""
        assert self._consumer is not None  # noqa: S101 - opened
        if moved := {p: at for p, at in positions.items() if at != self.kept.get(p)}:
            await self._consumer.commit({TopicPartition(self._topic, p): at for p, at in moved.items()})
            self.kept |= moved

    async def answer(
        self, partition: int, key: bytes | None, value: bytes, headers: Sequence[tuple[str, bytes]]
    ) -> None:
        """Answer under a record's key, or in its partition where it has none; durable when this returns."""
        assert self._producer is not None  # noqa: S101 - opened
        where = {"partition": partition} if key is None else {}
        await self._producer.send_and_wait(self._answers, value, key=key, headers=list(headers), **where)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._consumer is not None:
            await stop_consumer(self._consumer)
        if self._producer is not None:
            await stop_producer(self._producer)
        self._consumer = self._producer = None


def raw_of(one: Any) -> Raw:
    """A record as aiokafka hands it over."""
    return Raw(one.partition, one.offset, one.key, one.value, tuple(one.headers), one.timestamp)
