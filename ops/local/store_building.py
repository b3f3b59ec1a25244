"""``redress rebuild``: stores are built anew from the log beside what runs, which takes them over one by one.

A build that was cut off goes on where it stopped when the command is given again.
"""

import fcntl
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, aclosing, asynccontextmanager, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from ops.local.installation import NotRunning
from ops.local.reading import HowFar, batches
from ops.local.restarting import restart
from ops.local.status import processes
from services.casework.decisions import SERVICE as CASEWORK
from services.casework.http.outcome_folding import OUTCOMES
from services.intake.mail.correspondents import CORRESPONDENTS
from services.intake.standing import STANDINGS
from services.notify.decisions import SERVICE as NOTIFY
from services.routing.decisions import SERVICE as ROUTING
from services.sla.decisions import SERVICE as SLA
from shared.contract.records import EventLog, Record
from shared.errors import LogTrimmed, RedressError
from shared.kernel.service import Folded, Stored
from shared.kernel.store.fold_keeper import fold_keeper
from shared.kernel.store.stored_fold import StoredFold
from shared.log import trim_guard
from shared.log.kafka_log import KafkaLog
from shared.process import garbage
from shared.process.settings import Settings
from shared.store.store_file import StoreFile, built_beside
from shared.store.store_keeper import StoreKeeper, not_written, opened
from shared.store.stores import Stores
from shared.web.case_index import CaseIndex

STORED: tuple[Folded[Any], ...] = (ROUTING, CASEWORK, SLA, NOTIFY, OUTCOMES, STANDINGS, CORRESPONDENTS)
FOLDS = {one.name: one for one in STORED}
INDEXED = (OUTCOMES.name, STANDINGS.name, CORRESPONDENTS.name, "intake-inbox")
"""Whose processes keep an index of all cases."""
KEEPING = tuple(dict.fromkeys((*FOLDS, *INDEXED)))
"""Every process that keeps a store."""
ENDING = ".next"


class StoresNotBuilt(RedressError):
    """The stores cannot be written: another rebuild works on them, or the folder takes nothing."""

    code = "stores_not_built"
    status = 503


class Built(NamedTuple):
    """What was built: files, the records that were read for them, the seconds that took, and what waits in them.

    ``blocked``: the cases of which a record cannot be read by this version.
    """

    files: int
    records: int
    seconds: float
    blocked: Sequence[str]


async def build(settings: Settings, names: Sequence[str], told: HowFar) -> Built:
    """Build the stores of these processes up to the end of the log as it is now. One pass over the log.

    Raises:
        StoresNotBuilt: another rebuild has them, or the folder takes nothing.
    """
    log, began = KafkaLog(settings), time.monotonic()
    building = Building(log, replace(Stores.of(settings), ending=ENDING), names)
    with alone(settings.data / "stores", names):
        try:
            with garbage.loading():
                records = await building.run(told)
        finally:
            await log.stop()
        building.put_beside()
    return Built(len(building.files), records, time.monotonic() - began, sorted(building.blocked))


@contextmanager
def alone(stores: Path, names: Sequence[str]) -> Iterator[None]:
    """Have the stores of these processes to build until they wait beside the used ones. Raises StoresNotBuilt.

    Each file has a lock of its own, and lets go of it before it is put there.
    """
    with ExitStack() as held:
        for name in names:
            (stores / name).mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(stores / name / ".rebuild.lock", os.O_RDWR | os.O_CREAT, 0o600)
            held.callback(os.close, descriptor)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise StoresNotBuilt(
                    f"Another rebuild works on the stores of {name}: wait until it is done."
                ) from error
        yield


class Building:
    """The stores that are being built: of each partition the folds, and the indexes of all."""

    def __init__(self, log: EventLog, stores: Stores, names: Sequence[str]) -> None:
        self.log = log
        self.files: list[StoreFile] = []
        self.blocked: set[str] = set()
        self._stores = stores
        self._folds = [FOLDS[name] for name in names if name in FOLDS]
        self._indexes = [CaseIndex(log, stores, name) for name in names if name in INDEXED]

    async def run(self, told: HowFar) -> int:
        """Read the whole log; how many records that were. Raises LogTrimmed: it does not begin at 0 any more."""
        ends, done = await self.log.ends(), 0
        total = sum(ends.values())
        async with self._open([keeper for index in self._indexes for keeper in index.keepers]):
            for partition, end in ends.items():
                await self._partition(partition, end, partial(_tell, told, done, total))
                done += end
        return total

    def put_beside(self) -> None:
        """Let each of them wait beside the file whose place it is to take. Its lock stays: another may wait for it."""
        for file in self.files:
            used = file.path.with_name(file.path.name.replace(ENDING, ""))
            file.path.rename(built_beside(used))

    async def _partition(self, partition: int, end: int, told: Callable[[int], None]) -> None:
        gone = trim_guard.missing(self.log.topic, partition, await self.log.beginning(partition))
        if gone is not None:  # what is built of the rest would pass for all of it
            raise LogTrimmed(gone)
        keepers = [fold_keeper(self._stores, fold, stored_of(fold), partition) for fold in self._folds]
        async with self._open(keepers):
            at = min([*(one.content.position for one in keepers), *(_next(one, partition) for one in self._indexes)])
            new = batches(self.log, {partition: end}, lambda read, _: told(read), since={partition: at})
            async with aclosing(new) as found:
                async for batch in found:
                    await self._take(batch.records, keepers)
            self.blocked.update(*(keeper.content.blocked for keeper in keepers))

    async def _take(self, records: Sequence[Record], keepers: Sequence[StoreKeeper[StoredFold[Any]]]) -> None:
        """Take in what is new to each of them, and write down what is much by now."""
        for record in records:
            for keeper in keepers:
                if record.offset >= keeper.content.position:
                    keeper.content.apply(record)
            for index in self._indexes:
                if record.offset >= _next(index, record.partition):
                    index.take(record)
        everyone: list[StoreKeeper[Any]] = [*keepers, *(one for index in self._indexes for one in index.keepers)]
        for one in everyone:
            if one.content.many.is_set():
                await one.flush()

    @asynccontextmanager
    async def _open(self, keepers: Sequence[StoreKeeper[Any]]) -> AsyncIterator[None]:
        """Have these files open; all of what is known stands in them in the end. Raises StoresNotBuilt."""
        async with opened(keepers, self.log):
            _check(keepers)
            yield
        _check(keepers)
        self.files += [keeper.file for keeper in keepers]


def _tell(told: HowFar, before: int, total: int, read: int) -> None:
    told(before + read, total)


def _next(index: CaseIndex, partition: int) -> int:
    place = index.maps.places.get(partition)
    return place.next if place is not None else 0


def _check(keepers: Sequence[StoreKeeper[Any]]) -> None:
    for name, why in not_written(keepers).items():
        raise StoresNotBuilt(
            f"{name} cannot be built: {why}. Is there room on its disk, may the folder be written, and does no other "
            "rebuild run?"
        )


def stored_of(fold: Folded[Any]) -> Stored:
    """How a fold's states are written down."""
    if fold.stored is None:
        raise ValueError(f"{fold.name} has no store")
    return fold.stored


async def hand_over(settings: Settings, names: Sequence[str], say: Callable[[str], None]) -> None:
    """Have the processes that run go on from what was built, one after another.

    Raises:
        NotBack: one of them is not ready again.
    """
    try:
        for row in [row for row in processes(settings) if row["service"] in names]:
            await restart(settings, row)
            say(f"{row['name']} goes on from its new store")
    except NotRunning:  # not at all, or not any more
        say("nothing runs: the next start of each process takes its new store over")
