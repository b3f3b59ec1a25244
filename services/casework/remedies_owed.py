"""Works out which duties to carry remedies out a fact opens, and which it lets go (contract 3). Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from services.casework.event_parts import ended
from shared.case.agreements import MONEY, Plan, RemedyTerms, given_up, levels_for, replaced, terms_of
from shared.case.core import CaseCore
from shared.case.duties import Place, states_of
from shared.case.duty_kinds import CUSTOMER, EXECUTE_REMEDY
from shared.contract.events.base import DutyEnded, DutyOpened, PostAt

Remedies = list[tuple[RemedyTerms, bool]]
"""Remedies as they are listed, each with whether it is done already."""


class Granting(Protocol):
    """An act grants something (``services.casework.act.Act``): what is asked of it here."""

    @property
    def core(self) -> CaseCore:
        """The case."""

    @property
    def accepting(self) -> Place:
        """The accepting post."""

    @property
    def event_id(self) -> str:
        """The id of its fact."""

    def post_of(self, place: Place) -> PostAt:
        """Name a place as the debtor of a duty."""

    def opens(
        self,
        kind: str,
        debtor: PostAt,
        creditor: PostAt | str | None,
        waived: str | None = None,
        done: str | None = None,
        level: str | None = None,
    ) -> DutyOpened:
        """Open a duty by its fact."""


class RemedyDuties(NamedTuple):
    """Lists the duties to carry remedies out that a fact opens, and those that it lets go."""

    opened: list[DutyOpened]
    ended: list[DutyEnded]


def of_decision(act: Granting, remedies: Iterable[Mapping[str, Any]], *, revises: bool = False) -> RemedyDuties:
    """What a decision or settlement with these remedies opens: one duty for each that is not done or only said.

    What an accepted plan owes already is not owed twice. A decision that ``revises`` another lets go what that one
    granted and nobody carried out yet; what was carried out is not owed again.
    """
    listed = [(terms_of(remedy), remedy.get("done") is True) for remedy in remedies]
    gone = given_up(act.core.agreed, states_of(act.core.duties(), EXECUTE_REMEDY), revises)
    return RemedyDuties(_opened(act, act.event_id, listed, gone), _let_go(act, gone, "revised"))


def of_plan(act: Granting, plan: Plan) -> RemedyDuties:
    """What an accepted plan opens; what only the plan before it granted, and nobody carried out yet, is let go."""
    agreed, states = act.core.agreed, states_of(act.core.duties(), EXECUTE_REMEDY)
    named = levels_for(agreed, states, plan.id, plan.remedies)
    gone = replaced(agreed, states, named)
    return RemedyDuties(_opened(act, plan.id, list(plan.remedies)), _let_go(act, gone, "replaced"))


def _opened(act: Granting, by: str, listed: Remedies, gone: Iterable[str] = ()) -> list[DutyOpened]:
    states = states_of(act.core.duties(), EXECUTE_REMEDY)
    levels = levels_for(act.core.agreed, states, by, listed, gone)
    debtor = act.post_of(act.core.handler or act.accepting)
    return [
        act.opens(EXECUTE_REMEDY, debtor, CUSTOMER, waived=_nobody_to_pay(act, terms), level=at)
        for (terms, _), at in zip(listed, levels, strict=True)
        if at is not None and at not in states
    ]


def _nobody_to_pay(act: Granting, terms: RemedyTerms) -> str | None:
    """Money needs somebody who gets it; what the bank puts right in its own books does not."""
    return "customer_unknown" if terms.kind in MONEY and not act.core.customer_known else None


def _let_go(act: Granting, gone: Iterable[str], reason: str) -> list[DutyEnded]:
    levels = set(gone)
    owed = act.core.open_duties(EXECUTE_REMEDY)
    return [ended(duty, "waived", reason) for duty in owed if duty.terms.level in levels]
