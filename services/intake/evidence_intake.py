"""The evidence intake takes a file of a case in: sealed and stored before the event that names it."""

from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass, field

from services.intake.access import CaseAccess
from services.intake.admission import Admission
from services.intake.confirmations import EvidenceConfirmation
from services.intake.files.checked import CheckedFile
from services.intake.files.content import UNKNOWN
from services.intake.refusals import CaseErased, IdempotencyConflict, TooManyFiles
from services.intake.standing import CaseStanding
from services.intake.upload_quota import Quota
from services.intake.waiting import Doubts, LockPerName, answered_in_time
from shared.bank.event_versions import Recording
from shared.contract.envelope import SOURCE_PREFIX, Event, type_of
from shared.contract.events.intake import EvidenceAdded
from shared.contract.ids import derived, event_id
from shared.contract.records import EventLog
from shared.contract.subjects import Subject
from shared.errors import OutcomeUnknown
from shared.process.clock import DomainClock
from shared.sealing.documents import Documents
from shared.sealing.vault import KeyDestroyed, Vault
from shared.web.case_index import DAY_LENGTH, CaseIndex, IndexedCase, IndexedEvidence, digest_of_evidence

FILES_PER_CASE = 20
NameOf = Callable[[str, str, bytes], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class EvidenceIntake:
    """Takes files in. A repetition with the same key gets the answer of the first one in the log.

    ``quarantines``: nobody opens a file before a scanner has answered (``services.intake.files.scanning``).
    """

    log: EventLog
    index: CaseIndex
    vault: Vault
    documents: Documents
    clock: DomainClock
    access: CaseAccess
    quota: Quota
    recording: Recording
    quarantines: bool = False
    locks: LockPerName = field(default_factory=LockPerName)
    doubts: Doubts = field(default_factory=Doubts)

    async def case(self, named: str, subject: Subject, admission: Admission) -> IndexedCase:
        """The case with this id or number, if the caller may add a file to it.

        Raises:
            UnknownCase, BadCaseNumber, NotSeen, PartyAddsNothing, UploadQuota, OutcomeUnknown
        """
        async with answered_in_time():
            await self.index.progress.fresh()
            entry = self.index.find(named)
            await self.access.may_add(subject, entry, admission)
            return entry

    async def standing(self, subject: Subject, named: str) -> tuple[IndexedCase, CaseStanding]:
        """How the case with this id or number stands, for its submitter. Raises UnknownCase, BadCaseNumber, NotSeen."""
        async with answered_in_time():
            await self.index.progress.fresh()
            entry = self.index.find(named)
            return entry, await self.access.own(subject, entry)

    async def add(
        self, subject: Subject, key: str, case: IndexedCase, file: CheckedFile, *, beyond: bool = False
    ) -> tuple[int, EvidenceConfirmation]:
        """Store the file, then append the event: status and answer. ``beyond``: also beyond the files of a case.

        Raises:
            CaseErased, TooManyFiles, UploadQuota, IdempotencyConflict, OutcomeUnknown
        """
        cause = derived("evidence", str(subject), key)
        async with answered_in_time(), self.locks.of(case.case_id):
            if cause in self.doubts:
                await self.index.progress.reach(await self.index.progress.ends())
                self.doubts.settled(cause)
            known = self.index.evidence(cause)
            if known is None and not beyond and self.index.files_of(case.case_id) >= FILES_PER_CASE:
                raise TooManyFiles(pointers=("/file",))
            new, day = False, self.clock.now().isoformat()[:DAY_LENGTH]
            with nullcontext() if known else self.quota.room(str(subject), day, len(file.content)):
                data = await self._data(case.case_id, cause, file, store=known is None)
                if known is None:
                    known, new = await self._append(subject, case.case_id, cause, data)
            if known.digest != digest_of_evidence(data.model_dump(mode="json")):
                raise IdempotencyConflict
            return 201 if new else 200, EvidenceConfirmation.of(known)

    async def _data(self, case: str, cause: str, file: CheckedFile, *, store: bool) -> EvidenceAdded:
        """The event's data; the sealed file is durable before it is named, unless it only has to be compared.

        Raises:
            CaseErased
        """
        name_of = self.documents.put if store else self.documents.name
        try:
            return await self._sealed(case, cause, file, name_of)
        except KeyDestroyed as error:
            raise CaseErased from error

    async def _sealed(self, case: str, cause: str, file: CheckedFile, name_of: NameOf) -> EvidenceAdded:
        return EvidenceAdded(
            sha256=await name_of(case, f"evidence.{event_id('intake', case, cause, 0)}", file.content),
            size_bytes=len(file.content),
            kind=file.kind,
            file_name=await self.vault.seal(case, "evidence.file_name", file.name),
            shown_name=await self.vault.seal(case, "evidence.shown_name", file.shown_name),
            media_type=file.declared or UNKNOWN,
            content_type=file.content_type,
            quarantined=self.quarantines,
            note=await self.vault.seal(case, "evidence.note", file.note) if file.note is not None else None,
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
            position = (await self.log.append([self.recording.of(event).record]))[0]
        await self.index.progress.partitions[position.partition].past(position.offset)
        first = self.index.evidence(cause)
        if first is None:
            raise OutcomeUnknown
        return first, (first.event_id, first.partition, first.offset) == (event.id, *position)
