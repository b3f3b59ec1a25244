"""A durable file has its name only once it is whole and on the disk, and its name once its folder is synced."""

import asyncio
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


class FolderSync:
    """Makes names in folders durable: whoever asks at the same time shares one fsync per folder."""

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
        await asyncio.to_thread(sync_folders, sorted(folders))


@contextmanager
def draft_beside(path: Path, content: bytes, mode: int = 0o666) -> Iterator[Path]:
    """Write the content into a draft in the same folder, whole and on the disk; whoever asked gives it its name.

    Every attempt has a draft of its own, and none is left behind, also where the disk is full.
    """
    draft = path.with_name(f".{uuid4().hex}.draft")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def replace_file(path: Path, content: bytes) -> None:
    """Put a file in its place, whole or not at all. Its name is durable once its folder is synced."""
    with draft_beside(path, content) as draft:
        draft.rename(path)


def sync_folders(folders: Iterable[Path]) -> None:
    """Make the names in these folders durable."""
    for folder in folders:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
