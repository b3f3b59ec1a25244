"""Follows one partition for ever: hands its records over in order, and lets others wait until they are taken in."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter

from shared.contract.records import Reader, Record
from shared.process.pace import SLICE_SECONDS

Take = Callable[[Sequence[Record]], Awaitable[None]]

POLL_SECONDS = 0.02
"""The position moves silently over transaction markers: it is looked at this often while somebody waits."""
IDLE_SECONDS = 0.1
"""The same while nobody waits; a record that comes in is handed over at once either way."""


class Progress:
    """How far a partition has been taken in, and who waits for it to get further."""

    def __init__(self, position: int = 0, idle_seconds: float = IDLE_SECONDS) -> None:
        self.position = position
        self._idle_seconds = idle_seconds
        self._moved = asyncio.Condition()
        self._waiting = 0

    @property
    def poll_seconds(self) -> float:
        """How long to wait for records before the position is looked at."""
        return POLL_SECONDS if self._waiting else self._idle_seconds

    async def move(self, position: int) -> None:
        """Everything before ``position`` has been taken in."""
        if position != self.position:
            self.position = position
            async with self._moved:
                self._moved.notify_all()

    async def past(self, offset: int) -> None:
        """Wait until everything up to and including ``offset`` has been taken in."""
        await self.until(lambda: self.position > offset)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds that only taking records in can bring about."""
        self._waiting += 1
        try:
            async with self._moved:
                await self._moved.wait_for(condition)
        finally:
            self._waiting -= 1


async def follow(reader: Reader, progress: Progress, take: Take) -> None:
    """Take in what the reader brings, for ever. Who looks at the progress meanwhile sees only what was taken in."""
    while True:
        records = await reader.batch(progress.poll_seconds)
        position = await reader.position()
        if records:
            await take(records)
        await progress.move(position)
        await asyncio.sleep(0)  # a backlog is there at once: others get their turn in between


def one_by_one(take: Callable[[Record], None]) -> Take:
    """Takes in a batch record by record; others get their turn in between, never within a record."""

    async def take_all(records: Sequence[Record]) -> None:
        until = perf_counter() + SLICE_SECONDS
        for record in records:
            take(record)
            if perf_counter() > until:
                await asyncio.sleep(0)
                until = perf_counter() + SLICE_SECONDS

    return take_all
