"""The evidence intake takes a file of a case in: sealed and stored before the event that names it."""

from dataclasses import dataclass, field

from services.intake.access import CaseAccess
from services.intake.admission import Admission
from services.intake.confirmations import EvidenceConfirmation
from services.intake.refusals import CaseErased, IdempotencyConflict, TooManyFiles, UploadQuota
from services.intake.standing import CaseStanding
from services.intake.upload import Upload
from services.intake.waiting import Doubts, LockPerName, answered_in_time
from shared.contract.envelope import SOURCE_PREFIX, Event, outgoing, type_of
from shared.contract.events.intake import EvidenceAdded
from shared.contract.ids import derived, event_id
from shared.contract.records import EventLog
from shared.contract.subjects import Subject
from shared.errors import OutcomeUnknown
from shared.process.clock import DomainClock
from shared.sealing.documents import Documents
from shared.sealing.vault import KeyDestroyed, Vault
from shared.web.case_index import DAY_LENGTH, CaseIndex, IndexedCase, IndexedEvidence, Uploads, digest_of

FILES_PER_CASE = 20
RETRY_SECONDS = 3600
"""A quota is of a day: asking every hour is soon enough."""


@dataclass(frozen=True, slots=True)
class EvidenceIntake:
    """Takes files in. A repetition with the same key gets the answer of the first one in the log."""

    log: EventLog
    index: CaseIndex
    vault: Vault
    documents: Documents
    clock: DomainClock
    access: CaseAccess
    quota: Uploads
    locks: LockPerName = field(default_factory=LockPerName)
    doubts: Doubts = field(default_factory=Doubts)

    async def case(self, named: str, subject: Subject, admission: Admission) -> IndexedCase:
        """The case with this id or number, if the caller may add a file to it.

        Raises:
            UnknownCase, BadCaseNumber, NotSeen, PartyAddsNothing, UploadQuota, OutcomeUnknown
        """
        async with answered_in_time():
            await self.index.progress.caught_up.wait()
            entry = self.index.find(named)
            await self.access.may_add(subject, entry, admission)
            return entry

    async def standing(self, subject: Subject, named: str) -> tuple[IndexedCase, CaseStanding]:
        """How the case with this id or number stands, for its submitter. Raises UnknownCase, BadCaseNumber, NotSeen."""
        async with answered_in_time():
            await self.index.progress.caught_up.wait()
            entry = self.index.find(named)
            return entry, await self.access.own(subject, entry)

    def _check_quota(self, subject: Subject, size_bytes: int) -> None:
        """Raises UploadQuota."""
        used = self.index.uploads_of(str(subject), self.clock.now().isoformat()[:DAY_LENGTH])
        if used.files >= self.quota.files or used.size_bytes + size_bytes > self.quota.size_bytes:
            raise UploadQuota(pointers=("/file",), retry_after=RETRY_SECONDS)

    async def add(
        self, subject: Subject, key: str, case: IndexedCase, upload: Upload
    ) -> tuple[int, EvidenceConfirmation]:
        """Store the file, then append the event: status and answer.

        Raises:
            CaseErased, TooManyFiles, UploadQuota, IdempotencyConflict, OutcomeUnknown
        """
        cause = derived("evidence", str(subject), key)
        async with answered_in_time(), self.locks.of(str(subject)), self.locks.of(case.case_id):
            if cause in self.doubts:
                await self.index.progress.reach(await self.index.progress.ends())
                self.doubts.settled(cause)
            known = self.index.evidence(cause)
            if known is None:
                self._check_quota(subject, len(upload.content))
            if known is None and self.index.files_of(case.case_id) >= FILES_PER_CASE:
                raise TooManyFiles(pointers=("/file",))
            try:
                data = await self._data(case.case_id, cause, upload, store=known is None)
            except KeyDestroyed as error:
                raise CaseErased from error
            if known is None:
                known, new = await self._append(subject, case.case_id, cause, data)
                if new and known.digest == digest_of(data.model_dump(mode="json")):
                    return 201, EvidenceConfirmation.of(known)
            if known.digest != digest_of(data.model_dump(mode="json")):
                raise IdempotencyConflict
            return 200, EvidenceConfirmation.of(known)

    async def _data(self, case: str, cause: str, upload: Upload, *, store: bool) -> EvidenceAdded:
        """The event's data; the sealed file is durable before it is named, unless it only has to be compared."""
        name_of = self.documents.put if store else self.documents.name
        return EvidenceAdded(
            sha256=await name_of(case, f"evidence.{event_id('intake', case, cause, 0)}", upload.content),
            size_bytes=len(upload.content),
            kind=upload.kind,
            file_name=await self.vault.seal(case, "evidence.file_name", upload.name),
            media_type=upload.media_type,
            note=await self.vault.seal(case, "evidence.note", upload.note) if upload.note is not None else None,
        )

    async def _append(
        self, subject: Subject, case: str, cause: str, data: EvidenceAdded
    ) -> tuple[IndexedEvidence, bool]:
        """Append; then what is first in the log under this key, and whether it is this very record."""
        now = self.clock.now().isoformat()
        event = Event(
            event_id("intake", case, cause, 0), SOURCE_PREFIX + "intake", type_of("EvidenceAdded", data.version),
            case, now, now, cause, case, None, str(subject), data.model_dump(mode="json"),
        )  # fmt: skip
        with self.doubts.about(cause):
            position = (await self.log.append([outgoing(event)]))[0]
        await self.index.progress.partitions[position.partition].past(position.offset)
        first = self.index.evidence(cause)
        if first is None:
            raise OutcomeUnknown
        return first, (first.event_id, first.partition, first.offset) == (event.id, *position)
