"""Rounds: whoever asks at the same time is answered together, each by what is his own, and by nothing begun before."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from shared.process.rounds import Rounds


class Work:
    """Doubles numbers, once it is let go; an odd one is a fault of its own, and a zero everybody's."""

    def __init__(self) -> None:
        self.rounds: list[list[int]] = []
        self.go_on = threading.Event()

    def __call__(self, asked: Sequence[int]) -> list[int | Exception]:
        """One round."""
        self.rounds.append(list(asked))
        self.go_on.wait(10)
        if 0 in asked:
            raise OSError("everybody's")
        return [ValueError(one) if one % 2 else 2 * one for one in asked]


async def test_who_asks_while_a_round_runs_shares_the_next() -> None:
    """The running one may have begun before it was asked."""
    work = Work()
    rounds = Rounds[int, int](work)
    first = asyncio.create_task(rounds.ask(2))
    await asyncio.sleep(0.05)
    others = [asyncio.create_task(rounds.ask(number)) for number in (4, 6, 8)]
    await asyncio.sleep(0.05)
    work.go_on.set()

    assert [4, 8, 12, 16] == await asyncio.gather(first, *others)
    assert [[2], [4, 6, 8]] == work.rounds


async def test_a_fault_is_its_own_or_everybodys_of_that_round() -> None:
    """And after it the next round is as any other."""
    work = Work()
    work.go_on.set()
    rounds = Rounds[int, int](work)
    own = await asyncio.gather(rounds.ask(2), rounds.ask(3), return_exceptions=True)
    all_of_them = await asyncio.gather(rounds.ask(2), rounds.ask(0), return_exceptions=True)

    assert (4, ValueError) == (own[0], type(own[1]))
    assert [OSError] * 2 == [type(one) for one in all_of_them]
    assert 8 == await rounds.ask(4)


async def test_who_gives_up_ends_it_for_nobody_else() -> None:
    """He is answered by nothing; those beside him and after him are."""
    work = Work()
    rounds = Rounds[int, int](work)
    gone, stays = asyncio.create_task(rounds.ask(2)), asyncio.create_task(rounds.ask(4))
    await asyncio.sleep(0.05)
    gone.cancel()
    work.go_on.set()

    assert 8 == await stays
    assert 12 == await rounds.ask(6)
    with pytest.raises(asyncio.CancelledError):
        await gone
