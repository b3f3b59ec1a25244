"""Waiting keeps a call behind the other calls about the same thing, and no call longer than its caller was promised."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
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


MOST_DOUBTS = 10_000
"""Far more than there are callers who still may repeat."""


class Doubts:
    """Remembers whose append ended without its caller knowing what became of it: it may be in the log by now."""

    def __init__(self) -> None:
        self._names: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, name: str) -> bool:
        return name in self._names

    @contextmanager
    def about(self, name: str) -> Iterator[None]:
        """Doubt a name unless what is done here ends well."""
        self._names[name] = None
        if len(self._names) > MOST_DOUBTS:
            self._names.popitem(last=False)
        yield
        self.settled(name)

    def settled(self, name: str) -> None:
        """It is known by now what became of it."""
        self._names.pop(name, None)
