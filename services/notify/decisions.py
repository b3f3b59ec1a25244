"""Notify decides which facts owe letters, which letters they call for, and what became of a sending. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from services.notify import results
from services.notify.addressing import Addressing
from services.notify.customers import OF_AUTHORITY
from services.notify.falls_due import LATE, TIMED, held_letters, next_due, reminder, timers
from services.notify.folding import BESIDES, FOLDS, evolve
from services.notify.letters.box_file import BOX_MISSED
from services.notify.letters.kind import LetterKind
from services.notify.letters.kinds import DECLARED, OCCASIONS, SINCE
from services.notify.letters.occasions import BRINGS_SPEAKERS, FROM_THE_BEGINNING
from services.notify.letters.reasons import Needless
from services.notify.message_facts import BOUNCED, Outcome, instead
from services.notify.needless import QUIET, is_needless
from services.notify.needs import calls_for, one_of
from services.notify.newcomers import not_told_yet
from services.notify.rounds import is_of_its_round, is_owed
from services.notify.state import (
    FILED_BY,
    LATE_NOTICE,
    REMINDER_LETTER,
    Message,
    NotifyState,
    dump,
    keys,
    open_sendings,
)
from services.notify.stored import STORED
from services.notify.told_once import Weighed, told_once
from services.notify.webhooks.notices import NOTICE_OUTCOMES, agreement, not_taken, outcome_of_notice
from shared.case import late_timers
from shared.case.folding.core import is_overtaken
from shared.case.late_timers import GIVEN_UP, MORNING, PUT_OFF, REMINDER, is_said_by
from shared.contract.envelope import Event, type_of
from shared.contract.events.base import EventData
from shared.contract.events.notify import MessageFailed, MessageSendStarted, MessageSuppressed
from shared.contract.events.stored.casework import MessageResendRequestedData
from shared.contract.events.stored.intake import LetterReturnedData
from shared.contract.records import SOURCE_PREFIX
from shared.kernel.service import Context, Fact, LogTrigger, NoLongerDue, ResultTrigger, Service, Timer, Trigger

ONCE_MORE = "MessageResendRequested"
"""The fact that is answered with a letter of whatever kind was sent, or due, before."""
CONDITIONS = {event: one_of(whens) for event, whens in OCCASIONS.items()}
"""What is asked at every fact of the log that calls for letters, found once."""
RETURNED: Final = "LetterReturned"
"""The fact that a letter came back after it was sent: it failed after all."""
REACTS_TO = SINCE | dict.fromkeys((ONCE_MORE, RETURNED), FROM_THE_BEGINNING)


def owes(before: NotifyState | None, event: Event) -> bool:
    """Whether a fact owes letters, or a deliberate no."""
    if event.name == BOX_MISSED:
        return True
    if before is None or is_overtaken(before.core, event):
        return False
    if event.name == RETURNED:
        returned: LetterReturnedData = event.data
        message = before.message(returned["message_id"])
        return message is not None and message.state == "sent"
    if event.name == ONCE_MORE:
        asked: MessageResendRequestedData = event.data
        return before.message(asked["message_id"]) is not None
    return CONDITIONS[event.name](before, event)


def decide(state: NotifyState | None, trigger: Trigger, context: Context) -> Sequence[Fact]:
    """Answer a fact with the letters it calls for, a sending's result with what became of it, a late letter or notice.

    Raises:
        NotYet: organisation or template are not published.
        NoLongerDue: a sending has ended otherwise.
    """
    if state is None:
        raise ValueError("a letter about a case that was never received")
    match trigger:
        case LogTrigger():
            addressing = Addressing(state, trigger.event, context)
            if trigger.event.name == RETURNED:
                return [Fact(_bounced(addressing, trigger.event))]
            agreed = agreement(state.hook, addressing.organisation)
            return [Fact(data) for data in (*_letters(addressing, trigger.event, context), *agreed)]
        case ResultTrigger() if trigger.result["outcome"] in NOTICE_OUTCOMES:
            return [Fact(outcome_of_notice(state.hook, trigger))]
        case ResultTrigger():
            return [Fact(results.fact_of(state, trigger))]
        case Timer(kind=late_timers.NOT_TAKEN):
            return [Fact(not_taken(state.hook, trigger))]
        case Timer():
            return [Fact(data) for data in _late(state, trigger, context)]
        case _:
            raise TypeError(f"notify does not answer {trigger!r}")


# -- letters -------------------------------------------------------------------------------------------


def _letters(addressing: Addressing, cause: Event, context: Context) -> Iterator[EventData]:
    """Each letter that a fact calls for, started or suppressed; at least one. Other facts may have come since."""
    if cause.name in BRINGS_SPEAKERS:
        yield from _allowed(addressing.state, cause, context)
        yield from _told_too(addressing, cause)
    if cause.name == ONCE_MORE:
        yield _once_more(addressing, cause)
        return
    called_for = [kind for kind in DECLARED.values() if calls_for(kind, cause.name, cause.data)]
    state = addressing.state
    fresh = [kind for kind in called_for if is_of_its_round(kind, cause, state) and is_owed(kind, state)]
    found = told_once(addressing.readers, [one for kind in fresh for one in _of_kind(addressing, cause, kind)])
    loud = [letter for letter, quiet in found if not quiet]
    yield from loud or [letter for letter, _ in found[:1]] or [addressing.facts.never(called_for[0], "already_told")]


def _allowed(state: NotifyState, cause: Event, context: Context) -> Iterator[EventData]:
    """The letters that waited until somebody may be told what they say, and that now need wait no longer."""
    for message, waiting in state.waiting_letters():
        about = _about(waiting.about, context.case, cause.time, cause.id, message.state)
        letter = _after_waiting(state, message, about, context)
        if not (isinstance(letter, MessageSuppressed) and letter.why == message.state):
            yield letter


def _told_too(addressing: Addressing, cause: Event) -> Iterator[EventData]:
    """The outcome, to those who speak only since it was told."""
    for kind, line in not_told_yet(addressing.state, cause):
        letter = addressing.on_line(line, kind)
        if _needless(addressing, cause, kind, letter) is None:
            yield letter


def _of_kind(addressing: Addressing, cause: Event, kind: LetterKind) -> Iterator[Weighed]:
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
    if not addressing.state.leaves(message):
        return letter
    waits = isinstance(letter, MessageSuppressed) and letter.why in OF_AUTHORITY.values()
    return letter.model_copy(update={"why": "already_told"}) if waits else instead(letter, "already_told")


def _the_same(addressing: Addressing, message: Message) -> Outcome:
    """A letter of the kind of a message, to its recipient."""
    kind = DECLARED[message.kind]
    if kind.to_customer and (message.to is None or not message.to.unit):
        return addressing.to_customer(kind, message.to)
    if message.to is not None and message.to.person is None:
        return addressing.to_unit(message.to.unit, kind)
    return addressing.to_person(message.to, kind)


def _bounced(addressing: Addressing, cause: Event) -> MessageFailed:
    """A letter that came back did not reach whom it went to. Raises NoLongerDue: it was told already."""
    returned: LetterReturnedData = cause.data
    message = addressing.state.message(returned["message_id"])
    if message is None or message.state != "sent":
        raise NoLongerDue(f"the letter {returned['message_id']} is not one that was sent")
    return addressing.given_up(message, DECLARED[message.kind]).model_copy(update={"reason": BOUNCED})


# -- letters that do not arrive -----------------------------------------------------------------------


def _late(state: NotifyState, timer: Timer, context: Context) -> Iterator[EventData]:
    """Tell the accepting post that a letter is late, or give it up. Raises NoLongerDue: it has ended, or was told."""
    if timer.kind == REMINDER:
        yield from _reminder(state, timer, context)
        return
    message = state.message(timer.clock)
    if message is None or timer.id not in {due.id for due in timers(context.case, state)}:
        raise NoLongerDue(f"the letter {timer.clock} has ended, or its lateness was told")
    if timer.kind == MORNING:
        yield _let_out(state, message, timer, context)
        return
    given_up_at = timer.due_at - LATE[PUT_OFF] + LATE[GIVEN_UP]
    if timer.kind == PUT_OFF and is_said_by(PUT_OFF, GIVEN_UP, given_up_at, context.now):
        raise NoLongerDue(f"the letter {timer.clock} is given up, which says that it is late")
    addressing = Addressing(state, _start_of(message, timer), context)
    if timer.kind == GIVEN_UP:
        yield addressing.given_up(message, DECLARED[message.kind])
    else:
        letters = list(addressing.letters(DECLARED[LATE_NOTICE]))
        yield from (*letters, *addressing.instead_of(letters, DECLARED[LATE_NOTICE]))


def _reminder(state: NotifyState, timer: Timer, context: Context) -> Iterator[Outcome]:
    """Remind the customer of the time that was chosen. Raises NoLongerDue: another plan stands, or it was said."""
    due = reminder(context.case, state)
    if due is None or due.id != timer.id:
        raise NoLongerDue(f"nobody is to be reminded of the plan {timer.clock} any more")
    cause, kind = _about(timer.clock, timer.case, timer.due_at.isoformat(), timer.id), DECLARED[REMINDER_LETTER]
    addressing = Addressing(state, cause, context)
    for letter in addressing.letters(kind):
        reason = _needless(addressing, cause, kind, letter)
        yield letter if reason is None else instead(letter, reason.why)


def _let_out(state: NotifyState, message: Message, timer: Timer, context: Context) -> Outcome:
    """A letter that was held leaves in the morning under its own id, if it may and is still true."""
    about = next(held.about for due, held in held_letters(context.case, state) if due.id == timer.id)
    return _after_waiting(state, message, _start_of(message._replace(started=about), timer), context)


def _after_waiting(state: NotifyState, message: Message, cause: Event, context: Context) -> Outcome:
    """A letter to the customer that was held, under its own id. ``cause`` stands for the fact that it answers."""
    addressing, kind = Addressing(state, cause, context, message.message_id), DECLARED[message.kind]
    letter = addressing.to_customer(kind, message.to)
    reason = _needless(addressing, cause, kind, letter)
    return letter if reason is None else instead(letter, reason.why)


def _start_of(message: Message, timer: Timer) -> Event:
    """The event that a letter's lateness is about, as far as the state knows it."""
    return _about(message.started, timer.case, timer.due_at.isoformat(), timer.id, message.state)


def _about(id_: str, case: str, at: str, cause: str, held_for: str = "") -> Event:
    """The event of an id that a letter is about, as far as the state knows it; and how the letter stands."""
    type_ = type_of("MessageSendStarted", MessageSendStarted.version)
    source, actor = SOURCE_PREFIX + "notify", "service:notify"
    return Event(id_, source, type_, case, at, at, cause, case, None, actor, {"held_for": held_for})


SERVICE: Service[NotifyState] = Service(
    name="notify",
    reacts_to=REACTS_TO,
    folds=FOLDS - {BOX_MISSED},
    besides=BESIDES,
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
    timed=TIMED,
    stored=STORED,
)
"""What the kernel gets of notify."""
