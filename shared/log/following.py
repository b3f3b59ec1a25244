"""Follows every partition of a log in one process, and says how far it has got and when it has caught up."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from shared.contract.positions import position_from
from shared.contract.records import EventLog
from shared.errors import RedressError
from shared.log import trim_guard
from shared.log.patience import patiently
from shared.log.progress import Progress, Take, follow
from shared.process import garbage

Work = Coroutine[Any, Any, None]

BEHIND_SECONDS = 5.0
"""A caller waits so long for what was appended at a position to be seen."""

AWAKE_SECONDS = 5.0
"""Whoever asks is seldom alone: so long after a question nobody rests, and questions cost no look at the log's end."""
FRESH_SECONDS = 1.0
"""Whoever asks waits so long for what was in the log before; then what is known counts."""


class ProjectionBehind(RedressError):
    """This service has not read the log that far yet: repeat the call in a moment."""

    code = "projection_behind"
    status = 504


class WholeLogProgress:
    """How far one process has taken in every partition of a log. ``run`` follows them all.

    ``rest_seconds``: how long each of them rests after a few records. Each look at a partition costs as much as a
    dozen records do, and nobody decides on what is followed here; whoever asks is not answered from before the rest.
    """

    def __init__(
        self, log: EventLog, partitions: Sequence[Progress] | None = None, *, rest_seconds: float = 0.0
    ) -> None:
        self.log = log
        self.partitions = partitions or [Progress() for _ in range(log.partitions)]
        self.caught_up = asyncio.Event()
        self._rests = rest_seconds > 0
        self._awake_until = 0.0
        self._asking = asyncio.Lock()
        for progress in self.partitions:
            progress.rest_seconds = rest_seconds

    def positions(self) -> dict[int, int]:
        """The position of each partition."""
        return {partition: progress.position for partition, progress in enumerate(self.partitions)}

    async def ends(self) -> dict[int, int]:
        """Where the log ends now, once it is sure that it is all there. Raises LogTrimmed."""
        await trim_guard.check(self.log, range(len(self.partitions)))
        return await patiently(self.log.ends, "ends of the log")

    async def run(self, follow_one: Callable[[int], Work], *beside: Work) -> None:
        """Follow all partitions for ever, and say when what is there now has been taken in. Raises LogTrimmed."""
        ends = await self.ends()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(trim_guard.watch(self.log, lambda: range(len(self.partitions))))
            for work in beside:
                tasks.create_task(work)
            for partition in range(len(self.partitions)):
                tasks.create_task(follow_one(partition))
            with garbage.loading():
                await self.reach(ends)
            self.caught_up.set()

    async def read(self, partition: int, take: Take, *, committed: bool = True) -> None:
        """Follow one partition from its position on."""
        offset = self.partitions[partition].position
        reader = await patiently(
            partial(self.log.read, partition, offset, committed=committed), f"reader of partition {partition}"
        )
        try:
            await follow(reader, self.partitions[partition], take)
        finally:
            await reader.stop()

    async def reach(self, ends: Mapping[int, int]) -> None:
        """Wait until everything before these offsets has been taken in."""
        for partition, end in ends.items():
            await self.partitions[partition].past(end - 1)

    async def fresh(self) -> None:
        """Be as far as if nothing had rested, once the log was read to its end: for whoever is about to look here."""
        await self.caught_up.wait()
        if not self._rests:
            return
        async with self._asking:
            now = asyncio.get_running_loop().time()
            asleep, self._awake_until = now >= self._awake_until, now + AWAKE_SECONDS
            for progress in self.partitions:
                progress.wake(AWAKE_SECONDS)
            if asleep:
                with suppress(TimeoutError):
                    async with asyncio.timeout(FRESH_SECONDS):
                        await self.reach(await patiently(self.log.ends, "ends of the log"))

    async def past(self, after: str) -> None:
        """Wait, not for long, until the position ``after`` has been taken in. Raises BadPosition, ProjectionBehind."""
        position = position_from(after, len(self.partitions), "/after")
        try:
            async with asyncio.timeout(BEHIND_SECONDS):
                await self.partitions[position.partition].past(position.offset)
        except TimeoutError as error:
            raise ProjectionBehind from error
