"""What nobody of this installation wrote counts for nothing: it is passed over, counted, and told, in bounds."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

import structlog

from shared.contract.records import HEADER_MAC, Record
from shared.process import metrics

log = structlog.get_logger()

MOST_TOLD = 20
"""Records that a process tells of one by one in an hour; of more only the number grows: whoever floods a topic fills
no other, and who comes after the flood is told of all the same."""
HOUR_SECONDS = 3600.0


class Unproven(NamedTuple):
    """What a process passed over in a topic: how many records, where the last lies, when the broker took it."""

    records: int
    last: str
    last_at: str


_here: dict[str, Unproven] = {}
_counted: dict[tuple[str, int], int] = {}
"""Per topic and partition the last offset that was counted: several readers of a process meet the same record."""


def unproven_here() -> dict[str, dict[str, object]]:
    """Per topic what this process has passed over since it started, as ``redress status`` shows it."""
    return {topic: found._asdict() for topic, found in _here.items()}


class Gate:
    """Lets a topic's records through that are proven, and tells of the others. ``now``: seconds that only grow."""

    def __init__(
        self,
        topic: str,
        fault: Callable[[Record], str | None],
        unsigned_before_ms: int | None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.tell: Callable[[Record, str], None] | None = None
        self._topic = topic
        self._fault = fault
        self._unsigned_before_ms = unsigned_before_ms
        self._now = now
        self._hour_began = now()
        self._told = 0

    def lets_in(self, record: Record, appended_ms: int) -> bool:
        """Whether a record counts that comes in the order of its partition; one that does not is noted.

        ``appended_ms`` is the broker's own time, which no writer can choose.
        """
        why = self._why_not(record, appended_ms)
        if why is not None:
            self._note(record, why, appended_ms)
        return why is None

    def would_let_in(self, record: Record, appended_ms: int) -> bool:
        """Whether a record counts that was picked by its place: whoever reads the partition in order notes it."""
        return self._why_not(record, appended_ms) is None

    def _why_not(self, record: Record, appended_ms: int) -> str | None:
        before = self._unsigned_before_ms
        if before is not None and appended_ms < before and HEADER_MAC not in record.headers:
            return None
        return self._fault(record)

    def _note(self, record: Record, why: str, appended_ms: int) -> None:
        """Count a record once in this process, and tell of it while few were told in this hour."""
        place = self._topic, record.partition
        if record.offset <= _counted.get(place, -1):
            return
        _counted[place] = record.offset
        before = _here[self._topic].records if self._topic in _here else 0
        last_at = datetime.fromtimestamp(max(appended_ms, 0) / 1000, UTC).isoformat(timespec="seconds")
        _here[self._topic] = Unproven(before + 1, str(record.at), last_at)
        metrics.UNPROVEN.labels(self._topic).inc()
        if not self._may_tell():
            return
        where = {"topic": self._topic, "partition": record.partition, "offset": record.offset}
        log.error("log.unproven_record", **where, why=why, last_told=self._told == MOST_TOLD)
        if self.tell is not None:
            self.tell(record, why)

    def _may_tell(self) -> bool:
        """Whether this hour one more is told of."""
        if self._now() - self._hour_began >= HOUR_SECONDS:
            self._hour_began, self._told = self._now(), 0
        self._told += 1
        return self._told <= MOST_TOLD
