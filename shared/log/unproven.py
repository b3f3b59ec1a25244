"""What nobody of this installation wrote counts for nothing: it is passed over, counted, and told, in bounds."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

import structlog

from shared.contract.records import HEADER_MAC, Record
from shared.process import metrics

log = structlog.get_logger()

MOST_TOLD = 20
"""Records that a process tells of one by one; of more only the number grows: whoever floods a topic fills no other."""


class Unproven(NamedTuple):
    """What a process passed over in a topic: how many records, where the last lies, when the broker took it."""

    records: int
    last: str
    last_at: str


_here: dict[str, Unproven] = {}


def unproven_here() -> dict[str, dict[str, object]]:
    """Per topic what this process has passed over since it started, as ``redress status`` shows it."""
    return {topic: found._asdict() for topic, found in _here.items()}


class Gate:
    """Lets a topic's records through that are proven, and tells of the others."""

    def __init__(self, topic: str, fault: Callable[[Record], str | None], unsigned_before_ms: int | None) -> None:
        self.count = 0
        self.tell: Callable[[Record, str], None] | None = None
        self._topic = topic
        self._fault = fault
        self._unsigned_before_ms = unsigned_before_ms

    def lets_in(self, record: Record, appended_ms: int) -> bool:
        """Whether a record counts. ``appended_ms`` is the broker's own time, which no writer can choose."""
        before = self._unsigned_before_ms
        if before is not None and appended_ms < before and HEADER_MAC not in record.headers:
            return True
        why = self._fault(record)
        if why is None:
            return True
        self._note(record, why, appended_ms)
        return False

    def _note(self, record: Record, why: str, appended_ms: int) -> None:
        self.count += 1
        before = _here[self._topic].records if self._topic in _here else 0
        last_at = datetime.fromtimestamp(max(appended_ms, 0) / 1000, UTC).isoformat(timespec="seconds")
        _here[self._topic] = Unproven(before + 1, str(record.at), last_at)
        metrics.UNPROVEN.labels(self._topic).inc()
        if self.count > MOST_TOLD:
            return
        where = {"topic": self._topic, "partition": record.partition, "offset": record.offset}
        log.error("log.unproven_record", **where, why=why, last_told=self.count == MOST_TOLD)
        if self.tell is not None:
            self.tell(record, why)
