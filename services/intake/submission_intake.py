"""The submission intake takes complaints in: checked, their key durable, sealed, appended once, told from the log."""

from dataclasses import dataclass, field
from functools import partial

from services.intake.access import CaseAccess
from services.intake.admission import Admission
from services.intake.candidate_intake import CandidateIntake
from services.intake.confirmations import SubmissionConfirmation
from services.intake.incoming_receipt import Incoming, IncomingReceipt
from services.intake.reading import read
from services.intake.refusals import CaseErased, IdempotencyConflict, NothingToCheckAgainst
from services.intake.waiting import Doubts, LockPerName, answered_in_time
from shared.bank.boxes import BoxHistory
from shared.bank.event_versions import Recording
from shared.bank.in_force import bank_calendar, counts_since, organisation_in_force
from shared.bank.organisation import Organisation
from shared.bank.reference import Reference
from shared.case.numbers import BadCaseNumber, UnknownCase
from shared.contract.envelope import SCHEMAS
from shared.contract.ids import derived
from shared.contract.records import EventLog
from shared.contract.subjects import Subject
from shared.contract.submissions import SUBMISSIONS, Submission
from shared.errors import NotYet, OutcomeUnknown
from shared.process.clock import DomainClock
from shared.sealing.vault import KeyDestroyed, Vault
from shared.web.case_index import CaseIndex, IndexedCase
from shared.web.incoming import beside
from shared.web.known_candidates import Naming


