"""The index finds a case by id or number: its fingerprint, where it lies, and what was added to it under which key.

For APIs, which have no partition of their own.

Reads every partition uncommitted and applies only intake's own records, which are never transactional: so no
other service's open transaction can delay a receipt.
"""

from typing import Any, NamedTuple

import structlog

from shared.case.numbers import UnknownCase, checked
from shared.contract.envelope import Event, from_json
from shared.contract.ids import UUID_LENGTH
from shared.contract.records import HEADER_TYPE, EventLog, Record
from shared.contract.upcasting import event_from
from shared.log.following import WholeLogProgress
from shared.log.progress import one_by_one
from shared.store.store_keeper import StoreKeeper, opened, ruin
from shared.store.stored_maps import StoredMap, StoredMaps
from shared.store.stores import Stores
from shared.web.known_candidates import IndexedCandidate, KnownCandidates, digest_of
from shared.web.waiting_files import WaitingFiles

log = structlog.get_logger()

RECEIVED = b"redress.ComplaintReceived.v"
ADDED = b"redress.ReceiptAdded.v"
EVIDENCE = b"redress.EvidenceAdded.v"
SCANNED = b"redress.EvidenceScanned.v"
REVIEWED = b"redress.OpinionBoxReviewed.v"
FOUND = b"redress.CandidateReported.v"
DROPPED = b"redress.CandidateDropped.v"
CONFIRMED = b"redress.CandidateConfirmed.v"


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


class IndexedReview(NamedTuple):
    """What is known of the review of an opinion box. ``digest`` tells it apart from another one under the same key."""

    unit: str
    date: str
    late: bool
    event_id: str
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


def digest_of_review(data: dict[str, Any]) -> bytes:
    """The digest of what was told of a review: whether it was late is said by the log, not by who told it."""
    return digest_of({name: value for name, value in data.items() if name != "late"})


TOLD_BY_SENDERS = ("sha256", "size_bytes", "kind", "file_name", "media_type", "note")
"""What a sender says with a file. What is found of it may be told otherwise by another version of this code."""


def digest_of_evidence(data: dict[str, Any]) -> bytes:
    """The digest of what was sent with a file, from the data of its event in the newest version."""
    return digest_of({name: data[name] for name in TOLD_BY_SENDERS})


VERSION = 1
"""Raise it whenever the same events make another index: each store of it is made anew then."""


