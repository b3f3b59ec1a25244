"""What keeps the analysts' tables up to date rests where it can do nothing."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from services.console.analysis.for_analysts import ForAnalysts
from shared.bank.reference import Reference
from shared.process.clock import SystemClock


class Looking(ForAnalysts):
    """Counts how often it is looked whether anything is in force, which nothing is; nothing is published either."""

    looks = 0

    async def keep_bank(self, database: Any) -> bool:
        """Write nothing."""
        self.looks += 1
        return False

    async def _do(self, database: Any, job: Any, *of: object) -> Any:
        return []


async def test_while_no_organisation_is_in_force_it_is_not_looked_again_at_once() -> None:
    """It span: what is not written yet always differed from what is to be written."""
    started = asyncio.Event()
    started.set()
    live = cast(Any, SimpleNamespace(started=started, following=SimpleNamespace(database=SimpleNamespace(number=1))))
    written = asyncio.Event()
    analysts = Looking(live, cast(Any, None), Reference(), SystemClock(), cast(Any, None), written, rest_seconds=0)
    running = asyncio.create_task(analysts.run(asyncio.sleep(0)))
    await asyncio.sleep(0.05)
    at_first = analysts.looks
    written.set()
    await asyncio.sleep(0.05)
    running.cancel()

    assert (1, 2) == (at_first, analysts.looks)
