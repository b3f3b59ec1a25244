"""Keeps a fold, a follower and a session for every partition that is assigned to this process.

Folds outlive an assignment: when a partition comes back, its fold goes on where it stopped. One with a store is written
down and let go of when the partition goes to another process: that one may be on this machine, and needs the file.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import structlog

from shared.kernel.fold import Fold
from shared.kernel.ports import Ports
from shared.kernel.service import Service
from shared.kernel.session import Session
from shared.kernel.store.fold_keeper import fold_keeper
from shared.kernel.store.stored_fold import StoredFold
from shared.log import trim_guard
from shared.log.patience import patiently
from shared.process import garbage, metrics
from shared.process.process_end import watched
from shared.store.store_keeper import StoreKeeper, not_written, opened
from shared.store.stores import Stores

log = structlog.get_logger()
S = TypeVar("S")

END_SECONDS = 5.0
"""A session that takes longer to end is left behind: its writer is fenced by the next owner."""


@dataclass(slots=True)
class Owned:
    """The running session of an owned partition."""

    session: Session[Any]
    task: asyncio.Task[None]


class OwnedPartitions(Generic[S]):
    """The partitions of one process. ``assigned``: whether the group has said which they are."""

    def __init__(self, service: Service[S], ports: Ports, stores: Stores | None = None) -> None:
        self.service = service
        self.ports = ports
        self.stores = stores
        self.folds: dict[int, Fold[S]] = {}
        self.owned: dict[int, Owned] = {}
        self.assigned = False
        self._followers: dict[int, asyncio.Task[None]] = {}
        self._keepers: dict[int, StoreKeeper[StoredFold[S]]] = {}

    async def assign(self, partitions: set[int]) -> None:
        """These are ours now, and no others. Only starts tasks: whoever calls must not wait for a fold."""
        await self.end_sessions()
        log.info("worker.assigned", partitions=sorted(partitions))
        self._stop_following(self._followers.keys() - partitions)
        for partition in sorted(partitions):
            self._begin(partition)
        self.assigned = True

    def session(self, partition: int) -> Session[Any] | None:
        """The open session of a partition, if it is ours."""
        owned = self.owned.get(partition)
        return owned.session if owned is not None and owned.session.open else None

    async def revoke(self) -> None:
        """None is ours until the next assignment."""
        self.assigned = False
        await self.end_sessions()

    async def end_sessions(self) -> None:
        """Cancel and await the sessions; their producers stop in the background. The folds stay."""
        ending, self.owned = self.owned, {}
        for owned in ending.values():
            owned.task.cancel()
        if ending:
            await asyncio.wait([owned.task for owned in ending.values()], timeout=END_SECONDS)
        for owned in ending.values():
            watched(owned.session.close(), "closing a session")

    async def stop_following(self) -> None:
        """Follow none any more: the process ends."""
        tasks = list(self._followers.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def watch(self) -> None:
        """Look again and again whether all of what is followed is still there. Raises LogTrimmed."""
        await trim_guard.watch(self.ports.log, lambda: list(self._followers))

    def stores_not_written(self) -> dict[str, str]:
        """Why a store is not written, by its name; empty while all are."""
        return not_written(self._keepers.values())

    def _begin(self, partition: int) -> None:
        fold = self.folds.get(partition) or self._made(partition)
        if partition not in self._followers:
            metrics.OWED.labels(self.service.name, partition).set_function(fold.open_work)
            metrics.OWED_OLDEST.labels(self.service.name, partition).set_function(fold.oldest_seconds)
            follow = self._follow(fold, self._keepers.get(partition))
            self._followers[partition] = watched(follow, f"fold of partition {partition}")
        session = Session(self.ports, self.service, fold)
        self.owned[partition] = Owned(session, watched(session.run(), f"session of partition {partition}"))

    def _made(self, partition: int) -> Fold[S]:
        """A fold that knows nothing yet, with its store where the service has one."""
        stores, stored = self.stores, self.service.stored
        if stores is None or stored is None:
            fold = self.folds[partition] = Fold(self.service, partition)
            return fold
        keeper = self._keepers[partition] = fold_keeper(stores, self.service, stored, partition)
        self.folds[partition] = keeper.content
        metrics.STORE_UNWRITTEN.labels(self.service.name, partition).set_function(lambda: keeper.content.unwritten)
        return keeper.content

    async def _follow(self, fold: Fold[S], keeper: StoreKeeper[StoredFold[S]] | None) -> None:
        """Load the partition, then follow it."""
        events = self.ports.log
        await trim_guard.check(events, [fold.partition])
        async with opened([] if keeper is None else [keeper], events):
            await self._read(fold, keeper)

    async def _read(self, fold: Fold[S], keeper: StoreKeeper[StoredFold[S]] | None) -> None:
        events = self.ports.log
        end = await patiently(lambda: events.end(fold.partition), "end of the log")
        reader = await patiently(
            lambda: events.read(fold.partition, fold.position), f"reader of partition {fold.partition}"
        )
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(fold.follow(reader))
                if keeper is not None:
                    tasks.create_task(keeper.run())
                with garbage.loading():
                    await fold.progress.past(end - 1)
        finally:
            await reader.stop()

    def _stop_following(self, partitions: set[int]) -> None:
        """These belong to others now. A fold stays, and goes on if its partition comes back, or its file does that."""
        for partition in partitions:
            self._followers.pop(partition).cancel()
            metrics.OWED.remove(self.service.name, partition)
            metrics.OWED_OLDEST.remove(self.service.name, partition)
            if self._keepers.pop(partition, None) is not None:
                metrics.STORE_UNWRITTEN.remove(self.service.name, partition)
                del self.folds[partition]
