"""Appends to one partition of Kafka in transactions; whoever starts later with the same id fences the former."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from aiokafka import AIOKafkaProducer

from shared.contract.records import Outgoing
from shared.log.kafka_client import client_options, start, stop_producer
from shared.process import bombs
from shared.process.pace import Pace
from shared.process.settings import Settings

TRANSACTION_TIMEOUT_MS = 10_000
"""A transaction outlives the death of the broker that leads its partition or keeps its state (five seconds), also on a
busy machine. One whose worker died is ended by the partition's next owner as soon as he has its right to append; if
nobody comes, it holds back every committed reader of the partition for so long."""
Sign = Callable[[Outgoing, int], Outgoing]
"""Gives a record for a partition its proofs."""
LARGEST_BATCH_BYTES = 2**20
"""A fact larger than a batch could not be appended at all."""


class KafkaWriter:
    """A transactional producer with the partition's own transactional id."""

    def __init__(self, settings: Settings, topic: str, transactional_id: str, partition: int, sign: Sign) -> None:
        self._settings = settings
        self._topic = topic
        self._id = transactional_id
        self._partition = partition
        self._sign = sign
        self._producer: AIOKafkaProducer | None = None

    async def start(self) -> None:
        """See ``Writer``."""
        producer = AIOKafkaProducer(
            **client_options(self._settings),
            transactional_id=self._id,
            transaction_timeout_ms=TRANSACTION_TIMEOUT_MS,
            linger_ms=0,
            max_batch_size=LARGEST_BATCH_BYTES,
            max_request_size=8 * 2**20,
            compression_type="zstd",
        )
        await start(producer, self._settings)
        self._producer = producer

    async def append(self, records: Sequence[Outgoing]) -> list[int]:
        """See ``Writer``. Everything is decided before: nothing slow happens inside the transaction."""
        producer = self._producer
        assert producer is not None, "start() comes first"  # noqa: S101
        batches = _batches(producer, await self._signed(records))
        bombs.hit("begin")
        async with producer.transaction():
            sent = [await producer.send_batch(batch, self._topic, partition=self._partition) for batch in batches]
            bombs.hit("send")
            firsts = [metadata.offset for metadata in await asyncio.gather(*sent)]
            bombs.hit("commit")
        return [first + at for first, batch in zip(firsts, batches, strict=True) for at in range(batch.record_count())]

    async def _signed(self, records: Sequence[Outgoing]) -> list[Outgoing]:
        pace, signed = Pace(), []
        for record in records:
            signed.append(self._sign(record, self._partition))
            await pace.step()
        return signed

    async def stop(self) -> None:
        """See ``Writer``. A fenced producer's complaint at its end is of no interest any more."""
        if self._producer is not None:
            producer, self._producer = self._producer, None
            await stop_producer(producer)


def _batches(producer: AIOKafkaProducer, records: Sequence[Outgoing]) -> list[Any]:
    """The records as the broker takes them. Building them here spares a future and a look-up per record."""
    batches: list[Any] = []
    for record in records:
        row = {"timestamp": None, "key": record.key.encode(), "value": record.value, "headers": record.headers}
        if not batches or batches[-1].append(**row) is None:
            batches.append(producer.create_batch())
            batches[-1].append(**row)
    return batches
