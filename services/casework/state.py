"""Casework keeps of a case what every service knows, and what deciding on commands needs besides."""

from collections.abc import Callable, Iterable
from sys import intern
from typing import Any, Literal, NamedTuple
from uuid import UUID

import orjson

from services.casework.waiting_acts import Asked, AtReceipt
from shared.case import core as case_core
from shared.case.core import CORE_FOLDS, CaseCore
from shared.case.duties import Place, once
from shared.case.settlement_claims import settled_by
from shared.contract.envelope import Event
from shared.contract.events.base import heard_by
from shared.contract.events.stored.casework import (
    ApprovalGrantedData,
    ApprovalRefusedData,
    ApprovalRequestedData,
    ApprovalRequestWithdrawnData,
    CommandRefusedData,
    ComplaintClassifiedData,
    InvestigationRecordedData,
    SatisfactionRecordedData,
    SettledOnTheSpotData,
)
from shared.contract.events.stored.intake import ComplaintReceivedData
from shared.contract.events.stored.notify import (
    MessageFailedData,
    MessageSendStartedData,
    MessageSentData,
    MessageSuppressedData,
)
from shared.contract.events.stored.routing import CaseEscalatedData
from shared.contract.events.stored.sla import ClockBreachedData
from shared.kernel.packed_ids import contains, packed

FOLDS = heard_by("casework")
OUTCOMES = ("DecisionMade", "SettledOnTheSpot", "CaseNotAccepted")
"""What a reply to the customer can rest on."""
Moment = Literal[
    "owned_at", "investigated_at", "decided_at", "replied_at", "reported_at", "tracked_at", "ended_at", "breached_at"
]
"""The fields of the state that keep when something happened."""
MOMENTS: dict[str, Moment] = {
    **dict.fromkeys(("CaseRouted", "CaseRerouted", "CaseEscalated", "HandlerReassigned"), "owned_at"),
    **dict.fromkeys(OUTCOMES, "decided_at"),
    "InvestigationRecorded": "investigated_at",
    "CustomerReplied": "replied_at",
    "ResultReported": "reported_at",
    "ResultTracked": "tracked_at",
    "ClockBreached": "breached_at",
}
"""Facts whose time later acts are held against, and the field that keeps it."""
ROUTED_ANEW = frozenset(
    {"HandoverRefused", "ComplainedUnitDetermined", "PartyConcernedNamed", "EscalationRequested", "CaseReopened"}
)
"""Facts that routing always answers; an investigation or a further receipt only where it names further people."""
ROUTING_ANSWERS = frozenset({"CaseRerouted", "CaseEscalated", "RoutingFellBack"})
ENDINGS = frozenset(case_core.ENDINGS)


class CaseworkState(NamedTuple):
    """The state holds a case as casework sees it.

    Instants are seconds of the epoch, of the last such fact since a reopening. ``since``: when the case was received or
    reopened. ``unanswered``: the events that routing has not answered yet. ``messages``: the packed ids of its
    messages. ``asked``: the acts that were asked for and neither approved nor refused; one whose duty is waived
    meanwhile waits no more. ``other_reasons``: those besides the main one, as the complaint was last classified.
    """

    core: CaseCore
    since: float
    several_representatives: bool = False
    at_receipt: AtReceipt | None = None
    satisfaction: str | None = None
    owned_at: float | None = None
    investigated_at: float | None = None
    decided_at: float | None = None
    replied_at: float | None = None
    reported_at: float | None = None
    tracked_at: float | None = None
    ended_at: float | None = None
    breached_at: float | None = None
    unanswered: tuple[str, ...] = ()
    messages: bytes = b""
    asked: tuple[Asked, ...] = ()
    other_reasons: tuple[str, ...] = ()


def waits_for_routing(state: CaseworkState) -> bool:
    """Tell whether routing still has to say who has the case: commands would act on what is over, so they wait."""
    return state.core.accepting is None or bool(state.unanswered)


