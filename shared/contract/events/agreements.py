"""Facts about what the bank and its customer agree on: plans to settle a matter, and remedies that are carried out."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from shared.contract.codes import PlanAnswer, PlanWay, RemedyKind
from shared.contract.events.base import EVERYBODY, CaseworkEvent, Closed, Identifier, Instant, PositiveInt, Sealed
from shared.contract.events.settlement import Remedy

Number = Annotated[int, Field(ge=1)]
"""A place in a list, counted from 1 as people do."""


class PlanStep(Closed):
    """What somebody of the bank does under a plan, by the end of a day. ``due_at``: the end of that bank day."""

    what: Sealed
    due_on: date
    due_at: Instant
    by: Identifier


class NegotiationPlanOffered(CaseworkEvent, heard_by=EVERYBODY):
    """The customer was offered a plan: what the bank does by when, and by which ways and when one could meet.

    ``plan_version`` counts the offers of the case; ``replaces`` is the offer that was still open, by its event's id.
    ``answer_by``: until which day the customer is asked for an answer; nothing is lost without one.
    """

    plan_version: Number
    replaces: str | None = None
    steps: tuple[PlanStep, ...] = ()
    ways: tuple[PlanWay, ...] = ()
    times: tuple[Instant, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    answer_by: date


class NegotiationPlanAnswered(CaseworkEvent, heard_by=EVERYBODY):
    """The customer answered an offer. Accepted, its steps and remedies are owed, and what an earlier plan left is not.

    ``way`` and ``at_time``: what the customer chose of the offer. ``remind_at``: when the customer is reminded of it;
    None where it is too near for that, or nothing was chosen.
    """

    plan: str
    plan_version: Number
    answer: PlanAnswer
    way: PlanWay | None = None
    at_time: Instant | None = None
    remind_at: Instant | None = None
    words: Sealed | None = None


class NegotiationPlanStepExecuted(CaseworkEvent, heard_by=EVERYBODY):
    """A step of an accepted plan was done; ``step`` is its number in the plan."""

    plan: str
    plan_version: Number
    step: Number
    outcome: Sealed


class RemedyExecuted(CaseworkEvent, heard_by=EVERYBODY):
    """A remedy was carried out. ``remedy`` is its number in what ``granted_by`` lists.

    That is a decision, a settlement or the offer of an accepted plan, by the id of its event. ``arrived_on``: the day
    on which the money was there; of other remedies perhaps the day on which they took effect.
    """

    remedy: Number
    granted_by: str
    granted_in: Literal["decision", "settlement", "plan"]
    kind: RemedyKind
    amount_minor: PositiveInt | None = None
    currency: str | None = None
    outcome: Sealed
    arrived_on: date | None = None
