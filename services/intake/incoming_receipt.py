"""An incoming receipt makes the event of a checked submission: sealed, numbered, fingerprinted. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from pydantic_core import to_jsonable_python

from services.intake.admission import Admission
from services.intake.submission import REPRESENTATIVES_LIMIT, Complainant, Submission
from shared.case.numbers import number_for
from shared.contract.bodies import Shape
from shared.contract.envelope import SOURCE_PREFIX, Event, type_of
from shared.contract.events.base import EventData, PersonAt
from shared.contract.events.intake import (
    ComplaintReceived,
    FirstReceived,
    Origin,
    Reach,
    ReceiptAdded,
    ReceiptConflictDetected,
    RelatesTo,
)
from shared.contract.ids import derived, event_id
from shared.contract.subjects import Subject
from shared.contract.tenses import at_one_offset
from shared.sealing.bodies import sealed
from shared.sealing.vault import fingerprint
from shared.web.case_index import REPEAT, IndexedCase

ADDED_LATER = ("relates_to", "settlement")
ADDED_TO_COMPLAINANT = ("title",)
"""Fields that earlier submissions did not have: left out of the fingerprint where they are null, so that a
submission of then, repeated now, still has the fingerprint it had."""


@dataclass(frozen=True, slots=True)
class IncomingReceipt:
    """One submission on its way into the log. ``case`` is the case it opens or is added to, ``key`` that case's."""

    case: str
    key: bytes
    submission: Submission
    subject: Subject
    channel: str
    admission: Admission

    @property
    def received_at(self) -> datetime:
        """When the customer complained."""
        return self.submission.received_at or self.admission.now

    def fingerprint(self) -> str:
        """What tells this content apart from another one under the same key."""
        said = self.submission.model_dump()
        content = to_jsonable_python(at_one_offset(said, self.admission.zone)) | {"channel": self.channel}
        for name in ADDED_LATER:
            if content[name] is None:
                del content[name]
        for name in ADDED_TO_COMPLAINANT:
            if content["complainant"] is not None and content["complainant"][name] is None:
                del content["complainant"][name]
        return fingerprint(self.key, orjson.dumps(content, option=orjson.OPT_SORT_KEYS))

    def received(self, cause: str, number_taken: Callable[[str], bool], related: IndexedCase | None) -> Event:
        """The first event of the case it opens. ``related`` is the case it relates to."""
        data = ComplaintReceived(
            **self._common(),
            case_number=number_for(self.case, self.admission.bank_date(self.received_at), number_taken),
            relates_to=self._relation(related),
            settlement=self._sealed("settlement", self.submission.settlement),
        )
        return self._event(cause, data, self.received_at)

    def added(self, cause: str, receipt_id: str) -> Event:
        """The event that adds it to a case that is there already."""
        data = ReceiptAdded(receipt_id=receipt_id, **self._common())
        return self._event(cause, data, self.received_at)

    def conflict(self, cause: str) -> Event:
        """The same key came with another content."""
        found = self.fingerprint()
        data = ReceiptConflictDetected(submitter=str(self.subject), fingerprint=found)
        return self._event(derived("conflict", cause, found), data, self.admission.now)

    def _sealed(self, label: str, part: Shape | None) -> Any:
        """A part as events hold it: what a person typed is sealed, codes and amounts are not."""
        return sealed(part.model_dump(), self.key, self.case, label) if part is not None else None

    def _common(self) -> dict[str, Any]:
        submission = self.submission
        by, first, who = submission.received_by, submission.first_received, submission.complainant
        unit = by.unit if by else self.admission.unit_of(self.subject, self.channel)
        return {
            "channel": self.channel,
            "submitter": str(self.subject),
            "received_at": self.received_at,
            "received_by": PersonAt(unit=unit, person=by.person if by else None),
            "first_received": FirstReceived(at=first.at, unit=first.unit)
            if first
            else FirstReceived(at=self.received_at, unit=unit),
            "origin": Origin.model_validate(submission.origin.model_dump()),
            "anonymous": nobody_speaks(submission),
            "reachable_by": reachable(who),
            "language": who.language if who else "zh",
            "complainant": self._complainant(who),
            "group": self._sealed("group", submission.group),
            "matter": self._sealed("matter", submission.matter),
            "late_registration": self._sealed("late_registration", submission.late_registration),
            "details": submission.details.model_dump(mode="json"),
            "fingerprint": self.fingerprint(),
            "warnings": self._warnings(),
        }

    def _complainant(self, who: Complainant | None) -> Any:
        found = self._sealed("complainant", who)
        return {name: value for name, value in found.items() if name != "language"} if who is not None else None

    def _relation(self, related: IndexedCase | None) -> RelatesTo | None:
        named = self.submission.relates_to
        if named is None or related is None:
            return None
        said = {"case_id": related.case_id, "case_number": related.case_number, "relation": named.relation}
        return RelatesTo.model_validate(said | {"times": related.times + 1 if named.relation == REPEAT else None})

    def _event(self, cause: str, data: EventData, happened_at: datetime) -> Event:
        return Event(
            id=event_id("intake", self.case, cause, 0),
            source=SOURCE_PREFIX + "intake",
            type=type_of(type(data).__name__, data.version),
            subject=self.case,
            time=happened_at.isoformat(),
            recordedtime=self.admission.now.isoformat(),
            causationid=cause,
            correlationid=self.case,
            basisid=None,
            actor=str(self.subject),
            data=data.model_dump(mode="json"),
        )

    def _warnings(self) -> tuple[str, ...]:
        group = self.submission.group
        many = group is not None and len(group.representatives) > REPRESENTATIVES_LIMIT
        return ("too_many_representatives",) if many else ()


def nobody_speaks(submission: Submission) -> bool:
    """Whether a complaint is anonymous: it names neither a complainant nor who speaks for a group."""
    group = submission.group
    return submission.complainant is None and not (group and group.representatives)


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
