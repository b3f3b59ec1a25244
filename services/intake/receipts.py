"""From a submission to ComplaintReceived: checked against the organisation, sealed, numbered. No I/O."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from services.intake.submission import REPRESENTATIVES_LIMIT, Complainant, PhoneSubmission
from shared.auth import Subject
from shared.case_numbers import number_for
from shared.envelope import SOURCE_PREFIX, Event, type_of
from shared.errors import RedressError
from shared.events.base import EventData, PersonAt, Sealed
from shared.events.intake import (
    ComplaintReceived,
    FirstReceived,
    LateRegistration,
    Origin,
    Reach,
    ReceiptConflictDetected,
    SealedComplainant,
    SealedGroup,
    SealedIdentity,
    SealedMatter,
)
from shared.ids import derived, event_id
from shared.organisation import Organisation
from shared.vault import fingerprint, seal_with
from shared.working_days import Calendar

FUTURE_TOLERANCE = timedelta(seconds=5)
"""The clocks of two machines differ a little."""


class BadSubmission(RedressError):
    """The submission names something that does not exist or cannot be: correct what the pointer names."""

    code = "invalid_submission"
    status = 422


class TimeInFuture(BadSubmission):
    """A time lies in the future: correct it, or the clock of the machine that sends it."""

    code = "time_in_future"


class LateUnexplained(BadSubmission):
    """Received more than one working day ago: say why in late_registration {cause, explanation}."""

    code = "late_registration_unexplained"


class ChannelNotAllowed(RedressError):
    """This caller may not submit on this channel: the organisation file lists what a channel system may do."""

    code = "channel_not_allowed"
    status = 403


class UnknownSubmitter(RedressError):
    """This caller is not in the organisation file: add it there, or use another token."""

    code = "unknown_submitter"
    status = 403


@dataclass(frozen=True, slots=True)
class Desk:
    """What a submission is checked against: the organisation, the working days and the present."""

    organisation: Organisation
    calendar: Calendar
    now: datetime

    def unit_of(self, subject: Subject, channel: str) -> str:
        """The unit a caller submits for unless it says so. Raises UnknownSubmitter, ChannelNotAllowed."""
        if subject.kind == "person":
            person = self.organisation.people.get(subject.id)
            if person is None or not person.active(self.bank_date(self.now)):
                raise UnknownSubmitter
            return person.unit
        system = self.organisation.channel_systems.get(subject.id)
        if system is None:
            raise UnknownSubmitter
        if channel not in system.channels:
            raise ChannelNotAllowed
        return system.unit

    def bank_date(self, instant: datetime) -> Any:
        """The bank's date at an instant."""
        return instant.astimezone(ZoneInfo(self.organisation.bank.timezone)).date()

    def check(self, submission: PhoneSubmission) -> None:
        """Units, people and times. Raises BadSubmission and its kinds, with pointers."""
        self._check_ids(submission)
        received_at = submission.received_at or self.now
        for pointer, instant in (
            ("/received_at", submission.received_at),
            ("/first_received/at", submission.first_received.at if submission.first_received else None),
            ("/matter/incident_at", submission.matter.incident_at),
            ("/origin/received_at", submission.origin.received_at),
        ):
            if instant is not None and instant > self.now + FUTURE_TOLERANCE:
                raise TimeInFuture(pointers=(pointer,))
        earliest_unexplained = self.calendar.nth_after(self.bank_date(self.now), -1)
        if self.bank_date(received_at) < earliest_unexplained and submission.late_registration is None:
            raise LateUnexplained(pointers=("/received_at", "/late_registration"))
        if submission.first_received is not None and submission.first_received.at > received_at:
            raise BadSubmission("First receipt cannot be later than this one.", pointers=("/first_received/at",))

    def _check_ids(self, submission: PhoneSubmission) -> None:
        units = [("/matter/complained_unit", submission.matter.complained_unit)]
        people = [
            (f"/matter/complained_persons/{n}", person) for n, person in enumerate(submission.matter.complained_persons)
        ]
        if submission.received_by is not None:
            units.append(("/received_by/unit", submission.received_by.unit))
            people.append(("/received_by/person", submission.received_by.person or ""))
        if submission.first_received is not None:
            units.append(("/first_received/unit", submission.first_received.unit))
        for pointer, unit in units:
            if unit and unit not in self.organisation.units:
                raise BadSubmission(f"There is no unit {unit!r} in the organisation file.", pointers=(pointer,))
        for pointer, person in people:
            if person and person not in self.organisation.people:
                raise BadSubmission(f"There is no person {person!r} in the organisation file.", pointers=(pointer,))


