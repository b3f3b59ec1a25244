"""Who sees a case sends commands on it; to all others it does not exist. Judged before anything is sealed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.casework.refusals import Forbidden
from services.casework.rights import Rights
from services.casework.sides import WHOEVER_SEES, SideName
from shared.bank.in_force import organisation_in_force
from shared.bank.reference import Reference
from shared.bank.sight import sight_of
from shared.case.core import CaseCore
from shared.case.numbers import NotSeen
from shared.case.ties import ties_of
from shared.contract.subjects import Subject
from shared.errors import NotYet
from shared.process.clock import DomainClock
from shared.web.case_index import IndexedCase


@dataclass(frozen=True, slots=True)
class CaseSight:
    """Judges by the organisation in force. What cannot be judged yet is left to the worker, which waits for it."""

    reference: Reference
    clock: DomainClock

    def check(
        self, subject: Subject, entry: IndexedCase, core: CaseCore | None, who: Iterable[SideName], body: Any
    ) -> None:
        """Let a command pass of whoever sees the case, or may send this one without; a party is the worker's to refuse.

        Raises:
            NotSeen: to this caller there is no such case.
        """
        if subject.kind != "person":
            raise NotSeen(entry.case_id)  # a channel system asks intake how its own stand, and nothing else
        if core is None or core.accepting is None:
            return  # who has it is about to be said: the worker waits for that
        try:
            now = self.clock.now()
            organisation = organisation_in_force(self.reference, now).organisation
        except NotYet:
            return
        today = organisation.day.date_of(now)
        person = organisation.people.get(subject.id)
        if person is None:
            raise NotSeen(entry.case_id)
        sight, ties = sight_of(organisation, person.id, today), ties_of(core, entry.submitter)
        if sight.is_party(ties) or sight.sees(ties):
            return
        said: Mapping[str, Any] = body if isinstance(body, dict) else {}
        try:
            Rights(organisation, core, today).part(person.id, [side for side in who if side != WHOEVER_SEES], said)
        except Forbidden as error:
            raise NotSeen(entry.case_id) from error
