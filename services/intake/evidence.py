"""Evidence: a file of a case, stored sealed before the event that names it."""

from dataclasses import dataclass

from shared.auth import Subject
from shared.case_index import CaseIndex
from shared.clock import Clock
from shared.documents import Documents
from shared.envelope import SOURCE_PREFIX, Event, type_of
from shared.errors import RedressError
from shared.event_log import EventLog, Position, outgoing
from shared.events.intake import EvidenceAdded
from shared.ids import derived, event_id
from shared.vault import Vault

FILE_LIMIT_BYTES = 20 * 2**20
FILES_PER_CASE = 20


class FileTooLarge(RedressError):
    """The file is larger than 20 MiB: send it in parts, or as a smaller scan."""

    code = "too_large"
    status = 413


class TooManyFiles(RedressError):
    """The case has 20 files already: put further pages into one file."""

    code = "too_large"
    status = 413


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in."""

    name: str
    media_type: str
    content: bytes
    kind: str
    note: str | None


@dataclass(frozen=True, slots=True)
class EvidenceDesk:
    """Takes evidence in. A repetition with the same key is the same event, and readers drop it."""

    log: EventLog
    index: CaseIndex
    vault: Vault
    documents: Documents
    clock: Clock

    async def add(self, subject: Subject, key: str, case: str, upload: Upload) -> tuple[Event, Position]:
        """Store the file, then append the event.

        Raises:
            UnknownCase, BadCaseNumber, KeyDestroyed, FileTooLarge, TooManyFiles, OutcomeUnknown
        """
        entry = self.index.find(case)
        cause = derived("evidence", str(subject), key)
        id_ = event_id("intake", entry.case_id, cause, 0)
        if len(upload.content) > FILE_LIMIT_BYTES:
            raise FileTooLarge(pointers=("/file",))
        known = self.index.evidence_of(entry.case_id)
        if len(known) >= FILES_PER_CASE and id_.encode() not in known:
            raise TooManyFiles
        sha256 = await self.documents.put(entry.case_id, f"evidence.{id_}", upload.content)
        data = EvidenceAdded(
            sha256=sha256,
            size_bytes=len(upload.content),
            kind=upload.kind,
            file_name=await self.vault.seal(entry.case_id, "evidence.file_name", upload.name),
            media_type=upload.media_type,
            note=await self.vault.seal(entry.case_id, "evidence.note", upload.note) if upload.note else None,
        )
        now = self.clock.now().isoformat()
        event = Event(
            id_, SOURCE_PREFIX + "intake", type_of("EvidenceAdded", data.version), entry.case_id, now, now, cause,
            entry.case_id, None, str(subject), data.model_dump(mode="json"),
        )  # fmt: skip
        return event, (await self.log.append([outgoing(event)]))[0]
