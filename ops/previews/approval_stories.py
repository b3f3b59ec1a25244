"""Invented facts for letter previews: somebody asks for an approval, and what becomes of the request."""

from typing import Any

from ops.previews.story_so_far import StorySoFar
from shared.contract.events.approving import (
    ApprovalGranted,
    ApprovalRefused,
    ApprovalRequested,
    ApprovalRequestWithdrawn,
)
from shared.contract.events.base import EventData
from shared.contract.events.routing import CaseRerouted
from shared.contract.ids import duty_id, event_id


def _answer_owed(told: StorySoFar, request_of: str) -> dict[str, Any]:
    """The duty of the handler to answer the request that a fact of this name makes."""
    case, handler = told.events[0].subject, told.handler()
    request = event_id("casework", case, request_of, 0)
    debtor = {"unit": handler.unit, "post": "unit_head", "person": handler.person}
    id_ = duty_id(request, "approve", request)
    return {"id": id_, "kind": "approve", "debtor": debtor, "creditor": None, "level": request}


def asked(told: StorySoFar, fact: str = "story") -> EventData:
    """Somebody asks the handler to approve that the complaint is not accepted."""
    duty = _answer_owed(told, fact)
    body = {
        "ground": "not_this_bank",
        "remedies_offered": [{"kind": "refund", "amount_minor": 5000, "currency": "CNY"}],
    }
    said = {"act": "decide", "body": body, "approvers": [duty["debtor"]["person"]], "duties_opened": [duty]}
    return ApprovalRequested.model_validate(said)


def granted(told: StorySoFar) -> EventData:
    """The handler approves what he was asked for."""
    return ApprovalGranted(approval="request", act="not-accept", asked_by=str(told.handler().person))


def refused(told: StorySoFar) -> EventData:
    """The handler does not approve it."""
    return ApprovalRefused(
        approval="request", act="not-accept", asked_by=str(told.handler().person), ground=told.said("grounds")
    )


def taken_back(told: StorySoFar) -> EventData:
    """Who asked the handler for an approval takes the request back."""
    duty = _answer_owed(told, "before")
    over = {"id": duty["id"], "kind": duty["kind"], "state": "waived", "reason": "taken_back"}
    said = {"approval": duty["level"], "act": "decide", "ground": told.said("grounds"), "duties_ended": [over]}
    return ApprovalRequestWithdrawn.model_validate(said)


def asked_of_another(told: StorySoFar) -> EventData:
    """What the handler was asked to approve is asked of somebody else."""
    duty, somebody = _answer_owed(told, "before"), told.somebody_else()
    over = {"id": duty["id"], "kind": duty["kind"], "state": "waived", "reason": "rerouted"}
    debtor = {"unit": somebody.unit, "post": "unit_head", "person": somebody.person}
    anew = duty | {"id": "anew", "debtor": debtor}
    said = {"ground": "organisation_changed", "decision": told.last("CaseRouted")["decision"]}
    return CaseRerouted.model_validate(said | {"duties_opened": [anew], "duties_ended": [over]})
