"""An event calls for clocks to be started, met, stopped or computed anew; that is noted where the event is folded.

So an answer rests on the event itself, whatever was folded between it and the answer.
"""

from collections.abc import Iterator
from datetime import datetime

from services.sla.case import CORRECT, MET, RECLASSIFY, START, STOP, ClockTodo, SlaState
from services.sla.clocks import Key
from services.sla.receipt_dates import dates_of
from shared.case.core import ENDINGS, CaseCore
from shared.case.corrections import CORRECTED
from shared.case.duties import Place, Terms, once
from shared.case.duty_kinds import ANSWER, ANTICIPATED, CLOCKED, LEVELLED, OF_UNIT, PROMISED, RESPOND, TO_BODY, WATCHED
from shared.case.folding import core as case_core
from shared.case.levels import is_lowest_report, whose_turn_it_is
from shared.contract.envelope import Event
from shared.contract.events.stored.casework import CustomerContactedData, OverrunExplainedData
from shared.contract.events.stored.corrections import ReceiptCorrectedData
from shared.contract.events.stored.ending import CaseReopenedData
from shared.contract.events.stored.intake import ComplaintReceivedData, ReceiptAddedData

PROMISING = ("CustomerContacted", "OverrunExplained")
"""Facts that promise the customer something until an instant."""
AGREEING = "NegotiationPlanAnswered"
"""The fact by which the bank owes the steps of a plan, each by the end of its day."""
ANTICIPATING = {name: kind for kind, name in ANTICIPATED.items()}


def received(core: CaseCore, event: Event) -> SlaState:
    """A new case: its own clock is to be started."""
    data: ComplaintReceivedData = event.data
    receipt = dates_of(data, core.received_at)
    day, since = receipt.answer_on, receipt.first_at(core.received_at)
    state = SlaState(core, event.id, since, receipt, asked_for=once(((None, day),)) if day else ())
    return state.calls_for(ClockTodo(event.id, START, state.own, _entered(event), reason=core.reason))


def followed(before: SlaState, core: CaseCore, event: Event) -> SlaState:
    """The case after an event that changed what every service knows."""
    after, name = before._replace(core=core), event.name
    if name == "CaseReopened":
        after = _reopened(after, event)
    elif name == "ComplaintClassified":
        after = _reclassified(after, event)
    elif name in ANTICIPATING:
        after = _done_before(after, event, ANTICIPATING[name])
    elif name == "CustomerReplied":
        after = _replied_before(after, event)
    elif name == "ReceiptAdded":
        after = _received_again(after, event)
    elif name == CORRECTED:
        after = _receipt_corrected(after, event, before.core.received_at)
    if core.openings is before.core.openings and name not in ENDINGS:
        return after
    ended = list(_ended_by(core, event))
    opened = len(core.openings) > len(before.core.openings)
    over, was_over = core.ended, before.core.ended
    after = _duties_ended(after, event, name, ended)
    if was_over and not over:
        after = _archiving_put_off(after, event, name)
    if opened or name == "CaseWithdrawn" or any(terms.kind in WATCHED for _, terms, _ in ended):
        after = _own_ended(after, event, name)
    again = bool(case_core.set_aside_by(before.core, event))
    if opened or again or over != was_over or any(terms.kind in LEVELLED for _, terms, _ in ended):
        after = _duties_started(after, event, ended)
    return after


def _ended_by(core: CaseCore, event: Event) -> Iterator[tuple[str, Terms, int]]:
    """The duties that were open and that the event ended: who opened them, what they say, and their end."""
    discharged = event.ordinal + 1
    for opening in core.openings:
        if opening.event != event.id and (discharged in opening.ends or -discharged in opening.ends):
            for terms, end in zip(opening.terms, opening.ends, strict=True):
                if abs(end) == discharged:
                    yield opening.event, terms, end


def _reopened(state: SlaState, event: Event) -> SlaState:
    """A new round with a clock of its own; one of the former round that still ran is stopped."""
    if state.awaited(state.own):
        state = state.calls_for(ClockTodo(event.id, STOP, state.own, _at(event), "reopened"))
    data: CaseReopenedData = event.data
    since = datetime.fromisoformat(data["received_at"]).timestamp()
    state = state._replace(round=event.id, since=since, ends=(), done_before=())
    return state.calls_for(ClockTodo(event.id, START, state.own, _entered(event), reason=state.core.reason))


def _received_again(state: SlaState, event: Event) -> SlaState:
    """The case with the day until which a body wants its answer that passed a further receipt on."""
    data: ReceiptAddedData = event.data
    origin = data["origin"]
    if origin is None or origin["reply_due_on"] is None:
        return state
    return state._replace(asked_for=(*state.asked_for, (data["receipt_id"], origin["reply_due_on"])))


