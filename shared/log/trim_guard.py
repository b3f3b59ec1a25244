"""The guard looks, at the start and ever after, whether all of the log is still there: it is kept for ever.

A running process would not notice by itself: it has folded what was deleted, and only its next start would fail.
"""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial

from shared.contract.records import EventLog
from shared.errors import LogTrimmed
from shared.log.patience import patiently

LOOK_SECONDS = 5.0
"""One small request per partition each time: soon enough to tell the person who has just deleted records."""


async def check(log: EventLog, partitions: Iterable[int]) -> None:
    """Look once, waiting for the broker. Raises LogTrimmed when a partition does not begin at 0 any more."""
    for partition in partitions:
        beginning = await patiently(partial(log.beginning, partition), f"beginning of partition {partition}")
        if (gone := missing(log.topic, partition, beginning)) is not None:
            raise LogTrimmed(gone)


async def watch(log: EventLog, partitions: Callable[[], Iterable[int]]) -> None:
    """Look again and again. Raises LogTrimmed."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        await check(log, partitions())


def missing(topic: str, partition: int, beginning: int) -> str | None:
    """A sentence about what is gone from a partition that is kept for ever, or None."""
    if beginning == 0:
        return None
    return (
        f"{topic}, partition {partition}, begins at offset {beginning}, not at 0: its first records were deleted, "
        "by retention or by hand."
    )
