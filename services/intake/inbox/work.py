"""Works through the inbox: each record answered before its place is kept, in order per key, a bounded number at once.

Dies the process before the place is kept, the records are read again: their submissions are in the log under their keys
already, so they get the same case, and a second answer.
"""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Hashable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from services.intake.inbox.answers import NotNow
from services.intake.inbox.cloud_events import PostedRecord, read
from services.intake.inbox.window import RecordPlace, Window
from shared.errors import RedressError
from shared.log.kafka_client import BrokerError
from shared.log.posted_records import PostedRecords
from shared.process.retrying import Pauses

log = structlog.get_logger()
AT_ONCE_PER_SOURCE = 16
"""Submissions of one source under way: however many it posts, the others have their turns."""
PAUSES = Pauses(first_seconds=0.2, longest_seconds=5.0)
"""For ever: what cannot be taken in now waits in the topic, and the place is not kept."""
KEEP_EVERY_SECONDS = 0.1
"""Keeping a place is a request of its own; what was answered since is answered a second time after a crash."""


class Answerer(Protocol):
    """Answers records (``answering.Answering``)."""

    @property
    def records(self) -> PostedRecords:
        """The inbox."""

    async def ready(self) -> None:
        """Wait until it can answer."""

    def systems(self) -> AbstractSet[str]:
        """The channel systems that there are."""

    async def attempt(self, record: PostedRecord, tried: int) -> object:
        """Answer a record. Raises NotNow."""


@dataclass
class Wakes:
    """Who waits for what: room to read, places that are due again, places to be kept."""

    room: asyncio.Event = field(default_factory=asyncio.Event)
    due: asyncio.Event = field(default_factory=asyncio.Event)
    kept: asyncio.Event = field(default_factory=asyncio.Event)

    def all(self) -> None:
        """The window has changed."""
        for one in (self.room, self.due, self.kept):
            one.set()