def evolve(state: CaseworkState | None, event: Event) -> CaseworkState | None:
    """The state after an event of ``FOLDS``; None while only refusals are known of a case, and no receipt.

    Raises:
        ValueError: a fact of a case that was never received.
    """
    name = event.name
    if state is None:
        return None if name == "CommandRefused" else _received(event)
    if name in CORE_FOLDS:
        if case_core.is_overtaken(state.core, event):
            return state
        state = state._replace(core=case_core.evolve(state.core, event), unanswered=_unanswered(state, event))
    if name in ENDINGS:
        state = _ended(state, event)
    elif (moment := MOMENTS.get(name)) is not None and not _aside(event):
        state = state._replace(**{moment: event.happened_at.timestamp()})  # type: ignore[arg-type] # a moment's field
    branch = BRANCHES.get(name)
    return branch(state, event) if branch else state


def _unanswered(state: CaseworkState, event: Event) -> tuple[str, ...]:
    """Name what routing still has to answer after an event."""
    if event.name in ROUTING_ANSWERS:
        settled = {event.causationid, *(act.event for act in case_core.set_aside_by(state.core, event))}
        return tuple(id_ for id_ in state.unanswered if id_ not in settled)
    if event.name in ROUTED_ANEW or _calls_for_routing(state, event):
        return (*state.unanswered, event.id)
    return state.unanswered


def _calls_for_routing(state: CaseworkState, event: Event) -> bool:
    """Tell whether routing answers a fact that it does not always answer."""
    if event.name == "ReceiptAdded":
        return case_core.adds_to_owners(state.core, event)
    if event.name != "InvestigationRecorded":
        return False
    data: InvestigationRecordedData = event.data
    return any(person not in state.core.parties for person in data["parties"])


def _received(event: Event) -> CaseworkState:
    core = case_core.evolve(None, event)
    data: ComplaintReceivedData = event.data
    by_himself = settled_by(data) is not None
    representatives = data["group"]["representatives"] if data["group"] else ()
    return CaseworkState(
        core=core,
        since=core.received_at,
        several_representatives=len(representatives) > 1,
        at_receipt=AtReceipt(data["submitter"], data["fingerprint"], orjson.dumps(data["settlement"]))
        if by_himself
        else None,
    )


def _aside(event: Event) -> bool:
    """Tell whether an event binds no later act: support from above, or the missed limit of a single duty."""
    if event.name == "CaseEscalated":
        escalated: CaseEscalatedData = event.data
        return escalated["mode"] == "supports"
    if event.name == "ClockBreached":
        breached: ClockBreachedData = event.data
        return breached["duty_id"] is not None
    return False


def _ended(state: CaseworkState, event: Event) -> CaseworkState:
    """Note when the case ended; an archived one keeps only what a reopening needs."""
    at = event.happened_at.timestamp()
    if event.name == "CaseArchived":
        return CaseworkState(
            state.core, state.since, state.several_representatives, satisfaction=state.satisfaction, ended_at=at,
            asked=state.asked, other_reasons=state.other_reasons,
        )  # fmt: skip
    kept = at if event.name == "CaseNotAccepted" else state.decided_at
    return state._replace(ended_at=at, decided_at=kept)


def _satisfaction_recorded(state: CaseworkState, event: Event) -> CaseworkState:
    data: SatisfactionRecordedData = event.data
    return state._replace(satisfaction=intern(data["value"]))


def _settled(state: CaseworkState, event: Event) -> CaseworkState:
    data: SettledOnTheSpotData = event.data
    value = intern(data["settlement"]["satisfaction"]["value"])
    waiting = None if data["command"] is None else state.at_receipt
    return state._replace(satisfaction=value, at_receipt=waiting)


def _refused(state: CaseworkState, event: Event) -> CaseworkState:
    """A settlement that came with the receipt is answered by its refusal too."""
    data: CommandRefusedData = event.data
    at_receipt, command = state.at_receipt, data["command"]
    if at_receipt and command and command["fingerprint"] == at_receipt.fingerprint:
        return state._replace(at_receipt=None)
    return state


def _classified(state: CaseworkState, event: Event) -> CaseworkState:
    data: ComplaintClassifiedData = event.data
    return state._replace(other_reasons=once(tuple(map(intern, data["other_reasons"]))))


