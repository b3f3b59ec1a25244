"""A store keeper opens the file of a partition's fold, writes down what the fold knows, and closes it.

The loop goes on meanwhile: what changed is taken at one place of the log, made into rows between other tasks, written
in a thread, and let go of between other tasks. A file in which anything is wrong is deleted, the log is folded anew.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import structlog

from shared.contract.records import HEADER_ID, EventLog
from shared.kernel.service import Folded, LogTrigger, Stored
from shared.kernel.store.case_file import CaseFile, Change, Filed, Owed, UpTo
from shared.kernel.store.damage import StoreDamaged
from shared.kernel.store.packing import Packing
from shared.kernel.store.stored_cases import StoredCases
from shared.kernel.store.stored_fold import Known, StoredFold, Taken
from shared.log.patience import patiently
from shared.process import garbage
from shared.process.pace import Pace
from shared.process.process_end import end_process
from shared.process.settings import Settings

log = structlog.get_logger()
T = TypeVar("T")

WAIT_SECONDS = 5.0
"""So long something may stand in memory alone: a start reads again what came in since the last time."""
AGAIN_SECONDS = 10.0
"""After a failure, such as of a full disk."""
HOLD_SECONDS = 3.0
"""Its former owner writes it down and lets go; one that hangs is not waited for, the log is folded in memory."""
LOOK_SECONDS = 0.05
READ_SECONDS = 0.5


class StoreKeeper:
    """Keeps the file of one fold. ``fault``: why it is not written down; empty while all is well."""

    def __init__(self, fold: StoredFold[Any], packing: Packing[Any], file: CaseFile) -> None:
        self.fold = fold
        self.file = file
        self.fault = ""
        self._packing = packing
        self._read_place = UpTo()
        self._flushing: asyncio.Task[None] | None = None

    # -- opening ---------------------------------------------------------------------------------------

    async def open(self, events: EventLog) -> None:
        """Let the fold go on from what is written down, if that is of this log; else from the beginning."""
        with garbage.loading():  # what is read stays, and to look through it again and again keeps the loop waiting
            await self._go_on(events)

    async def _go_on(self, events: EventLog) -> None:
        try:
            known = await self._opened(events)
            self.fold.cases.file = self.file
        except TimeoutError:
            self._without(f"another process holds {self.file.path}")
        except (sqlite3.Error, OSError) as error:
            self._without(repr(error))
        else:
            self._read_place = known.place
            await self.fold.go_on(known)
            await self.fold.progress.move(known.place.next)

    async def _opened(self, events: EventLog) -> Known:
        async with asyncio.timeout(HOLD_SECONDS):
            while not self.file.hold():  # noqa: ASYNC110 - the lock of a file wakes nobody
                await asyncio.sleep(LOOK_SECONDS)
        try:
            known = await _to_its_end(self._known)
            await self._check_log(events, known.place)
        except StoreDamaged as error:
            log.warning("store.made_anew", service=self._service, partition=self.fold.partition, why=str(error))
            self.file.delete()
            known = await _to_its_end(self._known)
        return known

    def _known(self) -> Known:
        place, packing = self.file.open(), self._packing
        filed, owed, blocked = self.file.kept_whole()
        return Known(
            place,
            [(one.id, one.wakes, packing.keys_of(one.keys)) for one in filed],
            [LogTrigger(packing.event_of(one.event), one.at) for one in owed],
            [packing.blocked_of(one) for one in blocked],
        )

    async def _check_log(self, events: EventLog, place: UpTo) -> None:
        """See that the last record that was applied is where it was: else it is another log, or one that lost its tail.

        Raises:
            StoreDamaged: it is not.
        """
        partition = self.fold.partition
        if place.last < 0:
            return
        if place.last >= await patiently(partial(events.end, partition), "end of the log"):
            raise StoreDamaged("the log ends before what is written down")
        reader = await patiently(partial(events.read, partition, place.last), f"reader of partition {partition}")
        try:
            while not (records := await reader.batch(READ_SECONDS)) and await reader.position() <= place.last:
                pass
        finally:
            await reader.stop()
        found = [(one.offset, one.headers.get(HEADER_ID) or b"") for one in records[:1]]
        if found != [(place.last, place.last_id)]:
            raise StoreDamaged("it is of another log")

    def _without(self, why: str) -> None:
        """All is kept in memory, and read again at the next start."""
        self.fault = why
        log.error("store.not_used", service=self._service, partition=self.fold.partition, why=why)

    # -- writing ---------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Write down what the fold knows, again and again."""
        fold = self.fold
        while fold.cases.file is not None:
            await fold.some.wait()
            with suppress(TimeoutError):  # then it is time, however little there is
                async with asyncio.timeout(AGAIN_SECONDS if self.fault else WAIT_SECONDS):
                    await fold.many.wait()
            if fold.missing and self._read_place.last >= 0:
                await self._look()
            await self.flush()

    async def flush(self) -> None:
        """Write down what the fold knows now. A failure loses nothing: it is told, and tried again later."""
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        await asyncio.shield(self._flushing)

    async def _flush(self) -> None:
        if not self.fold.unwritten:
            return
        taken = self.fold.take()
        try:
            change = await self._change(taken)
            await asyncio.to_thread(self.file.write, change)
        except Exception as error:  # noqa: BLE001 - whatever it is, the fold goes on, and what it knows stays in memory
            self.fold.not_written(taken)
            self.fold.many.clear()
            self._without(repr(error))
        else:
            self.fault = ""
            await self.fold.written(taken)
            await _let_go(change.rows, change.filed, change.owed)

    async def _change(self, taken: Taken) -> Change:
        pace, packing, timers = Pace(), self._packing, self.fold.timers
        rows, filed, owed, answered = [], [], [], []
        for one in taken.cases:
            await pace.step()
            wakes = None if one.blocked else timers.first(one.case, one.state)
            rows.append((one.case, packing.pack(one)))
            filed.append(Filed(one.case, wakes, packing.write(one.keys) if one.keys else b""))
        for case_and_id, trigger in taken.owed.items():
            await pace.step()
            name = "/".join(case_and_id)
            if trigger is None:
                answered.append(name)
            else:
                owed.append(Owed(name, trigger.at, packing.write(trigger.event)))
        blocked = [(one.record.key, packing.write(one)) for one in taken.blocked]
        return Change(taken.place, rows, filed, owed, answered, blocked)

    async def _look(self) -> None:
        """Look whether the file lost what a blocked case had: then nothing in it is believed."""
        self.fold.missing = False
        self._read_place = UpTo()  # once is enough: what is known from now on was folded here
        if faults := await asyncio.to_thread(self.file.faults):
            ruin(self.file, StoreDamaged(faults))

    async def close(self) -> None:
        """Write down what is not, and let go of the file."""
        if self.fold.cases.file is not None:
            while self.fold.unwritten or (self._flushing is not None and not self._flushing.done()):
                await self.flush()
                if self.fault:
                    break
        self.fold.cases.file = None
        await asyncio.to_thread(self.file.close)

    @property
    def _service(self) -> str:
        return self.fold.service.name


