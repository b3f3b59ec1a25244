"""Says which states a submission has reached, and so what its channel system is owed. Pure."""

from collections.abc import Iterator
from sys import intern

from services.notify.webhooks.hook import AGREED, REACHED_BY, SETTLED, Hook, Notice
from shared.case.core import CaseCore
from shared.contract.envelope import Event
from shared.contract.events.notify import EndedHow, SubmissionState
from shared.contract.events.stored.intake import ComplaintReceivedData
from shared.contract.events.stored.notify import WebhookAgreedData, WebhookDeliveredData, WebhookGivenUpData
from shared.contract.ids import webhook_id

SYSTEMS = ("channel:", "inbox:")
"""What the submitter begins with where a channel system submitted the case: by a call, or through the inbox."""
FIRST_LETTERS = frozenset({"MessageSendStarted", "MessageSuppressed"})
"""Notify's first answers on a case: whoever was promised nothing with them is told nothing later."""


def of_receipt(data: ComplaintReceivedData) -> Hook | None:
    """The hook of a case that a channel system submitted."""
    way = next((prefix for prefix in SYSTEMS if data["submitter"].startswith(prefix)), None)
    return Hook(intern(data["submitter"].removeprefix(way)), data["case_number"]) if way else None


def evolve(hook: Hook | None, core: CaseCore, event: Event) -> Hook | None:
    """The hook after an event, with which the case stands as ``core`` says."""
    name = event.name
    if name == AGREED:
        agreed: WebhookAgreedData = event.data
        hook = Hook(intern(agreed["system"]), agreed["case_number"], agreed=True)
    if hook is None or not hook.agreed:
        return None if name in FIRST_LETTERS else hook
    if name in SETTLED:
        settled: WebhookDeliveredData | WebhookGivenUpData = event.data
        return hook._replace(owed=tuple(one for one in hook.owed if one.id != settled["webhook_id"]))
    return _noted(hook, core, event) if name in REACHED_BY else hook


def _noted(hook: Hook, core: CaseCore, event: Event) -> Hook:
    now = tuple(states(core))
    if now == hook.reached:
        return hook
    at = event.happened_at.timestamp()
    fresh = (
        Notice(webhook_id(event.id, state), state, ended_how(core) if state == "ended" else None, at)
        for state in now
        if state not in hook.reached
    )
    return hook._replace(reached=now, owed=(*hook.owed, *fresh))


def states(core: CaseCore) -> Iterator[SubmissionState]:
    """The states that a submission has reached. A case that is reopened has neither an answer nor an end any more."""
    if any(duty.terms.kind == "acknowledge_customer" and duty.state == "discharged" for duty in core.duties()):
        yield "acknowledged"
    if core.answered:
        yield "answered"
    if core.ended:
        yield "ended"


def ended_how(core: CaseCore) -> EndedHow:
    """How a case that is over ended."""
    if core.did("CaseWithdrawn"):
        return "withdrawn"
    return "not_accepted" if core.did("CaseNotAccepted") else "closed"
