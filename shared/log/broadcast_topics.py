"""Every process reads the one-partition topics whole: reference data, the steered clock, dead letters.

Reading them is a task that goes on; ``caught_up`` says when everything published before has been read.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime

import orjson

from shared.bank.organisation_file import parse_organisation
from shared.bank.reference import ORGANISATION, Reference, ReferenceDocument
from shared.contract.records import EventLog, Outgoing, Record
from shared.contract.topics import CLOCK, REFERENCE
from shared.errors import BadReference
from shared.log.kafka_log import KafkaLog
from shared.log.patience import patiently
from shared.log.progress import Progress, follow, one_by_one
from shared.process.clock import DomainClock, SteeredClock, SystemClock
from shared.process.settings import Settings

LARGE = 64 * 1024
"""Characters of a file that is parsed in a thread; a smaller one takes some milliseconds."""


class TopicFollower:
    """Reads partition 0 of a topic, all of it or ``since`` an instant, and hands every record to ``hear``."""

    def __init__(
        self,
        log: EventLog,
        hear: Callable[[Record], None],
        since: datetime | None = None,
        prepare: Callable[[Record], Awaitable[None]] | None = None,
    ) -> None:
        self.log = log
        self.progress = Progress()
        self.caught_up = asyncio.Event()
        self._hear = hear
        self._since = since
        self._prepare = prepare

    async def run(self) -> None:
        """Read for ever. An error of ``hear`` ends it, and with it the process."""
        end = await patiently(lambda: self.log.end(0), f"end of {self.log.topic}")
        start = await patiently(self._start, f"beginning of {self.log.topic}")
        reader = await patiently(lambda: self.log.read(0, start), f"reader of {self.log.topic}")
        try:
            async with asyncio.TaskGroup() as tasks:
                take = self._take if self._prepare else one_by_one(self._hear)
                tasks.create_task(follow(reader, self.progress, take))
                await self.progress.past(end - 1)
                self.caught_up.set()
        finally:
            await reader.stop()
            await self.log.stop()

    async def _take(self, records: Sequence[Record]) -> None:
        for record in records:
            if self._prepare is not None:
                await self._prepare(record)
            self._hear(record)

    async def _start(self) -> int:
        return await self.log.beginning(0) if self._since is None else await self.log.offset_at(0, self._since)


def document_record(document: ReferenceDocument) -> Outgoing:
    """A reference document as it is published."""
    value = {
        "kind": document.kind,
        "id": document.id,
        "version": document.version,
        "effective_from": document.effective_from.isoformat(),
        "content": document.content,
        "published_at": document.published_at.isoformat(),
        "published_by": document.published_by,
        "why": document.why,
    }
    return Outgoing(f"{document.kind}/{document.id}", orjson.dumps(value), [])


def document_from(record: Record) -> ReferenceDocument:
    """A published reference document."""
    raw = orjson.loads(record.value)
    raw["effective_from"] = datetime.fromisoformat(raw["effective_from"])
    raw["published_at"] = datetime.fromisoformat(raw["published_at"])
    return ReferenceDocument(**raw)


def follow_reference(published: EventLog, reference: Reference) -> TopicFollower:
    """Keep ``reference`` equal to what is published."""

    async def prepare(record: Record) -> None:
        """Parse a large file in a thread: a bank of 20,000 people takes seconds, and nothing else would go on."""
        document = document_from(record)
        if document.kind == ORGANISATION and len(document.content) > LARGE:
            with suppress(BadReference):  # said where something rests on it
                await asyncio.to_thread(reference.parsed, document, parse_organisation)

    return TopicFollower(published, lambda record: _take(reference, record), prepare=prepare)


def _take(reference: Reference, record: Record) -> None:
    reference.add(document_from(record))


def clock_record(instant: datetime) -> Outgoing:
    """A move of the steered clock."""
    return Outgoing("now", orjson.dumps({"now": instant.isoformat()}), [])


def follow_clock(settings: Settings, clock: SteeredClock) -> TopicFollower:
    """Keep a steered clock where it was last set."""
    return TopicFollower(KafkaLog(settings, CLOCK), lambda record: clock.take(record.value))


class Broadcasts:
    """What a process hears besides the log: the reference data, and the steered clock where there is one.

    ``also`` are followers of its own, such as that of the dead letters.
    """

    def __init__(self, settings: Settings, *also: TopicFollower) -> None:
        self.reference = Reference()
        self.clock: DomainClock = SteeredClock() if settings.clock == "steered" else SystemClock()
        self.published = KafkaLog(settings, REFERENCE)
        self._documents = follow_reference(self.published, self.reference)
        self.followers = [self._documents, *also]
        if isinstance(self.clock, SteeredClock):
            self.followers.append(follow_clock(settings, self.clock))

    async def caught_up(self) -> None:
        """Wait until everything that was published before has been heard, and it can be said what time it is."""
        for follower in self.followers:
            await follower.caught_up.wait()
        if isinstance(self.clock, SteeredClock):
            await self.clock.set_first.wait()

    @property
    def heard(self) -> bool:
        """Whether the clock is set, and everything that was published before has been heard."""
        return self.clock_is_set and all(follower.caught_up.is_set() for follower in self.followers)

    @property
    def clock_is_set(self) -> bool:
        """Whether it can be said what time it is."""
        return not isinstance(self.clock, SteeredClock) or self.clock.ready

    @property
    def documents_position(self) -> int:
        """How far the reference data have been read."""
        return self._documents.progress.position
