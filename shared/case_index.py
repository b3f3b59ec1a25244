"""All cases, small: id → number, fingerprint and place in the log. For APIs, which have no partition of their own.

Reads every partition uncommitted and applies only intake's own records, which are never transactional: so no
other service's open transaction can delay a receipt.
"""

import asyncio
from typing import NamedTuple

import structlog

from shared import log_guard
from shared.case_numbers import checked
from shared.envelope import HEADER_ID, HEADER_TYPE, from_json
from shared.errors import RedressError
from shared.event_log import EventLog, Reader, Record, patiently

log = structlog.get_logger()

RECEIVED = b"redress.ComplaintReceived.v"
EVIDENCE = b"redress.EvidenceAdded.v"
POLL_SECONDS = 0.02
UUID_LENGTH = 36


class UnknownCase(RedressError):
    """There is no such case: check its number or id."""

    code = "unknown_case"
    status = 404


class CaseEntry(NamedTuple):
    """What is known of a case from its first ComplaintReceived."""

    case_id: str
    event_id: str
    case_number: str
    fingerprint: str
    received_at: str
    submitter: str
    partition: int
    offset: int


class CaseIndex:
    """The index; ``run`` keeps it going."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._cases: dict[str, CaseEntry] = {}
        self._numbers: dict[str, str] = {}
        self._evidence: dict[str, set[bytes]] = {}
        self._positions = dict.fromkeys(range(log.partitions), 0)
        self._moved = asyncio.Condition()
        self.caught_up = asyncio.Event()

    async def run(self) -> None:
        """Follow all partitions for ever. Raises LogTrimmed, in a group."""
        await log_guard.check(self._log, range(self._log.partitions))
        ends = await patiently(self._log.ends, "ends of the log")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(log_guard.watch(self._log, lambda: range(self._log.partitions)))
            for partition in range(self._log.partitions):
                tasks.create_task(self._follow(partition))
            for partition, end in ends.items():
                await self.past(partition, end - 1)
            self.caught_up.set()

    async def _follow(self, partition: int) -> None:
        reader: Reader = await patiently(
            lambda: self._log.read(partition, 0, committed=False), f"reader of partition {partition}"
        )
        try:
            while True:
                for record in await reader.batch(POLL_SECONDS):
                    self.take(record)
                position = await reader.position()
                if position != self._positions[partition]:
                    self._positions[partition] = position
                    async with self._moved:
                        self._moved.notify_all()
                await asyncio.sleep(0)
        finally:
            await reader.stop()

    def take(self, record: Record) -> None:
        """Take in one record, or pass over what nobody can read: the folds block and announce its case."""
        try:
            self.apply(record)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is one case's matter only
            where = {"case_id": record.key, "partition": record.partition, "offset": record.offset}
            log.error("index.unreadable", **where, error=type(error).__name__)

    def apply(self, record: Record) -> None:
        """Take in one record; only the first ComplaintReceived of a case counts."""
        type_ = record.headers.get(HEADER_TYPE, b"")
        if type_.startswith(EVIDENCE):
            self._evidence.setdefault(record.key, set()).add(record.headers[HEADER_ID])
        if not type_.startswith(RECEIVED) or record.key in self._cases:
            return
        event = from_json(record.value)
        data = event.data
        entry = CaseEntry(
            event.subject, event.id, data["case_number"], data["fingerprint"], data["received_at"],
            data["submitter"], record.partition, record.offset,
        )  # fmt: skip
        self._cases[event.subject] = entry
        self._numbers[entry.case_number] = event.subject

    def get(self, case_id: str) -> CaseEntry | None:
        """The case, if its receipt is in the log."""
        return self._cases.get(case_id)

    def by_number(self, number: str) -> CaseEntry | None:
        """The case with this number."""
        case = self._numbers.get(number)
        return self._cases[case] if case else None

    def find(self, case: str) -> CaseEntry:
        """The case with this id or number. Raises UnknownCase, BadCaseNumber."""
        found = self.get(case) if len(case) == UUID_LENGTH else self.by_number(checked(case))
        if found is None:
            raise UnknownCase
        return found

    def evidence_of(self, case: str) -> set[bytes]:
        """The ids of the case's pieces of evidence."""
        return self._evidence.get(case, set())

    def __len__(self) -> int:
        return len(self._cases)

    def positions(self) -> dict[int, int]:
        """How far each partition has been read."""
        return dict(self._positions)

    async def past(self, partition: int, offset: int) -> None:
        """Wait until the record at ``offset`` has been read."""
        async with self._moved:
            await self._moved.wait_for(lambda: self._positions[partition] > offset)
