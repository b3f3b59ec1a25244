"""Invented facts for previews of letters about a plan: it is offered, and the customer accepts it."""

from datetime import timedelta

from ops.previews.story_so_far import StorySoFar
from shared.case.duty_kinds import CUSTOMER, EXECUTE_STEP
from shared.contract.events.agreements import NegotiationPlanAnswered, NegotiationPlanOffered
from shared.contract.events.base import EventData, Sealed
from shared.contract.ids import duty_id, event_id

STEPS = {
    "zh": ("核对三月份的账目，并把明细交给您。", "退还多收的手续费"),
    "en": ("We check the account for March, and give you the particulars.", "we return the fee that was too much"),
}


def offered(told: StorySoFar) -> EventData:
    """The handler offers two steps, three ways and two times, in the place of an earlier offer."""
    handler, day = told.handler().person, timedelta(days=1)
    at = told.at.replace(hour=10, minute=0)
    steps = [
        {
            "what": Sealed(label="what", box=what),
            "due_on": (told.at + (4 + place) * day).date(),
            "due_at": (at + (5 + place) * day).replace(hour=0),
            "by": handler,
        }
        for place, what in enumerate(STEPS[told.language])
    ]
    said = {
        "plan_version": 2,
        "replaces": "the-former",
        "steps": steps,
        "ways": ["phone", "in_person", "video"],
        "times": [at + 3 * day, (at + 4 * day).replace(hour=15, minute=30)],
        "remedies": [
            {"kind": "refund", "amount_minor": 2000, "currency": "CNY", "words": told.said("refund")},
            {"kind": "apology"},
        ],
        "answer_by": (told.at + 2 * day).date(),
    }
    return NegotiationPlanOffered.model_validate(said)


def accepted(told: StorySoFar) -> EventData:
    """The customer accepts it, and comes to the bank at the first of the times."""
    offer = next(event for event in reversed(told.events) if event.name == NegotiationPlanOffered.__name__)
    data = NegotiationPlanOffered.model_validate(offer.data)
    first = data.times[0]
    said = {"plan": offer.id, "plan_version": data.plan_version, "answer": "accepted", "way": "in_person"}
    return NegotiationPlanAnswered.model_validate(
        said | {"at_time": first, "remind_at": (first - timedelta(days=1)).replace(hour=9)}
    )


def agreed(told: StorySoFar) -> EventData:
    """The customer accepts it, and somebody who does not handle the case owes its steps."""
    answer = accepted(told)
    offer = next(event for event in reversed(told.events) if event.name == NegotiationPlanOffered.__name__)
    known = (told.handler().person, told.somebody_else().person)
    person = next(one for one in told.organisation.people.values() if one.email and one.id not in known)
    debtor = {"unit": person.unit, "post": "unit_head", "person": person.id}
    this = event_id("casework", told.events[0].subject, "story", 0)
    levels = (f"{offer.id}/{number}" for number, _ in enumerate(offer.data["steps"], 1))
    duties = [
        {"id": duty_id(this, EXECUTE_STEP, level), "kind": EXECUTE_STEP, "debtor": debtor, "creditor": CUSTOMER,
         "level": level}
        for level in levels
    ]  # fmt: skip
    return NegotiationPlanAnswered.model_validate(answer.model_dump() | {"duties_opened": duties})


STORIES = (offered,)
"""What calls for a letter about a plan at once."""
BEFORE = {"duty_notice": offered}
"""What has to have happened before somebody owes a step of it."""
ONLY = {"duty_notice": agreed}
"""By which story a letter is shown that many facts can call for."""
LEADING_TO = {"plan_reminder": (offered, accepted)}
"""What has to have happened before one falls due."""