class CaseIndex:
    """The index of the process ``owner``; ``run`` keeps it going.

    ``stores``: where it goes on from at the next start; without them it reads the whole log each time.
    """

    def __init__(
        self, log: EventLog, stores: Stores | None = None, owner: str = "", *, rest_seconds: float = 0.0
    ) -> None:
        self.maps = maps = StoredMaps(VERSION, ruin, committed=False)
        self._cases: StoredMap[IndexedCase] = maps.map("case", IndexedCase)
        self._numbers: StoredMap[str] = maps.map("number", str)
        self._added: StoredMap[IndexedCase] = maps.map("receipt", IndexedCase)
        self._evidence: StoredMap[IndexedEvidence] = maps.map("evidence", IndexedEvidence)
        self._files: StoredMap[tuple[str, ...]] = maps.map("files", tuple[str, ...])
        self._reviews: StoredMap[IndexedReview] = maps.map("review", IndexedReview)
        self._reviewed: StoredMap[IndexedReview] = maps.map("reviewed", IndexedReview)
        self._uploads: StoredMap[Uploads] = maps.map("uploads", Uploads)
        self.candidates = KnownCandidates(maps)
        self.waiting_files = WaitingFiles(maps)
        self.progress = WholeLogProgress(log, rest_seconds=rest_seconds)
        self.keepers = [] if stores is None else [StoreKeeper(maps, stores.file(owner, "index", maps.shape))]

    async def run(self) -> None:
        """Follow all partitions for ever. Raises LogTrimmed, in a group."""
        take, progress = one_by_one(self.take), self.progress
        async with opened(self.keepers, progress.log):
            for partition, place in self.maps.places.items():
                await progress.partitions[partition].move(place.next)
            self.waiting_files.look()
            await progress.run(
                lambda partition: progress.read(partition, take, committed=False), *(one.run() for one in self.keepers)
            )

    def take(self, record: Record) -> None:
        """Take in one record, or pass over what nobody can read: the folds block and announce its case."""
        try:
            self.apply(record)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is one case's matter only
            where = {"case_id": record.key, "partition": record.partition, "offset": record.offset}
            log.error("index.unreadable", **where, error=type(error).__name__)
        self.maps.took(record)

    def apply(self, record: Record) -> None:
        """Take in one record; of records that say the same, only the first counts."""
        type_ = record.headers.get(HEADER_TYPE, b"")
        if type_.startswith(RECEIVED):
            if record.key not in self._cases:
                self._open(from_json(record.value), record)
        elif type_.startswith(ADDED):
            self._add(from_json(record.value), record)
        elif type_.startswith(EVIDENCE):
            self._add_file(event_from(record), record)
        elif type_.startswith(SCANNED):
            self.waiting_files.drop(from_json(record.value).data["document"])
        elif type_.startswith(REVIEWED):
            self._review(event_from(record), record)
        elif type_.startswith((FOUND, DROPPED, CONFIRMED)):
            self.candidates.apply(from_json(record.value), record)

    def _review(self, event: Event, record: Record) -> None:
        """Of the reviews of one box for one day the first counts, and no other is known by its key."""
        data = event.data
        unit, day = data["unit"], data["date"]
        found = IndexedReview(
            unit, day, data["late"], event.id, digest_of_review(data), record.partition, record.offset
        )
        if (key := f"{unit}/{day}") not in self._reviewed:
            self._reviewed[key] = self._reviews[event.causationid] = found

    def _add(self, event: Event, record: Record) -> None:
        case, receipt_id = self._cases.get(record.key), event.data["receipt_id"]
        if case is None:
            raise UnknownCase
        if receipt_id not in self._added:
            self._added[receipt_id] = _entry(event, case.case_number, record)
        self.candidates.named_in(event, case.case_number)

    def _add_file(self, event: Event, record: Record) -> None:
        files = self._files.get(record.key) or ()
        if event.id not in files:
            self._files[record.key] = (*files, event.id)
        if event.causationid in self._evidence:
            return
        sha256, digest = event.data["sha256"], digest_of_evidence(event.data)
        self._evidence[event.causationid] = IndexedEvidence(
            record.key, event.id, sha256, digest, record.partition, record.offset
        )
        self.waiting_files.added(event)
        self._count_upload(event)

    def _count_upload(self, event: Event) -> None:
        whose = f"{event.actor}/{event.recordedtime[:DAY_LENGTH]}"
        files, size = self._uploads.get(whose) or NO_UPLOADS
        self._uploads[whose] = Uploads(files + 1, size + int(event.data["size_bytes"]))

    def _open(self, event: Event, record: Record) -> None:
        entry = _entry(event, event.data["case_number"], record)
        self._cases[event.subject] = entry
        self._numbers[entry.case_number] = event.subject
        self.candidates.named_in(event, entry.case_number)

    def get(self, case_id: str) -> IndexedCase | None:
        """The case, if its receipt is in the log."""
        return self._cases.get(case_id)

    def by_number(self, number: str) -> IndexedCase | None:
        """The case with this number."""
        case = self._numbers.get(number)
        return self._cases.get(case) if case else None

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

    def review(self, cause: str) -> IndexedReview | None:
        """The review of an opinion box with this causation id."""
        return self._reviews.get(cause)

    def review_of(self, unit: str, day: str) -> IndexedReview | None:
        """The review of a unit's opinion box for a day."""
        return self._reviewed.get(f"{unit}/{day}")

    def candidate(self, id_: str) -> IndexedCandidate | None:
        """The candidate with this id."""
        return self.candidates.get(id_)

    def files_of(self, case: str) -> int:
        """How many pieces of evidence a case has."""
        return len(self._files.get(case) or ())

    def uploads_of(self, actor: str, day: str) -> Uploads:
        """What somebody added to all cases on a day, as the day stands in the events' times."""
        return self._uploads.get(f"{actor}/{day}") or NO_UPLOADS


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
