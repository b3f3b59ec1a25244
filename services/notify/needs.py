"""Needs judges on a case the conditions that declarations name: whether a fact needs a letter. Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, assert_never

from services.notify.letters.authority_check import AUTHORITY_CHECK
from services.notify.letters.first_letters import ACKNOWLEDGEMENT
from services.notify.letters.kind import LetterKind, Needless
from services.notify.letters.kinds import DECLARED
from services.notify.letters.moved_duties import let_go, newly_opened, newly_owed
from services.notify.letters.occasions import When
from services.notify.letters.plans import PLAN_REMINDER
from services.notify.message_facts import Outcome
from services.notify.own_settlement import REFUSED, answers_receipt
from services.notify.state import LATE_NOTICE, SETTLED, NotifyState
from shared.case.duties import Duty, Place
from shared.case.duty_kinds import ANSWER, HEARD_FROM, REPORT_UP
from shared.case.late_timers import AUTHORITY_ENDED
from shared.case.second_looks import REVIEW
from shared.case.speakers import CLAIMED, NOT_PROVED, Speakers
from shared.contract.envelope import Event
from shared.contract.events.notify import MessageSendStarted, StaffRecipient
from shared.contract.receipt_pointers import EMAIL
from shared.contract.subjects import person_of

Condition = Callable[[NotifyState, Event], bool]
REOPENED = "CaseReopened"
BY_MAIL = "smtp:"
NEWS_FOR = timedelta(days=5)
"""How long a fact is news: as long as a letter is tried (``LATE``). What is older was known before letters told it."""
BRINGS_SPEAKERS = ("AuthorityChecked", "RepresentativeChanged", "ReceiptAdded")
"""The facts after which somebody may be told what he was not told before."""
OVER = ("CaseNotAccepted", "CaseClosed", "CaseArchived")
FIRST = ACKNOWLEDGEMENT.name
"""The kind of letter that every case gets, or deliberately not, once its first letters are decided."""
QUIET = frozenset(
    {
        Needless.OWN_ACT,
        Needless.ALREADY_TOLD,
        Needless.FIRST_LETTER_SAYS,
        Needless.DATE_STANDS,
        Needless.ABOUT_LETTERS,
        Needless.LONG_AGO,
        Needless.NOT_OWED,
        Needless.NO_CLAIM,
        Needless.NO_CALL_WISHED,
        Needless.NOT_REFUSED,
    }
)
"""Reasons that are not worth a record where the fact is answered by another letter."""
LASTING = frozenset({Needless.DATE_STANDS, Needless.NO_CALL_WISHED, Needless.NO_CLAIM, Needless.NOT_REFUSED})
"""Those of them that may come true while the letter is on its way."""
ONLY_AT_FIRST = QUIET - LASTING | {Needless.AUTHORITY_LETTER_SAYS, Needless.CALL_FIRST}
"""Reasons that are judged when a letter is decided, and do not come up while it is on its way."""


def one_of(whens: Iterable[When]) -> Condition:
    """Whether a fact owes letters under any of these conditions, to be asked with the case as it was before it."""
    conditions = tuple(_condition(when) for when in whens)
    return conditions[0] if len(conditions) == 1 else lambda before, event: any(c(before, event) for c in conditions)


def _condition(when: When) -> Condition:
    match when:
        case When.ALWAYS:
            return lambda before, event: True
        case When.LAST_OF_THE_FIRST_TWO:
            return _completes_the_first_two
        case When.TO_ANOTHER_HANDLER:
            return lambda before, event: before.reply_clock and _moves(before, event)
        case When.TO_ANOTHER_HANDLER_OR_OWED_ANEW:
            return _is_owed_by_others
        case When.BY_ANOTHER:
            return _by_another
        case When.INFECTED:
            return lambda before, event: bool(event.data["infected"]) and first_due(before)
        case When.REFUSED_AT_RECEIPT:
            return _completes_the_first_two
        case When.MOVES_TOLD_DATE:
            return _moves_told_date
        case When.OPENS_DUTIES:
            return lambda before, event: _opens_duties(before, event) or _takes_duties(before, event)
        case When.TAKES_DUTIES:
            return _takes_duties
        case (
            When.AT_RECEIPT
            | When.OWN_CLOCK
            | When.DUTYS_CLOCK
            | When.OPENS_REVIEW
            | When.AUTHORITY_ENDED
            | When.SILENCE
            | When.AT_ONCE
            | When.LEVEL_BY_LEVEL
            | When.IN_WRITING
        ) as kept:
            return lambda before, event: _is_about(kept, event.data)
        case _:
            assert_never(when)


def calls_for(kind: LetterKind, event_name: str, data: Mapping[str, Any]) -> bool:
    """Whether a fact that is owed letters calls for one of a kind; the fact alone tells."""
    return any(one.event == event_name and _is_about(one.when, data) for one in kind.occasions)


def _is_about(when: When, data: Mapping[str, Any]) -> bool:
    """Whether a fact is of the sort that a condition names, whatever the case was before it."""
    match when:
        case When.OWN_CLOCK:
            return data.get("duty_id") is None
        case When.DUTYS_CLOCK:
            return data.get("duty_id") is not None
        case When.OPENS_REVIEW:
            return opens_review(data)
        case When.AUTHORITY_ENDED:
            return bool(data["reason"] == AUTHORITY_ENDED)
        case When.SILENCE:
            return data["milestone"] in HEARD_FROM
        case When.AT_RECEIPT:
            return data["command"] is None
        case When.AT_ONCE:
            return not any(end["kind"] == REPORT_UP for end in data["duties_ended"])
        case When.LEVEL_BY_LEVEL:
            return any(end["kind"] == REPORT_UP for end in data["duties_ended"])
        case When.IN_WRITING:
            return bool(data["way"] != "phone")
        case (
            When.ALWAYS
            | When.LAST_OF_THE_FIRST_TWO
            | When.TO_ANOTHER_HANDLER
            | When.TO_ANOTHER_HANDLER_OR_OWED_ANEW
            | When.BY_ANOTHER
            | When.INFECTED
            | When.REFUSED_AT_RECEIPT
            | When.MOVES_TOLD_DATE
            | When.OPENS_DUTIES
            | When.TAKES_DUTIES
        ):
            return True
        case _:
            assert_never(when)


def opens_review(data: Mapping[str, Any]) -> bool:
    """Whether a fact opens a review of what the customer is dissatisfied with."""
    return any(duty["kind"] == REVIEW and duty["state"] == "open" for duty in data.get("duties_opened") or ())


def _completes_the_first_two(before: NotifyState, event: Event) -> bool:
    """Whether routing or clock came second: the first letters name owner and limit, so they wait for both."""
    routed = before.core.accepting is not None
    if first_due(before):
        return event.name == "ClockStarted" and event.data["duty_id"] is None and before.core.did(REOPENED)
    if event.name == REFUSED:
        return answers_receipt(before, event) and routed and before.reply_clock
    if before.settling is not None:
        return False
    if event.name == "ClockStarted":
        return event.data["duty_id"] is None and routed
    return before.reply_clock and not routed


def goes_again(state: NotifyState, cause: Event) -> bool:
    """Whether the customer is told once more that the complaint is registered: it was told to a wrong address."""
    corrected = cause.data["pointer"] == EMAIL and cause.data["value"] is not None
    return corrected and first_decided(state) and not state.core.ended


def first_decided(state: NotifyState) -> bool:
    """Whether the first letters of the case were decided."""
    return any(part.kind == FIRST for part in state.shared_parts)


def first_due(before: NotifyState) -> bool:
    """Whether all that the first letters wait for is in the log, be they decided yet or not.

    What comes after that is told by a letter of its own. It may come while they are being decided, so whether they were
    says nothing of whether they tell it.
    """
    due = before.reply_clock if before.settling is None else before.settling == SETTLED
    return before.core.accepting is not None and due


def _by_another(before: NotifyState, event: Event) -> bool:
    """Whether somebody works on the case who did not do this himself, and would not learn it from other letters.

    What came with a message is told with the message: as a complaint, a further receipt, or one to be compared.
    """
    if event.actor.startswith(BY_MAIL):
        return False
    core, doer = before.core, person_of(event.actor)
    places = (core.handler or core.accepting, Place("", None, core.agent) if core.agent else None)
    working = {place.person for place in places if place is not None}
    return first_due(before) and bool(working - {doer})


def _moves_told_date(before: NotifyState, event: Event) -> bool:
    due_on = event.data["deadline"]["due_on"]
    return event.data["duty_id"] is None and any(told.due_on != due_on for told in before.told_dates)


def _moves(before: NotifyState, event: Event) -> bool:
    """Whether the case comes into other hands."""
    handler: dict[str, Any] | None = (event.data.get("decision") or event.data)["handler"]
    present = before.core.handler.person if before.core.handler else None
    return present != (handler["person"] if handler else None)


def _is_owed_by_others(before: NotifyState, event: Event) -> bool:
    """Whether the case comes into other hands, or others owe something on it or no longer do, while its clock runs."""
    changes = _moves(before, event) or _opens_notice(event) or _opens_duties(before, event)
    changes = changes or _takes_duties(before, event)
    return before.reply_clock and changes


def _opens_duties(before: NotifyState, event: Event) -> bool:
    """Whether somebody owes something from now on that he did not owe before, and did not bring it about himself."""
    return next(newly_opened(before.core, event), None) is not None


def _takes_duties(before: NotifyState, event: Event) -> bool:
    """Whether somebody else owed something that the fact takes from him undone, once people were told of their work."""
    doer, debtors = person_of(event.actor), (duty.terms.debtor for duty in let_go(before.core, event))
    return first_due(before) and any(place.person is None or place.person != doer for place in debtors)


def _opens_notice(event: Event) -> bool:
    opened = event.data.get("duties_opened") or ()
    return any(duty["kind"] == "deliver_written_notice" and duty["state"] == "open" for duty in opened)


def is_untrue(reason: Needless, state: NotifyState, cause: Event, letter: MessageSendStarted, now: datetime) -> bool:
    """Whether a reason holds against a letter that is on its way: what it was started for may be over."""
    if reason in ONLY_AT_FIRST:
        return False
    if reason is Needless.DATE_STANDS:
        return _date_moved_on(state, letter, now)
    return is_needless(reason, state, cause, letter, now)


def is_needless(reason: Needless, state: NotifyState, cause: Event, letter: Outcome, now: datetime) -> bool:
    """Whether a reason not to send a letter after all holds, by the case as it is when the letter is decided."""
    core = state.core
    match reason:
        case Needless.DATE_STANDS:
            return _date_stands(state, letter, now)
        case Needless.FIRST_LETTER_SAYS:
            told = {place.person for place in state.told_owners}
            return cause.name == "SettledOnTheSpot" and not told & {reader_person(letter)}
        case Needless.NOT_SO_ANY_MORE:
            return not core.did(*(one.event for one in DECLARED[letter.kind].occasions))
        case Needless.REVISED_SINCE:
            return core.looks.revision not in (None, cause.id) and not _tells_revision(letter, cause)
        case Needless.DECIDED_SINCE:
            return core.last("DecisionRevised") > core.last(*(one.event for one in DECLARED[letter.kind].occasions))
        case Needless.CASE_OVER_OR_REVIEWED:
            return not core.open_duties(REVIEW)
        case Needless.LONG_AGO:
            return now - cause.recorded_at > NEWS_FOR
        case Needless.ABOUT_LETTERS:
            return cause.data.get("kind") in (letter.kind, LATE_NOTICE)
        case Needless.MISTAKE:
            return bool(cause.data.get("ground") == "entered_by_mistake")
        case Needless.CASE_OVER:
            return core.did(*OVER)
        case Needless.ALREADY_TOLD:
            return _already_told(state, letter)
        case Needless.CLOCK_MET:
            met = bool(core.watched_duties()) and not core.clock_open()
            return met and "clock_id" in cause.data and cause.data.get("duty_id") is None
        case Needless.NO_CLAIM:
            return not _is_claimed(core.speakers, cause)
        case Needless.CALL_FIRST:
            return _is_rung_first(state)
        case Needless.NO_CALL_WISHED:
            refused = core.speakers is not None and core.speakers.authority == NOT_PROVED
            return refused or not _is_rung_first(state) or not core.open_duties(ANSWER)
        case Needless.NOT_REFUSED:
            return core.speakers is None or core.speakers.authority != NOT_PROVED
        case Needless.AUTHORITY_LETTER_SAYS:
            alone = core.speakers is not None and not core.speakers.himself
            return alone and any(one.kind == AUTHORITY_CHECK.name for one in state.shared_parts)
        case Needless.OWN_ACT:
            doer = person_of(cause.actor)
            return doer is not None and reader_person(letter) == doer
        case Needless.MACHINE_WROTE:
            return state.seldom.unanswered
        case Needless.PLAN_OVER:
            return _plan_is_over(state, cause, letter, now)
        case Needless.NOT_OWED:
            ends = DECLARED[letter.kind].ends
            return ends is not None and not core.open_duties(ends)
        case Needless.DUTIES_DONE:
            return next(newly_owed(core, cause), None) is None
        case Needless.OWED_AGAIN:
            taken = {(duty.terms.kind, duty.terms.level) for duty in let_go(core, cause)}
            again = {(d.terms.kind, d.terms.level) for d in core.open_duties() if _owes(d, reader_person(letter))}
            return taken <= again
        case Needless.DUTY_DONE:
            duty = state.duty(cause.data.get("duty_id") or letter.duty_id or "")
            return duty is None or duty.state != "open"
        case _:
            assert_never(reason)


def _is_rung_first(state: NotifyState) -> bool:
    """Whether the customer wants to be told by telephone; of several who speak each is written to all the same."""
    speakers = state.core.speakers
    return state.seldom.prefers == "phone" and not (speakers is not None and speakers.representatives)


def _tells_revision(letter: Outcome, cause: Event) -> bool:
    """Whether a letter tells the last revision to somebody who speaks only since."""
    occasions = {one.event for one in DECLARED[letter.kind].occasions}
    return cause.name not in occasions and "DecisionRevised" in occasions


def _is_claimed(speakers: Speakers | None, cause: Event) -> bool:
    """Whether somebody speaks whose authority is only claimed, and a further receipt that is the cause brought him."""
    if speakers is None or speakers.authority != CLAIMED:
        return False
    if cause.name != "ReceiptAdded":
        return True
    complainant = cause.data.get("complainant")
    return bool(complainant and complainant["on_behalf_of"])


def _plan_is_over(state: NotifyState, cause: Event, letter: Outcome, now: datetime) -> bool:
    """Whether an offer waits for no answer any more, or a time that was chosen is none to be reminded of."""
    agreed = state.core.agreed
    plan = agreed.plan(cause.id) or (agreed.open_plan if cause.name in BRINGS_SPEAKERS else None)
    if plan is None or state.core.ended:
        return True
    if letter.kind != PLAN_REMINDER.name:
        return plan.answer is not None
    return plan.answer != "accepted" or plan.at_time is None or now >= datetime.fromisoformat(plan.at_time)


def _date_stands(state: NotifyState, letter: Outcome, now: datetime) -> bool:
    """Whether nobody has to be told that the limit moved: its reader knows it so, or it is not of interest any more."""
    limit, told = state.limit, state.told_date(reader_person(letter))
    return limit is None or told in (None, limit.due_on) or _is_of_no_interest(state, letter, now)


def _date_moved_on(state: NotifyState, letter: Outcome, now: datetime) -> bool:
    """Whether a letter on its way tells a limit that moved again, or is not of interest any more."""
    limit, told = state.limit, state.told_date(reader_person(letter))
    return limit is None or told != limit.due_on or _is_of_no_interest(state, letter, now)


def _is_of_no_interest(state: NotifyState, letter: Outcome, now: datetime) -> bool:
    """Whether the limit has passed, or what its reader waits for or owes until then is done."""
    core, passed = state.core, state.limit is not None and now.timestamp() >= state.limit.due_at
    if passed or core.ended:
        return True
    return not (core.clock_open() if reader_person(letter) else core.open_duties("reply_customer"))


def _owes(duty: Duty, person: str | None) -> bool:
    return person is not None and duty.terms.debtor.person == person


def reader_person(letter: Outcome) -> str | None:
    """The person whom a letter goes to; None for the customer and for a unit's mailbox."""
    return letter.recipient.person if isinstance(letter.recipient, StaffRecipient) else None


def _already_told(state: NotifyState, letter: Outcome) -> bool:
    """Whether its reader has such a letter, or gets one that is on its way, and it is not owed anew."""
    if not isinstance(letter.recipient, StaffRecipient):
        return False
    person = letter.recipient.person
    if person not in {place.person for place in state.told_owners}:
        return False
    under_way = any(
        m.kind == letter.kind and m.state == "started" and m.to and m.to.person == person for m in state.messages
    )
    return under_way or letter.duty_id is None
