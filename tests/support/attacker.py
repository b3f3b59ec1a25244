"""Somebody who can write to the brokers and has none of the keys of Redress."""

import asyncio
from collections.abc import Iterable, Mapping

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from shared.contract.records import Record
from shared.contract.topics import partition_of, partitions_of, topic_name
from shared.process.settings import Settings

Headers = Iterable[tuple[str, bytes]]


def write(
    settings: Settings, topic: str, key: str, value: bytes, headers: Headers = (), partition: int | None = None
) -> int:
    """Append a record with a plain producer, where its key belongs; its offset."""
    place = partition_of(key, partitions_of(settings, topic)) if partition is None else partition

    async def send() -> int:
        producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap)
        await producer.start()
        try:
            name = topic_name(settings, topic)
            sent = await producer.send_and_wait(name, value, key.encode(), place, headers=list(headers))
            return int(sent.offset)
        finally:
            await producer.stop()

    return asyncio.run(send())


def read(settings: Settings, topic: str) -> list[Record]:
    """Everything that lies in a topic, with a plain consumer."""

    async def everything() -> list[Record]:
        consumer = AIOKafkaConsumer(bootstrap_servers=settings.bootstrap, enable_auto_commit=False)
        await consumer.start()
        try:
            places = [TopicPartition(topic_name(settings, topic), p) for p in range(partitions_of(settings, topic))]
            ends = await consumer.end_offsets(places)
            consumer.assign(places)
            await consumer.seek_to_beginning(*places)
            found: list[Record] = []
            while any([await consumer.position(place) < ends[place] for place in places]):
                for place, rows in (await consumer.getmany(timeout_ms=200)).items():
                    found += [
                        Record(place.partition, r.offset, (r.key or b"").decode(), r.value or b"", dict(r.headers))
                        for r in rows
                    ]
            return found
        finally:
            await consumer.stop()

    return asyncio.run(everything())


def changed(value: bytes, **fields: object) -> bytes:
    """A JSON body with other fields."""
    body: Mapping[str, object] = orjson.loads(value)
    return orjson.dumps({**body, **fields})
