"""Calls that the console's database failed are told for a while: it may be damaged where nothing else reads."""

import time
from collections.abc import Callable

TOLD_SECONDS = 60.0
"""Whoever looks within a minute of a failed call sees it; the next failed call tells it again."""


class DatabaseFailures:
    """Remembers the last call that the database failed."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._kind, self._until = "", 0.0

    def note(self, kind: str) -> None:
        """A call failed by an error of this kind."""
        self._kind, self._until = kind, self._now() + TOLD_SECONDS

    def lately(self) -> str:
        """The kind of the last error, empty if there was none lately."""
        return self._kind if self._now() < self._until else ""
