"""Threads lead a message to the case that it goes on with: it has to name the case, and come from an address of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.intake.mail.correspondents import Known, is_known
from services.intake.mail.mailboxes import Mailboxes
from services.intake.mail.reading.message import ReadMessage
from shared.case.numbers import BadCaseNumber, checked
from shared.contract.ids import case_id
from shared.contract.letter_ids import case_in
from shared.contract.subjects import Subject
from shared.kernel.whole_log import WholeLog
from shared.sealing.vault import Vault
from shared.web.case_index import CaseIndex, IndexedCase


@dataclass(frozen=True, slots=True)
class Threads:
    """Finds cases by what a message names: a number in its subject, a letter of ours, a message of before."""

    index: CaseIndex
    known: WholeLog[Known]
    vault: Vault

    async def joined(self, message: ReadMessage, mailboxes: Mailboxes) -> tuple[IndexedCase | None, bool]:
        """The case that a message goes on with; and whether it names any case, be it another customer's."""
        named = list(self._named(message, mailboxes))
        if message.sender is None or message.several_senders:
            return None, bool(named)
        for case in named:
            if await self.writes_on(case.case_id, message.sender.address):
                return case, True
        return None, bool(named)

    async def sent_before(self, message: ReadMessage, mailboxes: Mailboxes, but: str) -> IndexedCase | None:
        """The case that the same message of the same sender opened at another unit."""
        if message.sender is None or message.several_senders:
            return None
        for case in self._of_message(message.key, mailboxes):
            if case.case_id != case_id(submitter(mailboxes, but), message.key) and await self.writes_on(
                case.case_id, message.sender.address
            ):
                return case
        return None

    async def writes_on(self, case: str, address: str) -> bool:
        """Whether an address is one of a case's, as the log has it by now."""
        await self.known.progress.fresh()
        known = self.known.of(case).state(case)
        return known is not None and await is_known(self.vault, case, known, address)

    def _named(self, message: ReadMessage, mailboxes: Mailboxes) -> Iterator[IndexedCase]:
        for number in message.numbers:
            try:
                found = self.index.by_number(checked(number))
            except BadCaseNumber:
                continue
            if found is not None:
                yield found
        for id_ in message.answers:
            letters = case_in(id_, mailboxes.organisation.bank.id)
            found = self.index.get(letters) if letters else None
            if found is not None:
                yield found
            yield from self._of_message(id_, mailboxes)

    def _of_message(self, id_: str, mailboxes: Mailboxes) -> Iterator[IndexedCase]:
        """The cases that a message of before stands in, whichever unit it was for."""
        for unit in mailboxes.organisation.units:
            found = self.index.receipt(case_id(submitter(mailboxes, unit), id_))
            case = self.index.get(found.case_id) if found is not None else None
            if case is not None:
                yield case


def submitter(mailboxes: Mailboxes, unit: str) -> str:
    """Who submits the mail of a unit, as the log names it."""
    return str(Subject("smtp", mailboxes.submitter(unit)))
