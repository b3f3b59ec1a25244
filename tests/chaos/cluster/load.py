"""A channel system that hands complaints in at a steady rate, and repeats under the same key until each is taken."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from bench.submitting import body

ANSWER_SECONDS = 7.0
"""Longer than intake takes to say that it does not know."""
PAUSE_SECONDS = 0.25
MOST_SECONDS = 120.0
TAKEN = {200, 201}


@dataclass
class Load:
    """Complaints to intakes that stand side by side. One that does not answer at all is passed over for the next.

    ``taken_at``: when the answer came that a case is taken, by case; ``cases``: the case of each key.
    """

    intakes: list[str]
    headers: dict[str, str]
    per_second: float
    taken_at: dict[str, float] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    repeated: Counter[str] = field(default_factory=Counter)
    sent: int = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hand in as long as the block lasts; afterwards all that was begun is taken."""
        async with httpx.AsyncClient(headers=self.headers, timeout=ANSWER_SECONDS) as client:
            stop, begun = asyncio.Event(), set[asyncio.Task[None]]()
            hands = asyncio.create_task(self._hand_in(client, stop, begun))
            try:
                yield
            finally:
                stop.set()
                await hands
            async with asyncio.timeout(MOST_SECONDS):
                await asyncio.gather(*begun)

    async def _hand_in(self, client: httpx.AsyncClient, stop: asyncio.Event, begun: set["asyncio.Task[None]"]) -> None:
        """Begin the next one when its time has come, whether the one before was taken or not."""
        first = time.monotonic()
        while not stop.is_set():
            begun.add(asyncio.create_task(self._until_taken(client, self.sent)))
            self.sent += 1
            await asyncio.sleep(max(0.0, first + self.sent / self.per_second - time.monotonic()))

    async def _until_taken(self, client: httpx.AsyncClient, number: int) -> None:
        at = number % len(self.intakes)
        while True:
            answer = await self._answer(client, self.intakes[at], number)
            if answer is not None and answer.status_code in TAKEN:
                case = answer.json()["case_id"]
                self.cases[f"key-{number}"] = case
                self.taken_at.setdefault(case, time.time())
                return
            if answer is None:  # it is away, or hung up: the other one may be there
                at = (at + 1) % len(self.intakes)
            elif answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                raise AssertionError(f"{answer.status_code}: {answer.text}")
            await asyncio.sleep(PAUSE_SECONDS)

    async def _answer(self, client: httpx.AsyncClient, address: str, number: int) -> httpx.Response | None:
        """The answer of one intake; None if it is not there, or hung up before it had answered."""
        key = {"Idempotency-Key": f"key-{number}", "Content-Type": "application/json"}
        try:
            answer = await client.post(f"{address}/v1/complaints/phone", headers=key, content=body(number))
        except httpx.TransportError as error:
            self.repeated[type(error).__name__] += 1
            return None
        if answer.status_code not in TAKEN:
            self.repeated[str(answer.status_code)] += 1
        return answer
