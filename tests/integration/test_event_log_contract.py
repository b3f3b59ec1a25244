"""One contract, two logs: the twin in memory cannot drift from the log on a real Kafka."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from aiokafka.errors import KafkaError

from shared.contract.records import EventLog, Outgoing, Record
from shared.contract.topics import partition_of
from shared.log.kafka_log import KafkaLog
from shared.log.offset_reader import OffsetReader
from tests.support.memory_log import MemoryLog

PARTITION = 1


def key_of(partition: int) -> str:
    """A fresh case id that belongs to ``partition``."""
    return next(k for k in iter(lambda: str(uuid4()), "") if partition_of(k, 4) == partition)


def record(text: str, key: str) -> Outgoing:
    """A small record."""
    return Outgoing(key, text.encode(), [("redress-id", text.encode())])


async def read_all(log: EventLog, committed: bool = True) -> list[Record]:
    """Everything visible in the partition, waited for until the reader has passed its end."""
    end = await log.end(PARTITION)
    reader = await log.read(PARTITION, 0, committed=committed)
    found: list[Record] = []
    while await reader.position() < end:
        found += await reader.batch(0.05)
    await reader.stop()
    return found


@pytest.fixture(params=["memory", pytest.param("kafka", marks=pytest.mark.kafka)])
async def log(request: pytest.FixtureRequest) -> AsyncIterator[EventLog]:
    """An empty log."""
    if request.param == "memory":
        yield MemoryLog()
        return
    events = KafkaLog(await request.getfixturevalue("fresh_topics")())
    yield events
    await events.stop()


async def test_what_is_appended_is_read_back_in_order_with_its_headers(log: EventLog) -> None:
    """Appended records come back in order, keyed and with headers, at the places that were answered."""
    key = key_of(PARTITION)
    positions = await log.append([record(f"e{n}", key) for n in range(5)])

    found = await read_all(log)

    assert [(b"e%d" % n, key, b"e%d" % n) for n in range(5)] == [
        (r.value, r.key, r.headers["redress-id"]) for r in found
    ]
    assert [p.offset for p in positions] == [r.offset for r in found]
    assert {PARTITION} == {p.partition for p in positions}


async def test_a_transaction_is_visible_as_a_whole_and_occupies_one_more_offset(log: EventLog) -> None:
    """The marker moves the end beyond the last record: a reader's position counts, not its last record."""
    key = key_of(PARTITION)
    writer = log.writer("routing", PARTITION)
    await writer.start()
    offsets = await writer.append([record("a", key), record("b", key)])

    found = await read_all(log)

    assert [0, 1] == offsets
    assert [b"a", b"b"] == [r.value for r in found]
    assert 3 == await log.end(PARTITION)
    await writer.stop()


async def test_a_transaction_may_be_larger_than_a_record_batch(log: EventLog) -> None:
    """Three megabytes in one transaction: all there, in order, at the places that were answered."""
    key = key_of(PARTITION)
    texts = [f"{n:04}" + "x" * 10_000 for n in range(300)]
    writer = log.writer("routing", PARTITION)
    await writer.start()
    offsets = await writer.append([record(text, key) for text in texts])

    found = await read_all(log)

    assert texts == [r.value.decode() for r in found]
    assert offsets == [r.offset for r in found]
    await writer.stop()


async def test_a_later_writer_fences_the_former_one(log: EventLog) -> None:
    """Who starts later has the right; what the former one still tries is refused and never seen."""
    key = key_of(PARTITION)
    former, later = log.writer("routing", PARTITION), log.writer("routing", PARTITION)
    await former.start()
    await former.append([record("first", key)])
    await later.start()

    with pytest.raises((KafkaError, AssertionError)):
        await former.append([record("zombie", key)])
    await later.append([record("second", key)])

    assert [b"first", b"second"] == [r.value for r in await read_all(log)]
    await former.stop()
    await later.stop()


async def test_writers_of_two_services_do_not_fence_each_other(log: EventLog) -> None:
    """The right is per service and partition."""
    key = key_of(PARTITION)
    routing, sla = log.writer("routing", PARTITION), log.writer("sla", PARTITION)
    await routing.start()
    await sla.start()
    await routing.append([record("routed", key)])
    await sla.append([record("started", key)])

    assert [b"routed", b"started"] == [r.value for r in await read_all(log)]
    await routing.stop()
    await sla.stop()


async def test_a_reader_starts_where_it_is_told_to(log: EventLog) -> None:
    """A reader from offset 2 does not see what lies before."""
    key = key_of(PARTITION)
    await log.append([record(f"e{n}", key) for n in range(4)])
    reader = await log.read(PARTITION, 2)

    found: list[Record] = []
    while len(found) < 2:
        found += await reader.batch(0.1)

    assert [b"e2", b"e3"] == [r.value for r in found]
    await reader.stop()


async def test_a_group_goes_on_where_it_had_got_to_whoever_reads_for_it(log: EventLog) -> None:
    """A group that kept nothing begins at the beginning; what one keeps counts for the same group only."""
    await log.append([record(f"e{n}", key_of(PARTITION)) for n in range(4)])
    first = await log.read_in_group(PARTITION, "echo.commands")
    begun_at = await first.position()
    await first.keep(2)
    await first.stop()

    again, other = [await log.read_in_group(PARTITION, group) for group in ("echo.commands", "sla.commands")]

    assert [0, 2, 0] == [begun_at, await again.position(), await other.position()]
    await again.stop()
    await other.stop()


async def test_single_records_are_picked_from_any_partition_in_any_order(log: EventLog) -> None:
    """Back and forth, over the markers of transactions, and by several callers at once."""
    keys = {partition: key_of(partition) for partition in (1, 2)}
    offsets: dict[int, list[int]] = {1: [], 2: []}
    for partition, key in keys.items():
        writer = log.writer("routing", partition)
        await writer.start()
        for first in range(0, 300, 15):
            offsets[partition] += await writer.append([record(f"{partition}-{first + n}", key) for n in range(15)])
        await writer.stop()

    wanted = [(p, picks) for picks in ([0, 1, 299], [298], [5, 290], [299], [0]) for p in (1, 2)]
    found = await asyncio.gather(*(log.records_at(p, [offsets[p][n] for n in picks]) for p, picks in wanted))

    expected = [[f"{p}-{n}".encode() for n in picks] for p, picks in wanted]
    assert expected == [[one.value for one in records] for records in found]


@pytest.mark.kafka
async def test_what_a_reader_brought_is_not_fetched_again(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a real Kafka, where a log was asked to keep what came by: by their places they are the same records."""
    log, key = KafkaLog(await request.getfixturevalue("fresh_topics")()), key_of(PARTITION)
    log.keep_recent()
    try:
        await log.append([record(f"e{n}", key) for n in range(5)])
        found = await read_all(log)
        monkeypatch.setattr(OffsetReader, "pick", None)

        assert [found[1], found[4]] == await log.records_at(PARTITION, [1, 4])
    finally:
        await log.stop()
