"""Results of sendings become facts: a letter was sent, which may end duties, or failed, or is held back. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.notify.customers import everybody_has
from services.notify.letters.kinds import DECLARED
from services.notify.message_facts import towards
from services.notify.state import Message, NotifyState
from shared.case.duty_kinds import ANSWER, KINDS, PROMISE, UNTIL_ANSWERED
from shared.contract.events.base import DutyEnded
from shared.contract.events.notify import MessageFailed, MessageSent, MessageSuppressed
from shared.kernel.service import NoLongerDue, ResultTrigger


def fact_of(state: NotifyState, trigger: ResultTrigger) -> MessageSent | MessageFailed | MessageSuppressed:
    """What became of a sending. Raises NoLongerDue: it is not open any more."""
    result = trigger.result
    message = state.message(result["message_id"])
    if message is None or message.state != "started":
        raise NoLongerDue("the result of a sending that is not open any more, such as one that was given up")
    if result["outcome"] == "suppressed":
        return _held_back(result)
    common = {key: result[key] for key in ("message_id", "kind", "duty_id", "recipient", "way", "smtp_message_id")}
    if result["outcome"] == "sent":
        sent = {key: result.get(key) for key in ("template", "content_sha256", "smtp_reply", "gateway_reply")}
        ended = _ended(state, message, result["duty_id"]) if result["way"] != "print" else ()
        return MessageSent.model_validate({**common, **sent, "duties_ended": ended})
    return MessageFailed.model_validate({**common, "code": result["code"], "reason": result["reason"]})


def _held_back(result: Mapping[str, Any]) -> MessageSuppressed:
    """A letter on its way that may not leave as things are now, or not yet."""
    common = {key: result[key] for key in ("message_id", "kind", "duty_id", "about", "why", "held_until")}
    recipient = None if "address" in result["recipient"] else result["recipient"]
    return MessageSuppressed.model_validate({**common, "recipient": recipient})


def _tells_former(state: NotifyState, duty_id: str | None) -> bool:
    """Whether a letter tells a decision of before the last revision or reopening: the answer it was about is older."""
    since = state.core.last("DecisionRevised", "CaseReopened")
    if since < 0:
        return False
    opened_by = next((duty.opened_by for duty in state.core.duties() if duty.id == duty_id), None)
    return not any(opening.event == opened_by and opening.ordinal >= since for opening in state.core.openings)


def _ended(state: NotifyState, message: Message, duty_id: str | None) -> tuple[DutyEnded, ...]:
    """The duties that a letter of this kind ends once it was sent; a printed one ends none (contract 3).

    A duty that binds in person is ended only towards who got the letter, any other whoever owes it by now. With the
    answer, what the customer was promised is kept.
    """
    kind = DECLARED[message.kind]
    if kind.ends is None or (kind.answers and not state.core.did(*kind.answers)):
        return ()
    if kind.ends == ANSWER and _tells_former(state, duty_id):
        return ()
    if kind.to_customer and not everybody_has(state, kind, message):
        return ()
    duties = state.core.open_duties(kind.ends, *((PROMISE,) if kind.ends == ANSWER else ()))
    if KINDS[kind.ends].personal:
        duties = [d for d in duties if message.to is not None and towards(d.terms.creditor, message.to)]
    done = tuple(DutyEnded(id=duty.id, kind=duty.terms.kind, state="discharged") for duty in duties)
    return (*done, *_let_go(state)) if kind.ends == ANSWER else done


def _let_go(state: NotifyState) -> Iterator[DutyEnded]:
    """What is only owed until the customer has the answer."""
    for duty in state.core.open_duties(*UNTIL_ANSWERED):
        yield DutyEnded(id=duty.id, kind=duty.terms.kind, state="waived", reason="answered")
