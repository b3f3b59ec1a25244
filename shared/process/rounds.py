"""Rounds do on a thread, together, what is asked for at the same time: they share a hand-over and a commit."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Generic, TypeVar

A = TypeVar("A")
R = TypeVar("R")


class Rounds(Generic[A, R]):
    """Whoever asks while a round runs shares the next one, so that what is answered was begun after it was asked.

    ``work`` answers all of a round, each with its result or with the error that is its own; what it raises is
    everybody's. ``thread``: where it runs, the loop's own threads if none is given; no two rounds run at once.
    """

    def __init__(self, work: Callable[[Sequence[A]], Sequence[R | Exception]], thread: Executor | None = None) -> None:
        self._work = work
        self._thread = thread
        self._waiting: list[tuple[A, asyncio.Future[R]]] = []
        self._running: asyncio.Task[None] | None = None

    async def ask(self, one: A) -> R:
        """The answer. Whoever gives up does not end the round for the others."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, answer))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return await answer

    async def _run(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting, []
            for (_, future), answer in zip(asked, await self._answers([one for one, _ in asked]), strict=True):
                if future.done():
                    continue  # he gave up
                if isinstance(answer, Exception):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)

    async def _answers(self, asked: Sequence[A]) -> Sequence[R | Exception]:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._work, asked)
        except Exception as error:  # noqa: BLE001 - whatever it is, everybody who waits hears of it
            return [error] * len(asked)
