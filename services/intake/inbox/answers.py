"""Answers a record of the inbox: one ``redress.SubmissionAnswered.v1`` each, as HTTP would have answered. Pure."""

from datetime import datetime
from typing import Any, NamedTuple

import orjson

from services.intake.inbox.cloud_events import PostedEvent, PostedRecord
from shared.contract.ids import derived
from shared.errors import RedressError
from shared.web.problems import body_of

TRIES = 3
"""So often a record is tried that fails by a fault of ours; then that is its answer."""
TYPE = "redress.SubmissionAnswered.v1"
SOURCE = "/redress/intake"
FOR_EVER = frozenset({400, 401, 403, 413, 415, 422})
"""What is refused so is refused whenever it is posted again: it is a dead letter too."""


class NotNow(Exception):
    """Something is away that an answer rests on: the record is tried again."""


class Outcome(NamedTuple):
    """What became of a record. ``event`` is None where it could not be read."""

    status: int
    event: PostedEvent | None
    case_id: str | None = None
    case_number: str | None = None
    problem: dict[str, Any] | None = None

    @classmethod
    def refused(cls, event: PostedEvent | None, error: RedressError) -> "Outcome":
        """It was refused, as HTTP would have refused it."""
        return cls(error.status, event, problem=body_of(error, "en"))

    @property
    def dead(self) -> bool:
        """Whether it is a dead letter too."""
        return self.status in FOR_EVER


def answer(record: PostedRecord, outcome: Outcome, now: datetime, topic: str | None = None) -> bytes:
    """The structured CloudEvent that answers a record; ``topic``: the inbox of a system's own in which it lies."""
    event = outcome.event
    place = f"{record.partition}:{record.offset}"
    data = {
        "source": event.source if event else None,
        "id": event.id if event else None,
        "status": outcome.status,
        "case_id": outcome.case_id,
        "case_number": outcome.case_number,
        "problem": outcome.problem,
        "inbox": ({} if topic is None else {"topic": topic}) | {"partition": record.partition, "offset": record.offset},
    }
    envelope = {
        "specversion": "1.0",
        "id": derived("inbox-answer", place if topic is None else f"{topic}/{place}", str(outcome.status)),
        "source": SOURCE,
        "type": TYPE,
        "time": now.isoformat(),
        "datacontenttype": "application/json",
    }
    return orjson.dumps(envelope | {"data": data})
