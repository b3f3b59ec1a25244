"""A Kafka log appends to one topic, tells its ends, and makes what reads and writes its partitions.

``KafkaLog`` is the ``EventLog`` (``shared.contract.records``) on a real Kafka; ``tests/support/memory_log.py`` is its
twin for fast tests. Both pass one contract test.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from shared.contract.records import Outgoing, Position, Record
from shared.contract.topics import EVENTS, partition_of, partitions_of, topic_name
from shared.log.appender import Appender
from shared.log.kafka_client import client_options, start, stop_consumer
from shared.log.kafka_reader import KafkaReader, Only
from shared.log.kafka_writer import KafkaWriter
from shared.log.offset_reader import FETCH_ONE_BYTES, OffsetReader
from shared.log.recent_records import RecentRecords
from shared.log.unproven import Gate
from shared.process.pace import each
from shared.process.settings import Settings
from shared.sealing.proofs import Proofs

READ_BATCH = 2000
"""Records handed over at once: enough to amortise a fetch, few enough to let other tasks run in between."""
FETCH_BYTES = 4 * 2**20
"""Largest part of one fetch: a fold reads a partition from its beginning."""
FOLLOW_SECONDS = 5.0
"""How long the broker holds a fetch of somebody who follows a topic; it answers at once when there is something."""
SOON_MS = 4000
"""How long a broker may take for what somebody waits for who gives up after five seconds: a request that is given up
from outside leaves its connection as it is, so the next one would wait at the same broker."""
SEEK_SECONDS = 0.5
"""The same for somebody who picks records by their places: the next seek has to wait for it."""


class KafkaLog:
    """One topic of the log on a real Kafka."""

    def __init__(self, settings: Settings, topic: str = EVENTS) -> None:
        self.settings = settings
        self.topic = topic_name(settings, topic)
        self.partitions = partitions_of(settings, topic)
        self.proofs = Proofs(settings, topic)
        before = settings.unsigned_before
        self.gate = Gate(self.topic, self.proofs.fault, int(before.timestamp() * 1000) if before else None)
        self._appender = Appender(self.topic, self.partitions, self._producer, partial(start, settings=settings))
        self._ends: AIOKafkaConsumer | None = None
        self._starting = asyncio.Lock()
        self._offset_readers: dict[int, OffsetReader] = {}
        self._recent: RecentRecords | None = None

    def keep_recent(self) -> None:
        """Keep what committed readers bring from now on for a while: ``records_at`` finds it without asking."""
        self._recent = RecentRecords()

    async def append(self, records: Sequence[Outgoing]) -> list[Position]:
        """Append idempotently, outside transactions, and wait until it is durable; an id under way is joined.

        Raises:
            OutcomeUnknown: not confirmed in time; it may still be appended, so repeat with the same ids.
            RecordTooLarge: the log never takes this.
            MayNotAppend: the brokers refuse this client.
        """
        return await self._appender.append(await each(records, self._signed))

    def _signed(self, record: Outgoing) -> Outgoing:
        return self.proofs.signed(record, partition_of(record.key, self.partitions))

    @property
    def can_append(self) -> bool:
        """Whether what is appended is taken in time; False since an append failed until the brokers can take one."""
        return self._appender.works

    def _producer(self) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            **client_options(self.settings, SOON_MS), enable_idempotence=True, acks="all", linger_ms=0,
            compression_type="zstd",
        )  # fmt: skip

    async def end(self, partition: int) -> int:
        """The offset after the partition's last record, committed or not."""
        return (await self.ends([partition]))[partition]

    async def ends(self, partitions: Sequence[int] | None = None) -> dict[int, int]:
        """The end of each partition; read uncommitted, since a committed reader would be told the last stable one."""
        async with self._starting:
            if self._ends is None:
                consumer = AIOKafkaConsumer(**client_options(self.settings, SOON_MS), enable_auto_commit=False)
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

    async def offset_at(self, partition: int, instant: datetime) -> int:
        """See ``EventLog``."""
        end = await self.end(partition)
        assert self._ends is not None  # noqa: S101 - made by end()
        tp = TopicPartition(self.topic, partition)
        found = (await self._ends.offsets_for_times({tp: int(instant.timestamp() * 1000)}))[tp]
        return end if found is None else int(found.offset)

    async def read(
        self, partition: int, offset: int = 0, *, committed: bool = True, only: Only | None = None
    ) -> KafkaReader:
        """A reader of one partition, from ``offset`` on; ``only``: of what is wanted."""
        recent = self._recent if committed else None
        return await self._open(partition, offset, committed=committed, recent=recent, only=only)

    async def read_unproven(self, partition: int, offset: int = 0) -> KafkaReader:
        """A reader of what lies there, whoever wrote it: for those who look at the proofs themselves."""
        return await self._open(partition, offset, proven=False)

    async def read_in_group(self, partition: int, group: str) -> KafkaReader:
        """A reader from where the group had got to; from the beginning where it kept nothing that is still there."""
        beginning = await self.beginning(partition)
        reader = await self._open(partition, beginning, group=f"{self.settings.installation}.{group}")
        try:
            await reader.resume(beginning)
        except BaseException:
            await reader.stop()
            raise
        return reader

    async def _open(
        self,
        partition: int,
        offset: int,
        *,
        committed: bool = True,
        group: str | None = None,
        fetch_bytes: int = FETCH_BYTES,
        fetch_seconds: float = FOLLOW_SECONDS,
        proven: bool = True,
        recent: RecentRecords | None = None,
        only: Only | None = None,
    ) -> KafkaReader:
        consumer = AIOKafkaConsumer(
            **client_options(self.settings),
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed" if committed else "read_uncommitted",
            max_poll_records=READ_BATCH,
            fetch_max_wait_ms=int(fetch_seconds * 1000),
            consumer_timeout_ms=int(fetch_seconds * 1000),
            max_partition_fetch_bytes=fetch_bytes,
        )
        await start(consumer, self.settings)
        tp = TopicPartition(self.topic, partition)
        consumer.assign([tp])
        consumer.seek(tp, offset)
        return KafkaReader(consumer, tp, self.gate if proven else None, recent, only)

    async def records_at(self, partition: int, offsets: Sequence[int]) -> list[Record]:
        """The records at these ascending offsets; neighbours come with one fetch, what was just read with none."""
        found = self._recent.pick(partition, offsets) if self._recent is not None else {}
        if missing := [offset for offset in offsets if offset not in found]:
            found |= {record.offset: record for record in await self._fetched(partition, missing)}
        return [found[offset] for offset in offsets]

    async def _fetched(self, partition: int, offsets: Sequence[int]) -> list[Record]:
        if partition not in self._offset_readers:
            opened = partial(self._open, partition, fetch_bytes=FETCH_ONE_BYTES, fetch_seconds=SEEK_SECONDS)
            self._offset_readers[partition] = OffsetReader(opened)
        return await self._offset_readers[partition].pick(offsets)

    def writer(self, service: str, partition: int) -> KafkaWriter:
        """The right of a service to append to one partition; not taken before it is started."""
        return KafkaWriter(
            self.settings,
            self.topic,
            f"{self.settings.installation}.{service}-{partition}",
            partition,
            self.proofs.signed,
        )

    async def stop(self) -> None:
        """Let go of all connections that this object opened for itself."""
        await self._appender.stop()
        for reader in self._offset_readers.values():
            await reader.stop()
        if self._ends is not None:
            await stop_consumer(self._ends)
        self._ends = None
        self._offset_readers.clear()
