"""Notify decides which facts owe letters, which letters they call for, and what became of a sending. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.notify.addressing import Addressing
from services.notify.folding import FOLDS, evolve
from services.notify.letters.first_letters import FIRST_FACTS, FIRST_LETTERS
from services.notify.letters.kind import LetterKind, Needless
from services.notify.letters.kinds import DECLARED, OCCASIONS, SINCE
from services.notify.letters.news import REOPENED_NOTICE
from services.notify.letters.occasions import FROM_THE_BEGINNING
from services.notify.message_facts import Outcome, instead, towards
from services.notify.needs import QUIET, calls_for, first_decided, is_needless, one_of
from services.notify.state import (
    FILED_BY,
    GIVEN_UP,
    LATE_NOTICE,
    MORNING,
    Message,
    NotifyState,
    dump,
    keys,
    next_due,
    open_sendings,
    timers,
)
from shared.case.core import is_overtaken
from shared.case.duty_kinds import ANSWER, PROMISE, UNTIL_ANSWERED
from shared.case.duty_kinds import KINDS as DUTY_KINDS
from shared.contract.envelope import SOURCE_PREFIX, Event, type_of
from shared.contract.events.base import DutyEnded, EventData
from shared.contract.events.notify import MessageFailed, MessageSendStarted, MessageSent, MessageSuppressed
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
    called_for = [kind for kind in DECLARED.values() if calls_for(kind, cause.name, cause.data)]
    fresh = [kind for kind in called_for if _is_of_its_round(kind, cause, addressing.state)]
    found = [letter for kind in fresh for letter in _of_kind(addressing, cause, kind)]
    loud = [letter for letter, quiet in found if not quiet]
    yield from loud or [letter for letter, _ in found[:1]] or [addressing.facts.never(called_for[0], "already_told")]


def _is_of_its_round(kind: LetterKind, cause: Event, state: NotifyState) -> bool:
    """Whether a letter is one of the first letters, which are decided once, or of those that a reopening calls for."""
    if cause.name not in {one.event for one in FIRST_FACTS}:
        return True
    if kind in FIRST_LETTERS:
        return not first_decided(state)
    return kind is not REOPENED_NOTICE or first_decided(state)


def _of_kind(addressing: Addressing, cause: Event, kind: LetterKind) -> Iterator[tuple[Outcome, bool]]:
    """The letters of a kind, each with whether it is one of which nothing need be said."""
    if kind.never is not None:
        yield addressing.facts.never(kind, kind.never), False
        return
    letters = list(addressing.letters(kind))
    for letter in letters:
        reason = _needless(addressing, cause, kind, letter)
        yield (letter, False) if reason is None else (instead(letter, reason.why), reason in QUIET)
    for letter in addressing.instead_of(letters, kind):
        if _needless(addressing, cause, kind, letter) is None:
            yield letter, False


def _needless(addressing: Addressing, cause: Event, kind: LetterKind, letter: Outcome) -> Needless | None:
    """The first reason of its kind why a letter is not needed after all, whether it leaves now or is held."""
    if isinstance(letter, MessageSuppressed) and letter.held_until is None:
        return None
    state, now = addressing.state, addressing.now
    return next((one for one in kind.unless if is_needless(one, state, cause, letter, now)), None)


def _once_more(addressing: Addressing, cause: Event) -> Outcome:
    """The same letter to the same recipient, by the rules as they are now; one that leaves as it is goes once."""
    asked: MessageResendRequestedData = cause.data
    message = addressing.state.message(asked["message_id"])
    if message is None:
        raise ValueError("a repetition of a message that was never due")
    letter = _the_same(addressing, message)
    return instead(letter, "already_told") if addressing.state.leaves(message) else letter


def _the_same(addressing: Addressing, message: Message) -> Outcome:
    """A letter of the kind of a message, to its recipient."""
    kind = DECLARED[message.kind]
    if message.to is None and kind.to_customer:
        return addressing.to_customer(kind)
    if message.to is not None and message.to.person is None:
        return addressing.to_unit(message.to.unit, kind)
    return addressing.to_person(message.to, kind)


# -- letters that do not arrive -----------------------------------------------------------------------


def _late(state: NotifyState, timer: Timer, context: Context) -> Iterator[EventData]:
    """Tell the accepting post that a letter is late, or give it up. Raises NoLongerDue: it has ended, or was told."""
    message = state.message(timer.clock)
    if message is None or timer.id not in {due.id for due in timers(context.case, state)}:
        raise NoLongerDue(f"the letter {timer.clock} has ended, or its lateness was told")
    if timer.kind == MORNING:
        yield _let_out(state, message, timer, context)
        return
    addressing = Addressing(state, _start_of(message, timer), context)
    if timer.kind == GIVEN_UP:
        yield addressing.given_up(message, DECLARED[message.kind])
    else:
        letters = list(addressing.letters(DECLARED[LATE_NOTICE]))
        yield from (*letters, *addressing.instead_of(letters, DECLARED[LATE_NOTICE]))


def _let_out(state: NotifyState, message: Message, timer: Timer, context: Context) -> Outcome:
    """A letter that was held leaves in the morning under its own id, if it may and is still true."""
    about = next(held.about for due, held in state.held_letters(context.case) if due.id == timer.id)
    cause = _start_of(message._replace(started=about), timer)
    addressing, kind = Addressing(state, cause, context, message.message_id), DECLARED[message.kind]
    letter = addressing.to_customer(kind)
    reason = _needless(addressing, cause, kind, letter)
    return letter if reason is None else instead(letter, reason.why)


def _start_of(message: Message, timer: Timer) -> Event:
    """The event that a letter's lateness is about, as far as the state knows it."""
    type_ = type_of("MessageSendStarted", MessageSendStarted.version)
    at = timer.due_at.isoformat()
    source, actor = SOURCE_PREFIX + "notify", "service:notify"
    return Event(message.started, source, type_, timer.case, at, at, timer.id, timer.case, None, actor, {})


