"""The work of the inbox: whatever is held up or floods, others go on, in order per key, and in bounds."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from services.intake.inbox import window
from services.intake.inbox.answers import NotNow
from services.intake.inbox.cloud_events import TYPE, PostedRecord
from services.intake.inbox.window import RecordPlace, Window
from services.intake.inbox.work import InboxWork, told
from shared.process.retrying import Pauses

AT_ONCE = Pauses(first_seconds=0.001, longest_seconds=0.001)
Goes = Callable[[PostedRecord, int], bool]


@dataclass
class Topic:
    """An inbox in memory, as ``PostedRecords`` reads it."""

    rows: list[list[PostedRecord]]
    kept: dict[int, int] = field(default_factory=dict)
    at: dict[int, int] = field(default_factory=dict)

    async def open(self) -> None:
        """Go to the beginning."""
        self.kept = dict.fromkeys(range(len(self.rows)), 0)
        self.at = dict(self.kept)

    async def close(self) -> None:
        """Nothing to let go of."""

    async def batch(self, partitions: Iterable[int], most: int) -> list[PostedRecord]:
        """The next records."""
        await asyncio.sleep(0)
        found: list[PostedRecord] = []
        for p in partitions:
            taken = self.rows[p][self.at[p] : self.at[p] + most - len(found)]
            self.at[p] += len(taken)
            found += taken
        if not found:
            await asyncio.sleep(0.002)
        return found

    def unread(self) -> int:
        """How many are not read yet."""
        return sum(map(len, self.rows)) - sum(self.at.values())

    async def positions(self) -> dict[int, int]:
        """How far they are read."""
        return dict(self.at)

    async def keep(self, positions: Mapping[int, int]) -> None:
        """Keep these places."""
        self.kept |= positions

    async def again(self, wanted: Mapping[int, Sequence[int]]) -> list[PostedRecord]:
        """Records that were read before."""
        await asyncio.sleep(0)
        assert all([*offsets] == sorted(offsets) for offsets in wanted.values())
        return [self.rows[p][offset] for p, offsets in wanted.items() for offset in offsets]


@dataclass
class Desk:
    """Answers what ``goes``; notes the order, and how many were under way at once."""

    records: Any
    goes: Goes
    answered: list[PostedRecord] = field(default_factory=list)

    async def ready(self) -> None:
        """It always is."""

    def systems(self) -> set[str]:
        """Two of them."""
        return {"hotline", "web"}

    async def attempt(self, record: PostedRecord, tried: int) -> None:
        """Answer a record, or not now."""
        await asyncio.sleep(0)
        if not self.goes(record, tried):
            raise NotNow
        self.answered.append(record)


def posted(partition: int, offset: int, key: str | None, source: str = "hotline") -> PostedRecord:
    """A record of the inbox."""
    event = {"specversion": "1.0", "id": f"{partition}:{offset}", "source": source, "type": TYPE, "data": {}}
    return PostedRecord(partition, offset, None if key is None else key.encode(), orjson.dumps(event), (), offset)


def rows(*partitions: Iterable[tuple[str | None, str]]) -> list[list[PostedRecord]]:
    """Records by partition, of keys and sources."""
    return [[posted(p, n, *one) for n, one in enumerate(row)] for p, row in enumerate(partitions)]


@asynccontextmanager
async def working(topic: Topic, goes: Goes) -> AsyncIterator[tuple[InboxWork, Desk]]:
    """The work under way."""
    desk = Desk(topic, goes)
    work = InboxWork(desk, AT_ONCE)
    task = asyncio.create_task(work.run())
    try:
        yield work, desk
    finally:
        assert not task.done(), task
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition: Callable[[], bool]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


async def test_a_flood_of_one_source_holds_up_no_other() -> None:
    """Nothing of the flood can be answered, and it is ten times what memory takes; the one behind it is."""
    topic = Topic(rows([*[(f"k{n}", "hotline") for n in range(2000)], ("mine", "web")], []))
    async with working(topic, lambda record, _: record.key == b"mine") as (work, desk):
        await until(lambda: bool(desk.answered))
        most = work.window.in_memory

        assert [b"mine"] == [one.key for one in desk.answered]
        assert most <= window.MOST_IN_MEMORY
        assert {0: 0, 1: 0} == topic.kept


async def test_sources_that_nobody_knows_are_one() -> None:
    """Else whoever takes a new name for each record would have all the room."""
    topic = Topic(rows([*[(f"k{n}", f"nobody-{n}") for n in range(2000)], ("mine", "web")]))
    async with working(topic, lambda record, _: record.key == b"mine") as (_, desk):
        await until(lambda: bool(desk.answered))

        assert [b"mine"] == [one.key for one in desk.answered]


async def test_a_record_that_is_tried_for_ever_holds_its_key_alone() -> None:
    """Its place is kept for it; when it goes at last, its key goes on in order, and the place is beyond them all."""
    keys = [("stuck" if n % 3 == 0 else f"k{n}", "hotline") for n in range(900)]
    topic, away = Topic(rows(keys)), True
    async with working(topic, lambda record, _: record.offset != 3 or not away) as (work, desk):
        await until(lambda: len(desk.answered) == 601)
        waits = told([work], 1)["inbox_waits"]
        assert (299, True) == (waits["records"], waits["oldest_seconds"] > 60)  # its topic is of 1970
        assert 1 == work.window.in_memory
        await until(lambda: topic.kept == {0: 3})
        away = False
        await until(lambda: topic.kept == {0: 900})
        stuck = [one.offset for one in desk.answered if one.key == b"stuck"]

        assert list(range(0, 900, 3)) == stuck


async def test_a_partition_is_read_so_far_ahead_of_what_waits_and_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a crash would have all of it answered again."""
    monkeypatch.setattr(window, "MOST_AHEAD", 500)
    topic, away = Topic(rows([(f"k{n}", "hotline") for n in range(2000)], [("other", "web")] * 5)), True
    async with working(topic, lambda record, _: record.offset > 0 or not away) as (_, desk):
        await until(lambda: len(desk.answered) >= 499)
        await asyncio.sleep(0.05)
        assert 500 <= topic.at[0] <= 500 + window.MOST_IN_MEMORY
        away = False
        await until(lambda: topic.kept == {0: 2000, 1: 5})

        assert 2005 == len(desk.answered)


