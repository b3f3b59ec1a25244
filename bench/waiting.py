"""Memory of a letter that waits for its turn: everything its pool keeps, counted by Python's own allocator."""

import asyncio
import gc
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

from bench.cases import received
from bench.ground import Ground
from bench.table import Row
from services.notify.decisions import SERVICE
from services.notify.sending.pool import STARTED, SendingPool
from shared.contract.envelope import TYPE_PREFIX, Event, from_json
from shared.kernel.fold import Fold
from shared.kernel.folded_case import FoldedCase

LETTERS = 20_000
MOST_BYTES = 1024


class Stuck:
    """A mail server that takes the first letter and says nothing for ever, so that all others wait."""

    away = True

    async def started(self, case: str, event_id: str) -> str:
        """The letter is known by its id."""
        return event_id

    def lane(self, started: object) -> str:
        """All go the same way."""
        return "email"

    async def deliver(self, started: str) -> dict[str, Any]:
        """Never end."""
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")


async def rows(ground: Ground, long: bool) -> AsyncIterator[Row]:
    """One row."""
    per_letter = await bytes_of_a_waiting_letter(LETTERS)
    against = f"≤ {MOST_BYTES:,} bytes"
    yield Row("memory per letter that waits", f"{per_letter:,.0f} bytes", against, per_letter <= MOST_BYTES)


async def bytes_of_a_waiting_letter(number: int) -> float:
    """What the pool keeps of each of so many letters, of which each has a case of its own."""
    model, fold = from_json(received().value), Fold[Any](SERVICE, 0)
    first, *others = [(str(uuid4()), str(uuid4())) for _ in range(number + 1)]
    for case, id_ in (first, *others):
        fold.cases[case] = FoldedCase((id_,), b"", b"", b"")
    pool = SendingPool(Stuck(), 1, 0.0, opens=lambda state: state)
    pool.committed(fold, [_start(model, *first)])
    await _beginnings()
    gc.collect()
    tracemalloc.start()
    for case, id_ in others:
        pool.committed(fold, [_start(model, case, id_)])
    await _beginnings()
    gc.collect()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    await pool.closed(0)
    return taken / number


def _start(model: Event, case: str, id_: str) -> Event:
    """The start of a letter as it comes from deciding: no two of them share a text."""
    case, id_ = case.encode().decode(), id_.encode().decode()
    return model._replace(type=f"{TYPE_PREFIX}{STARTED}.v1", subject=case, id=id_, data={**model.data})


async def _beginnings() -> None:
    """Let whatever was begun come to where it waits."""
    for _ in range(5):
        await asyncio.sleep(0)
