"""The fold of casework takes from each event what casework keeps of its case. Pure."""

from collections.abc import Callable
from sys import intern

import orjson

from services.casework import kept_beside, letters_out
from services.casework.state import DECIDE, MOMENTS, CaseworkState, content_known
from services.casework.waiting_acts import Asked, AtReceipt
from shared.case.core import ENDINGS
from shared.case.duties import once
from shared.case.folding import core as case_core
from shared.case.folding.core import CORE_FOLDS
from shared.case.receipts import adds_to_owners, says_who_passed_on
from shared.case.settlement_claims import settled_by
from shared.contract.envelope import Event
from shared.contract.events.base import heard_by
from shared.contract.events.stored.approving import (
    ApprovalGrantedData,
    ApprovalRefusedData,
    ApprovalRequestedData,
    ApprovalRequestWithdrawnData,
)
from shared.contract.events.stored.casework import (
    CommandRefusedData,
    ComplaintClassifiedData,
    DecisionMadeData,
    InvestigationRecordedData,
    SatisfactionRecordedData,
    SettledOnTheSpotData,
)
from shared.contract.events.stored.corrections import ReceiptCorrectedData
from shared.contract.events.stored.intake import ComplaintReceivedData
from shared.contract.events.stored.notify import (
    MessageFailedData,
    MessageSendStartedData,
    MessageSentData,
    MessageSuppressedData,
)
from shared.contract.events.stored.routing import CaseEscalatedData
from shared.contract.events.stored.second_looks import DecisionRevisedData
from shared.contract.events.stored.sla import ClockBreachedData
from shared.contract.receipt_pointers import RECEIVED_AT
from shared.kernel.packed_ids import contains, packed

FOLDS = heard_by("casework")
ROUTED_ANEW = frozenset((
    "HandoverRefused", "ComplainedUnitDetermined", "PartyConcernedNamed", "EscalationRequested", "MajorFlagged",
    "CaseReopened",
))  # fmt: skip
"""Facts that routing always answers; an investigation or a further receipt only where it names further people."""
ROUTING_ANSWERS = frozenset({"CaseRerouted", "CaseEscalated", "RoutingFellBack"})


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
        return adds_to_owners(state.core, event)
    if event.name == "ReceiptCorrected":
        return says_who_passed_on(event)
    if event.name != "InvestigationRecorded":
        return False
    data: InvestigationRecordedData = event.data
    return any(person not in state.core.parties for person in data["parties"])


def _received(event: Event) -> CaseworkState:
    core = case_core.evolve(None, event)
    data: ComplaintReceivedData = event.data
    by_himself = settled_by(data) is not None
    return CaseworkState(
        core=core,
        since=core.received_at,
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
            state.core, state.since, satisfaction=state.satisfaction, ended_at=at,
            asked=state.asked, other_reasons=state.other_reasons, to_customer=state.to_customer, beside=state.beside,
        )  # fmt: skip
    kept = at if event.name == "CaseNotAccepted" else state.decided_at
    return state._replace(ended_at=at, decided_at=kept)


def _satisfaction_recorded(state: CaseworkState, event: Event) -> CaseworkState:
    data: SatisfactionRecordedData = event.data
    return state._replace(satisfaction=intern(data["value"]))


def _decided(state: CaseworkState, event: Event) -> CaseworkState:
    """An approved decision says what was asked for; of any other its command tells it."""
    data: DecisionMadeData = event.data
    command = data["command"]
    return (
        state._replace(decided_content=content_known(command["fingerprint"]))
        if command and command["name"] == DECIDE
        else state
    )


def _decision_revised(state: CaseworkState, event: Event) -> CaseworkState:
    data: DecisionRevisedData = event.data
    return state._replace(decided_content=content_known(data["content_fingerprint"]))


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
    state = state._replace(to_customer=letters_out.with_letter(state.to_customer, data))
    if any(duty["kind"] == "reply_customer" for duty in data["duties_ended"]):
        state = state._replace(replied_at=event.happened_at.timestamp())
    return _message_known(state, event)


def _message_known(state: CaseworkState, event: Event) -> CaseworkState:
    data: MessageSendStartedData | MessageSentData | MessageFailedData | MessageSuppressedData = event.data
    known = packed(data["message_id"]) if data["message_id"] else b""
    return state if contains(state.messages, known) else state._replace(messages=state.messages + known)


def _beside(state: CaseworkState, event: Event) -> CaseworkState:
    return state._replace(beside=kept_beside.evolve(state.beside, event))


def _receipt_corrected(state: CaseworkState, event: Event) -> CaseworkState:
    """An earlier receipt lets acts of this round have happened earlier."""
    data: ReceiptCorrectedData = event.data
    first_round = data["pointer"] == RECEIVED_AT and not state.core.did("CaseReopened")
    return _beside(state._replace(since=state.core.received_at) if first_round else state, event)


def _reopened(state: CaseworkState, event: Event) -> CaseworkState:
    fresh = CaseworkState(state.core, event.happened_at.timestamp())
    return fresh._replace(
        owned_at=state.owned_at, unanswered=state.unanswered, messages=state.messages,
        other_reasons=state.other_reasons, to_customer=state.to_customer, beside=state.beside,
    )  # fmt: skip


def _fell_back(state: CaseworkState, event: Event) -> CaseworkState:
    return state._replace(unanswered=_unanswered(state, event))


def _asked(state: CaseworkState, event: Event) -> CaseworkState:
    data: ApprovalRequestedData = event.data
    duty = next(duty["id"] for duty in data["duties_opened"])
    asked = Asked(
        event.id, intern(data["act"]), event.actor, orjson.dumps(data["body"]), tuple(data["approvers"]), duty,
        event.happened_at.timestamp(),
    )  # fmt: skip
    command = data["command"]
    content = content_known(command["fingerprint"]) if command and data["act"] == DECIDE else state.decided_content
    waiting = None if command is None else state.at_receipt
    return state._replace(asked=(*state.asked, asked), at_receipt=waiting, decided_content=content)


def _answered(state: CaseworkState, event: Event) -> CaseworkState:
    data: ApprovalGrantedData | ApprovalRefusedData | ApprovalRequestWithdrawnData = event.data
    return state._replace(asked=tuple(asked for asked in state.asked if asked.id != data["approval"]))


BRANCHES: dict[str, Callable[[CaseworkState, Event], CaseworkState]] = {
    **dict.fromkeys(kept_beside.BRANCHES, _beside),
    "SatisfactionRecorded": _satisfaction_recorded,
    "DecisionMade": _decided,
    "DecisionRevised": _decision_revised,
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
    "ReceiptCorrected": _receipt_corrected,
    "CaseReopened": _reopened,
    "RoutingFellBack": _fell_back,
}
"""What casework keeps of an event besides what every service knows, and the times in ``MOMENTS``."""
