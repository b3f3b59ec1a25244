"""Progress of a partition: who waits hears of it at once, also of what is never handed over; nobody hears too early."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from shared.contract.records import Outgoing, Record
from shared.log.following import WholeLogProgress
from shared.log.progress import FEW, Progress, follow
from tests.support.memory_log import MemoryLog

SOON = 2.0
"""Seconds that end a test which would wait for ever; far below the time that a reader waits for records."""

FOR_EVER = 600.0
"""Seconds of a rest that no test sees the end of."""


class Partition:
    """A partition as a reader sees it: records wake it, and transaction markers move its position silently."""

    def __init__(self) -> None:
        self.waits = 0
        self.looked = 0
        self._end = 0
        self._fresh: list[Record] = []
        self._news = asyncio.Event()

    def mark(self) -> None:
        """A transaction ends: one offset that is never handed over."""
        self._end += 1

    def append(self) -> None:
        """A record lies there."""
        self._fresh.append(Record(0, self._end, "case", b"", {}))
        self._end += 1
        self._news.set()

    async def batch(self, wait_seconds: float) -> list[Record]:
        """See ``Reader``."""
        self.waits += 1
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_seconds):
                await self._news.wait()
        self._news.clear()
        found, self._fresh = self._fresh, []
        return found

    async def position(self) -> int:
        """See ``Reader``."""
        self.looked += 1
        return self._end

    async def stop(self) -> None:
        """See ``Reader``."""


async def _nothing(_: Sequence[Record]) -> None:
    """Take records in, and nothing else."""


async def test_a_marker_is_seen_while_the_reader_waits_for_records() -> None:
    """The end of a transaction hands nothing over, and yet lets go who waits for the position behind it."""
    partition, progress = Partition(), Progress()
    following = asyncio.create_task(follow(partition, progress, _nothing))
    waiting = asyncio.create_task(progress.past(1))
    partition.append()
    await asyncio.sleep(0.05)
    partition.mark()

    async with asyncio.timeout(SOON):
        await waiting
    following.cancel()

    assert 2 == progress.position


async def test_nobody_sees_a_position_before_its_records_are_taken_in() -> None:
    """However long taking takes: the reader is ahead of what was taken, and nobody who waits is let go."""
    partition, progress, gate = Partition(), Progress(), asyncio.Event()
    taken: list[Record] = []

    async def take(records: Sequence[Record]) -> None:
        await gate.wait()
        taken.extend(records)

    following = asyncio.create_task(follow(partition, progress, take))
    waiting = asyncio.create_task(progress.past(0))
    partition.append()
    await asyncio.sleep(0.1)
    early = waiting.done(), progress.position
    gate.set()
    async with asyncio.timeout(SOON):
        await waiting
    following.cancel()

    assert ((False, 0), 1) == (early, len(taken))


async def test_a_marker_behind_records_is_seen_though_nobody_here_waits() -> None:
    """Somebody outside may wait: the steered clock, or who asks whether the log is within reach."""
    partition, progress = Partition(), Progress()
    following = asyncio.create_task(follow(partition, progress, _nothing))
    await asyncio.sleep(0.1)
    partition.append()
    partition.mark()
    async with asyncio.timeout(SOON):
        while progress.position < 2:
            await asyncio.sleep(0.01)
    following.cancel()


async def test_where_nothing_comes_it_is_looked_more_and_more_seldom() -> None:
    """An idle partition costs next to nothing: each wait is twice as long as the one before."""
    partition, progress = Partition(), Progress()
    following = asyncio.create_task(follow(partition, progress, _nothing))
    await asyncio.sleep(0.7)
    following.cancel()

    assert partition.waits < 10


async def test_many_wait_and_one_looks() -> None:
    """Fifty who wait cost no more looks than one, and each is let go."""
    partition, progress = Partition(), Progress()
    following = asyncio.create_task(follow(partition, progress, _nothing))
    waiting = [asyncio.create_task(progress.past(0)) for _ in range(50)]
    await asyncio.sleep(0.1)
    partition.mark()
    async with asyncio.timeout(SOON):
        await asyncio.gather(*waiting)
    following.cancel()

    assert partition.looked < 50


async def test_who_rests_takes_the_next_records_together_and_whoever_waits_ends_the_rest() -> None:
    """After a few records nothing is read for a while; one who waits for a record has it at once all the same."""
    partition, progress, batches = Partition(), Progress(), list[int]()
    progress.rest_seconds = FOR_EVER

    async def take(records: Sequence[Record]) -> None:
        batches.append(len(records))

    following = asyncio.create_task(follow(partition, progress, take))
    for _ in range(3):
        partition.append()
        await asyncio.sleep(0.05)
    before = list(batches)
    async with asyncio.timeout(SOON):
        await progress.past(2)
    following.cancel()

    assert ([1], [1, 2]) == (before, batches)


async def test_nobody_rests_over_a_backlog() -> None:
    """Where many records come at once more are there, and a rest would only make them wait."""
    partition, progress = Partition(), Progress()
    progress.rest_seconds = FOR_EVER
    for _ in range(FEW):
        partition.append()
    following = asyncio.create_task(follow(partition, progress, _nothing))
    await asyncio.sleep(0.05)
    partition.append()
    async with asyncio.timeout(SOON):
        while progress.position <= FEW:
            await asyncio.sleep(0.01)
    following.cancel()


async def test_whoever_asks_is_answered_from_what_was_in_the_log_before() -> None:
    """And for a while after it nobody rests: the next who asks has it at once."""
    log, taken = MemoryLog(1), list[int]()
    whole = WholeLogProgress(log, rest_seconds=FOR_EVER)

    async def take(records: Sequence[Record]) -> None:
        taken.extend(record.offset for record in records)

    running = asyncio.create_task(whole.run(lambda partition: whole.read(partition, take)))
    await whole.caught_up.wait()
    await log.append([Outgoing("case", b"first", [])])
    await asyncio.sleep(0.05)
    await log.append([Outgoing("case", b"while it rests", [])])
    await asyncio.sleep(0.05)
    resting = list(taken)
    async with asyncio.timeout(SOON):
        await whole.fresh()
    asked = list(taken)
    await log.append([Outgoing("case", b"after a question", [])])
    await asyncio.sleep(0.05)
    running.cancel()

    assert ([0], [0, 1], [0, 1, 2]) == (resting, asked, taken)
