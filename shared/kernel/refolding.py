"""Refolding reads one blocked case anew from the log, in place, while everything else of its partition goes on."""

from collections import deque
from functools import partial
from typing import TypeVar

from shared.contract.records import EventLog, Reader, Record
from shared.kernel.fold import Fold
from shared.kernel.service import Folded
from shared.log.patience import patiently
from shared.process.pace import Pace

S = TypeVar("S")
READ_SECONDS = 0.5
"""How long a fetch may last where nothing comes any more."""


async def refold(events: EventLog, service: Folded[S], fold: Fold[S], case: str) -> str | None:
    """Fold a blocked case anew with the code of now, and let that take its place.

    The reason why it cannot be read, as before; None if it can be read further than it could. Then it waits no more, or
    at a later record, which is told of by itself.
    """
    fresh, where = Fold(service, fold.partition), fold.blocked[case]
    beginning = await patiently(partial(events.beginning, fold.partition), "beginning of the log")
    opened = partial(events.read, fold.partition, beginning)
    reader = await patiently(opened, f"reader of partition {fold.partition}")
    try:
        last = await _read(reader, fold, fresh, case)
        if fresh.blocked.get(case) == where:
            return fresh.unreadable[0][1].reason
        fold.take_over(case, fresh, last)  # nothing was folded in between: nobody else had a turn since the last record
        return None
    finally:
        await reader.stop()


async def _read(reader: Reader, fold: Fold[S], fresh: Fold[S], case: str) -> Record:
    """Fold the case's records up to where ``fold`` is when this returns; the last record of the partition there."""
    pace, ahead = Pace(), deque[Record]()
    last: Record | None = None
    while True:
        ahead.extend(await reader.batch(READ_SECONDS))
        position = await reader.position()
        while ahead and ahead[0].offset < fold.upto:
            last = ahead.popleft()
            if last.key == case:
                fresh.apply(last)
            await pace.step()
        if last is not None and position >= fold.upto:
            return last
