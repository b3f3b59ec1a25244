"""The log: append, append in a transaction, read, follow. The only place that produces to and reads from Kafka.

``EventLog`` is the log on a real Kafka; ``tests/support/memory_log.py`` is its twin for fast tests. Both pass one
contract test (``shared.contract.records`` says what a reader and a writer are).
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError

from shared.contract.records import Outgoing, Position, Record
from shared.contract.topics import EVENTS, partition_of, partitions_of, topic_name
from shared.errors import LogTrimmed, OutcomeUnknown
from shared.log.kafka_client import client_options, start
from shared.log.offset_reader import FETCH_ONE_BYTES, OffsetReader
from shared.process import bombs
from shared.process.settings import Settings

log = structlog.get_logger()

APPEND_TIMEOUT_SECONDS = 4.5
"""An HTTP caller is answered within 5 s, also when the broker is away."""
TRANSACTION_TIMEOUT_MS = 2000
"""An orphaned transaction holds back every committed reader of the partition for at most this long."""
LARGEST_BATCH_BYTES = 2**20
"""A fact larger than a batch could not be appended at all."""
NEAR = 256
"""Records passed over rather than fetched anew when one lies a little ahead."""
READ_BATCH = 2000
"""Records handed over at once: enough to amortise a fetch, few enough to let other tasks run in between."""
FETCH_BYTES = 4 * 2**20
"""Largest part of one fetch: a fold reads a partition from its beginning."""


class EventLog:
    """One topic of the log on a real Kafka."""

    def __init__(self, settings: Settings, topic: str = EVENTS) -> None:
        self.settings = settings
        self.topic = topic_name(settings, topic)
        self.partitions = partitions_of(settings, topic)
        self._appender: AIOKafkaProducer | None = None
        self._ends: AIOKafkaConsumer | None = None
        self._starting = asyncio.Lock()
        self._pickers: dict[int, OffsetReader] = {}

    async def append(self, records: Sequence[Outgoing]) -> list[Position]:
        """Append idempotently, outside transactions, and wait until it is durable.

        Raises:
            OutcomeUnknown: not confirmed in time; it may still be appended, so repeat with the same ids.
        """
        try:
            async with asyncio.timeout(APPEND_TIMEOUT_SECONDS):
                producer = await self._started_appender()
                sent = [await self._send(producer, record) for record in records]
                bombs.hit("append")
                return [Position(m.partition, m.offset) for m in await asyncio.gather(*sent)]
        except (KafkaError, TimeoutError) as error:
            raise OutcomeUnknown from error

    async def _send(self, producer: AIOKafkaProducer, record: Outgoing) -> Any:
        return await producer.send(
            self.topic,
            record.value,
            key=record.key.encode(),
            partition=partition_of(record.key, self.partitions),
            headers=record.headers,
        )

    async def _started_appender(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._appender is None:
                producer = AIOKafkaProducer(
                    **client_options(self.settings), enable_idempotence=True, acks="all", linger_ms=0,
                    request_timeout_ms=4000, compression_type="zstd",
                )  # fmt: skip
                await start(producer, self.settings)
                self._appender = producer
            return self._appender

    async def end(self, partition: int) -> int:
        """The offset after the partition's last record, committed or not."""
        return (await self.ends([partition]))[partition]

    async def ends(self, partitions: Sequence[int] | None = None) -> dict[int, int]:
        """The end of each partition; read uncommitted, since a committed reader would be told the last stable one."""
        async with self._starting:
            if self._ends is None:
                consumer = AIOKafkaConsumer(**client_options(self.settings), enable_auto_commit=False)
                await start(consumer, self.settings)
                self._ends = consumer
        wanted = range(self.partitions) if partitions is None else partitions
        found = await self._ends.end_offsets([TopicPartition(self.topic, p) for p in wanted])
        by_partition = {tp.partition: offset for tp, offset in found.items()}
        return {partition: by_partition[partition] for partition in wanted}

    async def beginning(self, partition: int) -> int:
        """The offset of the oldest record that is still there."""
        await self.ends([partition])
        assert self._ends is not None  # noqa: S101 - made by ends()
        tp = TopicPartition(self.topic, partition)
        found: dict[TopicPartition, int] = await self._ends.beginning_offsets([tp])
        return found[tp]

    async def read(
        self,
        partition: int,
        offset: int = 0,
        *,
        committed: bool = True,
        group: str | None = None,
        fetch_bytes: int = FETCH_BYTES,
    ) -> "KafkaReader":
        """A reader of one partition, from ``offset`` on; a ``group`` lets it keep how far it has got."""
        consumer = AIOKafkaConsumer(
            **client_options(self.settings),
            group_id=f"{self.settings.installation}.{group}" if group else None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed" if committed else "read_uncommitted",
            max_poll_records=READ_BATCH,
            fetch_max_wait_ms=500,
            max_partition_fetch_bytes=fetch_bytes,
        )
        await start(consumer, self.settings)
        tp = TopicPartition(self.topic, partition)
        consumer.assign([tp])
        consumer.seek(tp, offset)
        return KafkaReader(consumer, tp)

    async def records_at(self, partition: int, offsets: Sequence[int]) -> list[Record]:
        """The records at these ascending offsets; neighbours come with one fetch."""
        if partition not in self._pickers:
            self._pickers[partition] = OffsetReader(partial(self.read, partition, fetch_bytes=FETCH_ONE_BYTES))
        return await self._pickers[partition].pick(offsets)

    def writer(self, service: str, partition: int) -> "KafkaWriter":
        """The right of a service to append to one partition; not taken before it is started."""
        return KafkaWriter(self, f"{self.settings.installation}.{service}-{partition}", partition)

    async def stop(self) -> None:
        """Let go of all connections that this object opened for itself."""
        for client in (self._appender, self._ends, *self._pickers.values()):
            if client is not None:
                await client.stop()
        self._appender = self._ends = None
        self._pickers.clear()


