"""The admission checks callers and submissions against the organisation, the working days and the present. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from services.intake.refusals import (
    AuditorOnlyReads,
    BadSubmission,
    ChannelNotAllowed,
    LateUnexplained,
    ReceivedByAnother,
    SettlementIncomplete,
    TimeInFuture,
    TimeTooEarly,
    TimeTooFar,
    UnknownSubmitter,
)
from services.intake.submission import Submission
from shared.bank.organisation import ChannelSystem, Organisation, Person
from shared.bank.working_days import Calendar
from shared.contract.subjects import Subject
from shared.contract.tenses import REACH, Tense, said_in

FUTURE_TOLERANCE = timedelta(seconds=5)
"""The clocks of two machines differ a little."""
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
"""Before that it is a mistyped year; and near the year 1 an instant has no date in every time zone."""
REGISTERING = ("complaint_post", "general_office")
"""The posts whose holders, and stand-ins, register what their colleagues took down."""
Faults = Iterator[BadSubmission]


@dataclass(frozen=True, slots=True)
class Admission:
    """Checks who may submit what. ``now`` is domain time; before ``counting_begins`` no limit can be counted."""

    organisation: Organisation
    calendar: Calendar
    now: datetime
    counting_begins: datetime = EARLIEST

    def bank_date(self, instant: datetime) -> date:
        """The bank's date at an instant."""
        return self.organisation.day.date_of(instant)

    def admit(self, subject: Subject) -> Person | ChannelSystem:
        """The caller as the organisation file knows it. Raises UnknownSubmitter, AuditorOnlyReads."""
        if subject.kind == "person":
            person = self.organisation.people.get(subject.id)
            if person is None or not person.active(self.bank_date(self.now)):
                raise UnknownSubmitter
            if any(post.post == "auditor" for post in self.organisation.posts_of(person.id)):
                raise AuditorOnlyReads
            return person
        system = self.organisation.channel_systems.get(subject.id)
        if system is None:
            raise UnknownSubmitter
        return system

    def unit_of(self, subject: Subject, channel: str) -> str:
        """The unit a caller submits for unless it says so.

        Raises:
            UnknownSubmitter, AuditorOnlyReads, ChannelNotAllowed
        """
        caller = self.admit(subject)
        if isinstance(caller, ChannelSystem) and channel not in caller.channels:
            raise ChannelNotAllowed
        return caller.unit

    def check(self, submission: Submission, subject: Subject) -> None:
        """Everything that the shape of what a caller submits does not say.

        Raises:
            BadSubmission and its kinds, ReceivedByAnother: with pointers.
        """
        for faults in (self._times, self._too_early, self._lateness, self._units, self._people, _contents, _settlement):
            for fault in faults(submission):
                raise fault
        self._check_taker(submission, subject)

    def _check_taker(self, submission: Submission, subject: Subject) -> None:
        """Who took the complaint down is the caller, or a colleague for whom he may register it (contract 1).

        Raises:
            ReceivedByAnother
        """
        taker = submission.received_by.person if submission.received_by else None
        if taker is None or subject == Subject("person", taker):
            return
        at = self.organisation.people[taker].unit
        if not any(at in self.organisation.below(unit) for unit in self._registers_for(subject)):
            raise ReceivedByAnother(pointers=("/received_by/person",))

    def _registers_for(self, subject: Subject) -> Iterator[str]:
        """The units for whose people, and those below, a caller may register what they took down."""
        if subject.kind == "channel":
            yield self.organisation.channel_systems[subject.id].unit
            return
        today = self.bank_date(self.now)
        for post in self.organisation.posts_on(subject.id, today):
            if post.post in REGISTERING and subject.id in self.organisation.people_in(post.unit, post.post, today):
                yield post.unit

    def _times(self, submission: Submission) -> Faults:
        for pointer, tense, said in said_in(type(submission), submission.model_dump()):
            ahead, early = self._lies(said)
            if tense is Tense.HAPPENED and ahead > FUTURE_TOLERANCE:
                yield TimeInFuture(pointers=(pointer,))
            elif tense is not Tense.HAPPENED and ahead > REACH[tense]:
                yield TimeTooFar(pointers=(pointer,))
            if early:
                yield BadSubmission("A time lies before 1900: correct its year.", pointers=(pointer,))
        first = submission.first_received.at if submission.first_received else None
        if first is not None and first > (submission.received_at or self.now):
            text = "First receipt cannot be later than received_at: correct one of them, or leave first_received out."
            yield BadSubmission(text, pointers=("/first_received/at",))

    def _too_early(self, submission: Submission) -> Faults:
        """A receipt of before the first policy pack and calendar would run on no rules at all."""
        first = submission.first_received
        times = {"/received_at": submission.received_at, "/first_received/at": first.at if first else None}
        for pointer, at in times.items():
            if at is not None and at < self.counting_begins:
                yield TimeTooEarly(pointers=(pointer,))

    def _lies(self, said: datetime | date) -> tuple[timedelta, bool]:
        """How far ahead of now a time lies, and whether it lies before everything that can be meant."""
        if isinstance(said, datetime):
            return said - self.now, said < EARLIEST
        return said - self.bank_date(self.now), said < EARLIEST.date()

    def _lateness(self, submission: Submission) -> Faults:
        earliest_unexplained = self.calendar.nth_after(self.bank_date(self.now), -1)
        received_on = self.bank_date(submission.received_at or self.now)
        if received_on < earliest_unexplained and submission.late_registration is None:
            yield LateUnexplained(pointers=("/received_at", "/late_registration"))

    def _units(self, submission: Submission) -> Faults:
        by, first, settlement = submission.received_by, submission.first_received, submission.settlement
        units = [("/matter/complained_unit", submission.matter.complained_unit)]
        units.append(("/received_by/unit", by.unit if by else None))
        units.append(("/first_received/unit", first.unit if first else None))
        units += [(f"/settlement/copy_to/{n}", unit) for n, unit in enumerate(settlement.copy_to if settlement else ())]
        for pointer, unit in units:
            if unit is not None and unit not in self.organisation.units:
                yield BadSubmission("There is no such unit: send an id of the organisation file.", pointers=(pointer,))

    def _people(self, submission: Submission) -> Faults:
        """Who took the complaint had duties on that day; who is complained of may have left since."""
        known = self.organisation.people
        for n, person in enumerate(submission.matter.complained_persons):
            if person not in known:
                text = "There is no such person: send an id of the organisation file, or name the person in narrative."
                yield BadSubmission(text, pointers=(f"/matter/complained_persons/{n}",))
        by = submission.received_by
        if by is None or by.person is None:
            return
        taker = known.get(by.person)
        if taker is None or not taker.active(self.bank_date(submission.received_at or self.now)):
            text = "Nobody of that id had duties on the day of receipt: name who took it down, or leave person out."
            yield BadSubmission(text, pointers=("/received_by/person",))


def _contents(submission: Submission) -> Faults:
    group, matter = submission.group, submission.matter
    if group is not None and group.size < len(group.members):
        text = "The group has more members than its size: count everybody in size."
        yield BadSubmission(text, pointers=("/group/size",))
    if (matter.amount_minor is None) != (matter.currency is None):
        missing = "currency" if matter.currency is None else "amount_minor"
        text = "amount_minor and currency go together: send both, or neither."
        yield BadSubmission(text, pointers=(f"/matter/{missing}",))


def _settlement(submission: Submission) -> Faults:
    settlement = submission.settlement
    if settlement is None:
        return
    if submission.further_receipt:
        text = "A further receipt settles nothing: send the command settle-on-the-spot on the case, or leave this out."
        yield BadSubmission(text, pointers=("/settlement",))
    needed = {
        "/settlement/customer_agreed": settlement.customer_agreed,
        "/settlement/agreed_proof": settlement.agreed_proof is not None,
    }
    if not all(needed.values()):
        yield SettlementIncomplete(pointers=tuple(pointer for pointer, there in needed.items() if not there))
