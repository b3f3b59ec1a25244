"""Notify decides which facts owe letters, which letters they call for, and what became of a sending. Pure."""

from collections.abc import Iterator, Sequence

from services.notify.addressing import Addressing
from services.notify.folding import FOLDS, evolve
from services.notify.letters.kind import LetterKind
from services.notify.letters.kinds import DECLARED, OCCASIONS, SINCE
from services.notify.letters.occasions import FROM_THE_BEGINNING
from services.notify.message_facts import Outcome, instead, towards
from services.notify.needs import calls_for, is_needless, one_of
from services.notify.state import (
    FILED_BY,
    GIVEN_UP,
    LATE_NOTICE,
    Message,
    NotifyState,
    dump,
    keys,
    next_due,
    open_sendings,
    timers,
)
from shared.case.core import is_overtaken
from shared.case.duty_kinds import KINDS as DUTY_KINDS
from shared.contract.envelope import SOURCE_PREFIX, Event, type_of
from shared.contract.events.base import DutyEnded, EventData
from shared.contract.events.notify import MessageFailed, MessageSendStarted, MessageSent
from shared.contract.events.stored.casework import MessageResendRequestedData
from shared.kernel.service import Context, Fact, LogTrigger, NoLongerDue, ResultTrigger, Service, Timer, Trigger

ONCE_MORE = "MessageResendRequested"
"""The fact that is answered with a letter of whatever kind was sent, or due, before."""
CONDITIONS = {event: one_of(whens) for event, whens in OCCASIONS.items()}
"""What is asked at every fact of the log that calls for letters, found once."""
REACTS_TO = SINCE | {ONCE_MORE: FROM_THE_BEGINNING}


def owes(before: NotifyState | None, event: Event) -> bool:
    """Whether a fact owes letters, or a deliberate no."""
    if before is None or is_overtaken(before.core, event):
        return False
    if event.name == ONCE_MORE:
        asked: MessageResendRequestedData = event.data
        return before.message(asked["message_id"]) is not None
    return CONDITIONS[event.name](before, event)


def decide(state: NotifyState | None, trigger: Trigger, context: Context) -> Sequence[Fact]:
    """Answer a fact with the letters it calls for, a sending's result with what became of it, a late letter.

    Raises:
        NotYet: organisation or template are not published.
        NoLongerDue: a sending has ended otherwise.
    """
    if state is None:
        raise ValueError("a letter about a case that was never received")
    match trigger:
        case LogTrigger():
            addressing = Addressing(state, trigger.event, context)
            return [Fact(data) for data in _letters(addressing, trigger.event)]
        case ResultTrigger():
            return [Fact(_result(state, trigger))]
        case Timer():
            return [Fact(data) for data in _late(state, trigger, context)]
        case _:
            raise TypeError(f"notify does not answer {trigger!r}")


# -- letters -------------------------------------------------------------------------------------------


def _letters(addressing: Addressing, cause: Event) -> Iterator[EventData]:
    """Each letter that a fact calls for, started or suppressed; at least one. Other facts may have come since."""
    if cause.name == ONCE_MORE:
        yield _once_more(addressing, cause)
        return
    for kind in DECLARED.values():
        if calls_for(kind, cause.name, cause.data):
            yield from _of_kind(addressing, cause, kind)


def _of_kind(addressing: Addressing, cause: Event, kind: LetterKind) -> Iterator[Outcome]:
    if kind.never is not None:
        yield addressing.facts.never(kind, kind.never)
        return
    for letter in addressing.letters(kind):
        yield _unless_needless(addressing.state, cause, kind, letter)


def _unless_needless(state: NotifyState, cause: Event, kind: LetterKind, letter: Outcome) -> Outcome:
    """The letter, or the first reason of its kind why it is not needed after all."""
    if not isinstance(letter, MessageSendStarted):
        return letter
    reason = next((one for one in kind.unless if is_needless(one, state, cause, letter)), None)
    return letter if reason is None else instead(letter, reason.why)


def _once_more(addressing: Addressing, cause: Event) -> Outcome:
    """The same letter to the same recipient, by the rules as they are now."""
    asked: MessageResendRequestedData = cause.data
    message = addressing.state.message(asked["message_id"])
    if message is None:
        raise ValueError("a repetition of a message that was never due")
    kind = DECLARED[message.kind]
    if kind.to_customer:
        return addressing.to_customer(kind)
    if message.to is not None and message.to.person is None:
        return addressing.to_unit(message.to.unit, kind)
    return addressing.to_person(message.to, kind)


# -- letters that do not arrive -----------------------------------------------------------------------


def _late(state: NotifyState, timer: Timer, context: Context) -> Iterator[EventData]:
    """Tell the accepting post that a letter is late, or give it up. Raises NoLongerDue: it has ended, or was told."""
    message = state.message(timer.clock)
    if message is None or timer.id not in {due.id for due, _ in state.late_letters(context.case)}:
        raise NoLongerDue(f"the letter {timer.clock} has ended, or its lateness was told")
    addressing = Addressing(state, _start_of(message, timer), context)
    if timer.kind == GIVEN_UP:
        yield addressing.given_up(message, DECLARED[message.kind])
    else:
        yield from addressing.letters(DECLARED[LATE_NOTICE])


def _start_of(message: Message, timer: Timer) -> Event:
    """The event that started a letter on its way, as far as the state knows it: what is said of it is about that."""
    type_ = type_of("MessageSendStarted", MessageSendStarted.version)
    at = timer.due_at.isoformat()
    source, actor = SOURCE_PREFIX + "notify", "service:notify"
    return Event(message.started, source, type_, timer.case, at, at, timer.id, timer.case, None, actor, {})


# -- results -------------------------------------------------------------------------------------------


def _result(state: NotifyState, trigger: ResultTrigger) -> MessageSent | MessageFailed:
    result = trigger.result
    message = state.message(result["message_id"])
    if message is None or message.state != "started":
        raise NoLongerDue("the result of a sending that is not open any more, such as one that was given up")
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
    kind = DECLARED[message.kind]
    if kind.ends is None or (kind.answers and not state.core.did(*kind.answers)):
        return ()
    duties = state.core.open_duties(kind.ends)
    if DUTY_KINDS[kind.ends].personal:
        duties = [d for d in duties if message.to is not None and towards(d.terms.creditor, message.to)]
    return tuple(DutyEnded(id=duty.id, kind=kind.ends, state="discharged") for duty in duties)


SERVICE: Service[NotifyState] = Service(
    name="notify",
    reacts_to=REACTS_TO,
    folds=FOLDS,
    evolve=evolve,
    owes=owes,
    decide=decide,
    dump=dump,
    open_sendings=open_sendings,
    finds_events=True,
    keys=keys,
    filed_by=FILED_BY,
    timers=timers,
    next_due=next_due,
    timed=FILED_BY,
)
"""What the kernel gets of notify."""
