"""A log of many random journeys, as a fold reads it, and folds of it with and without a store."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch
from uuid import UUID

from ops.verify.services import SERVICES
from shared.contract.envelope import Event, outgoing
from shared.contract.records import Outgoing, Record
from shared.kernel.fold import Fold
from shared.kernel.service import Folded, Service
from shared.kernel.store.fold_keeper import fold_keeper
from shared.kernel.store.stored_fold import StoredFold
from shared.store.store_keeper import StoreKeeper
from shared.store.stores import Stores
from tests.support import facts, journey, world
from tests.support.journey import told
from tests.support.memory_log import MemoryLog

BY_NAME: dict[str, Service[Any]] = {service.name: service for service in SERVICES}
FAR = datetime(2120, 1, 1, tzinfo=UTC)
MOST = 4
"""Unchanged cases that a fold keeps in memory: few, so that most are read again."""


@lru_cache(maxsize=4)
def journeys(count: int, first: int = 0) -> tuple[Outgoing, ...]:
    """The records of so many cases, each in its order, all mixed."""
    rng, logs = Random(first), [_log_of(first + number) for number in range(count)]
    mixed: list[Outgoing] = []
    while logs:
        one = rng.choice(logs)
        mixed.append(outgoing(one.pop(0)))
        logs = [log for log in logs if log]
    return tuple(mixed)


def _log_of(seed: int) -> list[Event]:
    """A journey of a case of its own: all ids are made from the case's."""
    case = str(UUID(int=seed, version=5))
    with patch.object(facts, "CASE", case), patch.object(world, "CASE", case), patch.object(journey, "CASE", case):
        return list(told(seed).log)


def records(outgoing_: Sequence[Outgoing]) -> list[Record]:
    """As they are read from one partition."""
    return [Record(0, at, one.key, one.value, dict(one.headers)) for at, one in enumerate(outgoing_)]


def folded(service: Folded[Any], read: Sequence[Record]) -> Fold[Any]:
    """What a fold of the whole log knows."""
    fold: Fold[Any] = Fold(service, 0)
    for record in read:
        fold.apply(record)
    return fold


class Desk:
    """A partition's log and the stores of a service below a folder."""

    def __init__(self, folder: Path, service: str = "sla", rows: Sequence[Outgoing] = (), version: int = 0) -> None:
        known = BY_NAME[service]
        assert known.stored is not None
        self.stored = replace(known.stored, version=known.stored.version + version)
        self.service = replace(known, stored=self.stored)
        self.stores = Stores(folder, "test", MOST)
        self.log = MemoryLog(1)
        self.rows = list(rows)

    async def keeper(self) -> StoreKeeper[StoredFold[Any]]:
        """A keeper that has opened its store on the log, which has all rows."""
        if self.rows:
            await self.log.append(self.rows)
            self.rows = []
        keeper = self.unopened()
        await keeper.open(self.log)
        return keeper

    def unopened(self) -> StoreKeeper[StoredFold[Any]]:
        """A keeper that has not opened its store."""
        return fold_keeper(self.stores, self.service, self.stored, 0)

    async def read(self) -> list[Record]:
        """Every record of the log."""
        reader, found = await self.log.read(0), list[Record]()
        while await reader.position() < await self.log.end(0):
            found += await reader.batch(0.1)
        return found

    async def fold_on(self, keeper: StoreKeeper[StoredFold[Any]], most: int = 2**31) -> None:
        """Fold at most so many records more."""
        fold = keeper.content
        for record in [one for one in await self.read() if one.offset >= fold.position][:most]:
            fold.apply(record)
            await fold.progress.move(record.offset + 1)


def die(keeper: StoreKeeper[Any]) -> None:
    """Leave the file as it is, with what was not written down lost, as when the process is killed."""
    keeper.content.file = None
    keeper.file.close()


def known_by(fold: Fold[Any]) -> dict[str, Any]:
    """Everything a fold knows that decisions rest on; takes out what falls due in the next hundred years."""
    while fold.tick(FAR):
        pass
    return {
        "cases": dict(fold.cases.items()),
        "owed": [(one.id, one.case, one.event) for one in fold.owed.ready()],
        "due": sorted((one.due_at, one.id) for one in fold.due.ready()),
        "keys": {key: sorted(fold.keys.cases(key)) for key in fold.keys.all()},
        "blocked": sorted(fold.blocked),
    }
