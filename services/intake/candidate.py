"""A candidate is what somebody found: its shape, and who may confirm or drop it. Pure."""

from dataclasses import dataclass
from typing import Any

from services.intake.admission import EARLIEST, FUTURE_TOLERANCE, Admission
from services.intake.refusals import (
    BadSubmission,
    CandidateDecided,
    CandidateForPeople,
    NotYourCandidate,
    TimeInFuture,
    UnknownCandidate,
)
from shared.bank.candidates import decides
from shared.contract.bodies import Id, Line, Shape, Text
from shared.contract.channels import WATCHED
from shared.contract.events.candidates import DropGround
from shared.contract.refusal_words import fault
from shared.contract.subjects import Subject
from shared.contract.tenses import Happened
from shared.web.known_candidates import IndexedCandidate

BODY_LIMIT_BYTES = 128 * 1024


class Candidate(Shape):
    """What was found: on which channel it would come in, where, by whom, in which words. ``unit``: for which unit."""

    channel: Id
    found_at: Happened
    outlet: Line
    url: Line | None = None
    author: Line | None = None
    words: Text
    unit: Id | None = None


class Drop(Shape):
    """Why a candidate is no complaint to take in."""

    ground: DropGround
    words: Text | None = None


@dataclass(frozen=True, slots=True)
class CandidateAdmission:
    """Checks who may report a candidate, and who may say what it is."""

    admission: Admission

    def reported(self, subject: Subject, said: Candidate) -> dict[str, Any]:
        """What of the event is in the clear.

        Raises:
            UnknownSubmitter, AuditorOnlyReads, ChannelNotAllowed, BadSubmission, TimeInFuture
        """
        known, caller = self.admission, self.admission.admit(subject)
        if said.channel not in WATCHED:
            raise BadSubmission(fault("not_watched", channels=sorted(WATCHED)), pointers=("/channel",))
        known.unit_of(subject, said.channel)
        if said.unit is not None and said.unit not in known.organisation.units:
            raise BadSubmission(fault("submitted_unit"), pointers=("/unit",))
        if said.found_at - known.now > FUTURE_TOLERANCE:
            raise TimeInFuture(pointers=("/found_at",))
        if said.found_at < EARLIEST:
            raise BadSubmission(fault("before_1900"), pointers=("/found_at",))
        found_at = said.found_at.astimezone(known.zone)
        return {"channel": said.channel, "unit": said.unit or caller.unit, "found_at": found_at}

    def check_decides(self, subject: Subject, found: IndexedCandidate | None) -> IndexedCandidate:
        """The candidate, for whoever may say what it is.

        Raises:
            UnknownSubmitter, AuditorOnlyReads, CandidateForPeople, UnknownCandidate, NotYourCandidate
        """
        self.admission.admit(subject)
        if subject.kind != "person":
            raise CandidateForPeople
        if found is None:
            raise UnknownCandidate
        today = self.admission.bank_date(self.admission.now)
        if not decides(self.admission.organisation, subject.id, found.unit, today):
            raise NotYourCandidate
        return found

    def check_confirms(self, subject: Subject, found: IndexedCandidate | None, channel: str) -> None:
        """Go on only where a submission may confirm the candidate that its details name.

        Raises:
            as ``check_decides``; CandidateDecided, BadSubmission: on another channel
        """
        candidate = self.check_decides(subject, found)
        if candidate.state != "open":
            raise CandidateDecided(pointers=("/details/candidate",))
        if candidate.channel != channel:
            raise BadSubmission(fault("candidate_channel"), pointers=("/details/candidate",))
