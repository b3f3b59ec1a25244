"""The admission checks callers and submissions against the organisation, the working days and the present. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import assert_never

from services.intake.refusals import (
    AuditorOnlyReads,
    BadSubmission,
    BoxElsewhere,
    BoxNotUp,
    ChannelNotAllowed,
    LateUnexplained,
    NoReceptionist,
    NotAbove,
    ReceivedByAnother,
    SettlementIncomplete,
    TimeAfterReceipt,
    TimeInFuture,
    TimeTooEarly,
    TimeTooFar,
    TwoBodies,
    UnknownSubmitter,
)
from shared.bank.boxes import BoxHistory
from shared.bank.listed import ChannelSystem, Person
from shared.bank.organisation import Organisation
from shared.bank.parts import Misfit, Scene, misfit
from shared.bank.working_days import Calendar
from shared.contract.channel_details import SAID_OF_A_BODY, named_parts
from shared.contract.refusal_words import fault
from shared.contract.subjects import Subject
from shared.contract.submissions import SpokenFor, Submission
from shared.contract.tenses import REACH, Tense, said_in

EARLIEST_DAY = date(1900, 1, 1)
FUTURE_TOLERANCE = timedelta(seconds=5)
"""The clocks of two machines differ a little."""
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
"""Before that it is a mistyped year; and near the year 1 an instant has no date in every time zone."""
REGISTERING = ("complaint_post", "general_office")
"""The posts whose holders, and stand-ins, register what their colleagues took down."""
TOLD_OF = ("/matter/", "/origin/", "/details/")
"""Where a submission tells of what was before its receipt."""
Faults = Iterator[BadSubmission]


@dataclass(frozen=True, slots=True)
class Admission:
    """Checks who may submit what. ``now`` is domain time; ``since``: the first day by which a limit can be counted."""

    organisation: Organisation
    calendar: Calendar
    now: datetime
    since: date = EARLIEST_DAY
    box_history: BoxHistory | None = None

    @property
    def boxes(self) -> BoxHistory:
        """Where opinion boxes hung on which day; by the organisation of now alone, where no other is known."""
        return self.box_history or BoxHistory.alone(self.organisation)

    @property
    def zone(self) -> tzinfo:
        """The bank's time zone."""
        return self.organisation.day.zone

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
        for faults in (self._times, self._lateness, self._units, self._people, _contents, _bodies, _settlement):
            for found in faults(submission):
                raise found
        for found in self._parts(submission, subject):
            raise found
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
        received = submission.received_at or self.now
        for pointer, tense, said in said_in(type(submission), submission.model_dump()):
            ahead, early = self._lies(said)
            if tense is Tense.HAPPENED and ahead > FUTURE_TOLERANCE:
                yield TimeInFuture(pointers=(pointer,))
            elif tense is Tense.HAPPENED and pointer.startswith(TOLD_OF) and self._later(said, received):
                yield TimeAfterReceipt(pointers=(pointer,))
            elif tense is not Tense.HAPPENED and ahead > REACH[tense]:
                yield TimeTooFar(pointers=(pointer,))
            if early:
                yield BadSubmission(fault("before_1900"), pointers=(pointer,))
        yield from self._before_all(submission)
        first = submission.first_received.at if submission.first_received else None
        if first is not None and first > (submission.received_at or self.now):
            yield BadSubmission(fault("first_later"), pointers=("/first_received/at",))

    def _before_all(self, submission: Submission) -> Faults:
        """No limit is counted from a receipt of before the first pack and calendar: its year is mistyped."""
        said = {"/received_at": submission.received_at}
        said["/first_received/at"] = submission.first_received.at if submission.first_received else None
        for pointer, at in said.items():
            if at is not None and self.bank_date(at) < self.since:
                yield TimeTooEarly(fault("before_first_pack", since=self.since.isoformat()), pointers=(pointer,))

    def _later(self, said: datetime | date, received: datetime) -> bool:
        """Whether what a complaint tells of, such as the posting of a letter, comes after its receipt."""
        if isinstance(said, datetime):
            return said - received > FUTURE_TOLERANCE
        return said > self.bank_date(received)

    def _lies(self, said: datetime | date) -> tuple[timedelta, bool]:
        """How far ahead of now a time lies, and whether it lies before everything that can be meant."""
        if isinstance(said, datetime):
            return said - self.now, said < EARLIEST
        return said - self.bank_date(self.now), said < EARLIEST_DAY

    def _lateness(self, submission: Submission) -> Faults:
        earliest_unexplained = self.calendar.nth_after(self.bank_date(self.now), -1)
        received_on = self.bank_date(submission.received_at or self.now)
        if received_on < earliest_unexplained and submission.late_registration is None:
            yield LateUnexplained(pointers=("/received_at", "/late_registration"))

    def _units(self, submission: Submission) -> Faults:
        by, first, settlement = submission.received_by, submission.first_received, submission.settlement
        units: list[tuple[str, str | None, datetime | None]] = []
        units.append(("/matter/complained_unit", submission.matter.complained_unit, None))
        units.append(("/received_by/unit", by.unit if by else None, submission.received_at or self.now))
        units.append(("/first_received/unit", first.unit if first else None, first.at if first else None))
        for pointer, unit, at in units:
            if unit is not None and unit not in self.organisation.units:
                yield BadSubmission(fault("submitted_unit"), pointers=(pointer,))
            elif unit is not None and at is not None and not self.organisation.units[unit].there(self.bank_date(at)):
                yield BadSubmission(fault("unit_closed"), pointers=(pointer,))
        for n, copy in enumerate(settlement.copy_to if settlement else ()):
            person = self.organisation.people.get(copy)
            if copy not in self.organisation.units and not (person and person.active(self.bank_date(self.now))):
                yield BadSubmission(fault("submitted_copy"), pointers=(f"/settlement/copy_to/{n}",))

    def _people(self, submission: Submission) -> Faults:
        """Who took the complaint had duties on that day; who is complained of may have left since."""
        known = self.organisation.people
        for n, person in enumerate(submission.matter.complained_persons):
            if isinstance(person, str) and person not in known:
                yield BadSubmission(fault("submitted_person"), pointers=(f"/matter/complained_persons/{n}",))
        by = submission.received_by
        if by is None or by.person is None:
            return
        taker = known.get(by.person)
        if taker is None or not taker.active(self.bank_date(submission.received_at or self.now)):
            yield BadSubmission(fault("taker_off_duty"), pointers=("/received_by/person",))

    def _parts(self, submission: Submission, subject: Subject) -> Faults:
        """Whoever the details name could act there on that day: that he exists is not enough."""
        by, details = submission.received_by, submission.details
        scene = Scene(
            unit=by.unit if by else self.admit(subject).unit,
            day=self.bank_date(submission.received_at or self.now),
            complained_unit=submission.matter.complained_unit,
            written_on=getattr(details, "dated", None),
        )
        for named in named_parts(details):
            why = misfit(named, scene, self.organisation, self.boxes)
            if why is not None:
                yield _refusal(why, (f"/details/{named.field}",))


