"""The index finds a case by id or number: its fingerprint, where it lies, and what was added to it under which key.

For APIs, which have no partition of their own.

Reads every partition uncommitted and applies only intake's own records, which are never transactional: so no
other service's open transaction can delay a receipt.
"""

import hashlib
from typing import Any, NamedTuple

import orjson
import structlog

from shared.case.numbers import UnknownCase, checked
from shared.contract.envelope import Event, from_json
from shared.contract.ids import UUID_LENGTH
from shared.contract.records import HEADER_TYPE, EventLog, Record
from shared.log.following import WholeLogProgress
from shared.log.progress import one_by_one

log = structlog.get_logger()

RECEIVED = b"redress.ComplaintReceived.v"
ADDED = b"redress.ReceiptAdded.v"
EVIDENCE = b"redress.EvidenceAdded.v"


class IndexedCase(NamedTuple):
    """What is known of a case from its first ComplaintReceived, or of a further receipt from its ReceiptAdded.

    ``times``: how often the same matter was complained of with it.
    """

    case_id: str
    event_id: str
    case_number: str
    fingerprint: str
    received_at: str
    submitter: str
    partition: int
    offset: int
    times: int = 1


class IndexedEvidence(NamedTuple):
    """What is known of a piece of evidence. ``digest`` tells it apart from another one under the same key."""

    case_id: str
    event_id: str
    sha256: str
    digest: bytes
    partition: int
    offset: int


class Uploads(NamedTuple):
    """Files that were added, and their bytes."""

    files: int
    size_bytes: int


NO_UPLOADS = Uploads(0, 0)
REPEAT = "repeat"
"""The relation of a receipt that says the same as an earlier case."""
DAY_LENGTH = len("2020-03-05")


def digest_of(data: dict[str, Any]) -> bytes:
    """The digest of an event's data. Sealing is repeatable, so the same content has the same digest."""
    return hashlib.sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).digest()


class CaseIndex:
    """The index; ``run`` keeps it going."""

    def __init__(self, log: EventLog) -> None:
        self._cases: dict[str, IndexedCase] = {}
        self._numbers: dict[str, str] = {}
        self._added: dict[str, IndexedCase] = {}
        self._evidence: dict[str, IndexedEvidence] = {}
        self._files: dict[str, set[str]] = {}
        self._uploads: dict[tuple[str, str], Uploads] = {}
        self.progress = WholeLogProgress(log)

    async def run(self) -> None:
        """Follow all partitions for ever. Raises LogTrimmed, in a group."""
        take = one_by_one(self.take)
        await self.progress.run(lambda partition: self.progress.read(partition, take, committed=False))

    def take(self, record: Record) -> None:
        """Take in one record, or pass over what nobody can read: the folds block and announce its case."""
        try:
            self.apply(record)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is one case's matter only
            where = {"case_id": record.key, "partition": record.partition, "offset": record.offset}
            log.error("index.unreadable", **where, error=type(error).__name__)

    def apply(self, record: Record) -> None:
        """Take in one record; of records that say the same, only the first counts."""
        type_ = record.headers.get(HEADER_TYPE, b"")
        if type_.startswith(RECEIVED):
            if record.key not in self._cases:
                self._open(from_json(record.value), record)
        elif type_.startswith(ADDED):
            event = from_json(record.value)
            entry = _entry(event, self._cases[record.key].case_number, record)
            self._added.setdefault(event.data["receipt_id"], entry)
        elif type_.startswith(EVIDENCE):
            event = from_json(record.value)
            self._count_upload(event)
            self._files.setdefault(record.key, set()).add(event.id)
            sha256, digest = event.data["sha256"], digest_of(event.data)
            evidence = IndexedEvidence(record.key, event.id, sha256, digest, record.partition, record.offset)
            self._evidence.setdefault(event.causationid, evidence)

    def _count_upload(self, event: Event) -> None:
        if event.causationid in self._evidence:
            return
        whose = (event.actor, event.recordedtime[:DAY_LENGTH])
        files, size = self._uploads.get(whose, NO_UPLOADS)
        self._uploads[whose] = Uploads(files + 1, size + int(event.data["size_bytes"]))

    def _open(self, event: Event, record: Record) -> None:
        entry = _entry(event, event.data["case_number"], record)
        self._cases[event.subject] = entry
        self._numbers[entry.case_number] = event.subject

    def get(self, case_id: str) -> IndexedCase | None:
        """The case, if its receipt is in the log."""
        return self._cases.get(case_id)

    def by_number(self, number: str) -> IndexedCase | None:
        """The case with this number."""
        case = self._numbers.get(number)
        return self._cases[case] if case else None

    def find(self, case: str) -> IndexedCase:
        """The case with this id or number. Raises UnknownCase, BadCaseNumber."""
        found = self.get(case) if len(case) == UUID_LENGTH else self.by_number(checked(case))
        if found is None:
            raise UnknownCase
        return found

    def receipt(self, receipt_id: str) -> IndexedCase | None:
        """What a submitter's key stands for: the case it opened, or the receipt it added to a case."""
        return self._cases.get(receipt_id) or self._added.get(receipt_id)

    def evidence(self, cause: str) -> IndexedEvidence | None:
        """The piece of evidence with this causation id."""
        return self._evidence.get(cause)

    def files_of(self, case: str) -> int:
        """How many pieces of evidence a case has."""
        return len(self._files.get(case, ()))

    def uploads_of(self, actor: str, day: str) -> Uploads:
        """What somebody added to all cases on a day, as the day stands in the events' times."""
        return self._uploads.get((actor, day), NO_UPLOADS)

    def __len__(self) -> int:
        return len(self._cases)


def _entry(event: Event, case_number: str, record: Record) -> IndexedCase:
    return IndexedCase(
        event.subject, event.id, case_number, event.data["fingerprint"], event.data["received_at"],
        event.actor, record.partition, record.offset, _times(event),
    )  # fmt: skip


def _times(event: Event) -> int:
    """How often the same matter was complained of with this receipt; a repetition of before version 3 is the second."""
    relates = event.data.get("relates_to")
    if relates is None or relates["relation"] != REPEAT:
        return 1
    return int(relates.get("times") or 2)
