"""Follows one partition for ever: hands its records over in order, and lets others wait until they are taken in."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
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

FEW = 500
"""Records after which a follower may rest; where more come at once there is a backlog, and it goes on."""


class Progress:
    """How far a partition has been taken in, and who waits for it to get further.

    ``rest_seconds``: how long its follower rests after a few records, so that the next ones come together. Whoever
    waits for it to get further ends the rest.
    """

    def __init__(self, position: int = 0) -> None:
        self.position = position
        self.rest_seconds = 0.0
        self._awake_until = 0.0
        self._wanted = asyncio.Event()
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
        self._wanted.set()
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        try:
            async with self._moved:
                await self._moved.wait_for(condition)
        finally:
            self._waiting -= 1

    def wake(self, seconds: float) -> None:
        """Rest no more for so long: somebody asks what is in the log."""
        self._awake_until = _now() + seconds
        self._wanted.set()

    async def rest(self, records: int) -> None:
        """Let others have their turn after so many records, and after a few let more of them come."""
        wanted = self._waiting or _now() < self._awake_until
        if wanted or not self.rest_seconds or not 0 < records < FEW:
            await asyncio.sleep(0)
            return
        self._wanted.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.rest_seconds):
                await self._wanted.wait()

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
        await progress.rest(len(records))


def _now() -> float:
    return asyncio.get_running_loop().time()


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