def _refusal(why: Misfit, pointers: tuple[str, ...]) -> BadSubmission:
    match why:
        case Misfit.NO_SUCH_PERSON:
            return BadSubmission(fault("submitted_person"), pointers=pointers)
        case Misfit.NO_SUCH_UNIT:
            return BadSubmission(fault("submitted_unit"), pointers=pointers)
        case Misfit.NO_RECEPTIONIST:
            return NoReceptionist(pointers=pointers)
        case Misfit.NO_BOX:
            return BoxNotUp(pointers=pointers)
        case Misfit.BOX_ELSEWHERE:
            return BoxElsewhere(pointers=(*pointers, "/received_by/unit"))
        case Misfit.NOT_ABOVE:
            return NotAbove(pointers=pointers)
        case _:
            assert_never(why)


def _bodies(submission: Submission) -> Faults:
    """Who passed a complaint on is told once, or alike: two names would be one body too many to answer."""
    origin = submission.origin
    for field in SAID_OF_A_BODY:
        told, other = getattr(origin, field), getattr(submission.details, field, None)
        if told is not None and other is not None and told != other:
            yield TwoBodies(pointers=(f"/origin/{field}", f"/details/{field}"))


def _contents(submission: Submission) -> Faults:
    group, matter = submission.group, submission.matter
    counted = (len(group.members), len(group.representatives), group.face_to_face or 0) if group is not None else (0,)
    if group is not None and group.size < max(counted):
        yield BadSubmission(fault("group_size"), pointers=("/group/size",))
    behalf = submission.complainant.on_behalf_of if submission.complainant is not None else None
    if isinstance(behalf, SpokenFor) and behalf.authority == "proved" and behalf.proof is None:
        yield BadSubmission(fault("authority_without_proof"), pointers=("/complainant/on_behalf_of/proof",))
    if (matter.amount_minor is None) != (matter.currency is None):
        missing = "currency" if matter.currency is None else "amount_minor"
        yield BadSubmission(fault("amount_and_currency"), pointers=(f"/matter/{missing}",))


def _settlement(submission: Submission) -> Faults:
    settlement = submission.settlement
    if settlement is None:
        return
    if submission.further_receipt:
        yield BadSubmission(fault("settlement_on_receipt"), pointers=("/settlement",))
    needed = {
        "/settlement/customer_agreed": settlement.customer_agreed,
        "/settlement/agreed_proof": settlement.agreed_proof is not None,
    }
    if not all(needed.values()):
        yield SettlementIncomplete(pointers=tuple(pointer for pointer, there in needed.items() if not there))
