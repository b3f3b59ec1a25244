"""Reading topics up to their ends, for commands that look and go: batch by batch, so that none holds a topic."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from types import MappingProxyType
from typing import NamedTuple, Protocol

from shared.contract.envelope import Event
from shared.contract.events import CATALOGUE
from shared.contract.records import Reader, Record
from shared.contract.topics import EVENTS
from shared.contract.upcasting import event_from
from shared.errors import Unreadable
from shared.log.kafka_log import KafkaLog
from shared.log.kafka_reader import Only
from shared.log.silence import SILENT_SECONDS, Silence
from shared.process.settings import Settings

READ_SECONDS = 0.05
"""How long a reader waits: what is asked for is there, but for what is not committed yet."""
BEGINNING: Mapping[int, int] = MappingProxyType({})
HowFar = Callable[[int, int], None]
"""Hears how much is done, such as how many records were read, and of how much."""
HowFarOfEach = Callable[[str, int, int], None]
"""The same of several things: which it is comes first; of how much is 0 where nobody knows."""
Read = Callable[[int, int], Awaitable[Reader]]
"""Opens a reader of a partition at an offset."""


class Topic(Protocol):
    """What is read: partitions that begin somewhere (``KafkaLog``)."""

    async def beginning(self, partition: int) -> int:
        """The offset of the oldest record that is still there."""

    async def read(self, partition: int, offset: int) -> Reader:
        """A reader of one partition, from ``offset`` on."""


class Batch(NamedTuple):
    """Records of one partition, in order, perhaps none; ``last``: its end is reached with them."""

    partition: int
    records: list[Record]
    last: bool


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


def unheard(done: int, of: int) -> None:
    """How far it is, is told to nobody."""


def of_case(case: str) -> Only:
    """Passes the records of one case: those of others are not even looked at."""
    own = case.encode()
    return lambda key, _: key == own


@asynccontextmanager
async def opened(settings: Settings, topic: str = EVENTS) -> AsyncIterator[KafkaLog]:
    """A topic of an installation, let go of at the end of the block."""
    log = KafkaLog(settings, topic)
    try:
        yield log
    finally:
        await log.stop()


async def batches(
    topic: Topic,
    ends: Mapping[int, int],
    told: HowFar = unheard,
    *,
    since: Mapping[int, int] = BEGINNING,
    read: Read | None = None,
    silent_seconds: float = SILENT_SECONDS,
) -> AsyncGenerator[Batch]:
    """The records of partitions up to these ends, one partition after the other, each by a consumer of its own.

    A batch is let go of once the next one is there. Whoever may leave before the end closes this
    (``contextlib.aclosing``), and with it the consumer. ``since``: the offset to begin at, by partition; where none is
    named, the beginning. ``read``: opens the readers, where it is not the topic's own way.

    Raises:
        BrokersSilent: for ``silent_seconds`` nothing came, of what is there.
    """
    done, total = 0, sum(ends.values())
    for partition, end in ends.items():
        begin = max(since.get(partition, 0), await topic.beginning(partition))
        reader, silence = await (read or topic.read)(partition, begin), Silence(silent_seconds)
        try:
            at = await reader.position()
            while at < end:
                asked, before = time.monotonic(), at
                found = [record for record in await reader.batch(READ_SECONDS) if record.offset < end]
                at = await reader.position()
                silence.after(time.monotonic() - asked, further=at > before)
                position = min(at, end)
                yield Batch(partition, found, position == end)
                told(done + position, total)
        finally:
            await reader.stop()
        done += end


@asynccontextmanager
async def reading(
    settings: Settings,
    topic: str = EVENTS,
    partition: int | None = None,
    *,
    told: HowFar = unheard,
    only: Only | None = None,
    proven: bool = True,
    since: Mapping[int, int] = BEGINNING,
) -> AsyncIterator[AsyncIterator[Record]]:
    """Every committed record of a topic (or of one partition) up to its end now; those of anybody only on demand.

    At the end of the block everything is closed, whether it was read to its end or not. ``only``: passes over records
    before they are looked at.
    """
    async with opened(settings, topic) as log:
        ends = await log.ends(None if partition is None else [partition])

        async def read(number: int, offset: int) -> Reader:
            return await (log.read(number, offset, only=only) if proven else log.read_unproven(number, offset))

        async with (
            aclosing(batches(log, ends, told, since=since, read=read)) as found,
            aclosing(record async for batch in found for record in batch.records) as records,
        ):
            yield records


async def read_topic(
    settings: Settings,
    topic: str = EVENTS,
    partition: int | None = None,
    *,
    proven: bool = True,
    since: Mapping[int, int] = BEGINNING,
) -> list[Record]:
    """All of ``reading`` at once: for what is short, such as reference data."""
    async with reading(settings, topic, partition, proven=proven, since=since) as records:
        return [record async for record in records]
