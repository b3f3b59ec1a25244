"""A pace keeps long work polite: after a few milliseconds everything else in the process gets its turn.

The broker takes a worker's partitions away when its heartbeats stay out, and they share one loop with the work.
"""

import asyncio
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")

SLICE_SECONDS = 0.005
"""So long one piece of work goes on: a dozen of them, one per partition, keep a heartbeat waiting for 60 ms."""


class Pace:
    """One piece of long work, which asks after each of its steps whether others are to have their turn."""

    __slots__ = ("_until",)

    def __init__(self) -> None:
        self._until = perf_counter() + SLICE_SECONDS

    async def step(self) -> None:
        """Let others work if this has gone on long enough."""
        if perf_counter() > self._until:
            await asyncio.sleep(0)
            self._until = perf_counter() + SLICE_SECONDS


async def each(items: Iterable[T], make: Callable[[T], U]) -> list[U]:
    """What work makes of each item in turn, others working in between."""
    pace, made = Pace(), []
    for item in items:
        made.append(make(item))
        await pace.step()
    return made
