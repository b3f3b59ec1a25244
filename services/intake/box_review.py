"""The review of an opinion box is told once for each day: its shape, and what it is checked against. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from services.intake.admission import EARLIEST, EARLIEST_DAY, FUTURE_TOLERANCE, Admission
from services.intake.refusals import BadSubmission, BoxNotUp, NoOpinionBox, NotYourBox, ReviewedByAnother, TimeInFuture
from shared.bank.boxes import keeps_box
from shared.contract.bodies import Id, Shape
from shared.contract.events.intake import OpinionBoxReviewed
from shared.contract.refusal_words import fault
from shared.contract.subjects import Subject
from shared.contract.tenses import DayHappened, Happened

BODY_LIMIT_BYTES = 8 * 1024
ENTRIES_LIMIT = 10_000
"""More is a mistyped number."""


class BoxReview(Shape):
    """The review of a box for one day, as who did it posts it. ``date``: the day whose review it is."""

    date: DayHappened
    opened_at: Happened
    reviewer: Id
    witness: Id
    entries_found: Annotated[int, Field(ge=0, le=ENTRIES_LIMIT)]


@dataclass(frozen=True, slots=True)
class BoxAdmission:
    """Checks who may tell what of a unit's box, by the organisation of now and by those that were in force before."""

    admission: Admission
    unit: str

    def admit(self, subject: Subject) -> None:
        """Go on only for whoever looks into this box.

        Raises:
            UnknownSubmitter, AuditorOnlyReads, ReviewedByAnother, NoOpinionBox, NotYourBox
        """
        self.admission.admit(subject)
        if subject.kind != "person":
            raise ReviewedByAnother
        if self.unit not in self.admission.boxes.units():
            raise NoOpinionBox
        today = self.admission.bank_date(self.admission.now)
        if not keeps_box(self.admission.organisation, subject.id, self.unit, today):
            raise NotYourBox

    def check(self, review: BoxReview, subject: Subject) -> None:
        """Everything that the shape does not say. Raises ReviewedByAnother, BoxNotUp, BadSubmission and its kinds."""
        if review.reviewer != subject.id:
            raise ReviewedByAnother(pointers=("/reviewer",))
        for found in self._faults(review):
            raise found

    def _faults(self, review: BoxReview) -> Iterator[BadSubmission]:
        admission = self.admission
        if review.date < EARLIEST_DAY or review.opened_at < EARLIEST:
            yield BadSubmission(fault("before_1900"), pointers=("/date", "/opened_at"))
        if review.date > admission.bank_date(admission.now):
            yield TimeInFuture(pointers=("/date",))
        if review.opened_at - admission.now > FUTURE_TOLERANCE:
            yield TimeInFuture(pointers=("/opened_at",))
        if not admission.boxes.up(self.unit, review.date):
            yield BoxNotUp(pointers=("/date",))
        if admission.bank_date(review.opened_at) < review.date:
            yield BadSubmission(fault("opened_before_day"), pointers=("/opened_at",))
        if review.witness == review.reviewer:
            yield BadSubmission(fault("own_witness"), pointers=("/witness",))
        witness = admission.organisation.people.get(review.witness)
        if witness is None or not witness.active(admission.bank_date(review.opened_at)):
            yield BadSubmission(fault("no_such_witness"), pointers=("/witness",))

    def event_data(self, review: BoxReview) -> OpinionBoxReviewed:
        """What the event says: late is what is entered once the box has closed on that day."""
        return OpinionBoxReviewed(
            unit=self.unit,
            date=review.date,
            opened_at=review.opened_at.astimezone(self.admission.zone),
            reviewer=review.reviewer,
            witness=review.witness,
            entries_found=review.entries_found,
            late=self._late(review.date, self.admission.now),
        )

    def _late(self, day: date, entered_at: datetime) -> bool:
        """Whether a review that was owed for a day comes after the box closed; on a day off none is owed."""
        closing = self.admission.boxes.closing(self.unit, day)
        return closing is not None and entered_at >= closing and self.admission.calendar.is_working_day(day)
