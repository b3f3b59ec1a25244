"""The print tray is watched: a letter that nobody fetches is told, and what was printed is removed in time."""

import asyncio
import time
from contextlib import suppress
from pathlib import Path

from shared.process.process_end import watched
from shared.process.retention import DAY_SECONDS, Kept, remove_in_time
from shared.process.settings import Settings

TRAY = Path("outbox") / "print"
"""Where in the data folder letters wait for the print room."""
DONE = "done"
"""The folder in the tray into which the print room moves what it has printed, unless it takes that away."""
LOOK_SECONDS = 60.0
"""Letters wait for days: that one more does is known soon enough."""


class PrintTray:
    """Counts what lies in the tray. Nothing is ever removed from there: whatever lies there nobody has printed."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.data / TRAY
        self._late_after = settings.print_days * DAY_SECONDS
        self._kept_days = settings.outbox_days
        self._written: list[float] = []
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """Look at it, and remove what was printed long ago, for as long as the process runs."""
        done = [Kept(self._folder / DONE, "*.pdf")]
        self._tasks = [
            watched(self._look_in_time(), "print tray"),
            watched(remove_in_time(done, self._kept_days), "printed letters"),
        ]

    async def _look_in_time(self) -> None:
        while True:
            with suppress(OSError):  # a disk that cannot be read has alarms of its own
                await asyncio.to_thread(self.look)
            await asyncio.sleep(LOOK_SECONDS)

    def look(self) -> None:
        """Note when each letter in the tray was written, in seconds of the epoch."""
        found = []
        for file in self._folder.glob("*.pdf"):
            with suppress(FileNotFoundError):  # it was fetched at this very moment
                found.append(file.stat().st_mtime)
        self._written = found

    def numbers(self) -> dict[str, int]:
        """How many letters nobody has fetched, and how many of them for too long."""
        since = time.time() - self._late_after
        late = sum(written < since for written in self._written)
        return {"letters_to_print": len(self._written), "letters_not_printed": late}
