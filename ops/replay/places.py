"""How far a replay got stands in the topic itself: each of its records says where in the log it lies."""

import re
from typing import NamedTuple

from ops.local.reading import batches
from shared.contract.records import Record
from shared.contract.replays import HEADER_REPLAYED
from shared.log.foreign_topic import ForeignTopic

SHAPE = re.compile(rb"([0-9a-f-]{36})/(\d+):(\d+)")


def mark(replay: str, record: Record) -> bytes:
    """What a record says of where it comes from."""
    return f"{replay}/{record.at}".encode()


class Places:
    """For each partition of the log, and each of the topic, the last record of a replay that the topic holds."""

    def __init__(self, replay: str) -> None:
        self.records = 0
        self._replay = replay.encode()
        self._last: dict[tuple[int, int], int] = {}

    def take(self, record: Record) -> None:
        """Note a record of the topic, if it is one of the replay."""
        found = SHAPE.fullmatch(record.headers.get(HEADER_REPLAYED, b""))
        if found is not None and found[1] == self._replay:
            self.note(int(found[2]), record.partition, int(found[3]))

    def note(self, source: int, target: int, offset: int) -> None:
        """A record of the log lies in the topic."""
        self.records += 1
        self._last[source, target] = offset

    def has(self, record: Record, target: int) -> bool:
        """Whether the topic's partition holds this record of the log: it takes them in their order."""
        return record.offset <= self._last.get((record.partition, target), -1)


async def places_of(topic: ForeignTopic, replay: str) -> Places:
    """Read the topic, and what of a replay lies in it."""
    found = Places(replay)
    for partition, end in (await topic.ends()).items():
        reader = await topic.read_unproven(partition, await topic.beginning(partition))
        try:
            async for records, _ in batches(reader, end):
                for record in records:
                    found.take(record)
        finally:
            await reader.stop()
    return found


class Replayed(NamedTuple):
    """What a replay came to. ``before``: records that the topic held already; ``records``: what was added to it."""

    replay: str
    records: int
    before: int
    seconds: float
