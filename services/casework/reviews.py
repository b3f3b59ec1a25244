"""Reviews of what dissatisfies a customer are opened, and passed on where whoever owes one gets the case. Pure."""

from typing import Protocol

from services.casework.event_parts import as_creditor, ended
from services.casework.rights import Rights
from shared.case.core import CaseCore
from shared.case.duties import Place
from shared.case.second_looks import REVIEW
from shared.contract.events.base import DutyEnded, DutyOpened, PostAt

DISSATISFIED = "dissatisfied"
OUTCOMES = ("DecisionMade", "DecisionRevised", "SettledOnTheSpot", "CaseNotAccepted")
"""What a customer can be dissatisfied with."""


class GivesPart(Protocol):
    """An act gives somebody a part in the case (``services.casework.act.Act``): what is asked of it here."""

    @property
    def core(self) -> CaseCore:
        """The case."""

    @property
    def rights(self) -> Rights:
        """Who may do what on it."""

    @property
    def person(self) -> str:
        """Who does it."""

    @property
    def accepting(self) -> Place:
        """The accepting post."""

    def post_of(self, place: Place) -> PostAt:
        """Name a place as the debtor of a duty."""

    def opens(self, kind: str, debtor: PostAt, creditor: PostAt | str | None, waived: str | None = None) -> DutyOpened:
        """Open a duty by the fact of the act."""


def of_dissatisfied(act: GivesPart, value: object) -> list[DutyOpened]:
    """The review of what a customer is dissatisfied with, unless it is owed, or done for this very outcome.

    It is owed by the next rung above the handler, parties concerned left out; neither by the handler and his agent
    nor by who settles it now. Where nobody is above, nobody can owe it.
    """
    core = act.core
    done = core.last("DissatisfactionReviewed") > core.last(*OUTCOMES)
    if value != DISSATISFIED or core.open_duties(REVIEW) or done:
        return []
    settles = None if core.did(*OUTCOMES) else act.person
    above = act.rights.above(settles)
    waived = "withdrawn" if core.did("CaseWithdrawn") else None if above is not None else "nobody_above"
    accepting = act.post_of(act.accepting)
    return [act.opens(REVIEW, above or accepting, accepting, waived)]


def passed_on(act: GivesPart, person: str) -> tuple[list[DutyEnded], list[DutyOpened]]:
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
