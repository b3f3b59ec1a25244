"""Brings the commands of one partition to its session: each is offered until its answer is in the log.

Started only once everything that was in the log has been folded, so what was answered before is not offered again.
The group's offset only saves work: it never passes a command that is still offered.
"""

import time
from typing import Any

import structlog

from shared.contract.commands import Command, command_from
from shared.contract.records import EventLog, GroupReader, Record
from shared.contract.topics import partition_of
from shared.errors import Unreadable
from shared.kernel.fold import Fold
from shared.kernel.service import CommandTrigger
from shared.log.patience import patiently

log = structlog.get_logger()
KEEP_SECONDS = 1.0
POLL_SECONDS = 0.1


class CommandReader:
    """Follows one partition of ``complaints.commands`` for one fold."""

    def __init__(self, commands: EventLog, events: EventLog, fold: Fold[Any], dead_letters: Any) -> None:
        self._commands = commands
        self._events = events
        self._fold = fold
        self._dead_letters = dead_letters
        self._places: dict[str, int] = {}
        self._kept_at = 0.0
        self.position = 0

    async def run(self) -> None:
        """Read and offer, for ever."""
        partition = self._fold.partition
        reader = await patiently(
            lambda: self._commands.read_in_group(partition, f"{self._fold.service.name}.commands"),
            f"reader of the commands of partition {partition}",
        )
        try:
            while True:
                for record in await reader.batch(POLL_SECONDS):
                    await self._take(record)
                self.position = await reader.position()
                await self._keep(reader)
        finally:
            await reader.stop()

    async def _take(self, record: Record) -> None:
        try:
            command = command_from(record)
            if partition_of(command.case, self._commands.partitions) != record.partition:
                raise Unreadable("This command lies in another partition than its case: send it with its case as key.")
        except Unreadable as error:
            place = f"{record.partition}:{record.offset}"
            await self._dead_letters.announce(record.key, f"command/{place}", "command", str(error), record.value)
            return
        if self._fold.offer_command(CommandTrigger(command, await self._after_unknown(command))):
            self._places[command.id] = record.offset

    async def _after_unknown(self, command: Command) -> bool:
        if command.after < self._fold.position:
            return False
        end = await patiently(lambda: self._events.end(self._fold.partition), "end of the log")
        return command.after >= end

    async def _keep(self, reader: GroupReader) -> None:
        """Keep the place of the first command that is still offered; seldom, since nothing correct rests on it."""
        if time.monotonic() - self._kept_at < KEEP_SECONDS:
            return
        self._kept_at = time.monotonic()
        self._places = {id_: offset for id_, offset in self._places.items() if id_ in self._fold.offered}
        offset = min(self._places.values(), default=self.position)
        await patiently(lambda: reader.keep(offset), "keeping the place among the commands")
