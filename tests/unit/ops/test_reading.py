"""A topic is read batch by batch: what was read is let go of, and so is the consumer, however the reading ends."""

from contextlib import aclosing

import pytest

from ops.local.open_cases import folds
from ops.local.reading import batches, unheard
from shared.contract.records import Record
from shared.contract.topics import partition_of
from shared.errors import BrokersSilent
from shared.log.silence import Silence
from tests.support.memory_log import MemoryLog
from tests.support.stored_journeys import journeys

AT_ONCE = 10


class Body(bytes):
    """A body that is counted for as long as somebody holds it; ``most``: so many were held at once."""

    held = most = 0

    def __init__(self, _: bytes) -> None:
        Body.held += 1
        Body.most = max(Body.most, Body.held)

    def __del__(self) -> None:
        Body.held -= 1


class MadeTopic:
    """Partitions of so many records, which are made as they are read; ``open``: the partitions that are being read."""

    def __init__(self, *records: int) -> None:
        self.records = records
        self.open: list[int] = []

    @property
    def ends(self) -> dict[int, int]:
        """Where the partitions end."""
        return dict(enumerate(self.records))

    async def beginning(self, partition: int) -> int:
        """Nothing was ever trimmed here."""
        return 0

    async def read(self, partition: int, offset: int) -> "MadeReader":
        """A reader, which has to be stopped."""
        self.open.append(partition)
        return MadeReader(self, partition, offset)


class MadeReader:
    """Makes a few records at once."""

    def __init__(self, topic: MadeTopic, partition: int, offset: int) -> None:
        self._topic, self._partition, self._offset = topic, partition, offset

    async def batch(self, wait_seconds: float) -> list[Record]:
        """The next ones."""
        first, self._offset = self._offset, min(self._offset + AT_ONCE, self._topic.records[self._partition])
        return [Record(self._partition, at, "k", Body(b"v"), {}) for at in range(first, self._offset)]

    async def position(self) -> int:
        """The offset to be read next."""
        return self._offset

    async def stop(self) -> None:
        """Read no more."""
        self._topic.open.remove(self._partition)


async def test_of_a_long_partition_never_more_is_held_than_a_batch_and_the_next_one() -> None:
    """Whoever keeps nothing needs as little memory for ten million records as for ten."""
    topic, read, Body.most = MadeTopic(50 * AT_ONCE, 50 * AT_ONCE), 0, 0
    async with aclosing(batches(topic, topic.ends)) as found:
        async for batch in found:
            read += len(batch.records)
    del batch

    assert 100 * AT_ONCE == read
    assert AT_ONCE <= Body.most <= 2 * AT_ONCE
    assert 0 == Body.held


async def failing(topic: MadeTopic) -> None:
    """Fail over the first batch."""
    async with aclosing(batches(topic, topic.ends)) as found:
        async for _ in found:
            raise ZeroDivisionError


async def test_the_consumer_is_closed_also_for_whoever_leaves_early_or_fails() -> None:
    """One is open at a time: of the partition that is read."""
    topic = MadeTopic(3 * AT_ONCE, 3 * AT_ONCE)
    async with aclosing(batches(topic, topic.ends)) as found:
        async for batch in found:
            assert [batch.partition] == topic.open
            if batch.partition == 1:
                break
    assert [] == topic.open

    with pytest.raises(ZeroDivisionError):
        await failing(topic)
    assert [] == topic.open


async def test_what_comes_after_the_ends_that_are_named_is_left_out_and_what_came_before_the_beginning() -> None:
    """Whoever appends meanwhile keeps nobody reading for ever; an end is said once, with the batch that reaches it."""
    topic = MadeTopic(3 * AT_ONCE, 0, 2 * AT_ONCE)
    async with aclosing(batches(topic, {0: 22, 1: 0, 2: 20}, since={0: 5})) as found:
        got = [(one.partition, [r.offset for r in one.records], one.last) async for one in found]

    assert [(0, 5, 14, False), (0, 15, 21, True), (2, 0, 9, False), (2, 10, 19, True)] == [
        (partition, offsets[0], offsets[-1], last) for partition, offsets, last in got
    ]
    assert 17 + 20 == sum(len(offsets) for _, offsets, _ in got)


async def test_how_far_it_is_is_told_after_each_batch_over_all_partitions() -> None:
    """At the end all is done."""
    topic, told = MadeTopic(25, 0, 10), list[tuple[int, int]]()
    async with aclosing(batches(topic, topic.ends, lambda done, of: told.append((done, of)))) as found:
        async for _ in found:
            pass

    assert [(10, 35), (20, 35), (25, 35), (35, 35)] == told


async def test_every_partition_is_folded_by_itself_with_all_of_its_cases() -> None:
    """Markers of transactions are no records; a partition that holds nothing has no fold."""
    log, rows = MemoryLog(partitions=3), journeys(4)
    wanted: dict[int, set[str]] = {}
    for row in rows:
        partition = partition_of(row.key, 3)
        wanted.setdefault(partition, set()).add(row.key)
        writer = log.writer("routing", partition)
        await writer.start()
        await writer.append([row])
    async with aclosing(folds(log, unheard)) as found:
        got = {one.partition: {case for case, _ in one.cases.items()} async for one in found}

    assert wanted == got
    assert 0 < len(wanted) < 4


async def test_brokers_that_bring_nothing_any_more_are_given_up() -> None:
    """They are frozen, perhaps for ever; the consumer is closed."""
    topic = MadeTopic(AT_ONCE)
    async with aclosing(batches(topic, {0: AT_ONCE + 1}, silent_seconds=0.0)) as found:
        first = await anext(found)
        with pytest.raises(BrokersSilent, match="redress status"):
            await anext(found)

    assert (AT_ONCE, False, []) == (len(first.records), first.last, topic.open)


def test_only_waiting_counts_and_only_since_something_came() -> None:
    """What is done with records between two batches may take as long as it likes."""
    silence = Silence(2.0)
    for further in (False, False, True, False, False):
        silence.after(1.0, further=further)

    with pytest.raises(BrokersSilent):
        silence.after(1.0, further=False)
