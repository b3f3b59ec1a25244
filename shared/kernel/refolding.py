"""Refolding reads blocked cases anew from the log, in place, while everything else of their partition goes on."""

from collections import deque
from collections.abc import Collection
from functools import partial
from typing import TypeVar

from shared.contract.records import EventLog, Reader, Record
from shared.kernel.fold import Fold
from shared.log.patience import patiently
from shared.process.pace import Pace

S = TypeVar("S")
READ_SECONDS = 0.5
"""How long a fetch may last where nothing comes any more."""
MANY = 500
"""Cases that are read in one pass over their partition: so many are in memory twice meanwhile."""


async def refold_known(events: EventLog, fold: Fold[S]) -> None:
    """Fold anew what was blocked before this process started: it may have other code than the one that blocked it.

    What is not read to its end, such as because the log went away, is left for the next try.
    """
    while known := fold.blocked_before[:MANY]:
        await refold(events, fold, known)
        fold.blocked_before = fold.blocked_before[len(known) :]


async def refold(events: EventLog, fold: Fold[S], cases: Collection[str]) -> dict[str, str | None]:
    """Fold blocked cases anew with the code of now, and let that take their places.

    By case the reason why it cannot be read, as before; None if it can be read further than it could. Then it waits no
    more, or at a later record, which is told of by itself. What is not blocked is left out.
    """
    where = {case: fold.blocked[case] for case in cases if case in fold.blocked}
    if not where:
        return {}
    fresh = Fold(fold.service, fold.partition)
    fresh.unreadable = deque()  # all of them
    beginning = await patiently(partial(events.beginning, fold.partition), "beginning of the log")
    opened = partial(events.read, fold.partition, beginning)
    reader = await patiently(opened, f"reader of partition {fold.partition}")
    try:
        last = await _read(reader, fold, fresh, where)
        return _taken_over(fold, fresh, where, last)  # nothing was folded in between: nobody else had a turn
    finally:
        await reader.stop()


def _taken_over(fold: Fold[S], fresh: Fold[S], where: dict[str, int], last: Record) -> dict[str, str | None]:
    faults = {record.key: (record, fault) for record, fault in fresh.unreadable}
    found: dict[str, str | None] = {}
    for case, at in where.items():
        if fresh.blocked.get(case) == at:
            found[case] = faults[case][1].reason
        else:
            found[case] = None
            fold.take_over(case, fresh, faults.get(case), last)
    return found


async def _read(reader: Reader, fold: Fold[S], fresh: Fold[S], cases: Collection[str]) -> Record:
    """Fold the cases' records up to where ``fold`` is when this returns; the last record of the partition there."""
    pace, ahead = Pace(), deque[Record]()
    last: Record | None = None
    while True:
        ahead.extend(await reader.batch(READ_SECONDS))
        position = await reader.position()
        while ahead and ahead[0].offset < fold.upto:
            last = ahead.popleft()
            if last.key in cases:
                fresh.apply(last)
            await pace.step()
        if last is not None and position >= fold.upto:
            return last
