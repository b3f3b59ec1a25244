"""Files that nobody needs any more are removed from a folder once they have lain there for so many days."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import structlog

log = structlog.get_logger()
DAY_SECONDS = 86_400.0
LOOK_SECONDS = 3600.0
"""Whoever counts in days looks every hour."""


class Kept(NamedTuple):
    """Files in a folder, not below it, by a pattern of their names."""

    folder: Path
    pattern: str


def remove_older(kept: Kept, days: int, now: float) -> int:
    """Remove files that came into their folder more than so many days ago (0: none, ever); how many were removed.

    A file that is moved comes in then, whenever it was written: that is what its status change says.
    """
    removed = 0
    for file in kept.folder.glob(kept.pattern) if days else ():
        with suppress(FileNotFoundError):  # another process of this machine was quicker
            if file.lstat().st_ctime < now - days * DAY_SECONDS and file.is_file():
                file.unlink()
                removed += 1
    return removed


async def remove_in_time(kept: Sequence[Kept], days: int) -> None:
    """Remove them for ever, as they come of age."""
    while True:
        await asyncio.to_thread(_remove_all, kept, days)
        await asyncio.sleep(LOOK_SECONDS)


def _remove_all(kept: Sequence[Kept], days: int) -> None:
    for one in kept:
        try:
            if removed := remove_older(one, days, time.time()):
                log.info("retention.removed", folder=str(one.folder), files=removed, days=days)
        except OSError as error:
            log.warning("retention.not_removed", folder=str(one.folder), error=type(error).__name__)