def _receipt_corrected(state: SlaState, event: Event, received_before: float) -> SlaState:
    """The case with the dates of its receipt as they were put right; clocks that count from them are computed anew.

    What was judged stays judged. A reopened case counts from its reopening, whenever it was received.
    """
    data: ReceiptCorrectedData = event.data
    before, received_at = state.receipt, state.core.received_at
    receipt = before.corrected(data["pointer"], data["value"], received_at)
    state, first_at = state._replace(receipt=receipt), receipt.first_at(received_at)
    if first_at != before.first_at(received_before) and not state.core.did("CaseReopened"):
        state = state._replace(since=first_at)
        if state.movable(state.own):
            state = state.calls_for(ClockTodo(event.id, CORRECT, state.own, first_at, reason=state.core.reason))
    if receipt.answer_by != before.answer_by:
        state = _asked_for_by_medium(state, event)
    return state if receipt.answer_on == before.answer_on else _asked_for_another_day(state, event)


def _asked_for_by_medium(state: SlaState, event: Event) -> SlaState:
    """The case with the medium's answer owed at another time, or as one for which no time was named."""
    for duty in state.core.open_duties(RESPOND):
        key = Key(duty.opened_by, RESPOND, duty.terms.level)
        if state.movable(key):
            state = state.calls_for(ClockTodo(event.id, CORRECT, key, named=state.receipt.answer_by))
    return state


def _asked_for_another_day(state: SlaState, event: Event) -> SlaState:
    day = state.receipt.answer_on
    others = tuple(row for row in state.asked_for if row[0] is not None)
    state = state._replace(asked_for=(*others, (None, day)) if day else others)
    for duty in state.core.open_duties(TO_BODY):
        key = Key(duty.opened_by, TO_BODY, duty.terms.level)
        if key.level is None and state.movable(key):
            state = state.calls_for(ClockTodo(event.id, CORRECT, key))
    return state


def _done_before(state: SlaState, event: Event, kind: str) -> SlaState:
    kept = tuple(row for row in state.done_before if row[0] != kind)
    return state._replace(done_before=(*kept, (kind, event.id)))


def _replied_before(state: SlaState, event: Event) -> SlaState:
    """The customer had the answer before the letter that ended the duty went out: what happened first counts."""
    ended_at = dict(state.ends).get(ANSWER)
    earlier = ended_at is not None and _at(event) < ended_at
    return state.with_end(ANSWER, _at(event)) if earlier else state


def _duties_ended(state: SlaState, event: Event, name: str, ended: list[tuple[str, Terms, int]]) -> SlaState:
    """Clocks of duties end with their duty: met when it is discharged, stopped when it is let go."""
    for opened_by, terms, end in ended:
        key = Key(opened_by, terms.kind, terms.level)
        if terms.kind not in CLOCKED or not state.awaited(key):
            continue
        if name == "CaseWithdrawn":
            todo = ClockTodo(event.id, STOP, key, _at(event), "withdrawn")
        elif end < 0:
            todo = ClockTodo(event.id, STOP, key, _at(event), "duty_waived")
        else:
            todo = ClockTodo(event.id, MET, key, _at(event), after_breach=state.breached(key))
        state = state.calls_for(todo)
    return state


def _archiving_put_off(state: SlaState, event: Event, name: str) -> SlaState:
    """The case is not over after all: the time for archiving it does not run."""
    ground = "reopened" if name == "CaseReopened" else "closing_overtaken"
    for duty in state.core.open_duties("archive"):
        key = Key(duty.opened_by, "archive", duty.terms.level)
        if state.awaited(key):
            state = state.calls_for(ClockTodo(event.id, STOP, key, _at(event), ground))
    return state


def _own_ended(state: SlaState, event: Event, name: str) -> SlaState:
    """The bank's own clock ends with a withdrawal, or with the last of the duties that it watches."""
    core, key = state.core, state.own
    if not state.awaited(key):
        return state
    if name == "CaseWithdrawn" and not core.open_duties("answer_transferring_body"):
        return state.calls_for(ClockTodo(event.id, STOP, key, _at(event), "withdrawn"))
    watched = core.watched_duties()
    for duty in watched:
        if duty.ended_by_ordinal == event.ordinal and duty.opened_by != event.id:
            state = state.with_end(duty.terms.kind, _at(event))
    if not watched or any(duty.state == "open" for duty in watched):
        return state
    met_at = max((at for _, at in state.ends), default=_at(event))
    return state.calls_for(ClockTodo(event.id, MET, key, met_at, after_breach=state.breached(key)))


