"""The submission intake takes complaints in: checked, their key durable, sealed, appended once, told from the log."""

from dataclasses import dataclass, field
from functools import partial

from services.intake import submission as submissions
from services.intake.access import CaseAccess
from services.intake.admission import Admission
from services.intake.confirmations import SubmissionConfirmation
from services.intake.incoming_receipt import IncomingReceipt
from services.intake.refusals import CaseErased, IdempotencyConflict, NothingToCheckAgainst
from services.intake.submission import Submission
from services.intake.waiting import Doubts, LockPerName, answered_in_time
from shared.bank.in_force import bank_calendar, counts_since, organisation_in_force
from shared.bank.reference import Reference
from shared.case.numbers import BadCaseNumber, UnknownCase
from shared.contract.envelope import SCHEMAS, outgoing
from shared.contract.ids import case_id, derived
from shared.contract.records import EventLog
from shared.contract.subjects import Subject
from shared.errors import NotYet, OutcomeUnknown
from shared.process.clock import DomainClock
from shared.sealing.vault import KeyDestroyed, Vault
from shared.web.case_index import CaseIndex, IndexedCase
from shared.web.incoming import beside


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

    def admission(self) -> Admission:
        """What callers and submissions are checked against now. Raises NothingToCheckAgainst."""
        try:
            now = self.clock.now()
            organisation = organisation_in_force(self.reference, now).organisation
            since = counts_since(self.reference, now)
            return Admission(organisation, bank_calendar(self.reference, now).calendar, now, since)
        except NotYet as error:
            raise NothingToCheckAgainst from error

    async def submit(self, subject: Subject, key: str, channel: str, body: bytes) -> tuple[int, SubmissionConfirmation]:
        """Take a submission on an open channel in: status and answer.

        Raises:
            UnknownSubmitter, AuditorOnlyReads, ChannelNotAllowed, ReceivedByAnother, BadJson, BadSubmission and its
            kinds, UnknownCase, BadCaseNumber, PartyAddsNothing, CaseErased, IdempotencyConflict, NothingToCheckAgainst,
            OutcomeUnknown
        """
        receipt_id = case_id(str(subject), key)
        async with answered_in_time(), self.locks.of(receipt_id):
            await self.index.progress.caught_up.wait()
            admission = self.admission()
            admission.unit_of(subject, channel)
            submission = await beside(len(body), partial(submissions.read, channel, body))
            cause = derived("submission", str(subject), key)
            await self._settle(receipt_id)
            known = self.index.receipt(receipt_id)
            if known is None:
                admission.check(submission, subject)
                receipt, related = await self._opened(receipt_id, submission, subject, channel, admission)
                known, new = await self._append(receipt, receipt_id, cause, related, len(body))
                if new and known.fingerprint == receipt.fingerprint():
                    return 201, SubmissionConfirmation.of(known)
            receipt = IncomingReceipt(
                known.case_id, await self._key(known.case_id), submission, subject, channel, admission
            )
            if known.fingerprint != await beside(len(body), receipt.fingerprint):
                await self.log.append([outgoing(receipt.conflict(cause), self.schemas_at)])
                raise IdempotencyConflict
            return 200, SubmissionConfirmation.of(known)

    async def _opened(
        self, receipt_id: str, submission: Submission, subject: Subject, channel: str, admission: Admission
    ) -> tuple[IncomingReceipt, IndexedCase | None]:
        """The receipt with the key of the case it opens or is added to, and the case it relates to."""
        related = await self._related(submission, subject, admission)
        if related is not None and submission.further_receipt:
            key = await self._key(related.case_id)
            return IncomingReceipt(related.case_id, key, submission, subject, channel, admission), related
        return IncomingReceipt(
            receipt_id, await self._fresh_key(receipt_id), submission, subject, channel, admission
        ), related

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
        """Append; then what is first in the log under this key, and whether it is this very record."""
        if receipt.submission.further_receipt:
            make = partial(receipt.added, cause, receipt_id)
        else:
            make = partial(receipt.received, cause, lambda number: self.index.by_number(number) is not None, related)
        event = await beside(size, make)
        with self.doubts.about(receipt_id):
            position = (await self.log.append([outgoing(event, self.schemas_at)]))[0]
        await self.index.progress.partitions[position.partition].past(position.offset)
        first = self.index.receipt(receipt_id)
        if first is None:
            raise OutcomeUnknown
        return first, (first.event_id, first.partition, first.offset) == (event.id, *position)

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
