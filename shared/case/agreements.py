"""Every service folds alike what bank and customer agree on: plans, and the remedies that are granted by number. Pure.

A remedy is granted by a decision, a settlement or an accepted plan, and is owed once: what is granted again is the same
duty, found by its level. How far it is with a remedy or a step is told by the duties of its level.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from sys import intern
from typing import Any, Literal, NamedTuple

from shared.contract.events.stored.parts import PlanStepData, RemedyData

NEVER_EXECUTED = frozenset({"apology", "explanation", "process_change"})
"""Remedies that are made by saying so: nobody owes them afterwards."""
MONEY = frozenset({"refund", "compensation"})
"""Remedies that are carried out once the money has arrived."""
How = Literal["decision", "settlement", "plan"]
States = Mapping[str, str]
"""Per level how far it is: open, discharged, or waived where all its duties are."""


class RemedyTerms(NamedTuple):
    """These terms of a remedy stand in the clear; the same terms are the same remedy."""

    kind: str
    amount_minor: int | None
    currency: str | None


class Grant(NamedTuple):
    """A fact grants these remedies. ``by``: its id, of a plan that of the offer.

    ``levels``: per remedy the level of the duty to carry it out; None where nobody owes it.
    """

    by: str
    how: How
    at: float
    remedies: tuple[RemedyTerms, ...]
    levels: tuple[str | None, ...]

    @property
    def listed(self) -> Iterator[tuple[RemedyTerms, str | None]]:
        """Each remedy with its level, in the order of their numbers."""
        return zip(self.remedies, self.levels, strict=True)


class Step(NamedTuple):
    """Somebody of the bank does a step by an instant (seconds of the epoch)."""

    by: str
    due_at: float


class Plan(NamedTuple):
    """A plan as it was offered, and what came of it. ``remedies``: each with whether it is done already.

    ``answer``: accepted, declined or counter; ``replaced`` where a later one took its place; None while it is open.
    """

    id: str
    version: int
    at: float
    steps: tuple[Step, ...]
    ways: tuple[str, ...]
    times: tuple[str, ...]
    remedies: tuple[tuple[RemedyTerms, bool], ...]
    answer: str | None = None
    way: str | None = None
    at_time: str | None = None
    remind_at: float | None = None


class Agreements(NamedTuple):
    """The plans and grants of the present round. ``offers`` counts the plans of the case."""

    offers: int = 0
    plans: tuple[Plan, ...] = ()
    grants: tuple[Grant, ...] = ()

    def plan(self, id_: object) -> Plan | None:
        """The plan of an offer's id."""
        return next((plan for plan in self.plans if plan.id == id_), None)

    @property
    def open_plan(self) -> Plan | None:
        """The offer that waits for its answer; there is one at most."""
        return next((plan for plan in self.plans if plan.answer is None), None)

    @property
    def standing(self) -> Plan | None:
        """The plan that the customer accepted and that no later one replaced."""
        return next((plan for plan in self.plans if plan.answer == "accepted"), None)

    def due_at(self, at: str | None) -> float | None:
        """When the step of a level is to be done."""
        return next((s.due_at for p in self.plans for n, s in enumerate(p.steps, 1) if level(p.id, n) == at), None)

    @property
    def last_grant(self) -> Grant | None:
        """What counts as the list of remedies: that of the decision or settlement, without any that of the plan."""
        told = [grant for grant in self.grants if grant.how != "plan" and grant.remedies]
        return told[-1] if told else self.of_plan(self.standing)

    def of_plan(self, plan: Plan | None) -> Grant | None:
        """What a plan granted when it was accepted."""
        return next((grant for grant in self.grants if plan is not None and grant.by == plan.id), None)


NOTHING_AGREED = Agreements()


def level(by: str, number: int) -> str:
    """The level of the duty of a remedy or step: the list that it stands in, and its number there from 1."""
    return f"{by}/{number}"


def terms_of(remedy: Mapping[str, Any]) -> RemedyTerms:
    """The terms of a remedy as it stands in an event or a body."""
    return RemedyTerms(intern(str(remedy["kind"])), remedy.get("amount_minor"), remedy.get("currency"))


# -- what is owed ------------------------------------------------------------------------------------------


def given_up(agreed: Agreements, states: States, revises: bool) -> tuple[str, ...]:
    """The levels that a revised decision takes the place of: what the former one granted and nobody carried out yet.

    What the customer accepted in a plan stays owed.
    """
    kept = _levels(agreed.of_plan(agreed.standing))
    former = [one for grant in agreed.grants if revises and grant.how != "plan" for one in _levels(grant)]
    return tuple(one for one in dict.fromkeys(former) if states.get(one) == "open" and one not in kept)