@dataclass(frozen=True, slots=True)
class Receipt:
    """One submission on its way into the log."""

    case: str
    key: bytes
    submission: PhoneSubmission
    subject: Subject
    channel: str
    desk: Desk

    def fingerprint(self) -> str:
        """What tells this content apart from another one under the same key."""
        content = self.submission.model_dump(mode="json") | {"channel": self.channel}
        return fingerprint(self.key, orjson.dumps(content, option=orjson.OPT_SORT_KEYS))

    def _seal(self, label: str, text: str | None) -> Sealed | None:
        return seal_with(self.key, self.case, label, text) if text is not None else None

    def _sealed(self, label: str, text: str) -> Sealed:
        return seal_with(self.key, self.case, label, text)

    def received(self, cause: str, number_taken: Callable[[str], bool]) -> Event:
        """The case's first event."""
        submission, desk = self.submission, self.desk
        received_at = submission.received_at or desk.now
        by = submission.received_by
        unit = by.unit if by else desk.unit_of(self.subject, self.channel)
        first = submission.first_received
        who = submission.complainant
        data = ComplaintReceived(
            case_number=number_for(self.case, desk.bank_date(received_at), number_taken),
            channel="phone",
            submitter=str(self.subject),
            received_at=received_at,
            received_by=PersonAt(unit=unit, person=by.person if by else None),
            first_received=FirstReceived(at=first.at, unit=first.unit)
            if first
            else FirstReceived(at=received_at, unit=unit),
            origin=Origin.model_validate(submission.origin.model_dump()),
            anonymous=who is None,
            reachable_by=reachable(who),
            language=who.language if who else "zh",
            complainant=self._complainant(who) if who else None,
            group=self._group(),
            matter=self._matter(),
            late_registration=self._late(),
            details=submission.details.model_dump(mode="json"),
            fingerprint=self.fingerprint(),
            warnings=self._warnings(),
        )
        return self._event(cause, data, received_at)

    def conflict(self, cause: str) -> Event:
        """The same key came with another content."""
        found = self.fingerprint()
        data = ReceiptConflictDetected(submitter=str(self.subject), fingerprint=found)
        return self._event(derived("conflict", cause, found), data, self.desk.now)

    def _event(self, cause: str, data: EventData, happened_at: datetime) -> Event:
        return Event(
            id=event_id("intake", self.case, cause, 0),
            source=SOURCE_PREFIX + "intake",
            type=type_of(type(data).__name__, data.version),
            subject=self.case,
            time=happened_at.isoformat(),
            recordedtime=self.desk.now.isoformat(),
            causationid=cause,
            correlationid=self.case,
            basisid=None,
            actor=str(self.subject),
            data=data.model_dump(mode="json"),
        )

    def _complainant(self, who: Complainant) -> SealedComplainant:
        identity = who.identity
        return SealedComplainant(
            name=self._seal("complainant.name", who.name),
            phone=self._seal("complainant.phone", who.phone),
            email=self._seal("complainant.email", who.email),
            address=self._seal("complainant.address", who.address),
            on_behalf_of=self._seal("complainant.on_behalf_of", who.on_behalf_of),
            identity=SealedIdentity(
                kind=identity.kind, number=self._sealed("complainant.identity.number", identity.number)
            )
            if identity
            else None,
        )

    def _group(self) -> SealedGroup | None:
        group = self.submission.group
        if group is None:
            return None
        return SealedGroup(
            size=group.size,
            members=tuple(self._sealed(f"group.members.{n}", m) for n, m in enumerate(group.members)),
            representatives=tuple(
                self._sealed(f"group.representatives.{n}", r) for n, r in enumerate(group.representatives)
            ),
        )

    def _matter(self) -> SealedMatter:
        matter = self.submission.matter
        clear = matter.model_dump(exclude={"narrative", "request"})
        return SealedMatter(
            **clear,
            narrative=self._sealed("matter.narrative", matter.narrative),
            request=self._seal("matter.request", matter.request),
        )

    def _late(self) -> LateRegistration | None:
        late = self.submission.late_registration
        if late is None:
            return None
        explanation = self._sealed("late_registration.explanation", late.explanation)
        return LateRegistration(cause=late.cause, explanation=explanation)

    def _warnings(self) -> tuple[str, ...]:
        group = self.submission.group
        many = group is not None and len(group.representatives) > REPRESENTATIVES_LIMIT
        return ("too_many_representatives",) if many else ()


def reachable(who: Complainant | None) -> tuple[Reach, ...]:
    """How the customer can be reached, in the clear: decisions rest on it without opening anything."""
    if who is None:
        return ()
    ways: list[Reach] = []
    if who.email:
        ways.append("email")
    if who.phone:
        ways.append("phone")
    if who.address:
        ways.append("post")
    return tuple(ways)
