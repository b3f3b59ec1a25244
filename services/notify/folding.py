"""The fold of notify takes from each event what notify keeps of its case. Pure."""

from collections.abc import Callable
from datetime import datetime
from sys import intern

from services.notify.customer_ways import mobile_of, reached_as, receipt_added, receipt_corrected, wish_of
from services.notify.customers import OF_AUTHORITY
from services.notify.falls_due import late_letters
from services.notify.letters.box_file import BOX_MISSED, box_core
from services.notify.letters.kind import BANK_LANGUAGE
from services.notify.letters.kinds import HAND_OVER, OCCASIONS, TAKE_BACK, TELL_DATE
from services.notify.own_settlement import REFUSED, answers_receipt
from services.notify.recipients import not_reader_of, reader_of
from services.notify.state import (
    ID_BYTES,
    LATE_NOTICE,
    NEVER,
    NOTHING_SELDOM,
    REMINDER_LETTER,
    SETTLED,
    Held,
    Limit,
    NotifyState,
    OpenLetter,
    Seldom,
    SharedPart,
    ToldDate,
    packed_id,
)
from services.notify.webhooks import reaching
from services.notify.webhooks.hook import AGREED
from services.notify.webhooks.hook import SETTLED as NOTICE_ENDS
from shared.case import silences as silence
from shared.case.core import CaseCore
from shared.case.duties import Place, once
from shared.case.folding import core as case_core
from shared.case.folding.core import CORE_FOLDS
from shared.case.settlement_claims import settled_by
from shared.contract.envelope import Event
from shared.contract.events.base import heard_by
from shared.contract.events.stored.evidence import EvidenceScannedData
from shared.contract.events.stored.intake import ComplaintReceivedData
from shared.contract.events.stored.notify import (
    MessageFailedData,
    MessageSendStartedData,
    MessageSentData,
    MessageSuppressedData,
)
from shared.contract.events.stored.sla import ClockRecomputedData, ClockStartedData

FOLDS = heard_by("notify")
"""What decides letters and what letters quote: a letter is made of events of these types alone."""
UNANSWERED = "unanswered"
"""The warning on a receipt that a machine may have written."""
BESIDES = frozenset({BOX_MISSED, "MessageSendStarted", "MessageSent", "MessageFailed", "MessageSuppressed"})
"""What it folds of an opinion box: the alarm that nobody looked into it, and the letters that tell it."""


def evolve(state: NotifyState | None, event: Event) -> NotifyState | None:
    """The state after an event of ``FOLDS``; None while only refusals are known of a case, and no receipt.

    Raises:
        ValueError: a fact of a case that was never received.
    """
    after = _evolved(state, event)
    if state is None or after is None or (after.hook is None and event.name != AGREED):
        return after
    hook = reaching.evolve(after.hook, after.core, event)
    return after if hook is after.hook else after._replace(hook=hook)


def _evolved(state: NotifyState | None, event: Event) -> NotifyState | None:
    name = event.name
    if state is None and name == BOX_MISSED:
        return NotifyState(box_core(event), None, "", BANK_LANGUAGE)
    if state is None:
        return None if name == REFUSED else _received(case_core.evolve(None, event), event.data)
    if name in CORE_FOLDS:
        state = _silences(state._replace(core=case_core.evolve(state.core, event)), event)
    branch = BRANCHES.get(name)
    return branch(state, event) if branch else state


def _silences(state: NotifyState, event: Event) -> NotifyState:
    after = silence.evolve(state.core, state.silences, event)
    return state if after is state.silences else state._replace(seldom=once(state.seldom._replace(silences=after)))


def _received(core: CaseCore, data: ComplaintReceivedData) -> NotifyState:
    complainant, language = data["complainant"], intern(data["language"])
    settling = None if settled_by(data) is None else data["fingerprint"]
    mobile, prefers = mobile_of(complainant), wish_of(complainant)
    unanswered = UNANSWERED in (data["warnings"] or ())
    seldom = Seldom(settling, mobile=mobile, prefers=prefers, unanswered=unanswered)
    seldom = once(seldom) if seldom != NOTHING_SELDOM else NOTHING_SELDOM
    state = NotifyState(core, None, "", language, seldom=seldom, hook=reaching.of_receipt(data))
    return reached_as(state, complainant)


