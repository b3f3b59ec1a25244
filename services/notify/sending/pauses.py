"""Pauses part the attempts to send a letter: for ever, and ever less often."""

from collections.abc import AsyncIterator
from typing import NamedTuple

import stamina


class Pauses(NamedTuple):
    """Sets the first and the longest pause between two attempts; from one to the next it doubles."""

    first_seconds: float = 0.5
    longest_seconds: float = 30.0

    def attempts(self, on: type[Exception]) -> AsyncIterator[stamina.Attempt]:
        """Attempts without end, as long as they fail with this exception. Pauses are drawn out so that they part."""
        return stamina.retry_context(
            on=on, attempts=None, timeout=None, wait_initial=self.first_seconds, wait_max=self.longest_seconds,
            wait_jitter=self.first_seconds,
        ).__aiter__()  # fmt: skip
