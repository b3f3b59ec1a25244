"""The domain clock tells the time of facts: the system's, or a steered one that moves only by command.

Event times, due instants and the dates in letters come from here. Tokens, retries, leases and retention always
use the system clock, whatever this one says.
"""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Protocol

import orjson

from shared.errors import NotYet


class DomainClock(Protocol):
    """What time it is for the bank."""

    tolerance: timedelta
    """How far behind ``now`` timers are fired, so that facts of the last moments are folded first."""
    tick_seconds: float
    """How long at most nobody looks whether something is due."""

    def now(self) -> datetime:
        """The present, with offset."""

    async def pause(self, seconds: float) -> None:
        """Wait for so many seconds of the machine, or until the clock was moved."""


class SystemClock:
    """The machine's clock."""

    tolerance = timedelta(seconds=2)
    tick_seconds = 1.0

    def now(self) -> datetime:
        """The present in UTC."""
        return datetime.now(UTC)

    async def pause(self, seconds: float) -> None:
        """See ``DomainClock``."""
        await asyncio.sleep(seconds)


class SteeredClock:
    """A clock that stands still until it is moved; moving it is a record on ``complaints.clock``."""

    tolerance = timedelta(0)
    tick_seconds = 0.25  # whoever moves it waits until everything has been done that falls due

    def __init__(self) -> None:
        self._now: datetime | None = None
        self._moved = asyncio.Event()
        self.set_first = asyncio.Event()
        self.position = 0

    @property
    def ready(self) -> bool:
        """Whether anybody has set it yet."""
        return self._now is not None

    def now(self) -> datetime:
        """The present, as last set. Raises NotYet before that."""
        if self._now is None:
            raise NotYet("The steered clock has not been set yet: repeat this as soon as the service is ready.")
        return self._now

    def take(self, value: bytes) -> None:
        """Move as a record of ``complaints.clock`` says."""
        self.set(datetime.fromisoformat(orjson.loads(value)["now"]))

    def set(self, instant: datetime) -> None:
        """Move to ``instant``; backwards is ignored, since facts have been recorded since."""
        if self._now is None or instant > self._now:
            self._now = instant
            self.set_first.set()
            self._moved.set()
            self._moved = asyncio.Event()

    async def pause(self, seconds: float) -> None:
        """See ``DomainClock``."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._moved.wait()
