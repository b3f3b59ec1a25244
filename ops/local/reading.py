"""Reading topics from beginning to end, for commands that look and go."""

import time
from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType

from shared.contract.envelope import Event
from shared.contract.events import CATALOGUE
from shared.contract.records import Reader, Record
from shared.contract.topics import EVENTS
from shared.contract.upcasting import event_from
from shared.errors import Unreadable
from shared.log.kafka_log import KafkaLog
from shared.log.silence import SILENT_SECONDS, Silence
from shared.process.settings import Settings

READ_SECONDS = 0.05


def event_of(record: Record) -> Event:
    """The event of a record, in its newest version. Raises Unreadable, naming the place of the record."""
    try:
        event = event_from(record)
        if event.name not in CATALOGUE:
            raise Unreadable(f"{event.type} is not in this version's catalogue.")
    except Unreadable as error:
        place = f"Record {record.offset} of partition {record.partition}, case {record.key}"
        raise Unreadable(f"{place}, cannot be read: {error.detail}") from error
    return event


async def read_topic(
    settings: Settings,
    topic: str = EVENTS,
    partition: int | None = None,
    *,
    proven: bool = True,
    since: Mapping[int, int] = MappingProxyType({}),
) -> list[Record]:
    """Every committed record of a topic (or of one partition) up to its end now; those of anybody only on demand.

    ``since``: the offset to begin at, by partition; where none is named, the beginning.
    """
    log = KafkaLog(settings, topic)
    try:
        partitions = range(log.partitions) if partition is None else [partition]
        found: list[Record] = []
        for number in partitions:
            found += await _read(log, number, proven, since.get(number, 0))
        return found
    finally:
        await log.stop()


async def _read(log: KafkaLog, partition: int, proven: bool, since: int) -> list[Record]:
    end = await log.end(partition)
    beginning = max(since, await log.beginning(partition))
    reader = await (log.read(partition, beginning) if proven else log.read_unproven(partition, beginning))
    try:
        found: list[Record] = []
        async for records, _ in batches(reader, end):
            found += records
        return found
    finally:
        await reader.stop()


async def batches(
    reader: Reader, end: int, silent_seconds: float = SILENT_SECONDS
) -> AsyncIterator[tuple[list[Record], int]]:
    """The records of a partition up to an offset, in batches, each with the place of the next. Raises BrokersSilent."""
    silence = Silence(silent_seconds)
    at = await reader.position()
    while at < end:
        asked, before = time.monotonic(), at
        found = await reader.batch(READ_SECONDS)
        at = await reader.position()
        silence.after(time.monotonic() - asked, further=at > before)
        yield [record for record in found if record.offset < end], at
