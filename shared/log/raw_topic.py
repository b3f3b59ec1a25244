"""A topic as it lies there, for who keeps it elsewhere and brings it back: every record, whoever wrote it."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import NamedTuple, Self

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from shared.contract.topics import partitions_of, topic_name
from shared.errors import BrokersSilent
from shared.log.kafka_client import client_options, start, stop_consumer, stop_producer
from shared.log.posted_records import Raw, raw_of
from shared.log.silence import Silence
from shared.process.settings import Settings

READ_MS = 500
FETCH_BYTES = 4 * 2**20
READ_BATCH = 5000
LARGEST_REQUEST = 8 * 2**20
APPEND_SECONDS = 60.0
"""Brokers that are there take a thousand of the largest records in less; a client tries for ever."""


class Span(NamedTuple):
    """What a partition holds: the offset of its oldest record, and the one after its last."""

    begin: int
    end: int


class RawTopic:
    """All partitions of a topic of an installation. What an aborted transaction left is no record."""

    def __init__(self, settings: Settings, topic: str) -> None:
        self._settings = settings
        self.topic = topic_name(settings, topic)
        self.partitions = partitions_of(settings, topic)
        self._asked = self._consumer()
        self._producer: AIOKafkaProducer | None = None

    async def __aenter__(self) -> Self:
        await start(self._asked, self._settings)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await stop_consumer(self._asked)
        if self._producer is not None:
            await stop_producer(self._producer)

    def _consumer(self) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            **client_options(self._settings), group_id=None, enable_auto_commit=False, auto_offset_reset="none",
            isolation_level="read_committed", max_partition_fetch_bytes=FETCH_BYTES, max_poll_records=READ_BATCH,
        )  # fmt: skip

    async def spans(self) -> dict[int, Span]:
        """What each partition holds now."""
        places = [TopicPartition(self.topic, number) for number in range(self.partitions)]
        begins, ends = await self._asked.beginning_offsets(places), await self._asked.end_offsets(places)
        return {place.partition: Span(begins[place], ends[place]) for place in places}

    async def read(self, partition: int, span: Span) -> AsyncIterator[tuple[list[Raw], int]]:
        """The records of a span in order, in batches, each with the offset from which the next one is read."""
        place, at = TopicPartition(self.topic, partition), span.begin
        if at >= span.end:
            return
        consumer = self._consumer()  # one each: of a consumer that was assigned anew, stop() may wait for ever
        silence = Silence()
        await start(consumer, self._settings)
        try:
            consumer.assign([place])
            consumer.seek(place, at)
            while at < span.end:
                asked, before = time.monotonic(), at
                found = await consumer.getmany(place, timeout_ms=READ_MS)
                at = await consumer.position(place)
                silence.after(time.monotonic() - asked, further=at > before)
                yield [raw_of(one) for one in found.get(place, ()) if one.offset < span.end], min(at, span.end)
        finally:
            await stop_consumer(consumer)

    async def append(self, partition: int, records: Sequence[Raw]) -> None:
        """Append records in order, as they are; durable when this returns. Raises BrokersSilent."""
        try:
            async with asyncio.timeout(APPEND_SECONDS):
                await self._append(partition, records)
        except TimeoutError as error:
            raise BrokersSilent from error

    async def _append(self, partition: int, records: Sequence[Raw]) -> None:
        if self._producer is None:
            self._producer = producer = AIOKafkaProducer(
                **client_options(self._settings), enable_idempotence=True, acks="all", compression_type="zstd",
                linger_ms=5, max_batch_size=2**20, max_request_size=LARGEST_REQUEST,
            )  # fmt: skip
            await start(producer, self._settings)
        sent = []
        for one in records:
            headers = list(one.headers)
            sent.append(await self._producer.send(self.topic, one.value, one.key, partition, headers=headers))
        await asyncio.gather(*sent)