async def _let_go(*lists: list[Any]) -> None:
    """Free what was written down, others working in between: of thousands of rows at once that takes long."""
    pace = Pace()
    for rows in lists:
        while rows:
            await pace.step()
            rows.pop()


async def _to_its_end(job: Callable[[], T]) -> T:
    """Do a job in a thread. Whoever gives up waits until it has ended: nobody closes a file that is being opened."""
    doing = asyncio.create_task(asyncio.to_thread(job))
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.wait([doing])
        raise


def ruin(file: CaseFile, error: StoreDamaged) -> NoReturn:
    """Delete a file in which something is wrong, and end the process: at its next start it folds the log anew."""
    file.delete()
    end_process(f"store {file.path}", error)
    raise AssertionError  # the process has ended


@dataclass(frozen=True, slots=True)
class Stores:
    """Where the stores of an installation lie, whose they are, and how many unchanged cases a fold keeps in memory."""

    folder: Path
    installation: str
    most: int

    @classmethod
    def of(cls, settings: Settings) -> "Stores":
        """As the settings say; what a process may keep is shared out among all partitions, as it may get them all."""
        most = settings.cases_in_memory // settings.partitions
        return cls(settings.data / "stores", f"{settings.topic_prefix}{settings.installation}", most)

    def keeper(self, service: Folded[Any], stored: Stored, partition: int) -> StoreKeeper:
        """The keeper of a partition's fold, with the fold; nothing is opened yet."""
        packing: Packing[Any] = Packing(stored)
        belongs_to = f"{self.installation}/{service.name}/{partition}"
        file = CaseFile(self.folder / service.name / f"{partition}.db", belongs_to, packing.shape)
        cases: StoredCases[Any] = StoredCases(packing, self.most, partial(ruin, file))
        return StoreKeeper(StoredFold(service, partition, cases), packing, file)
