"""A command reader brings the commands of one partition to its session; each is offered until its answer is in the log.

Started only once everything that was in the log has been folded, so what was answered before is not offered again.
The group's offset only saves work: it never passes a command that is still offered.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

import structlog

from shared.contract.commands import Command, command_from
from shared.contract.letters import OF_COMMAND_PLACE, Fault
from shared.contract.records import EventLog, GroupReader, Record
from shared.contract.topics import partition_of
from shared.errors import Unreadable
from shared.kernel.fold import Fold
from shared.kernel.ports import DeadLetters
from shared.kernel.service import CommandTrigger
from shared.log.patience import patiently
from shared.log.progress import Progress, follow

log = structlog.get_logger()
KEEP_SECONDS = 1.0


class CommandReader:
    """Follows one partition of ``complaints.commands`` for one fold."""

    def __init__(
        self, commands: EventLog, events: EventLog, fold: Fold[Any], dead_letters: DeadLetters, wait_seconds: float
    ) -> None:
        self.progress = Progress()
        self._commands = commands
        self._events = events
        self._fold = fold
        self._dead_letters = dead_letters
        self._wait_seconds = wait_seconds
        self._offsets: dict[str, tuple[str, int]] = {}

    async def run(self) -> None:
        """Read and offer, for ever."""
        partition = self._fold.partition
        reader = await patiently(
            lambda: self._commands.read_in_group(partition, f"{self._fold.service.name}.commands"),
            f"reader of the commands of partition {partition}",
        )
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(follow(reader, self.progress, self._offer))
                tasks.create_task(self._keep(reader))
        finally:
            await reader.stop()

    async def _offer(self, records: Sequence[Record]) -> None:
        for record in records:
            await self._take(record)

    async def _take(self, record: Record) -> None:
        try:
            command = command_from(record)
            if partition_of(command.case, self._commands.partitions) != record.partition:
                raise Unreadable("This command lies in another partition than its case: send it with its case as key.")
        except Unreadable as error:
            cause, fault = f"{OF_COMMAND_PLACE}{record.at}", Fault(error.code, str(error))
            self._dead_letters.tell(record.key, cause, "command", fault, record.value)
            return
        unknown, now = await self._after_unknown(command), asyncio.get_running_loop().time()
        if self._fold.offer_command(CommandTrigger(command, unknown, now + self._wait_seconds)):
            self._offsets[command.id] = command.case, record.offset

    async def _after_unknown(self, command: Command) -> bool:
        if command.after < self._fold.position:
            return False
        end = await patiently(lambda: self._events.end(self._fold.partition), "end of the log")
        return command.after >= end

    async def _keep(self, reader: GroupReader) -> None:
        """Keep the offset of the first command that is still offered; seldom, since nothing correct rests on it."""
        kept = None
        while True:
            await asyncio.sleep(KEEP_SECONDS)
            has = self._fold.offered.has
            self._offsets = {id_: (case, at) for id_, (case, at) in self._offsets.items() if has(case, id_)}
            first = min((at for _, at in self._offsets.values()), default=self.progress.position)
            if first != kept:
                await patiently(partial(reader.keep, first), "keeping the offset among the commands")
                kept = first