def _duties_started(state: SlaState, event: Event, ended: list[tuple[str, Terms, int]]) -> SlaState:
    """A clock for every open duty whose time runs now and that has none."""
    for key, debtor in _running(state.core):
        if state.awaited(key) or state.breached(key):
            continue  # a verdict stands, whatever becomes of the duty afterwards
        former = _former(event, key, debtor, ended)
        if key.kind in PROMISED:
            promised = _promised(state, event, key, former)
            todo = None if promised is None else ClockTodo(event.id, START, key, promised)
        elif key.kind == RESPOND and state.receipt.answer_by is not None:
            todo = ClockTodo(event.id, START, key, state.receipt.answer_by, named=state.receipt.answer_by)
        elif key.kind == TO_BODY:
            todo = ClockTodo(event.id, START, key, state.since, reason=state.core.reason)
        else:
            todo = _of_duty(state, event, key, former)
        if todo is not None:
            state = state.calls_for(todo)
    return state


def _former(event: Event, key: Key, debtor: Place, ended: list[tuple[str, Terms, int]]) -> list[Key]:
    """The duties that were let go and go on as another: a promise with whoever has the case, others within the unit."""
    if key.opened_by != event.id or event.name == "CaseReopened":
        return []
    same = [(by, terms) for by, terms, end in ended if end < 0 and (terms.kind, terms.level) == (key.kind, key.level)]
    return [
        Key(by, terms.kind, terms.level)
        for by, terms in same
        if key.kind in PROMISED or (key.kind in OF_UNIT and terms.debtor.unit == debtor.unit)
    ]


def _of_duty(state: SlaState, event: Event, key: Key, former: list[Key]) -> ClockTodo | None:
    """A duty's time runs since it was entered; one that is its unit's keeps its time with another person.

    Nobody is judged a second time: where that time was over, the duty has none, then and later.
    """
    if not former:
        spent = key.opened_by != event.id and key.kind in OF_UNIT and state.clock(key) is None
        return None if spent else ClockTodo(event.id, START, key, _entered(event))
    if not state.counted(former[-1]):
        return None
    return ClockTodo(event.id, START, key, _at(event), continues=former[-1])


def _promised(state: SlaState, event: Event, key: Key, former: list[Key]) -> float | None:
    """The instant that a promise is for: said by the fact that made it, and kept when another handler gets it.

    None for one that was broken already: it is owed still, and nothing more is to be said of its limit. Of several that
    become one duty the earliest counts that can still be kept.
    """
    if key.opened_by != event.id:
        return None
    if event.name == AGREEING:
        return state.core.agreed.due_at(key.level)
    if event.name in PROMISING:
        said: CustomerContactedData | OverrunExplainedData = event.data
        return datetime.fromisoformat(said["promised_at"]).timestamp() if said["promised_at"] else None
    promised = (state.promised(one) for one in former)
    return min((at for at in promised if at is not None and at > _entered(event)), default=None)


def _running(core: CaseCore) -> Iterator[tuple[Key, Place]]:
    """The open duties whose time runs, each with its debtor."""
    rows = [(o.event, *row) for o in core.openings for row in zip(o.terms, o.ends, strict=True) if row[1] == 0]
    turns = set(whose_turn_it_is(core.chains, [terms for _, terms, _ in rows if terms.kind in LEVELLED]))
    for opened_by, terms, _ in rows:
        kind = terms.kind
        if kind in CLOCKED and (kind not in LEVELLED or terms in turns) and _has_clock(core, terms):
            yield Key(opened_by, kind, terms.level), terms.debtor


def _has_clock(core: CaseCore, terms: Terms) -> bool:
    """Archiving has time from the end of the case; the handler's report upward has the bank's own limit."""
    if terms.kind == "archive":
        return core.ended
    return not is_lowest_report(core.chains, terms)


def _reclassified(state: SlaState, event: Event) -> SlaState:
    """A running clock of another class than the main reason's is computed anew; after a breach the verdict stands.

    While the class is still to be said, by a start or by an earlier classification, every further one is answered:
    each is judged by when it was recorded.
    """
    key, reason = state.own, state.core.reason
    clock = state.clock(key)
    if not state.awaited(key) or (clock is not None and not clock.running):
        return state
    uncertain = any(todo.key == key for todo in state.todo)
    if not uncertain and (clock is None or clock.covers(reason)):
        return state
    return state.calls_for(ClockTodo(event.id, RECLASSIFY, key, reason=reason))


def _at(event: Event) -> float:
    return event.happened_at.timestamp()


def _entered(event: Event) -> float:
    return event.recorded_at.timestamp()
