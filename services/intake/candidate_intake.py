"""The candidate intake takes in what was found, and what a person says of it: nothing of it is a case before that."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from services.intake.admission import Admission
from services.intake.candidate import Candidate, CandidateAdmission, Drop
from services.intake.confirmations import CandidateConfirmation
from services.intake.reading import read
from services.intake.refusals import CandidateDecided, IdempotencyConflict
from services.intake.waiting import Doubts, LockPerName, answered_in_time
from shared.bank.event_versions import Recording
from shared.contract.envelope import SOURCE_PREFIX, Event, type_of
from shared.contract.events.base import EventData
from shared.contract.events.candidates import CandidateConfirmed, CandidateDropped, CandidateReported
from shared.contract.ids import candidate_id, candidate_subject, derived, event_id
from shared.contract.records import EventLog
from shared.contract.subjects import Subject
from shared.contract.submissions import Submission
from shared.errors import OutcomeUnknown
from shared.sealing.bodies import sealed
from shared.sealing.vault import Vault
from shared.web.case_index import CaseIndex
from shared.web.known_candidates import IndexedCandidate, Naming, digest_of


@dataclass(frozen=True, slots=True)
class CandidateIntake:
    """Takes candidates in. A repetition with the same key gets the answer of the first one in the log."""

    log: EventLog
    index: CaseIndex
    vault: Vault
    admission: Callable[[], Admission]
    recording: Recording
    locks: LockPerName = field(default_factory=LockPerName)
    doubts: Doubts = field(default_factory=Doubts)

    async def report(self, subject: Subject, key: str, body: bytes) -> tuple[int, CandidateConfirmation]:
        """Take in what was found: status and answer.

        Raises:
            UnknownSubmitter, AuditorOnlyReads, ChannelNotAllowed, BadJson, DuplicateKey, BadSubmission and its kinds,
            IdempotencyConflict, NothingToCheckAgainst, OutcomeUnknown
        """
        id_ = candidate_id(str(subject), key)
        async with answered_in_time(), self.locks.of(id_):
            await self.index.progress.fresh()
            admission = CandidateAdmission(self.admission())
            admission.admission.admit(subject)
            said = read(Candidate, body)
            await self._settle(id_)
            known, new = self.index.candidate(id_), False
            data = await self._reported(admission, subject, id_, said)
            if known is None:
                known, new = await self._append(id_, str(subject), id_, data)
            if known.digest != digest_of(data.model_dump(mode="json")):
                raise IdempotencyConflict
            return 201 if new else 200, CandidateConfirmation.of(known)

    async def drop(self, subject: Subject, key: str, id_: str, body: bytes) -> tuple[int, CandidateConfirmation]:
        """Take in why a candidate is no complaint to take in: status and answer.

        Raises:
            UnknownSubmitter, AuditorOnlyReads, CandidateForPeople, UnknownCandidate, NotYourCandidate, BadJson,
            DuplicateKey, BadSubmission, CandidateDecided, IdempotencyConflict, NothingToCheckAgainst, OutcomeUnknown
        """
        cause = derived("drop-candidate", str(subject), key)
        async with answered_in_time(), self.locks.of(id_):
            await self.index.progress.fresh()
            known = CandidateAdmission(self.admission()).check_decides(subject, self.index.candidate(id_))
            said = read(Drop, body)
            await self._settle(cause, id_)
            known, new = self.index.candidate(id_) or known, False
            data = await self._dropped(id_, said)
            if known.dropped_by != cause:
                if known.state != "open":
                    raise CandidateDecided
                known, new = await self._append(id_, str(subject), cause, data)
            if known.dropped_by != cause or known.state == "confirmed":
                raise CandidateDecided
            if known.drop_digest != digest_of(data.model_dump(mode="json")):
                raise IdempotencyConflict
            return 201 if new else 200, CandidateConfirmation.of(known)

    @asynccontextmanager
    async def held(self, id_: str | None) -> AsyncIterator[None]:
        """Keep whoever else says something of a candidate waiting; with none, nobody."""
        if id_ is None:
            yield
            return
        async with self.locks.of(id_):
            await self._settle(id_)
            with self.doubts.about(id_):
                yield

    def check_confirms(self, admission: Admission, subject: Subject, submission: Submission, channel: str) -> None:
        """Go on only where a submission names no candidate, or may confirm the one that it names.

        Raises:
            CandidateForPeople, UnknownCandidate, NotYourCandidate, CandidateDecided, BadSubmission
        """
        named = getattr(submission.details, "candidate", None)
        if named is not None:
            CandidateAdmission(admission).check_confirms(subject, self.index.candidate(named), channel)

    async def tell_confirmed(self, id_: str, naming: Naming) -> None:
        """Say of a candidate that it became a case, unless that is said already: the receipt that names it counts."""
        known = self.index.candidate(id_)
        if known is None or naming.case_id in known.told:
            return
        data = CandidateConfirmed(candidate=id_, case_id=naming.case_id, case_number=naming.case_number)
        await self._append(id_, naming.actor, naming.event_id, data)

    async def _reported(
        self, admission: CandidateAdmission, subject: Subject, id_: str, said: Candidate
    ) -> CandidateReported:
        clear = admission.reported(subject, said)
        typed = said.model_dump(include={"outlet", "url", "author", "words"})
        return CandidateReported(candidate=id_, **clear, **await self._sealed(id_, typed))

    async def _dropped(self, id_: str, said: Drop) -> CandidateDropped:
        words = await self._sealed(id_, {"words": said.words})
        return CandidateDropped(candidate=id_, ground=said.ground, **words)

    async def _sealed(self, id_: str, typed: dict[str, Any]) -> dict[str, Any]:
        subject = candidate_subject(id_)
        found: dict[str, Any] = sealed(typed, await self.vault.ensure_key(subject), subject, "candidate")
        return found

    async def _append(self, id_: str, actor: str, cause: str, data: EventData) -> tuple[IndexedCandidate, bool]:
        """Append; then what is known of the candidate, and that it is told by this call."""
        event = self._event(id_, actor, cause, data)
        with self.doubts.about(cause):
            position = (await self.log.append([self.recording.of(event).record]))[0]
        await self.index.progress.partitions[position.partition].past(position.offset)
        first = self.index.candidate(id_)
        if first is None:
            raise OutcomeUnknown
        return first, True

    def _event(self, id_: str, actor: str, cause: str, data: EventData) -> Event:
        about, now = candidate_subject(id_), self.admission().now.isoformat()
        name, body = type(data).__name__, data.model_dump(mode="json")
        return Event(
            event_id("intake", about, cause, 0), SOURCE_PREFIX + "intake", type_of(name, data.version), about,
            body.get("found_at") or now, now, cause, about, None, actor, body,
        )  # fmt: skip

    async def _settle(self, *causes: str) -> None:
        """Where an earlier call did not learn what became of its append: see the log to its end before another."""
        for cause in causes:
            if cause in self.doubts:
                await self.index.progress.reach(await self.index.progress.ends())
                self.doubts.settled(cause)
