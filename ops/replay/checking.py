"""``redress replay check`` reads the log and has it decided again, partition by partition, in processes of their own.

Here is no producer, no vault and no mail; the processes that decide are given records, and have no address and no key
at all (``confinement``).
"""

import asyncio
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from datetime import datetime
from functools import partial
from typing import NamedTuple

from ops.local.reading import HowFar, batches, of_case, read_topic
from ops.replay.deciders import Decider, decider
from ops.replay.findings import Findings
from ops.replay.frames import Begin, Commands, EndOfPartition, Records
from shared.bank.reference import ReferenceDocument
from shared.contract.topics import COMMANDS, REFERENCE, partition_of
from shared.log.broadcast_topics import document_from
from shared.log.kafka_log import KafkaLog
from shared.process.settings import Settings

MOST_PROCESSES = 4
"""At once: each holds a partition's cases in memory, for every service."""
SENDS_COMMANDS = "casework"


class Wanted(NamedTuple):
    """What is to be decided again. ``case``: by its id; ``told_of``: differences that are listed at most.

    ``suppose`` makes of what is published what is to be taken for it.
    """

    services: Sequence[str]
    since: datetime | None = None
    until: datetime | None = None
    case: str | None = None
    told_of: int = 50
    suppose: Callable[[Sequence[ReferenceDocument]], list[ReferenceDocument]] = list


class Checked(NamedTuple):
    """What was found, in how many records, by how many processes, within how many seconds."""

    findings: Findings
    records: int
    processes: int
    seconds: float


async def check(settings: Settings, wanted: Wanted, told: HowFar) -> Checked:
    """Decide the log again up to its end as it is now.

    Raises:
        BadReference: a file that is to be tried is not valid.
        DeciderEnded: a deciding process ended before it was done.
    """
    began = time.monotonic()
    events, commands = KafkaLog(settings), KafkaLog(settings, COMMANDS)
    only = None if wanted.case is None else [partition_of(wanted.case, events.partitions)]
    try:
        ends = await events.ends(only)  # at first: what was decided by then rests on what had been published by then
        published = [document_from(record) for record in await read_topic(settings, REFERENCE)]
        begin = Begin(
            wanted.suppose(published), list(wanted.services), _said(wanted.since), _said(wanted.until), wanted.told_of
        )
        checking = Checking(events, commands, ends, begin, wanted, told)
        await checking.run()
    finally:
        await events.stop()
        await commands.stop()
    return Checked(checking.findings, checking.decided, checking.processes, time.monotonic() - began)


def _said(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant is not None else None


class Checking:
    """The partitions that are left, what was found in the others, and how many records that were."""

    def __init__(
        self, events: KafkaLog, commands: KafkaLog, ends: Mapping[int, int], begin: Begin, wanted: Wanted, told: HowFar
    ) -> None:
        self.findings = Findings(wanted.told_of)
        self.decided = self.processes = 0
        self._events, self._commands = events, commands
        self._begin, self._wanted, self._told = begin, wanted, told
        self._ends, self._left, self._total = ends, list(ends), sum(ends.values())

    async def run(self) -> None:
        """Have every partition decided again, several at once."""
        self.processes = min(len(self._left), os.cpu_count() or 1, MOST_PROCESSES)
        try:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(self.processes):
                    tasks.create_task(self._one_process())
        except* Exception as errors:
            raise _first(errors) from errors

    async def _one_process(self) -> None:
        async with decider(self._took) as process:
            await process.order(self._begin)
            while self._left:
                await self._partition(process, self._left.pop(0))

    def _took(self, records: int) -> None:
        self.decided += records
        self._told(self.decided, self._total)

    async def _partition(self, process: Decider, partition: int) -> None:
        listening = asyncio.create_task(process.found())
        try:
            if SENDS_COMMANDS in self._begin.services:
                await self._send(process, self._commands, partition, await self._commands.end(partition), Commands)
            await self._send(process, self._events, partition, self._ends[partition], Records)
            await process.order(EndOfPartition())
            self.findings.add(await listening)
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await listening

    async def _send(
        self, process: Decider, log: KafkaLog, partition: int, end: int, as_: type[Records] | type[Commands]
    ) -> None:
        """Hand a partition over, up to a place; of one case only what is about it."""
        case = self._wanted.case
        read = partial(log.read, only=of_case(case)) if case is not None else None
        async with aclosing(batches(log, {partition: end}, read=read)) as found:
            async for batch in found:
                if batch.records:
                    await process.order(as_(batch.records))


def _first(errors: BaseExceptionGroup[Exception]) -> Exception:
    """One of the errors of a group, however deep it lies."""
    found: BaseException = errors
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    if not isinstance(found, Exception):
        raise found
    return found
