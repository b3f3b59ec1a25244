"""All partitions folded in one process: for APIs, which own no partition and append nothing to the log's events."""

import asyncio
from typing import Any, Generic, TypeVar

from shared.contract.records import EventLog
from shared.contract.topics import partition_of
from shared.errors import RedressError
from shared.kernel.fold import Fold
from shared.kernel.service import Service
from shared.log.patience import patiently
from shared.process import garbage

S = TypeVar("S")
BEHIND_SECONDS = 5.0


class ProjectionBehind(RedressError):
    """This service has not read the log that far yet: repeat the call in a moment."""

    code = "projection_behind"
    status = 504


class BadPosition(RedressError):
    """`after` is a place in the log as an answer's `log` gives it: <partition>:<offset>."""

    code = "bad_after"
    status = 422


class WholeLog(Generic[S]):
    """The committed log of every partition, folded for one service; ``run`` keeps it going."""

    def __init__(self, log: EventLog, service: Service[S]) -> None:
        self._log = log
        self.folds = [Fold(service, partition) for partition in range(log.partitions)]
        self.caught_up = asyncio.Event()

    async def run(self) -> None:
        """Follow all partitions for ever."""
        ends = await patiently(self._log.ends, "ends of the log")
        async with asyncio.TaskGroup() as tasks:
            for fold in self.folds:
                tasks.create_task(self._follow(fold))
            with garbage.loading():
                for partition, end in ends.items():
                    await self.folds[partition].past(end - 1)
            self.caught_up.set()

    async def _follow(self, fold: Fold[Any]) -> None:
        reader = await patiently(lambda: self._log.read(fold.partition), f"reader of partition {fold.partition}")
        try:
            await fold.follow(reader)
        finally:
            await reader.stop()

    def of(self, case: str) -> Fold[S]:
        """The fold of a case's partition."""
        return self.folds[partition_of(case, len(self.folds))]

    def positions(self) -> dict[int, int]:
        """How far each partition has been read."""
        return {fold.partition: fold.position for fold in self.folds}

    async def past(self, after: str) -> None:
        """Wait until the place ``<partition>:<offset>`` has been read. Raises BadPosition, ProjectionBehind."""
        partition, colon, offset = after.partition(":")
        if not (colon and partition.isdigit() and offset.isdigit() and int(partition) < len(self.folds)):
            raise BadPosition(pointers=("/after",))
        try:
            async with asyncio.timeout(BEHIND_SECONDS):
                await self.folds[int(partition)].past(int(offset))
        except TimeoutError as error:
            raise ProjectionBehind from error
