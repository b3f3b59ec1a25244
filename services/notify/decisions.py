"""Notify's decisions: which facts owe letters, and what became of a sending. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from services.notify.addressing import towards
from services.notify.letters.kinds import KINDS
from services.notify.occasions import Occasion
from services.notify.state import REPLY, Message, NotifyState
from shared.case.core import is_overtaken
from shared.case.duty_kinds import KINDS as DUTY_KINDS
from shared.contract.envelope import Event
from shared.contract.events.base import DutyEnded
from shared.contract.events.notify import MessageFailed, MessageSent
from shared.kernel.service import Context, Fact, LogTrigger, ResultTrigger, Trigger

SINCE = datetime(2000, 1, 1, tzinfo=UTC)
REACTS_TO = dict.fromkeys(
    (
        "CaseRouted", "ClockStarted", "ClockWarned", "TargetPassed", "ClockBreached", "CaseRerouted",
        "HandlerReassigned", "CaseEscalated", "DecisionMade", "SettledOnTheSpot", "ResultReported", "CaseNotAccepted",
        "CaseWithdrawn", "CaseClosed", "MessageResendRequested",
    ),
    SINCE,
)  # fmt: skip


def owes(before: NotifyState | None, event: Event) -> bool:
    """Whether a fact owes letters, or a deliberate no.

    The first letters name owner and limit, so they are owed by whichever of the two facts comes second.
    """
    if before is None or is_overtaken(before.core, event):
        return False
    core, data = before.core, event.data
    match event.name:
        case "CaseRouted":
            return before.reply_clock and core.accepting is None
        case "ClockStarted":
            return data["milestone"] == REPLY and core.accepting is not None and not before.reply_clock
        case "CaseRerouted":
            return before.reply_clock and (_moves(before, data["decision"]["handler"]) or _opens_notice(data))
        case "HandlerReassigned":
            return before.reply_clock and _moves(before, data["handler"])
        case "ClockWarned" | "TargetPassed":
            return data.get("duty_id") is None
        case "MessageResendRequested":
            return before.message(data["message_id"]) is not None
        case _:
            return True


def _moves(before: NotifyState, handler: dict[str, Any] | None) -> bool:
    """Whether the case comes into other hands."""
    present = before.core.handler.person if before.core.handler else None
    return present != (handler["person"] if handler else None)


def _opens_notice(data: dict[str, Any]) -> bool:
    return any(d["kind"] == "deliver_written_notice" and d["state"] == "open" for d in data["duties_opened"])


def decide(state: NotifyState | None, trigger: Trigger, context: Context) -> Sequence[Fact]:
    """Answer a fact with the letters it calls for, or a sending's result with what became of it.

    Raises:
        NotYet: organisation or template are not published.
    """
    if state is None:
        raise ValueError("a letter about a case that was never received")
    match trigger:
        case LogTrigger():
            return [Fact(data) for data in Occasion(state, trigger.event, context).called_for()]
        case ResultTrigger():
            return [Fact(_result(state, trigger))]
        case _:
            raise TypeError(f"notify does not answer {trigger!r}")


def _result(state: NotifyState, trigger: ResultTrigger) -> MessageSent | MessageFailed:
    result = trigger.result
    message = state.message(result["message_id"])
    if message is None or message.state != "started":
        raise ValueError("the result of a sending that is not open")
    common = {key: result[key] for key in ("message_id", "kind", "duty_id", "recipient", "way", "smtp_message_id")}
    if result["outcome"] == "sent":
        sent = {key: result[key] for key in ("template", "content_sha256", "smtp_reply")}
        ended = _ended(state, message) if result["way"] == "email" else ()
        return MessageSent.model_validate({**common, **sent, "duties_ended": ended})
    return MessageFailed.model_validate({**common, "code": result["code"], "reason": result["reason"]})


def _ended(state: NotifyState, message: Message) -> tuple[DutyEnded, ...]:
    """The duties that an e-mail of this kind ends, as they stand now; a printed letter ends none (contract 3).

    A duty that binds in person is ended only towards who got the letter, any other whoever owes it by now.
    """
    kind = KINDS[message.kind].ends
    if kind is None or (kind == "reply_customer" and not state.core.did("DecisionMade", "CaseNotAccepted")):
        return ()
    duties = state.core.open_duties(kind)
    if DUTY_KINDS[kind].personal:
        duties = [d for d in duties if message.to is not None and towards(d.terms.creditor, message.to)]
    return tuple(DutyEnded(id=duty.id, kind=kind, state="discharged") for duty in duties)
