"""The box review intake takes the review of an opinion box in: checked, appended once, told from the log."""

from collections.abc import Callable
from dataclasses import dataclass, field

from services.intake.admission import Admission
from services.intake.box_review import BoxAdmission, BoxReview
from services.intake.confirmations import BoxReviewConfirmation
from services.intake.reading import read
from services.intake.refusals import BoxReviewedAlready, IdempotencyConflict
from services.intake.waiting import Doubts, LockPerName, answered_in_time
from shared.bank.event_versions import Recording
from shared.contract.envelope import SOURCE_PREFIX, Event, type_of
from shared.contract.events.intake import OpinionBoxReviewed
from shared.contract.ids import box_subject, derived, event_id
from shared.contract.records import EventLog
from shared.contract.subjects import Subject
from shared.errors import OutcomeUnknown
from shared.web.case_index import CaseIndex, IndexedReview, digest_of_review


@dataclass(frozen=True, slots=True)
class BoxReviewIntake:
    """Takes reviews in. A repetition with the same key gets the answer of the first one in the log.

    ``admission`` says against what callers are checked now.
    """

    log: EventLog
    index: CaseIndex
    admission: Callable[[], Admission]
    recording: Recording
    locks: LockPerName = field(default_factory=LockPerName)
    doubts: Doubts = field(default_factory=Doubts)

    async def take(self, subject: Subject, key: str, unit: str, body: bytes) -> tuple[int, BoxReviewConfirmation]:
        """Take the review of a unit's box in: status and answer.

        Raises:
            UnknownSubmitter, AuditorOnlyReads, ReviewedByAnother, NoOpinionBox, NotYourBox, BadJson, DuplicateKey,
            BadSubmission and its kinds, BoxReviewedAlready, IdempotencyConflict, NothingToCheckAgainst, OutcomeUnknown
        """
        cause, index = derived("box-review", str(subject), key), self.index
        async with answered_in_time(), self.locks.of(unit), self.locks.of(cause):
            await index.progress.fresh()
            admission = BoxAdmission(self.admission(), unit)
            admission.admit(subject)
            review = read(BoxReview, body)
            if cause in self.doubts:
                await index.progress.reach(await index.progress.ends())
                self.doubts.settled(cause)
            known, new = index.review(cause), False
            if known is None:
                known, new = await self._append(admission, review, subject, cause)
            if known.digest != digest_of_review(admission.event_data(review).model_dump(mode="json")):
                raise IdempotencyConflict
            return 201 if new else 200, BoxReviewConfirmation.of(known)

    async def _append(
        self, admission: BoxAdmission, review: BoxReview, subject: Subject, cause: str
    ) -> tuple[IndexedReview, bool]:
        """Append; then what is first in the log under this key, and whether it is this very record.

        Raises:
            BoxReviewedAlready: the first of that day has another key.
        """
        admission.check(review, subject)
        index, day = self.index, review.date.isoformat()
        if index.review_of(admission.unit, day) is not None:
            raise BoxReviewedAlready(pointers=("/date",))
        event = self._event(admission, admission.event_data(review), subject, cause)
        with self.doubts.about(cause):
            position = (await self.log.append([self.recording.of(event).record]))[0]
        await index.progress.partitions[position.partition].past(position.offset)
        first = index.review_of(admission.unit, day)
        if first is None:
            raise OutcomeUnknown
        if first.event_id != event.id:
            raise BoxReviewedAlready(pointers=("/date",))
        return first, (first.partition, first.offset) == (position.partition, position.offset)

    @staticmethod
    def _event(admission: BoxAdmission, data: OpinionBoxReviewed, subject: Subject, cause: str) -> Event:
        box, now = box_subject(admission.unit), admission.admission.now.isoformat()
        return Event(
            event_id("intake", box, cause, 0), SOURCE_PREFIX + "intake", type_of("OpinionBoxReviewed", data.version),
            box, data.opened_at.isoformat(), now, cause, box, None, str(subject), data.model_dump(mode="json"),
        )  # fmt: skip