def _message_sent(state: CaseworkState, event: Event) -> CaseworkState:
    """A letter that was the answer: what customers say of it comes after it."""
    data: MessageSentData = event.data
    if any(duty["kind"] == "reply_customer" for duty in data["duties_ended"]):
        state = state._replace(replied_at=event.happened_at.timestamp())
    return _message_known(state, event)


def _message_known(state: CaseworkState, event: Event) -> CaseworkState:
    data: MessageSendStartedData | MessageSentData | MessageFailedData | MessageSuppressedData = event.data
    known = packed(data["message_id"]) if data["message_id"] else b""
    return state if contains(state.messages, known) else state._replace(messages=state.messages + known)


def _reopened(state: CaseworkState, event: Event) -> CaseworkState:
    fresh = CaseworkState(state.core, event.happened_at.timestamp(), state.several_representatives)
    return fresh._replace(
        owned_at=state.owned_at,
        unanswered=state.unanswered,
        messages=state.messages,
        other_reasons=state.other_reasons,
    )


def _fell_back(state: CaseworkState, event: Event) -> CaseworkState:
    return state._replace(unanswered=_unanswered(state, event))


def _asked(state: CaseworkState, event: Event) -> CaseworkState:
    data: ApprovalRequestedData = event.data
    duty = next(duty["id"] for duty in data["duties_opened"])
    asked = Asked(
        event.id, intern(data["act"]), event.actor, orjson.dumps(data["body"]), tuple(data["approvers"]), duty,
        event.happened_at.timestamp(),
    )  # fmt: skip
    waiting = None if data["command"] is None else state.at_receipt
    return state._replace(asked=(*state.asked, asked), at_receipt=waiting)


def _answered(state: CaseworkState, event: Event) -> CaseworkState:
    data: ApprovalGrantedData | ApprovalRefusedData | ApprovalRequestWithdrawnData = event.data
    return state._replace(asked=tuple(asked for asked in state.asked if asked.id != data["approval"]))


BRANCHES: dict[str, Callable[[CaseworkState, Event], CaseworkState]] = {
    "SatisfactionRecorded": _satisfaction_recorded,
    "SettledOnTheSpot": _settled,
    "CommandRefused": _refused,
    "ApprovalRequested": _asked,
    "ApprovalGranted": _answered,
    "ApprovalRefused": _answered,
    "ApprovalRequestWithdrawn": _answered,
    "ComplaintClassified": _classified,
    "MessageSendStarted": _message_known,
    "MessageSent": _message_sent,
    "MessageFailed": _message_known,
    "MessageSuppressed": _message_known,
    "CaseReopened": _reopened,
    "RoutingFellBack": _fell_back,
}
"""What casework keeps of an event besides what every service knows, and the times in ``MOMENTS``."""


def has_message(state: CaseworkState, message_id: str) -> bool:
    """Tell whether the case has a message of this id: sent, on its way, or deliberately not sent."""
    try:
        return contains(state.messages, packed(str(UUID(message_id))))
    except ValueError:
        return False


def moments(state: CaseworkState, names: Iterable[Moment]) -> dict[str, float]:
    """Tell when these facts happened, by their names without ``_at``; those that the case lacks are left out."""
    found = ((name, getattr(state, name)) for name in names)
    return {name.removesuffix("_at"): at for name, at in found if at is not None}


def dump(state: CaseworkState) -> dict[str, Any]:
    """Show what a rebuild has to reproduce: owners, life, acts, open duties."""
    core = state.core
    owners = {name: _place(getattr(core, name)) for name in ("first_asked", "accepting", "handler", "escalated_to")}
    open_duties = [[d.terms.kind, d.terms.level or "", d.terms.debtor.person or ""] for d in core.open_duties()]
    return {
        **owners,
        "agent": core.agent,
        "parties": sorted(core.parties),
        "complained_unit": core.complained_unit,
        "life": core.life,
        "acts": sorted(name for name, _ in core.counting_acts),
        "open_duties": sorted(open_duties),
        "satisfaction": state.satisfaction,
        "asked": sorted(asked.act for asked in state.asked),
    }


def _place(place: Place | None) -> list[str | None] | None:
    return [place.unit, place.person] if place else None
