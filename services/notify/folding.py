"""The fold of notify takes from each event what notify keeps of its case. Pure."""

from collections.abc import Callable
from sys import intern
from typing import Literal

from services.notify.letters.kind import Ownership
from services.notify.letters.kinds import DECLARED, OCCASIONS
from services.notify.state import LATE_NOTICE, NotifyState, OpenLetter, Reach, SharedPart, packed_id
from shared.case import core as case_core
from shared.case.core import CORE_FOLDS, CaseCore
from shared.case.duties import Place, once
from shared.contract.envelope import Event
from shared.contract.events.base import heard_by
from shared.contract.events.notify import Way
from shared.contract.events.stored.intake import ComplaintReceivedData
from shared.contract.events.stored.notify import (
    MessageFailedData,
    MessageSendStartedData,
    MessageSentData,
    MessageSuppressedData,
)
from shared.contract.events.stored.parts import CustomerRecipientData, StaffRecipientData, UnitRecipientData
from shared.contract.events.stored.sla import ClockStartedData

FOLDS = heard_by("notify")
"""What decides letters and what letters quote: a letter is made of events of these types alone."""
RecipientData = StaffRecipientData | UnitRecipientData | CustomerRecipientData
HAND_OVER = frozenset(name for name, kind in DECLARED.items() if kind.tells is Ownership.YOURS)
TAKE_BACK = frozenset(name for name, kind in DECLARED.items() if kind.tells is Ownership.NO_LONGER_YOURS)
"""The kinds that tell somebody that a case is theirs, and that it no longer is."""
WAYS: tuple[tuple[Way, Literal["email", "address"]], ...] = (("email", "email"), ("print", "address"))
"""The ways to write to a customer, the first that there is an address for, with the receipt's field."""


def evolve(state: NotifyState | None, event: Event) -> NotifyState:
    """The state after an event of ``FOLDS``.

    Raises:
        ValueError: a fact of a case that was never received.
    """
    name = event.name
    if state is None:
        return _received(case_core.evolve(None, event), event.data)
    if name in CORE_FOLDS:
        state = state._replace(core=case_core.evolve(state.core, event))
    branch = BRANCHES.get(name)
    return branch(state, event) if branch else state


def _received(core: CaseCore, data: ComplaintReceivedData) -> NotifyState:
    complainant, language = data["complainant"], intern(data["language"])
    for way, field in WAYS:
        if complainant and (sealed := complainant[field]):
            return NotifyState(core, once(Reach(way, intern(sealed["label"]))), sealed["box"], language)
    return NotifyState(core, None, "", language)


def _clock_started(state: NotifyState, event: Event) -> NotifyState:
    data: ClockStartedData = event.data
    return state._replace(reply_clock=True) if data["duty_id"] is None else state


def _started(state: NotifyState, event: Event) -> NotifyState:
    data: MessageSendStartedData = event.data
    to = _place(data["recipient"])
    state = _late_one_told(state, event)
    state = _with(state, SharedPart(intern(data["kind"]), to, "started"), data["message_id"], event.id)
    state = _on_its_way(state, event)
    if data["kind"] in HAND_OVER and to is not None and to == _of(state.core.handler):
        return state._replace(told_owners=once((*_others(state, to), to)))
    return _let_go(state, to) if data["kind"] in TAKE_BACK else state


def _on_its_way(state: NotifyState, event: Event) -> NotifyState:
    """The last message is a letter on its way; one that says that another is late is never late itself."""
    data: MessageSendStartedData = event.data
    letter = OpenLetter(len(state.shared_parts) - 1, event.recorded_at.timestamp(), data["kind"] == LATE_NOTICE)
    return state.with_open_letters((*state.open_letters, letter))


def _late_one_told(state: NotifyState, event: Event) -> NotifyState:
    """After an event that may say of a letter on its way that it is late, or why nobody is told so."""
    data: MessageSendStartedData | MessageSuppressedData = event.data
    if data["kind"] != LATE_NOTICE:
        return state
    said_of = next((one for timer, one in state.late_letters(event.subject) if timer.id == event.causationid), None)
    return state.with_open_letters(one._replace(told=True) if one == said_of else one for one in state.open_letters)


def _sent(state: NotifyState, event: Event) -> NotifyState:
    data: MessageSentData = event.data
    return _ended(state, data["message_id"], "sent")


def _failed(state: NotifyState, event: Event) -> NotifyState:
    data: MessageFailedData = event.data
    return _ended(state, data["message_id"], "failed")


def _suppressed(state: NotifyState, event: Event) -> NotifyState:
    data: MessageSuppressedData = event.data
    to = _place(data["recipient"])
    state = _with(state, SharedPart(intern(data["kind"]), to, intern(data["why"])), data["message_id"], None)
    state = _late_one_told(state, event)
    return _let_go(state, to) if data["kind"] in TAKE_BACK else state


def _let_go(state: NotifyState, to: Place | None) -> NotifyState:
    """Somebody knows, or is deliberately not told, that the case is no longer theirs."""
    return state._replace(told_owners=once(_others(state, to))) if to is not None else state


def _others(state: NotifyState, to: Place) -> tuple[Place, ...]:
    return tuple(place for place in state.told_owners if place.person != to.person)


def _with(state: NotifyState, part: SharedPart, message_id: str | None, started: str | None) -> NotifyState:
    shared_parts = once((*state.shared_parts, once(part)))
    return state._replace(shared_parts=shared_parts, ids=state.ids + packed_id(message_id) + packed_id(started))


def _place(recipient: RecipientData | None) -> Place | None:
    """A person or a unit of the bank; None for the customer."""
    if recipient is None or "address" in recipient:
        return None
    if "person" in recipient:
        return once(Place(intern(recipient["unit"]), None, recipient["person"]))
    return once(Place(intern(recipient["unit"]), None, None))


def _of(handler: Place | None) -> Place | None:
    return Place(handler.unit, None, handler.person) if handler else None


def _ended(state: NotifyState, message_id: str, how: str) -> NotifyState:
    """A sending ended. Who could not be reached was not told."""
    at = next((at for at, m in enumerate(state.messages) if m.message_id == message_id), None)
    if at is None:
        return state
    state = state.with_open_letters(one for one in state.open_letters if one.at != at)
    part = state.shared_parts[at]
    ended = once(part._replace(state=how))
    state = state._replace(shared_parts=once((*state.shared_parts[:at], ended, *state.shared_parts[at + 1 :])))
    return _let_go(state, part.to) if how == "failed" and part.kind in HAND_OVER else state


def _same(state: NotifyState, event: Event) -> NotifyState:
    return state


BRANCHES: dict[str, Callable[[NotifyState, Event], NotifyState]] = {
    **dict.fromkeys((OCCASIONS.keys() - CORE_FOLDS) | {"ClockRecomputed", "MessageResendRequested"}, _same),
    "ClockStarted": _clock_started,
    "MessageSendStarted": _started,
    "MessageSent": _sent,
    "MessageFailed": _failed,
    "MessageSuppressed": _suppressed,
}
"""What notify keeps of an event besides what every service knows; of what letters only answer or quote, nothing."""
