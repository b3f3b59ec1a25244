"""An offset reader fetches single records of one partition and keeps its connection: opening one is slow."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from shared.contract.records import Record

FETCH_ONE_BYTES = 64 * 2**10
"""Fetched at once: a few records of one case lie close together, and the rest is thrown away."""


class RandomReader(Protocol):
    """A reader that can be asked for the record at an offset."""

    async def at(self, offset: int) -> Record:
        """The record at ``offset``."""

    async def stop(self) -> None:
        """Let go of the connection."""


class OffsetReader:
    """One partition's records, for one caller at a time. ``open_at`` opens a reader at an offset."""

    def __init__(self, open_at: Callable[[int], Awaitable[RandomReader]]) -> None:
        self._open_at = open_at
        self._reader: RandomReader | None = None
        self._turn = asyncio.Lock()

    async def pick(self, offsets: Sequence[int]) -> list[Record]:
        """The records at these ascending offsets."""
        async with self._turn:
            if self._reader is None:
                self._reader = await self._open_at(offsets[0])
            return [await self._reader.at(offset) for offset in offsets]

    async def stop(self) -> None:
        """Let go of the connection."""
        if self._reader is not None:
            await self._reader.stop()
