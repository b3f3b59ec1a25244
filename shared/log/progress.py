"""Follows one partition for ever: hands its records over in order, and lets others wait until they are taken in."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter

from shared.contract.records import Reader, Record
from shared.process.pace import SLICE_SECONDS

Take = Callable[[Sequence[Record]], Awaitable[None]]

POLL_SECONDS = 0.02
"""The position moves silently over transaction markers: it is looked at this often while somebody waits."""
READ_SECONDS = 5.0
"""How long a reader waits for records where nothing comes; one that comes in is handed over at once.

After records it waits shorter, at first ``POLL_SECONDS`` and then twice as long each time: a marker follows them
soon, and whoever asks from outside how far a service has got (the steered clock, the reach of the log) waits here for
nothing.
"""


class Progress:
    """How far a partition has been taken in, and who waits for it to get further."""

    def __init__(self, position: int = 0) -> None:
        self.position = position
        self._moved = asyncio.Condition()
        self._waiting = 0
        self._patience = POLL_SECONDS
        self._idle: Reader | None = None
        self._looking: asyncio.Task[None] | None = None

    async def next_of(self, reader: Reader) -> list[Record]:
        """The reader's next records. Until they are there its position is looked at, if somebody waits for it.

        A reader moves its position and hands the records over in one step, so nobody sees a position before them.
        """
        self._idle, patience = reader, self._patience
        self._patience = min(2 * patience, READ_SECONDS)  # unless something moves
        try:
            return await reader.batch(patience)
        finally:
            self._idle = None

    async def move(self, position: int) -> None:
        """Everything before ``position`` has been taken in."""
        if position != self.position:
            self.position, self._patience = position, POLL_SECONDS
            async with self._moved:
                self._moved.notify_all()

    async def past(self, offset: int) -> None:
        """Wait until everything up to and including ``offset`` has been taken in."""
        await self.until(lambda: self.position > offset)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds that only taking records in can bring about."""
        if condition():
            return
        self._waiting += 1
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        try:
            async with self._moved:
                await self._moved.wait_for(condition)
        finally:
            self._waiting -= 1

    async def _look(self) -> None:
        """Look at the position of the reader that waits for records, as long as somebody waits for it to move."""
        try:
            while self._waiting:
                if self._idle is not None:
                    await self.move(await self._idle.position())
                await asyncio.sleep(POLL_SECONDS)
        finally:
            self._looking = None


async def follow(reader: Reader, progress: Progress, take: Take) -> None:
    """Take in what the reader brings, for ever. Who looks at the progress meanwhile sees only what was taken in."""
    while True:
        records = await progress.next_of(reader)
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
