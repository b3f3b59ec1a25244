"""The stores of an installation: where their files lie, and how much of them stays in memory."""

from dataclasses import dataclass
from pathlib import Path

from shared.process.settings import Settings
from shared.store.store_file import StoreFile


@dataclass(frozen=True, slots=True)
class Stores:
    """Where the stores of an installation lie, whose they are, and how many unchanged cases a fold keeps in memory.

    ``ending``: how the files' names end that are built beside those in use.
    """

    folder: Path
    installation: str
    most: int
    ending: str = ""

    @classmethod
    def of(cls, settings: Settings) -> "Stores":
        """As the settings say; what a process may keep is shared out among all partitions, as it may get them all."""
        most = settings.cases_in_memory // settings.partitions
        return cls(settings.data / "stores", f"{settings.topic_prefix}{settings.installation}", most)

    def file(self, owner: str, name: str, shape: str) -> StoreFile:
        """A file of a process; nothing is opened yet. ``shape``: what its rows mean."""
        return StoreFile(self.folder / owner / f"{name}{self.ending}.db", f"{self.installation}/{owner}/{name}", shape)