class InboxWork:
    """The work of the inbox. ``window``: records read and not answered yet."""

    def __init__(self, answerer: Answerer, pauses: Pauses = PAUSES) -> None:
        self._answerer = answerer
        self._pauses = pauses
        self._records = answerer.records
        self._begin_anew()

    def _begin_anew(self) -> None:
        self.window = Window()
        self._wakes = Wakes()
        self._lanes: dict[bytes, deque[tuple[RecordPlace, PostedRecord, str]]] = {}
        self._turns: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONCE_PER_SOURCE))

    @property
    def kept(self) -> dict[int, int]:
        """Per partition the offset before which everything is answered, and kept as such."""
        return self._records.kept

    @property
    def unanswered(self) -> int:
        """How many records wait, read or not."""
        return self.window.waiting + self._records.unread()

    async def run(self) -> None:
        """Work for ever."""
        await self._answerer.ready()
        async for attempt in PAUSES.attempts(BrokerError, OSError):
            with attempt:
                try:
                    await self._follow()
                except* (BrokerError, OSError) as errors:
                    log.warning("inbox.brokers_away", errors=[type(one).__name__ for one in errors.exceptions])
                    raise errors.exceptions[0] from None
                finally:
                    await self._records.close()

    async def _follow(self) -> None:
        self._begin_anew()
        await self._records.open()
        self.window.read_to(self._records.kept)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep())
            tasks.create_task(self._read_again(tasks))
            await self._read(tasks)

    async def _read(self, tasks: asyncio.TaskGroup) -> None:
        """Read on as far as the window allows, for ever."""
        while True:
            while not (self.window.room() and self.window.open()):
                self._wakes.room.clear()
                await self._wakes.room.wait()
            found = await self._records.batch(self.window.open(), self.window.room())
            positions = await self._records.positions()
            self._take([PostedRecord(*one) for one in found], tasks)
            self.window.read_to(positions)
            if self.window.places() != self._records.kept or found:
                self._wakes.all()
            await asyncio.sleep(0)  # what was fetched already is there at once: others have their turn in between

    def _take(self, found: Sequence[PostedRecord], tasks: asyncio.TaskGroup) -> None:
        systems = self._answerer.systems() if found else frozenset()
        for record in found:
            source = _source(record, systems)
            if self.window.take(record, source):
                self._work_on(RecordPlace.of(record), record, source, tasks)

    async def _read_again(self, tasks: asyncio.TaskGroup) -> None:
        """Bring back what was passed over, when it is its turn."""
        while True:
            await self._wakes.due.wait()
            self._wakes.due.clear()
            for line, places in self.window.due():
                await self._bring(line, places, tasks)

    async def _bring(self, line: Hashable, places: Sequence[RecordPlace], tasks: asyncio.TaskGroup) -> None:
        """Read these places again."""
        wanted: defaultdict[int, list[int]] = defaultdict(list)
        for place in places:
            wanted[place.partition].append(place.offset)
        async for attempt in PAUSES.attempts(BrokerError, OSError):
            with attempt:
                raw = await self._records.again(wanted)
        found = {(one.partition, one.offset): PostedRecord(*one) for one in raw}
        systems = self._answerer.systems()
        for place in places:
            record = found.get((place.partition, place.offset))
            if record is None:
                log.warning("inbox.record_gone", partition=place.partition, offset=place.offset)
                self.window.gone(line, place)
            elif self.window.back(line, place):
                self._work_on(place, record, _source(record, systems), tasks)
        self._wakes.all()

    async def _keep(self) -> None:
        """Keep how far everything is answered, for ever."""
        while True:
            await self._wakes.kept.wait()
            self._wakes.kept.clear()
            async for attempt in PAUSES.attempts(BrokerError, OSError):
                with attempt:
                    await self._records.keep(self.window.places())
            await asyncio.sleep(KEEP_EVERY_SECONDS)

    def _work_on(self, place: RecordPlace, record: PostedRecord, source: str, tasks: asyncio.TaskGroup) -> None:
        """Answer a record, behind those of its key."""
        if place.key not in self._lanes:
            self._lanes[place.key] = deque()
            tasks.create_task(self._lane(place.key))
        self._lanes[place.key].append((place, record, source))

    async def _lane(self, key: bytes) -> None:
        """Answer the records of a key one after the other."""
        lane = self._lanes[key]
        while lane:
            place, record, source = lane[0]
            async for attempt in self._pauses.attempts(NotNow):
                with attempt:
                    try:
                        async with self._turns[source]:
                            await self._answerer.attempt(record, attempt.num)
                    except NotNow as error:
                        if attempt.num == 1:
                            why = type(error.__cause__).__name__
                            log.warning("inbox.held", partition=place.partition, offset=place.offset, why=why)
                        self._hold(key)
                        raise
            lane.popleft()
            self.window.answered(place)
            self._wakes.all()
        del self._lanes[key]

    def _hold(self, key: bytes) -> None:
        """The first of a key waits: those behind it give their places in memory to others."""
        lane = self._lanes[key]
        first, *others = lane
        self.window.hold(key, [record for _, record, _ in others])
        lane.clear()
        lane.append(first)
        self._wakes.all()


def _source(record: PostedRecord, systems: AbstractSet[str]) -> str:
    """Whose turn it is; what cannot be read, or is nobody's, shares one."""
    try:
        system = read(record).system
    except RedressError:
        return ""
    return system if system in systems else ""


def told(works: Sequence[InboxWork], partitions: int) -> dict[str, Any]:
    """What the process says of its inboxes: what it owes, how far all is answered, what waits and for how long.

    Their partitions are counted through, those of one inbox after those of another.
    """
    oldest = [at for one in works if (at := one.window.oldest_ms) is not None]
    return {
        "owed": sum(one.window.waiting for one in works),
        "inbox": {str(n * partitions + p): at for n, one in enumerate(works) for p, at in one.kept.items()},
        "inbox_waits": {
            "records": sum(one.unanswered for one in works),
            "oldest_seconds": max(0.0, time.time() - min(oldest) / 1000) if oldest else 0.0,
        },
    }
