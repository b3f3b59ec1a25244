"""A whole log folds all partitions in one process, for APIs: they own no partition and append no events by it."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from shared.contract.records import EventLog
from shared.contract.topics import partition_of
from shared.kernel.fold import Fold
from shared.kernel.refolding import refold_known
from shared.kernel.service import Folded
from shared.log.following import WholeLogProgress
from shared.log.progress import one_by_one
from shared.process import metrics
from shared.store.store_keeper import StoreKeeper, opened

S = TypeVar("S")
BLOCKED_TOLD = 100
"""Of more only the number is told."""


class WholeLog(Generic[S]):
    """The committed log of every partition, folded for one service; ``run`` keeps it going.

    ``keepers``: of the fold of each partition, from which it goes on at the next start (``fold_keepers``); without them
    it reads the whole log each time.
    """

    def __init__(
        self,
        log: EventLog,
        service: Folded[S],
        keepers: Sequence[StoreKeeper[Any]] = (),
        *,
        rest_seconds: float = 0.0,
    ) -> None:
        self.keepers = keepers
        self.folds: list[Fold[S]] = [one.content for one in keepers]
        self.folds = self.folds or [Fold(service, partition) for partition in range(log.partitions)]
        self.progress = WholeLogProgress(log, [fold.progress for fold in self.folds], rest_seconds=rest_seconds)

    async def run(self) -> None:
        """Follow all partitions for ever. Raises LogTrimmed, in a group."""
        metrics.BLOCKED.labels(self.folds[0].service.name).set_function(lambda: self.told()["blocked_total"])
        async with opened(self.keepers, self.progress.log):
            await self.progress.run(self._follow, self._read_anew(), *(keeper.run() for keeper in self.keepers))

    async def _read_anew(self) -> None:
        await self.progress.caught_up.wait()
        for fold in self.folds:
            await refold_known(self.progress.log, fold)

    async def _follow(self, partition: int) -> None:
        await self.progress.read(partition, one_by_one(self.folds[partition].apply))

    def told(self) -> dict[str, Any]:
        """What the process says of itself: the cases that it cannot read, a hundred of them at most."""
        blocked = [case for fold in self.folds for case in fold.blocked]
        return {"blocked": sorted(blocked)[:BLOCKED_TOLD], "blocked_total": len(blocked)}

    def of(self, case: str) -> Fold[S]:
        """The fold of a case's partition."""
        return self.folds[partition_of(case, len(self.folds))]
