"""A whole log folds all partitions in one process, for APIs: they own no partition and append no events by it."""

from typing import Generic, TypeVar

from shared.contract.records import EventLog
from shared.contract.topics import partition_of
from shared.kernel.fold import Fold
from shared.kernel.service import Folded
from shared.kernel.store.fold_keeper import fold_keeper
from shared.kernel.store.stored_fold import StoredFold
from shared.log.following import WholeLogProgress
from shared.log.progress import one_by_one
from shared.store.store_keeper import StoreKeeper, opened
from shared.store.stores import Stores

S = TypeVar("S")


class WholeLog(Generic[S]):
    """The committed log of every partition, folded for one service; ``run`` keeps it going.

    ``stores``: where it goes on from at the next start; without them it reads the whole log each time.
    """

    def __init__(
        self, log: EventLog, service: Folded[S], stores: Stores | None = None, *, rest_seconds: float = 0.0
    ) -> None:
        partitions, stored = range(log.partitions), service.stored
        self.keepers: list[StoreKeeper[StoredFold[S]]] = []
        if stores is not None and stored is not None:
            self.keepers += [fold_keeper(stores, service, stored, one) for one in partitions]
        self.folds: list[Fold[S]] = [one.content for one in self.keepers] or [Fold(service, one) for one in partitions]
        self.progress = WholeLogProgress(log, [fold.progress for fold in self.folds], rest_seconds=rest_seconds)

    async def run(self) -> None:
        """Follow all partitions for ever. Raises LogTrimmed, in a group."""
        async with opened(self.keepers, self.progress.log):
            await self.progress.run(self._follow, *(keeper.run() for keeper in self.keepers))

    async def _follow(self, partition: int) -> None:
        await self.progress.read(partition, one_by_one(self.folds[partition].apply))

    def of(self, case: str) -> Fold[S]:
        """The fold of a case's partition."""
        return self.folds[partition_of(case, len(self.folds))]