def replaced(agreed: Agreements, states: States, named: Iterable[str | None]) -> tuple[str, ...]:
    """The levels that only the plan granted which another one takes the place of, and that nobody carried out yet."""
    kept = {*named, *(one for grant in agreed.grants if grant.how != "plan" for one in _levels(grant))}
    former = _levels(agreed.of_plan(agreed.standing))
    return tuple(one for one in former if states.get(one) == "open" and one not in kept)


def levels_for(
    agreed: Agreements, states: States, by: str, remedies: Sequence[tuple[RemedyTerms, bool]], gone: Iterable[str] = ()
) -> tuple[str | None, ...]:
    """Per remedy of a new list the level under which it is owed; None where nobody owes it.

    One that is owed or was carried out already keeps its level; ``gone``: what is let go by this very fact.
    """
    gone = frozenset(gone)
    owed = [(one, at) for one, at in _granted(agreed) if at not in gone and states.get(at) in ("open", "discharged")]
    found: list[str | None] = []
    for number, (terms, done) in enumerate(remedies, 1):
        before = next((entry for entry in owed if entry[0] == terms), None)
        if before is not None:
            owed = [entry for entry in owed if entry[1] != before[1]]
            found.append(before[1])
        else:
            found.append(None if done or terms.kind in NEVER_EXECUTED else level(by, number))
    return tuple(found)


def _granted(agreed: Agreements) -> Iterator[tuple[RemedyTerms, str]]:
    for grant in agreed.grants:
        yield from ((terms, at) for terms, at in grant.listed if at is not None)


def _levels(grant: Grant | None) -> tuple[str, ...]:
    return tuple(one for one in grant.levels if one is not None) if grant is not None else ()


# -- the fold ----------------------------------------------------------------------------------------------


class Choice(NamedTuple):
    """A customer answered so, and chose this of the offer."""

    answer: str
    way: str | None
    at_time: str | None
    remind_at: str | None


def offered(
    agreed: Agreements,
    plan: Plan,
    steps: Iterable[PlanStepData],
    remedies: Iterable[RemedyData],
) -> Agreements:
    """The agreements with one more offer, which takes the place of one that is still open."""
    plan = plan._replace(
        steps=tuple(Step(intern(one["by"]), datetime.fromisoformat(one["due_at"]).timestamp()) for one in steps),
        remedies=tuple((terms_of(one), one["done"]) for one in remedies),
    )
    before = (one._replace(answer="replaced") if one.answer is None else one for one in agreed.plans)
    return agreed._replace(offers=plan.version, plans=(*before, plan))


def answered(agreed: Agreements, plan_id: str, choice: Choice, at: float, states: States) -> Agreements:
    """The agreements after an answer; an accepted plan grants its remedies, in the place of an earlier one."""
    plan = agreed.plan(plan_id)
    if plan is None:
        return agreed
    accepted = choice.answer == "accepted"
    remind_at = datetime.fromisoformat(choice.remind_at).timestamp() if choice.remind_at else None
    answer = plan._replace(answer=choice.answer, way=choice.way, at_time=choice.at_time, remind_at=remind_at)
    former, grants = agreed.standing if accepted else None, agreed.grants
    if accepted and plan.remedies:
        levels = levels_for(agreed, states, plan.id, plan.remedies)
        grants = (*grants, Grant(plan.id, "plan", at, tuple(terms for terms, _ in plan.remedies), levels))
    plans = (
        answer if one is plan else one._replace(answer="replaced") if one is former else one for one in agreed.plans
    )
    return agreed._replace(plans=tuple(plans), grants=grants)


def granted(
    agreed: Agreements, by: tuple[str, How, float], said: Sequence[RemedyData], states: States, *, revises: bool
) -> Agreements:
    """The agreements with what a decision or settlement grants. ``by``: the fact, which of these, and when."""
    if not said and not agreed.grants:
        return agreed
    remedies = [(terms_of(remedy), bool(remedy["done"])) for remedy in said]
    levels = levels_for(agreed, states, by[0], remedies, given_up(agreed, states, revises))
    return agreed._replace(grants=(*agreed.grants, Grant(*by, tuple(terms for terms, _ in remedies), levels)))


def begun_anew(agreed: Agreements) -> Agreements:
    """The agreements of a new round: the offers are counted on, nothing of them counts."""
    return Agreements(agreed.offers) if agreed.offers else NOTHING_AGREED


Granted = tuple[str, int | None, str | None, bool]
"""Kind, amount in minor units, currency, and whether it was carried out or is made by saying so."""


def all_granted(agreed: Agreements, states: Mapping[str, str]) -> Iterator[Granted]:
    """What the present round grants, each remedy once; what was let go is left out.

    ``states``: those of the duties to carry remedies out, by level.
    """
    told = set[str]()
    for grant in agreed.grants:
        for number, (terms, at) in enumerate(grant.listed, 1):
            name = at or level(grant.by, number)
            if states.get(name) != "waived" and name not in told:
                told.add(name)
                yield (*terms, at is None or states.get(at) == "discharged")
