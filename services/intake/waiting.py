"""Waiting keeps a call behind the other calls about the same thing, and no call longer than its caller was promised."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from shared.errors import OutcomeUnknown

ANSWER_WITHIN_SECONDS = 4.8
"""A caller is promised an answer within 5 s, also when the broker is away."""


@asynccontextmanager
async def answered_in_time() -> AsyncIterator[None]:
    """Ends a call that takes too long. Raises OutcomeUnknown: what was sent to the broker may still be appended."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
            yield
    except TimeoutError as error:
        raise OutcomeUnknown from error


class LockPerName:
    """Keeps one lock per name, and forgets it when nobody holds it or waits for it.

    It keeps two calls of this process with one key apart. Nothing durable rests on it: of two processes,
    what is first in the log counts.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, name: str) -> asyncio.Lock:
        """The lock of a name."""
        return self._locks.setdefault(name, asyncio.Lock())