# -- results -------------------------------------------------------------------------------------------


def _held_back(result: Mapping[str, Any]) -> MessageSuppressed:
    """A letter on its way that may not leave as things are now, or not yet."""
    common = {key: result[key] for key in ("message_id", "kind", "duty_id", "about", "why", "held_until")}
    recipient = None if "address" in result["recipient"] else result["recipient"]
    return MessageSuppressed.model_validate({**common, "recipient": recipient})


def _result(state: NotifyState, trigger: ResultTrigger) -> MessageSent | MessageFailed | MessageSuppressed:
    result = trigger.result
    message = state.message(result["message_id"])
    if message is None or message.state != "started":
        raise NoLongerDue("the result of a sending that is not open any more, such as one that was given up")
    if result["outcome"] == "suppressed":
        return _held_back(result)
    common = {key: result[key] for key in ("message_id", "kind", "duty_id", "recipient", "way", "smtp_message_id")}
    if result["outcome"] == "sent":
        sent = {key: result[key] for key in ("template", "content_sha256", "smtp_reply")}
        ended = _ended(state, message) if result["way"] == "email" else ()
        return MessageSent.model_validate({**common, **sent, "duties_ended": ended})
    return MessageFailed.model_validate({**common, "code": result["code"], "reason": result["reason"]})


def _ended(state: NotifyState, message: Message) -> tuple[DutyEnded, ...]:
    """The duties that an e-mail of this kind ends, as they stand now; a printed letter ends none (contract 3).

    A duty that binds in person is ended only towards who got the letter, any other whoever owes it by now. With the
    answer, what the customer was promised is kept.
    """
    kind = DECLARED[message.kind]
    if kind.ends is None or (kind.answers and not state.core.did(*kind.answers)):
        return ()
    duties = state.core.open_duties(kind.ends, *((PROMISE,) if kind.ends == ANSWER else ()))
    if DUTY_KINDS[kind.ends].personal:
        duties = [d for d in duties if message.to is not None and towards(d.terms.creditor, message.to)]
    done = tuple(DutyEnded(id=duty.id, kind=duty.terms.kind, state="discharged") for duty in duties)
    return (*done, *_let_go(state)) if kind.ends == ANSWER else done


def _let_go(state: NotifyState) -> Iterator[DutyEnded]:
    """What is only owed until the customer has the answer."""
    for duty in state.core.open_duties(*UNTIL_ANSWERED):
        yield DutyEnded(id=duty.id, kind=duty.terms.kind, state="waived", reason="answered")


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
