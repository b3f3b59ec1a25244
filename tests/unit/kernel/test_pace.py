"""Long work over many items lets everybody else have a turn."""

import asyncio
from time import perf_counter

from shared.process.pace import SLICE_SECONDS, each

ITEMS = 8


def slow(item: int) -> int:
    """Work that takes longer than one piece may go on."""
    until = perf_counter() + SLICE_SECONDS
    while perf_counter() <= until:
        pass
    return item + 1


async def test_others_have_their_turn_between_items() -> None:
    """A register of thousands of lines would hold up every other reader until it is made."""
    turns = 0

    async def another() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    running = asyncio.create_task(another())
    made = await each(range(ITEMS), slow)
    running.cancel()

    assert [*range(1, ITEMS + 1)] == made
    assert ITEMS - 1 <= turns
