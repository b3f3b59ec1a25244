"""The files of all cases that wait for a scanner's verdict, as the log tells it."""

import asyncio
from typing import NamedTuple

from shared.contract.envelope import Event
from shared.store.stored_maps import KeptMap, StoredMaps


class WaitingFile(NamedTuple):
    """A file that nobody opens before a scanner has answered."""

    case_id: str
    event_id: str
    sha256: str


class WaitingFiles:
    """Keeps what waits, in the order in which it came. Pure but for who waits for something to wait."""

    def __init__(self, maps: StoredMaps) -> None:
        self._waiting: KeptMap[WaitingFile] = maps.kept_map("waiting_file", WaitingFile)
        self._some = asyncio.Event()

    def look(self) -> None:
        """Wake who waits if something waits; else let them wait."""
        if self._waiting:
            self._some.set()
        else:
            self._some.clear()

    def added(self, event: Event) -> None:
        """Note a file; one that came while no scanner was set does not wait."""
        if event.data.get("quarantined"):
            self._waiting[event.id] = WaitingFile(event.subject, event.id, event.data["sha256"])
            self.look()

    def drop(self, event_id: str) -> None:
        """It was answered, or nobody can ever answer."""
        self._waiting.pop(event_id)
        self.look()

    def now(self) -> tuple[WaitingFile, ...]:
        """What waits now."""
        return tuple(one for _, one in self._waiting.items())

    async def some(self) -> None:
        """Wait until something waits."""
        await self._some.wait()
