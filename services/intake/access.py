"""Who may add to a case at intake, and who may ask how it stands: never a party, an auditor, or another's system."""

from dataclasses import dataclass

from services.intake.admission import Admission
from services.intake.refusals import PartyAddsNothing
from services.intake.standing import CaseStanding
from shared.bank.sight import sight_of
from shared.case.numbers import NotSeen
from shared.case.ties import ties_of
from shared.contract.subjects import Subject
from shared.kernel.whole_log import WholeLog
from shared.web.case_index import IndexedCase


@dataclass(frozen=True, slots=True)
class CaseAccess:
    """Judges by the case as it stands in the log, and by the organisation in force."""

    standings: WholeLog[CaseStanding]

    async def standing(self, entry: IndexedCase) -> CaseStanding:
        """How a case stands; waits until its receipt is folded."""
        await self.standings.progress.fresh()
        fold = self.standings.of(entry.case_id)
        await fold.progress.until(lambda: fold.state(entry.case_id) is not None)
        found = fold.state(entry.case_id)
        assert found is not None  # noqa: S101 - waited for
        return found

    async def own(self, subject: Subject, entry: IndexedCase) -> CaseStanding:
        """How a case stands, for its submitter. Raises NotSeen."""
        if entry.submitter != str(subject):
            raise NotSeen(entry.case_id)
        return await self.standing(entry)

    async def may_add(self, subject: Subject, entry: IndexedCase, admission: Admission) -> None:
        """Go on only for whoever may add a file to a case; auditors were turned away before.

        Raises:
            NotSeen: another's channel system, or a person who does not see the case.
            PartyAddsNothing
        """
        if subject.kind != "person":
            await self.own(subject, entry)
            return
        await self.check_party(subject, entry, admission)
        organisation, today = admission.organisation, admission.bank_date(admission.now)
        sight = sight_of(organisation, subject.id, today)
        if not sight.sees(ties_of((await self.standing(entry)).core, entry.submitter)):
            raise NotSeen(entry.case_id)

    async def check_party(self, subject: Subject, entry: IndexedCase, admission: Admission) -> None:
        """A party concerned adds nothing, neither a file nor a further receipt. Raises PartyAddsNothing."""
        if subject.kind != "person":
            return
        sight = sight_of(admission.organisation, subject.id, admission.bank_date(admission.now))
        if sight.is_party(ties_of((await self.standing(entry)).core, entry.submitter)):
            raise PartyAddsNothing(entry.case_id)
