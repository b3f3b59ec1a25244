"""The process that decides the log again. It is given records and reference data, and says what it found; no more.

It is started with an empty environment and confined before it reads anything: no address, no key, no file, no way out.
"""

import gc
import os
import sys
from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO

import structlog

from ops.replay import confinement
from ops.replay.again import Again, Period
from ops.replay.findings import Findings
from ops.replay.frames import Begin, Commands, EndOfPartition, Found, Records, Reply, Took, next_order, packed
from ops.replay.known_then import KnownThen
from ops.verify.services import SERVICES
from shared.contract.commands import Command, command_from
from shared.contract.records import HEADER_SOURCE, SOURCE_PREFIX, Record
from shared.contract.upcasting import event_from
from shared.errors import Unreadable

OUTSIDE = "somebody outside said so: nobody decided it"
DECIDING = frozenset(f"{SOURCE_PREFIX}{service.name}".encode() for service in SERVICES)


class Partition:
    """One partition, decided again for every service that is asked for."""

    def __init__(self, begin: Begin, known: KnownThen, number: int, commands: dict[str, Command]) -> None:
        self.findings = Findings(begin.told_of)
        period = Period(_instant(begin.since), _instant(begin.until))
        wanted = [service for service in SERVICES if service.name in begin.services]
        self._period = period
        self._all = len(wanted) == len(SERVICES)
        self._again = [Again(one, number, known, commands, self.findings, period) for one in wanted]

    def take(self, record: Record) -> None:
        """Take the next record."""
        if self._all and record.headers.get(HEADER_SOURCE) not in DECIDING:
            self._from_outside(record)
        for one in self._again:
            one.take(record)

    def _from_outside(self, record: Record) -> None:
        try:
            event = event_from(record)
        except Unreadable:
            return
        if self._period.holds(event.recorded_at):
            self.findings.leave_out(event, OUTSIDE)

    def end(self) -> Findings:
        """All of it was taken; what was found."""
        for one in self._again:
            one.end()
        return self.findings


def work(orders: BinaryIO, reply: Callable[[Reply], None]) -> None:
    """Do what is ordered until the stream ends."""
    begin: Begin | None = None
    known = KnownThen(())
    commands: dict[str, Command] = {}
    partition: Partition | None = None
    while (order := next_order(orders)) is not None:
        match order:
            case Begin():
                begin, known = order, KnownThen(order.documents)
            case Commands():
                _add(commands, order.records)
            case Records(records):
                if begin is None:
                    raise ValueError("records came before what is to be done with them")
                if partition is None:
                    partition = Partition(begin, known, records[0].partition, commands)
                for record in records:
                    partition.take(record)
                reply(Took(len(records)))
            case EndOfPartition():
                reply(Found(partition.end() if partition is not None else Findings(0)))
                partition, commands = None, {}


def _add(commands: dict[str, Command], records: list[Record]) -> None:
    """Add those that are commands, by id; of one that was sent twice the first counts."""
    for record in records:
        try:
            command = command_from(record)
        except Unreadable:
            continue
        commands.setdefault(command.id, command)


def _instant(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said is not None else None


def main() -> None:
    """Run the process: orders come by standard input, replies go to what was standard output."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    orders, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed is no reply
    confinement.confine()
    gc.disable()  # states have no cycles, and each partition is let go of whole

    def reply(said: Reply) -> None:
        replies.write(packed(said))
        replies.flush()

    work(orders, reply)


if __name__ == "__main__":
    main()