def _scanned(state: NotifyState, event: Event) -> NotifyState:
    data: EvidenceScannedData = event.data
    if not data["infected"] or state.seldom.infected_at >= 0:
        return state
    return state._replace(seldom=once(state.seldom._replace(infected_at=event.ordinal)))


def _clock_started(state: NotifyState, event: Event) -> NotifyState:
    data: ClockStartedData = event.data
    return _limited(state, data) if data["duty_id"] is None else state


def _clock_recomputed(state: NotifyState, event: Event) -> NotifyState:
    data: ClockRecomputedData = event.data
    return _limited(state, data) if data["duty_id"] is None else state


def _limited(state: NotifyState, data: ClockStartedData | ClockRecomputedData) -> NotifyState:
    deadline = data["deadline"]
    due_at = datetime.fromisoformat(deadline["due_at"]).timestamp()
    return state._replace(limit=once(Limit(intern(deadline["due_on"]), due_at)))


def _answered_at_receipt(state: NotifyState, event: Event) -> NotifyState:
    """The settlement of the receipt is answered by a fact that answers no command, or by its refusal."""
    if not answers_receipt(state, event):
        return state
    return state._replace(seldom=state.seldom._replace(settling=None if event.name == REFUSED else SETTLED))


def _started(state: NotifyState, event: Event) -> NotifyState:
    data: MessageSendStartedData = event.data
    to = reader_of(state, data["recipient"])
    state = _reminded(_late_one_told(state, event), data)
    state, at = _with(state, SharedPart(intern(data["kind"]), to, "started"), data["message_id"], event.id)
    state = _on_its_way(_let_out(state, at), event, at)
    state = _date_told(state, event, to) if data["kind"] in TELL_DATE else state
    if data["kind"] in HAND_OVER and to is not None and _has_it(state.core, to):
        return state._replace(told_owners=once((*_others(state, to), to)))
    return _let_go(state, to) if data["kind"] in TAKE_BACK else state


def _date_told(state: NotifyState, event: Event, to: Place | None) -> NotifyState:
    """Its reader knows the limit as it stands; a customer is told none that has passed."""
    limit, person = state.limit, to.person if to is not None and to.unit else None
    if limit is None or (person is None and event.happened_at.timestamp() >= limit.due_at):
        return state
    others = (told for told in state.told_dates if told.person != person)
    return state._replace(told_dates=once((*others, once(ToldDate(person, limit.due_on)))))


def _let_out(state: NotifyState, at: int) -> NotifyState:
    """A message is not held any more."""
    return state._replace(held=tuple(one for one in state.held if one.at != at)) if state.held else state


def _on_its_way(state: NotifyState, event: Event, at: int) -> NotifyState:
    """A message is a letter on its way; one that says that another is late is never late itself."""
    data: MessageSendStartedData = event.data
    letter = OpenLetter(at, event.recorded_at.timestamp(), data["kind"] == LATE_NOTICE)
    return state.with_open_letters((*state.open_letters, letter))


def _late_one_told(state: NotifyState, event: Event) -> NotifyState:
    """After an event that may say of a letter on its way that it is late, or why nobody is told so."""
    data: MessageSendStartedData | MessageSuppressedData = event.data
    if data["kind"] != LATE_NOTICE:
        return state
    said_of = next((one for timer, one in late_letters(event.subject, state) if timer.id == event.causationid), None)
    return state.with_open_letters(one._replace(told=True) if one == said_of else one for one in state.open_letters)


def _sent(state: NotifyState, event: Event) -> NotifyState:
    data: MessageSentData = event.data
    return _ended(state, data["message_id"], "sent")


def _failed(state: NotifyState, event: Event) -> NotifyState:
    data: MessageFailedData = event.data
    return _ended(state, data["message_id"], "failed")