class KafkaReader:
    """A plain aiokafka consumer, assigned to one partition."""

    def __init__(self, consumer: AIOKafkaConsumer, tp: TopicPartition) -> None:
        self._consumer = consumer
        self._tp = tp

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
        partition = self._tp.partition
        return [
            Record(
                partition,
                r.offset,
                (r.key or b"").decode("utf-8", "replace"),
                r.value or b"",
                dict(r.headers),
            )
            for r in found.get(self._tp, ())
        ]

    async def at(self, offset: int) -> Record:
        """The record at ``offset``, from what was fetched already where it lies near."""
        position = await self.position()
        ahead = offset - position
        if not 0 <= ahead < NEAR:
            self._consumer.seek(self._tp, offset)
        while True:
            found = await self._consumer.getone(self._tp)
            if found.offset >= offset:
                return Record(self._tp.partition, found.offset, found.key.decode(), found.value, dict(found.headers))

    async def position(self) -> int:
        """See ``Reader``."""
        offset: int = await self._consumer.position(self._tp)
        return offset

    async def resume(self, beginning: int) -> None:
        """Go to where the group had got to; to ``beginning`` if it kept nothing, or nothing that is still there."""
        kept = await self._consumer.committed(self._tp)
        self._consumer.seek(self._tp, max(kept or 0, beginning))

    async def keep(self, offset: int) -> None:
        """Keep, for the group, that everything before ``offset`` is done with."""
        await self._consumer.commit({self._tp: offset})

    async def stop(self) -> None:
        """See ``Reader``."""
        await self._consumer.stop()


class KafkaWriter:
    """A transactional producer with the partition's own transactional id."""

    def __init__(self, events: EventLog, transactional_id: str, partition: int) -> None:
        self._log = events
        self._id = transactional_id
        self._partition = partition
        self._producer: AIOKafkaProducer | None = None

    async def start(self) -> None:
        """See ``Writer``."""
        producer = AIOKafkaProducer(
            **client_options(self._log.settings),
            transactional_id=self._id,
            transaction_timeout_ms=TRANSACTION_TIMEOUT_MS,
            linger_ms=0,
            max_batch_size=LARGEST_BATCH_BYTES,
            max_request_size=8 * 2**20,
            compression_type="zstd",
        )
        await start(producer, self._log.settings)
        self._producer = producer

    async def append(self, records: Sequence[Outgoing]) -> list[int]:
        """See ``Writer``. Everything is decided before: nothing slow happens inside the transaction."""
        producer = self._producer
        assert producer is not None, "start() comes first"  # noqa: S101
        batches = _batches(producer, records)
        bombs.hit("begin")
        async with producer.transaction():
            sent = [await producer.send_batch(batch, self._log.topic, partition=self._partition) for batch in batches]
            bombs.hit("send")
            firsts = [metadata.offset for metadata in await asyncio.gather(*sent)]
            bombs.hit("commit")
        return [first + at for first, batch in zip(firsts, batches, strict=True) for at in range(batch.record_count())]

    async def stop(self) -> None:
        """See ``Writer``. A fenced producer's complaint at its end is of no interest any more."""
        if self._producer is not None:
            producer, self._producer = self._producer, None
            try:
                async with asyncio.timeout(5):
                    await producer.stop()
            except (KafkaError, TimeoutError, AssertionError) as error:
                log.info("writer.stopped_hard", transactional_id=self._id, error=repr(error))


def _batches(producer: AIOKafkaProducer, records: Sequence[Outgoing]) -> list[Any]:
    """The records as the broker takes them. Building them here spares a future and a look-up per record."""
    batches: list[Any] = []
    for record in records:
        row = {"timestamp": None, "key": record.key.encode(), "value": record.value, "headers": record.headers}
        if not batches or batches[-1].append(**row) is None:
            batches.append(producer.create_batch())
            batches[-1].append(**row)
    return batches


async def patiently(action: Any, what: str) -> Any:
    """Repeat ``action`` until the broker answers: a worker waits for it and goes on by itself."""
    pause = 0.1
    while True:
        try:
            return await action()
        except (KafkaError, OSError) as error:
            log.warning("kafka.waiting", what=what, error=repr(error), again_in_seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)
