"""A whole log folds all partitions in one process, for APIs: they own no partition and append no events by it."""

from typing import Generic, TypeVar

from shared.contract.records import EventLog
from shared.contract.topics import partition_of
from shared.kernel.fold import Fold
from shared.kernel.service import Folded
from shared.log.following import WholeLogProgress
from shared.log.progress import one_by_one

S = TypeVar("S")


class WholeLog(Generic[S]):
    """The committed log of every partition, folded for one service; ``run`` keeps it going."""

    def __init__(self, log: EventLog, service: Folded[S], *, rest_seconds: float = 0.0) -> None:
        self.folds = [Fold(service, partition) for partition in range(log.partitions)]
        self.progress = WholeLogProgress(log, [fold.progress for fold in self.folds], rest_seconds=rest_seconds)

    async def run(self) -> None:
        """Follow all partitions for ever. Raises LogTrimmed, in a group."""
        await self.progress.run(self._follow)

    async def _follow(self, partition: int) -> None:
        await self.progress.read(partition, one_by_one(self.folds[partition].apply))

    def of(self, case: str) -> Fold[S]:
        """The fold of a case's partition."""
        return self.folds[partition_of(case, len(self.folds))]
