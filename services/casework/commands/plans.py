"""These commands offer the customer a plan, record the answer to it, and what is done under it (contract 6)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from services.casework.act import Act
from services.casework.approvals import above_limit
from services.casework.bad_content import (
    NotOffered,
    OnlyWithAccepted,
    PlanEmpty,
    UnknownPerson,
    UnknownPlan,
    UnknownStep,
)
from services.casework.bad_state import (
    AuthorityUnproved,
    CustomerAnswered,
    DoneAlready,
    NothingOwed,
    PlanAnswered,
    PlanNotAccepted,
    PlanReplaced,
)
from services.casework.bad_times import BeforeWhatItAnswers
from services.casework.commands.declaration import Body, Declaration, SecondPerson
from services.casework.event_parts import ended
from services.casework.refusals import PartyConcerned
from services.casework.remedies_owed import of_plan
from services.casework.sides import ACCEPTING, DEBTOR, HANDLER, IN_HANDLERS_PLACE
from shared.bank.in_force import bank_calendar
from shared.case.agreements import Plan, level
from shared.case.duties import Place, states_of
from shared.case.duty_kinds import CUSTOMER, EXECUTE_STEP
from shared.contract.bodies import Id, Listed, Numbered, Shape, Text
from shared.contract.codes import PlanAnswer, PlanWay
from shared.contract.events.agreements import (
    NegotiationPlanAnswered,
    NegotiationPlanOffered,
    NegotiationPlanStepExecuted,
)
from shared.contract.events.base import DutyEnded, DutyOpened, PostAt
from shared.contract.settlement_bodies import Remedy
from shared.contract.tenses import Ahead, DayAhead
from shared.kernel.service import Fact

ANSWER_WITHIN_WORKING_DAYS: Final = 3
"""How long a customer is asked to answer an offer, unless the offer says another day (rules: default-plan)."""


class OfferedStep(Shape):
    """What somebody of the bank will do, and by which day."""

    what: Text
    due_on: DayAhead
    by: Id


class OfferPlan(Body):
    """Offer the customer a plan; it takes the place of one that is still open.

    ``answer_by``: until when the customer is asked to answer; three working days if left out, and in any case before
    the first time or step.
    """

    steps: Listed[OfferedStep] = ()
    ways: Listed[PlanWay] = ()
    times: Listed[Ahead] = ()
    remedies: Listed[Remedy] = ()
    answer_by: DayAhead | None = None
    approved_by: Id | None = None


def offer_plan(act: Act) -> Fact:
    """The handler offers a plan as long as the customer has not had the bank's answer.

    Raises:
        CustomerAnswered, PlanEmpty, UnknownPerson, PartyConcerned
    """
    if act.core.did("DecisionMade", "SettledOnTheSpot") and act.core.answered:
        raise CustomerAnswered
    if not act.body.get("steps") and not act.body.get("remedies"):
        raise PlanEmpty("/steps", "/remedies")
    act.check_times()
    agreed, steps = act.core.agreed, [_step(act, n, step) for n, step in enumerate(act.body.get("steps") or ())]
    said = act.said("ways", "times", "remedies")
    return act.fact(
        NegotiationPlanOffered,
        plan_version=agreed.offers + 1,
        replaces=agreed.open_plan.id if agreed.open_plan is not None else None,
        steps=steps,
        answer_by=_answer_by(act, [step["due_on"] for step in steps]),
        **said,
    )


def _step(act: Act, position: int, step: Mapping[str, Any]) -> dict[str, Any]:
    """A step with the end of its day; its person is on duty and not concerned. Raises UnknownPerson, PartyConcerned."""
    by, pointer = str(step["by"]), f"/steps/{position}/by"
    if by in act.rights.parties:
        raise PartyConcerned(pointer)
    if not act.rights.may_act(by):
        raise UnknownPerson(pointer)
    due_on = date.fromisoformat(str(step["due_on"]))
    return {"what": step["what"], "due_on": due_on, "due_at": act.organisation.day.end_of(due_on), "by": by}


def _answer_by(act: Act, steps: list[date]) -> date:
    """Until when the customer is asked to answer: as said, else before the first day of the plan."""
    if act.body.get("answer_by") is not None:
        return act.day("answer_by")
    day, today = act.organisation.day, act.bank_date()
    calendar = bank_calendar(act.context.reference, act.context.now).calendar
    times = [day.date_of(datetime.fromisoformat(str(at))) for at in act.body.get("times") or ()]
    before = [on - timedelta(days=1) for on in (*steps, *times)]
    return max(today, min([calendar.nth_after(today, ANSWER_WITHIN_WORKING_DAYS), *before]))


def _who_allows(act: Act) -> tuple[str, ...] | None:
    return above_limit(act.rights, act.handler, act.person, act.body.get("remedies") or ())


class AnswerPlan(Body):
    """Record what the customer says to a plan; one who accepts may choose a way and a time of the offer."""

    plan: Id
    answer: PlanAnswer
    way: PlanWay | None = None
    at_time: Ahead | None = None
    words: Text | None = None


def answer_plan(act: Act) -> Fact:
    """The customer answers an open offer; an accepted one is owed step by step, in the place of an earlier one.

    Raises:
        UnknownPlan, PlanReplaced, PlanAnswered, AuthorityUnproved, OnlyWithAccepted, NotOffered, BeforeWhatItAnswers
    """
    plan = _plan(act)
    if plan.answer is not None:
        raise PlanReplaced if plan.answer == "replaced" else PlanAnswered
    act.check_not_before(plan.at, "offered")
    act.check_times()
    accepted = act.body.get("answer") == "accepted"
    if accepted:
        act.check_authority()
    _check_choice(act, plan, accepted)
    owed = of_plan(act, plan) if accepted else None
    opened = [*_steps(act, plan), *owed.opened] if owed else []
    ends = [*_former_steps(act), *owed.ended] if owed else []
    said = act.said("answer", "way", "at_time", "words")
    return act.fact(
        NegotiationPlanAnswered,
        ends,
        opened,
        plan=plan.id,
        plan_version=plan.version,
        remind_at=_remind_at(act),
        **said,
    )


def _plan(act: Act) -> Plan:
    found = act.core.agreed.plan(act.body.get("plan"))
    if found is None:
        raise UnknownPlan("/plan")
    return found


def _check_choice(act: Act, plan: Plan, accepted: bool) -> None:
    """Take a way and a time only of the offer, and only from who accepts it. Raises OnlyWithAccepted, NotOffered."""
    way, at_time = act.body.get("way"), act.body.get("at_time")
    chosen = [f"/{name}" for name, value in (("way", way), ("at_time", at_time)) if value is not None]
    if chosen and not accepted:
        raise OnlyWithAccepted(*chosen)
    if way is not None and way not in plan.ways:
        raise NotOffered("/way")
    if at_time is not None:
        offered = {datetime.fromisoformat(at) for at in plan.times}
        if datetime.fromisoformat(str(at_time)) not in offered:
            raise NotOffered("/at_time")


def _steps(act: Act, plan: Plan) -> list[DutyOpened]:
    return [
        act.opens(EXECUTE_STEP, _debtor(act, step.by), CUSTOMER, level=level(plan.id, number))
        for number, step in enumerate(plan.steps, 1)
    ]


def _debtor(act: Act, person: str) -> PostAt:
    """Who owes a step: its person; who has the case, where that person may not act on it any more."""
    if not act.rights.may_act(person):
        return act.post_of(act.core.handler or act.accepting)
    return act.post_of(Place(act.organisation.people[person].unit, None, person))


def _former_steps(act: Act) -> list[DutyEnded]:
    """What is left to do of the plan that this one takes the place of."""
    return [ended(duty, "waived", "replaced") for duty in act.core.open_duties(EXECUTE_STEP)]


def _remind_at(act: Act) -> datetime | None:
    """When the customer is reminded of the time that was chosen: as the bank opens the day before, if that is ahead."""
    if act.body.get("at_time") is None:
        return None
    day = act.organisation.day
    chosen = day.date_of(datetime.fromisoformat(str(act.body["at_time"])))
    at = day.opening_of(chosen - timedelta(days=1))
    return at if at > max(act.at, act.context.now) else None


class ExecuteStep(Body):
    """Record that a step of an accepted plan was done; ``step``: its number in the plan, from 1."""

    plan: Id
    step: Numbered
    outcome: Text


def execute_step(act: Act) -> Fact:
    """Who owes a step did it, or the handler did.

    Raises:
        UnknownPlan, PlanNotAccepted, UnknownStep, DoneAlready, NothingOwed, NotEntitled, BeforeWhatItAnswers
    """
    plan, number = _plan(act), int(act.body["step"])
    if number > len(plan.steps):
        raise UnknownStep("/step")
    if plan.answer != "accepted":
        raise PlanNotAccepted
    at = level(plan.id, number)
    if states_of(act.core.duties(), EXECUTE_STEP).get(at) == "discharged":
        raise DoneAlready(about=(EXECUTE_STEP,))
    owed = [duty for duty in act.core.open_duties(EXECUTE_STEP) if duty.terms.level == at]
    if not owed:
        raise NothingOwed(about=(EXECUTE_STEP,))
    if act.side == DEBTOR:
        act = act.as_debtor_of(owed[0])
    act.check_not_before(plan.at, "offered")
    ends = [ended(duty, "discharged") for duty in owed]
    return act.fact(
        NegotiationPlanStepExecuted,
        ends,
        plan=plan.id,
        plan_version=plan.version,
        step=number,
        **act.said("outcome"),
    )


COMMANDS: tuple[Declaration[Act], ...] = (
    Declaration(
        "offer-plan", OfferPlan, NegotiationPlanOffered, offer_plan,
        who=(HANDLER,),
        second_person=SecondPerson("where its remedies cost more than the own limit", _who_allows),
        refused=(CustomerAnswered, PlanEmpty, UnknownPerson, PartyConcerned),
        effect="an offer that is still open is replaced",
    ),
    Declaration(
        "answer-plan", AnswerPlan, NegotiationPlanAnswered, answer_plan,
        who=(HANDLER, IN_HANDLERS_PLACE, ACCEPTING),
        refused=(
            UnknownPlan, PlanReplaced, PlanAnswered, AuthorityUnproved, OnlyWithAccepted, NotOffered,
            BeforeWhatItAnswers,
        ),
        effect="`accepted` opens `execute_step` per step and `execute_remedy` per remedy, and lets go what an earlier "
        "plan left",
    ),
    Declaration(
        "execute-step", ExecuteStep, NegotiationPlanStepExecuted, execute_step,
        who=(HANDLER, IN_HANDLERS_PLACE, DEBTOR),
        refused=(UnknownPlan, PlanNotAccepted, UnknownStep, DoneAlready, NothingOwed, BeforeWhatItAnswers),
        effect="the step that is named; besides the handler only who owes it",
    ),
)  # fmt: skip
