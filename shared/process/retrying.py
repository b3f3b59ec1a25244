"""Repeats what failed, after pauses that grow: the one rule by which anything here is tried again."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from secrets import randbelow

import stamina
from stamina.instrumentation import set_on_retry_hooks

set_on_retry_hooks(())
"""Stamina's own log line quotes the error, and an error may quote a letter or an address: each caller logs itself."""
FINE = 1_000
"""Parts of the longest jitter, of which chance takes some: many who failed together are to part."""
MOST_DOUBLED = 64
"""A pause of a millisecond that was doubled so often is longer than any longest, and still a number."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """Set how long it is waited before the next attempt: twice as long each time, up to the longest.

    ``jitter_seconds``: up to so much is added by chance, so that many who failed together part.
    """

    first_seconds: float
    longest_seconds: float
    jitter_seconds: float = 0.0

    def attempts(self, *errors: type[Exception]) -> AsyncIterator[stamina.Attempt]:
        """Attempts without an end, one after each of these errors: each caller says why it never gives up."""
        return aiter(
            stamina.retry_context(
                on=errors, attempts=None, timeout=None, wait_initial=self.first_seconds,
                wait_max=self.longest_seconds, wait_jitter=self.jitter_seconds,
            )
        )  # fmt: skip

    def after(self, failures: int) -> float:
        """Seconds until the next attempt of something that failed so often, for what has no task of its own."""
        jitter = self.jitter_seconds * randbelow(FINE) / FINE
        return min(self.longest_seconds, self.first_seconds * 2.0 ** min(failures - 1, MOST_DOUBLED) + jitter)
