"""The one-partition topics that every process reads whole: reference data, the steered clock, dead letters.

Reading them is a task that goes on; ``caught_up`` says when everything published before has been read.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

import orjson

from shared.bank.reference import Reference, ReferenceDocument
from shared.contract.records import EventLog, Outgoing, Record
from shared.contract.topics import CLOCK, REFERENCE
from shared.log.kafka_log import KafkaLog
from shared.log.patience import patiently
from shared.process.clock import SteeredClock
from shared.process.settings import Settings


class TopicFollower:
    """Reads partition 0 of a topic from its beginning and hands every record to ``take``."""

    def __init__(self, log: EventLog, take: Callable[[Record], None]) -> None:
        self.log = log
        self.position = 0
        self._take = take
        self._end_at_start: int | None = None
        self.caught_up = asyncio.Event()

    async def run(self) -> None:
        """Read for ever. An error of ``take`` ends it, and with it the process."""
        end = await patiently(lambda: self.log.end(0), f"end of {self.log.topic}")
        start = await patiently(lambda: self.log.beginning(0), f"beginning of {self.log.topic}")
        reader = await patiently(lambda: self.log.read(0, start), f"reader of {self.log.topic}")
        try:
            while True:
                if self.position >= end:
                    self.caught_up.set()
                for record in await reader.batch(0.25 if self.caught_up.is_set() else 0.02):
                    self._take(record)
                self.position = await reader.position()
        finally:
            await reader.stop()
            await self.log.stop()


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


def follow_reference(settings: Settings, reference: Reference) -> TopicFollower:
    """Keep ``reference`` equal to what is published."""
    return TopicFollower(KafkaLog(settings, REFERENCE), lambda record: _take(reference, record))


def _take(reference: Reference, record: Record) -> None:
    reference.add(document_from(record))


def clock_record(instant: datetime) -> Outgoing:
    """A move of the steered clock."""
    return Outgoing("now", orjson.dumps({"now": instant.isoformat()}), [])


def follow_clock(settings: Settings, clock: SteeredClock) -> TopicFollower:
    """Keep a steered clock where it was last set."""
    return TopicFollower(KafkaLog(settings, CLOCK), lambda record: clock.take(record.value))
