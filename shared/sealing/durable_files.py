"""A folder sync makes names in folders durable: whoever asks at the same time shares one fsync per folder."""

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path


class FolderSync:
    """An fsync of a file makes its content durable, not its name: that stands in the folder."""

    def __init__(self) -> None:
        self._asked: set[Path] = set()
        self._next: asyncio.Task[None] | None = None
        self._running: asyncio.Task[None] | None = None

    async def durable(self, folders: Iterable[Path]) -> None:
        """Return when every name given in these folders before this call is on the disk.

        Raises:
            OSError: a folder could not be written; to everybody who shared the attempt.
        """
        self._asked.update(folders)
        if self._next is None:
            self._next = asyncio.create_task(self._round(self._running))
        # One who gives up must not end the round for the others.
        await asyncio.shield(self._next)

    async def _round(self, before: "asyncio.Task[None] | None") -> None:
        """Waits until the round before has ended, so that all who ask meanwhile share this one."""
        if before is not None:
            await asyncio.wait([before])
        # An fsync that has begun may have missed a name given since: from here on one asks for the next round.
        folders, self._asked = self._asked, set()
        self._running, self._next = self._next, None
        await asyncio.to_thread(_fsync, sorted(folders))


def _fsync(folders: list[Path]) -> None:
    for folder in folders:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
