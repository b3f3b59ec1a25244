"""Waits for the broker: whoever needs it repeats what was asked until it is answered, and goes on by itself."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from aiokafka.errors import KafkaError

from shared.process.retrying import Pauses

log = structlog.get_logger()
T = TypeVar("T")

PAUSES = Pauses(first_seconds=0.1, longest_seconds=5.0)
"""Without an end: a process that lost the log has nothing else to do, and whoever looks at it is told."""


async def patiently(action: Callable[[], Awaitable[T]], what: str) -> T:
    """Repeat ``action`` until the broker answers."""
    async for attempt in PAUSES.attempts(KafkaError, OSError):
        with attempt:
            try:
                return await action()
            except (KafkaError, OSError) as error:
                log.warning("kafka.waiting", what=what, error=repr(error), again_in_seconds=attempt.next_wait)
                raise
    raise AssertionError("attempts have no end")
