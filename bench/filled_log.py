"""A broker's log filled by a generator: lives from receipt to archive, and in the end cases that are open."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from confluent_kafka import KafkaException, Producer

from bench.cases import open_cases
from bench.ground import opened
from bench.lives import Life, alive, archived, copies
from bench.table import progress
from shared.contract.records import Outgoing
from shared.contract.topics import partition_of
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings

DISTINCT = 100
"""Lives that are really lived, of each kind."""
OPEN_SHARE, OPEN_MOST = 0.1, 20_000
"""Events of open cases: a tenth of them, of at most so many cases."""
SAID_EVERY = 1_000_000


class Filled(NamedTuple):
    """What stands in the log: copies of lives that are over, numbered from 1, then of such that are not."""

    closed: Sequence[Life]
    over: int
    open: Sequence[Life]
    still_open: int

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return self.over + self.still_open

    def case(self, number: int) -> str:
        """The id of a case by its number, from 1."""
        lives = self.closed if number <= self.over else self.open
        return lives[number % len(lives)].case_of(number)


async def fill(settings: Settings, events: int) -> Filled:
    """Write a log of about so many events."""
    progress(f"{events:,} events are made")
    closed, open_ = archived(DISTINCT), alive(await open_cases(DISTINCT))
    still_open = min(OPEN_MOST, int(events * OPEN_SHARE / _mean(open_)))
    over = int((events - still_open * _mean(open_)) / _mean(closed))
    async with opened(settings) as log:
        assert isinstance(log, KafkaLog)
        await asyncio.to_thread(_append, log, copies(closed, over, 1))
        await asyncio.to_thread(_append, log, copies(open_, still_open, 1 + over))
    return Filled(closed, over, open_, still_open)


def _mean(lives: Sequence[Life]) -> float:
    return sum(map(len, lives)) / len(lives)


def _append(log: KafkaLog, records: Iterable[Outgoing]) -> None:
    """Append many records, durable when this returns; by librdkafka, so that a generator is not what is waited for."""
    failed: list[object] = []
    options = {"bootstrap.servers": log.settings.bootstrap, "enable.idempotence": True, "linger.ms": 50}
    producer = Producer(options | {"compression.type": "zstd"})
    for number, record in enumerate(records, 1):
        partition = partition_of(record.key, log.partitions)
        key, value, headers = log.proofs.signed(record, partition)
        while True:
            try:
                producer.produce(
                    log.topic, value, key, partition, headers=list[tuple[str, str | bytes | None]](headers),
                    on_delivery=lambda error, _: failed.append(error) if error else None,
                )  # fmt: skip
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
        if number % SAID_EVERY == 0:
            progress(f"{number:,} events are written")
    producer.flush()
    if failed:
        raise KafkaException(failed[0])