def test_what_is_read_again_while_its_key_is_held_up_goes_behind_what_the_key_gave_up() -> None:
    """Else it would be answered before that, which came first; also where the key's first is answered meanwhile."""
    records = [posted(0, offset, "stuck") for offset in range(5)]
    places = [RecordPlace.of(one) for one in records]
    for answered_meanwhile in (False, True):
        held = Window()
        assert all(held.take(one, "hotline") for one in records)
        held.hold(places[0].key, records[1:])
        held.answered(places[0])
        ((line, due),) = held.due()
        assert [True, True] == [held.back(line, place) for place in due[:2]]
        held.hold(places[0].key, [records[2]])
        if answered_meanwhile:
            held.answered(places[1])
        assert [False, False] == [held.back(line, place) for place in due[2:]]
        if not answered_meanwhile:
            held.answered(places[1])
        ((_, again),) = held.due()

        assert (places[1:], places[2:]) == (due, again)


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_fails_each_is_answered_once_and_in_order_of_its_key(seed: int) -> None:
    """Some fail now and then, some for long, some keys are everywhere."""
    draw = random.Random(seed)
    keys = [None, *(f"key-{n}" for n in range(draw.choice((1, 5, 60))))]
    sources = ("hotline", "web", "nobody")
    topic = Topic(rows(*([(draw.choice(keys), draw.choice(sources)) for _ in range(400)] for _ in range(3))))
    long = {(draw.randrange(3), draw.randrange(400)) for _ in range(10)}
    fails = draw.choice((0.0, 0.1, 0.5))

    def goes(record: PostedRecord, tried: int) -> bool:
        return tried > (30 if (record.partition, record.offset) in long else 0) and draw.random() >= fails

    async with working(topic, goes) as (work, desk):
        await until(lambda: topic.kept == {0: 400, 1: 400, 2: 400})
        left = (work.window.in_memory, work.window.waiting, work.window.oldest_ms)
    answered = Counter((one.partition, one.offset) for one in desk.answered)
    in_order: defaultdict[tuple[bytes | None, int], list[int]] = defaultdict(list)
    for one in desk.answered:
        in_order[one.key, one.partition].append(one.offset)

    assert (0, 0, None) == left
    assert (1200, {1}) == (len(answered), set(answered.values()))
    assert [] == [key for key, found in in_order.items() if key[0] is not None and found != sorted(found)]
    assert {} == work._lanes
    assert {} == work.window._lines