def _suppressed(state: NotifyState, event: Event) -> NotifyState:
    data: MessageSuppressedData = event.data
    to = not_reader_of(state, event)
    state, at = _with(state, SharedPart(intern(data["kind"]), to, intern(data["why"])), data["message_id"], None)
    state = _let_out(state.with_open_letters(one for one in state.open_letters if one.at != at), at)
    if (until := data["held_until"]) is not None:
        held = Held(at, data["about"] or event.causationid, datetime.fromisoformat(until).timestamp())
        state = state._replace(held=(*state.held, held))
    elif data["why"] in OF_AUTHORITY.values() and data["message_id"] is not None:
        state = state._replace(held=(*state.held, Held(at, data["about"] or event.causationid, NEVER)))
    state = _reminded(_late_one_told(state, event), data)
    return _let_go(state, to) if data["kind"] in TAKE_BACK else state


def _reminded(state: NotifyState, data: MessageSendStartedData | MessageSuppressedData) -> NotifyState:
    """After an event that reminds the customer of the time of a plan, or says why nobody does."""
    if data["kind"] != REMINDER_LETTER:
        return state
    return state._replace(seldom=once(state.seldom._replace(reminded=data["about"])))


def _let_go(state: NotifyState, to: Place | None) -> NotifyState:
    """Somebody knows, or is deliberately not told, that the case is no longer theirs."""
    return state._replace(told_owners=once(_others(state, to))) if to is not None else state


def _others(state: NotifyState, to: Place) -> tuple[Place, ...]:
    return tuple(place for place in state.told_owners if place.person != to.person)


def _with(state: NotifyState, part: SharedPart, message_id: str | None, started: str | None) -> tuple[NotifyState, int]:
    """The state with a message as it stands now, and its place: a new one is the last."""
    at, id_, parts = state.place_of_message(message_id), packed_id(started), state.shared_parts
    if at is None:
        ids = state.ids + packed_id(message_id) + id_
        return state._replace(shared_parts=once((*parts, once(part))), ids=ids), len(parts)
    parts = once((*parts[:at], once(part), *parts[at + 1 :]))
    place = 2 * ID_BYTES * at + ID_BYTES
    return state._replace(shared_parts=parts, ids=state.ids[:place] + id_ + state.ids[place + ID_BYTES :]), at


def _has_it(core: CaseCore, to: Place) -> bool:
    """Whether somebody is the handler of that unit, or the agent."""
    handler = core.handler
    return to.person == core.agent or (handler is not None and to == Place(handler.unit, None, handler.person))


def _ended(state: NotifyState, message_id: str, how: str) -> NotifyState:
    """A sending ended. Who could not be reached was not told."""
    at = state.place_of_message(message_id)
    if at is None:
        return state
    state = state.with_open_letters(one for one in state.open_letters if one.at != at)
    part = state.shared_parts[at]
    ended = once(part._replace(state=how))
    state = state._replace(shared_parts=once((*state.shared_parts[:at], ended, *state.shared_parts[at + 1 :])))
    if how != "failed":
        return state
    person = part.to.person if part.to is not None and part.to.unit else None
    if part.kind in TELL_DATE:
        state = state._replace(told_dates=once(tuple(told for told in state.told_dates if told.person != person)))
    return _let_go(state, part.to) if part.kind in HAND_OVER else state


def _same(state: NotifyState, event: Event) -> NotifyState:
    return state


BRANCHES: dict[str, Callable[[NotifyState, Event], NotifyState]] = {
    **dict.fromkeys((OCCASIONS.keys() - CORE_FOLDS) | {"MessageResendRequested", "LetterReturned"}, _same),
    **dict.fromkeys(("SettledOnTheSpot", "ApprovalRequested", REFUSED), _answered_at_receipt),
    "ClockRecomputed": _clock_recomputed,
    "ClockWarned": _silences,
    "ReceiptAdded": receipt_added,
    "ReceiptCorrected": receipt_corrected,
    "EvidenceScanned": _scanned,
    "ClockStarted": _clock_started,
    **dict.fromkeys((AGREED, *NOTICE_ENDS), _same),
    "MessageSendStarted": _started,
    "MessageSent": _sent,
    "MessageFailed": _failed,
    "MessageSuppressed": _suppressed,
}
"""What notify keeps of an event besides what every service knows; of what letters only answer or quote, nothing."""
