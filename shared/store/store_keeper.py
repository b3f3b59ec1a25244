"""A store keeper opens a file, writes down what its content knows, and closes it.

The loop goes on meanwhile: what changed is taken at one place of the log, made into rows between other tasks, written
in a thread, and let go of between other tasks. A file in which anything is wrong is deleted, the log is read anew.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, Generic, NoReturn, Protocol, TypeVar

import structlog

from shared.contract.records import HEADER_ID, EventLog
from shared.log.patience import patiently
from shared.process import garbage
from shared.process.pace import Pace
from shared.process.process_end import end_process
from shared.store.store_file import Change, Kept, StoreFile, UpTo
from shared.store.typed_rows import StoreDamaged

log = structlog.get_logger()
K = TypeVar("K")
T = TypeVar("T")

WAIT_SECONDS = 5.0
"""So long something may stand in memory alone: a start reads again what came in since the last time."""
AGAIN_SECONDS = 10.0
"""After a failure, such as of a full disk."""
HOLD_SECONDS = 3.0
"""Its former owner writes it down and lets go; one that hangs is not waited for, all is kept in memory."""
LOOK_SECONDS = 0.05
READ_SECONDS = 0.5


class Content(Protocol[K, T]):
    """What stands in a file, as somebody works on it.

    ``some`` is set once something is not written down, ``many`` once it is time to; ``unwritten``: how many records
    that is. ``missing``: something was not found that should be there, so the file may have lost it. ``committed``:
    whether the records of aborted transactions were passed over.
    """

    file: StoreFile | None
    some: asyncio.Event
    many: asyncio.Event
    unwritten: int
    missing: bool
    committed: bool

    def decoded(self, kept: Kept) -> K:
        """What is read whole, in a thread of its own. Raises StoreDamaged."""

    async def go_on(self, known: K) -> None:
        """Know what is written down; nothing was known before."""

    def take(self) -> T:
        """What is not written down, as it is now; until ``written`` or ``not_written`` it is under way."""

    async def change(self, taken: T) -> Change:
        """What was taken, as it is written down. Others get their turn meanwhile."""

    async def written(self, taken: T) -> None:
        """What was taken is written down; it is let go of piece by piece, since that takes its time, too."""

    def not_written(self, taken: T) -> None:
        """What was taken is not: nothing is forgotten, it is taken again together with what came since."""


C = TypeVar("C", bound=Content[Any, Any])


class StoreKeeper(Generic[C]):
    """Keeps a file. ``fault``: why it is not written down; empty while all is well."""

    def __init__(self, content: C, file: StoreFile) -> None:
        self.content = content
        self.file = file
        self.fault = ""
        self._went_on = False
        self._flushing: asyncio.Task[None] | None = None

    # -- opening ---------------------------------------------------------------------------------------

    async def open(self, events: EventLog) -> None:
        """Let the content go on from what is written down, if that is of this log; else from the beginning."""
        with garbage.loading():  # what is read stays, and to look through it again and again keeps the loop waiting
            await self._go_on(events)

    async def _go_on(self, events: EventLog) -> None:
        try:
            kept, known = await self._opened(events)
            self.content.file = self.file
        except TimeoutError:
            self._without(f"another process holds {self.file.path}")
        except (sqlite3.Error, OSError) as error:
            self._without(repr(error))
        else:
            self._went_on = bool(kept.places)
            await self.content.go_on(known)

    async def _opened(self, events: EventLog) -> tuple[Kept, Any]:
        async with asyncio.timeout(HOLD_SECONDS):
            while not self.file.hold():  # noqa: ASYNC110 - the lock of a file wakes nobody
                await asyncio.sleep(LOOK_SECONDS)
        try:
            kept, known = await _to_its_end(self._known)
            for partition, place in kept.places.items():
                await self._check_log(events, partition, place)
        except StoreDamaged as error:
            log.warning("store.made_anew", store=self.file.name, why=str(error))
            self.file.delete()
            kept, known = await _to_its_end(self._known)
        return kept, known

    def _known(self) -> tuple[Kept, Any]:
        if self.file.take_over():
            log.info("store.taken_over", store=self.file.name)
        self.file.open()
        kept = self.file.kept()
        return kept, self.content.decoded(kept)

    async def _check_log(self, events: EventLog, partition: int, place: UpTo) -> None:
        """See that the last record that was applied is where it was: else it is another log, or one that lost its tail.

        Raises:
            StoreDamaged: it is not.
        """
        if place.last >= await patiently(partial(events.end, partition), "end of the log"):
            raise StoreDamaged("the log ends before what is written down")
        read = partial(events.read, partition, place.last, committed=self.content.committed)
        reader = await patiently(read, f"reader of partition {partition}")
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
        log.error("store.not_used", store=self.file.name, why=why)

    # -- writing ---------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Write down what the content knows, again and again."""
        content = self.content
        while content.file is not None:
            await content.some.wait()
            with suppress(TimeoutError):  # then it is time, however little there is
                async with asyncio.timeout(AGAIN_SECONDS if self.fault else WAIT_SECONDS):
                    await content.many.wait()
            if content.missing and self._went_on:
                await self._look()
            await self.flush()

    async def flush(self) -> None:
        """Write down what the content knows now. A failure loses nothing: it is told, and tried again later."""
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        await asyncio.shield(self._flushing)

    async def _flush(self) -> None:
        if not self.content.unwritten:
            return
        taken = self.content.take()
        try:
            change = await self.content.change(taken)
            await asyncio.to_thread(self.file.write, change)
        except Exception as error:  # noqa: BLE001 - whatever it is, work goes on, and what is known stays in memory
            self.content.not_written(taken)
            self.content.many.clear()
            self._without(repr(error))
        else:
            self.fault = ""
            await self.content.written(taken)
            await _let_go(change.rows, change.kept)

    async def _look(self) -> None:
        """Look whether the file lost what was not found: then nothing in it is believed."""
        self.content.missing = False
        self._went_on = False  # once is enough: what is known from now on was read here
        if faults := await asyncio.to_thread(self.file.faults):
            ruin(self.file, StoreDamaged(faults))

    async def close(self) -> None:
        """Write down what is not, and let go of the file."""
        if self.content.file is not None:
            while self.content.unwritten or (self._flushing is not None and not self._flushing.done()):
                await self.flush()
                if self.fault:
                    break
        self.content.file = None
        await asyncio.to_thread(self.file.close)


@asynccontextmanager
async def opened(keepers: Sequence[StoreKeeper[Any]], events: EventLog) -> AsyncIterator[None]:
    """Have the files of these keepers open, written down in the end."""
    try:
        for keeper in keepers:
            await keeper.open(events)
        yield
    finally:
        for keeper in keepers:
            await keeper.close()


def not_written(keepers: Iterable[StoreKeeper[Any]]) -> dict[str, str]:
    """Why a store is not written, by its name; empty while all are."""
    return {keeper.file.name: keeper.fault for keeper in keepers if keeper.fault}


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


def ruin(file: StoreFile, error: StoreDamaged) -> NoReturn:
    """Delete a file in which something is wrong, and end the process: at its next start it reads the log anew."""
    file.delete()
    end_process(f"store {file.path}", error)
    raise AssertionError  # the process has ended
