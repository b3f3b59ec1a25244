"""An incoming receipt makes the event of a checked submission: sealed, numbered, fingerprinted. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from pydantic_core import to_jsonable_python

from services.intake.admission import Admission
from shared.case.numbers import number_for
from shared.contract.bodies import Shape
from shared.contract.envelope import Event, type_of
from shared.contract.events.base import EventData, PersonAt
from shared.contract.events.intake import (
    ComplaintReceived,
    FirstReceived,
    Origin,
    Reach,
    ReceiptAdded,
    ReceiptConflictDetected,
    RelatesTo,
    ways_to_reach,
)
from shared.contract.ids import case_id, derived, event_id
from shared.contract.records import SOURCE_PREFIX
from shared.contract.subjects import Subject
from shared.contract.submissions import (
    REPRESENTATIVES_LIMIT,
    Complainant,
    Group,
    GroupPerson,
    Matter,
    SpokenFor,
    Submission,
)
from shared.contract.tenses import at_one_offset
from shared.sealing.bodies import sealed
from shared.sealing.vault import fingerprint
from shared.web.case_index import REPEAT, IndexedCase

ADDED_LATER = {
    "": ("relates_to", "settlement"),
    "complainant": ("title", "prefers", "interpreter"),
    "group": ("face_to_face",),
    "details": ("recording", "candidate", "reply_to", "sender", "authentication", "also_sent_to", "files_left_out"),
}
"""Fields that earlier submissions did not have, by the part they stand in: left out of the fingerprint where they are
null, so that a submission of then, repeated now, still has the fingerprint it had."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A submission as it was read, whoever submits it, under which key and on which channel.

    ``content`` tells it apart from another one under the same key where that is not what was read of it, such as the
    bytes of a message; ``marks`` are warnings that stand on its receipt.
    """

    subject: Subject
    key: str
    channel: str
    submission: Submission
    content: bytes | None = None
    marks: tuple[str, ...] = ()

    @property
    def receipt_id(self) -> str:
        """What its key stands for: the case that it opens."""
        return self.id_of(self.subject, self.key)

    @staticmethod
    def id_of(subject: Subject, key: str) -> str:
        """What a submitter's key stands for."""
        return case_id(subject.submitter, key)

    def receipt(self, case: str, key: bytes, admission: Admission) -> "IncomingReceipt":
        """It on its way into a case."""
        return IncomingReceipt(
            case, key, self.submission, self.subject, self.channel, admission, self.content, self.marks
        )


@dataclass(frozen=True, slots=True)
class IncomingReceipt:
    """One submission on its way into the log. ``case`` is the case it opens or is added to, ``key`` that case's."""

    case: str
    key: bytes
    submission: Submission
    subject: Subject
    channel: str
    admission: Admission
    content: bytes | None = None
    marks: tuple[str, ...] = ()

    @property
    def received_at(self) -> datetime:
        """When the customer complained."""
        return self.submission.received_at or self.admission.now

    def fingerprint(self) -> str:
        """What tells this content apart from another one under the same key."""
        if self.content is not None:
            return fingerprint(self.key, self.content)
        said = self.submission.model_dump()
        content = to_jsonable_python(at_one_offset(said, self.admission.zone)) | {"channel": self.channel}
        _as_sent_before(content)
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
        data = ReceiptConflictDetected(submitter=self.subject.submitter, fingerprint=found)
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
            "submitter": self.subject.submitter,
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
            "group": self._group(submission.group),
            "matter": self._matter(submission.matter),
            "late_registration": self._sealed("late_registration", submission.late_registration),
            "details": self._sealed("details", submission.details),
            "fingerprint": self.fingerprint(),
            "warnings": self._warnings(),
        }

    def _complainant(self, who: Complainant | None) -> Any:
        found = self._sealed("complainant", who)
        return {name: value for name, value in found.items() if name != "language"} if who is not None else None

    def _matter(self, matter: Matter) -> Any:
        persons = {"complained_persons": matter.known_persons, "described_persons": matter.described_persons}
        return sealed(matter.model_dump() | persons, self.key, self.case, "matter")

    def _group(self, group: Group | None) -> Any:
        if group is None:
            return None
        found = self._sealed("group", group)
        for who in ("members", "representatives"):
            for person, told in zip(found[who], getattr(group, who), strict=True):
                person["reachable_by"] = reachable(told)
            if who == "representatives":
                self._one_box_for_one_person(found[who], getattr(group, who))
        return found

    def _one_box_for_one_person(self, found: list[dict[str, Any]], told: Sequence[GroupPerson]) -> None:
        """Seal the address of somebody who is named twice, as customer and representative, once: boxes tell it apart.

        People of different names who share an address stay two, each with letters of his own.
        """
        who = self.submission.complainant
        boxes = {} if who is None else _boxes(who, self._complainant(who))
        for person, one in zip(found, told, strict=True):
            for said, box in _boxes(one, person).items():
                person[said.way] = boxes.setdefault(said, box)

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
        return (*(("too_many_representatives",) if many else ()), *self.marks)


class _Said(NamedTuple):
    """Holds an address as it was sent, and of whom."""

    name: str | None
    way: str
    address: str


def _boxes(told: Complainant | GroupPerson, found: dict[str, Any]) -> dict[_Said, Any]:
    """The sealed addresses of somebody, by what they hold."""
    there = ((way, getattr(told, way)) for way in ("email", "address"))
    return {_Said(told.name, way, text): found[way] for way, text in there if text is not None}


def _as_sent_before(content: dict[str, Any]) -> None:
    """Take out of a dumped submission what earlier ones did not have; a person of whom only the name is told is it."""
    for part, names in ADDED_LATER.items():
        where = content[part] if part else content
        for name in names:
            if where is not None and where.get(name, "") is None:
                del where[name]
    if (who := content["complainant"]) is not None and who["on_behalf_of"] is not None:
        who["on_behalf_of"] = _name_alone(who["on_behalf_of"], SpokenFor)
    if (group := content["group"]) is not None:
        for people in ("members", "representatives"):
            group[people] = [_name_alone(one, GroupPerson) for one in group[people]]


def _name_alone(told: dict[str, Any], shape: type[SpokenFor] | type[GroupPerson]) -> Any:
    """The name where nothing else is told, as it was sent before there was more to tell."""
    return told["name"] if told == shape(name=told["name"]).model_dump() else told


def nobody_speaks(submission: Submission) -> bool:
    """Whether a complaint is anonymous: it names neither a complainant nor who speaks for a group."""
    group = submission.group
    return submission.complainant is None and not (group and group.representatives)


def reachable(who: Complainant | GroupPerson | None) -> tuple[Reach, ...]:
    """How the customer can be reached."""
    return ways_to_reach(who.email, who.phone, who.address) if who is not None else ()