@dataclass(frozen=True, slots=True)
class SubmissionIntake:
    """Takes submissions in. A repetition with the same key gets the answer of the first one in the log."""

    log: EventLog
    index: CaseIndex
    vault: Vault
    reference: Reference
    clock: DomainClock
    access: CaseAccess
    schemas_at: str = SCHEMAS
    locks: LockPerName = field(default_factory=LockPerName)
    doubts: Doubts = field(default_factory=Doubts)
    candidates: CandidateIntake = field(init=False)

    def __post_init__(self) -> None:
        """What it found itself may be confirmed with a submission."""
        found = CandidateIntake(self.log, self.index, self.vault, self.admission, self.recording)
        object.__setattr__(self, "candidates", found)

    @property
    def recording(self) -> Recording:
        """What makes its records."""
        return Recording(self.reference, self.schemas_at)

    def organisation(self) -> Organisation:
        """The organisation as it is now. Raises NothingToCheckAgainst."""
        try:
            return organisation_in_force(self.reference, self.clock.now()).organisation
        except NotYet as error:
            raise NothingToCheckAgainst from error

    def admission(self) -> Admission:
        """What callers and submissions are checked against now. Raises NothingToCheckAgainst."""
        try:
            now = self.clock.now()
            organisation = organisation_in_force(self.reference, now).organisation
            since = counts_since(self.reference, now)
            calendar, boxes = bank_calendar(self.reference, now).calendar, BoxHistory.of(self.reference)
            return Admission(organisation, calendar, now, since, boxes)
        except NotYet as error:
            raise NothingToCheckAgainst from error

    async def submit(self, subject: Subject, key: str, channel: str, body: bytes) -> tuple[int, SubmissionConfirmation]:
        """Take a submission on an open channel in: status and answer.

        Raises:
            UnknownSubmitter, AuditorOnlyReads, ChannelNotAllowed, ReceivedByAnother, BadJson, BadSubmission and its
            kinds, UnknownCase, BadCaseNumber, PartyAddsNothing, CaseErased, IdempotencyConflict, NothingToCheckAgainst,
            OutcomeUnknown; CandidateForPeople, UnknownCandidate, NotYourCandidate, CandidateDecided
        """
        async with answered_in_time():
            await self.index.progress.fresh()
            admission = self.admission()
            admission.unit_of(subject, channel)
            submission = await beside(len(body), partial(read, SUBMISSIONS[channel], body))
            status, known = await self.take(Incoming(subject, key, channel, submission), admission, len(body))
            if status == 409:
                raise IdempotencyConflict
            return status, SubmissionConfirmation.of(known)

    async def take(self, incoming: Incoming, admission: Admission, size: int) -> tuple[int, IndexedCase]:
        """Take in what was read of a submission: 201 for a new receipt, 200 for a known one, 409 for another content.

        The caller sees to it that it ends in time.

        Raises:
            ReceivedByAnother, BadSubmission's kinds, UnknownCase, PartyAddsNothing, CaseErased, OutcomeUnknown
        """
        receipt_id, cause = incoming.receipt_id, derived("submission", incoming.subject.submitter, incoming.key)
        async with self.locks.of(receipt_id):
            await self._settle(receipt_id)
            named = getattr(incoming.submission.details, "candidate", None)
            async with self.candidates.held(named):
                status, known = await self._taken(receipt_id, cause, incoming, admission, size)
                if named is not None and status != 409:
                    naming = Naming(known.case_id, known.case_number, known.event_id, str(incoming.subject))
                    await self.candidates.tell_confirmed(named, naming)
            return status, known

    async def _taken(
        self, receipt_id: str, cause: str, incoming: Incoming, admission: Admission, size: int
    ) -> tuple[int, IndexedCase]:
        """What the log holds under this key once it is taken in, and the status as ``take`` answers it.

        Raises:
            as ``take``; UnknownCandidate, NotYourCandidate, CandidateDecided, CandidateForPeople
        """
        known = self.index.receipt(receipt_id)
        if known is None:
            admission.check(incoming.submission, incoming.subject)
            self.candidates.check_confirms(admission, incoming.subject, incoming.submission, incoming.channel)
            receipt, related = await self._opened(receipt_id, incoming, admission)
            known, new = await self._append(receipt, receipt_id, cause, related, size)
            if new:
                return 201, known
        receipt = incoming.receipt(known.case_id, await self._key(known.case_id), admission)
        if known.fingerprint != await beside(size, receipt.fingerprint):
            await self.log.append([self.recording.of(receipt.conflict(cause)).record])
            return 409, known
        return 200, known

    async def _opened(
        self, receipt_id: str, incoming: Incoming, admission: Admission
    ) -> tuple[IncomingReceipt, IndexedCase | None]:
        """The receipt with the key of the case it opens or is added to, and the case it relates to."""
        submission = incoming.submission
        related = await self._related(submission, incoming.subject, admission)
        if related is not None and submission.further_receipt:
            return incoming.receipt(related.case_id, await self._key(related.case_id), admission), related
        return incoming.receipt(receipt_id, await self._fresh_key(receipt_id), admission), related

    async def _related(self, submission: Submission, subject: Subject, admission: Admission) -> IndexedCase | None:
        if submission.relates_to is None:
            return None
        try:
            entry = self.index.find(submission.relates_to.case)
        except (UnknownCase, BadCaseNumber) as error:
            raise type(error)(pointers=("/relates_to/case",)) from error
        if submission.further_receipt:
            await self.access.check_party(subject, entry, admission)
        return entry

    async def _append(
        self, receipt: IncomingReceipt, receipt_id: str, cause: str, related: IndexedCase | None, size: int
    ) -> tuple[IndexedCase, bool]:
        """Append; then what is first in the log under this key, and whether it is this very record with this content.

        Another call under the same key, whose append this one joined, may have said something else.
        """
        if receipt.submission.further_receipt:
            make = partial(receipt.added, cause, receipt_id)
        else:
            make = partial(receipt.received, cause, lambda number: self.index.by_number(number) is not None, related)
        event = await beside(size, make)
        with self.doubts.about(receipt_id):
            position = (await self.log.append([self.recording.of(event).record]))[0]
        await self.index.progress.partitions[position.partition].past(position.offset)
        first = self.index.receipt(receipt_id)
        if first is None:
            raise OutcomeUnknown
        found = first.event_id, first.partition, first.offset, first.fingerprint
        return first, found == (event.id, *position, event.data["fingerprint"])

    async def _settle(self, receipt_id: str) -> None:
        """Where an earlier call did not learn what became of its append: see the log to its end before another."""
        if receipt_id in self.doubts:
            await self.index.progress.reach(await self.index.progress.ends())
            self.doubts.settled(receipt_id)

    async def _fresh_key(self, case: str) -> bytes:
        try:
            return await self.vault.ensure_key(case)
        except KeyDestroyed as error:
            raise CaseErased from error

    async def _key(self, case: str) -> bytes:
        try:
            return await self.vault.key(case)
        except KeyDestroyed as error:
            raise CaseErased from error
