"""A review is never owed by who has the case or decided on it: an act that makes him so passes it on. Pure."""

from typing import Protocol

from services.casework.event_parts import as_creditor, ended
from services.casework.rights import Rights
from shared.case.core import CaseCore
from shared.case.duties import Place
from shared.case.second_looks import REVIEW
from shared.contract.events.base import DutyEnded, DutyOpened, PostAt


class MakesOwner(Protocol):
    """An act gives somebody a part in the case (``services.casework.act.Act``): what is asked of it here."""

    @property
    def core(self) -> CaseCore:
        """The case."""

    @property
    def rights(self) -> Rights:
        """Who may do what on it."""

    def post_of(self, place: Place) -> PostAt:
        """Name a place as the debtor of a duty."""

    def opens(self, kind: str, debtor: PostAt, creditor: PostAt | str | None, waived: str | None = None) -> DutyOpened:
        """Open a duty by the fact of the act."""


def passed_on(act: MakesOwner, person: str) -> tuple[list[DutyEnded], list[DutyOpened]]:
    """The review that somebody owes who handles the case, or decides on it, from this act on: another one owes it.

    Where nobody is left above, nobody can owe it.
    """
    ends, opens = [], []
    for duty in act.core.open_duties(REVIEW):
        if duty.terms.debtor.person == person:
            above = act.rights.above(person)
            ends.append(ended(duty, "waived", "reassigned"))
            debtor = above or act.post_of(duty.terms.debtor)
            creditor = as_creditor(duty.terms.creditor)
            opens.append(act.opens(REVIEW, debtor, creditor, None if above is not None else "nobody_above"))
    return ends, opens
