"""A letter may be needless although its occasion has come: each reason that declarations name is judged here. Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from services.notify.letters.first_letters import AUTHORITY_CHECK
from services.notify.letters.kinds import DECLARED
from services.notify.letters.moved_duties import let_go, newly_owed
from services.notify.letters.occasions import BRINGS_SPEAKERS
from services.notify.letters.plans import PLAN_REMINDER
from services.notify.letters.reasons import Needless
from services.notify.message_facts import Outcome, reader_person
from services.notify.state import LATE_NOTICE, NotifyState
from shared.case.core import CaseCore
from shared.case.duty_kinds import ANSWER
from shared.case.second_looks import REVIEW
from shared.case.speakers import CLAIMED, NOT_PROVED
from shared.contract.envelope import Event
from shared.contract.events.notify import MessageSendStarted, StaffRecipient
from shared.contract.subjects import person_of

NEWS_FOR = timedelta(days=5)
"""How long a fact is news: as long as a letter is tried (``LATE``). What is older was known before letters told it."""
OVER = ("CaseNotAccepted", "CaseClosed", "CaseArchived")
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


class Judged(NamedTuple):
    """Holds a letter that may be needless: with its case as it is now, and the fact that it answers."""

    state: NotifyState
    cause: Event
    letter: Outcome
    now: datetime

    @property
    def core(self) -> CaseCore:
        """What every service knows of the case."""
        return self.state.core

    @property
    def reader(self) -> str | None:
        """The person whom it goes to; None for the customer and for a unit's mailbox."""
        return reader_person(self.letter)

    @property
    def occasions(self) -> frozenset[str]:
        """The types of the facts that call for its kind."""
        return frozenset(one.event for one in DECLARED[self.letter.kind].occasions)


def is_untrue(reason: Needless, state: NotifyState, cause: Event, letter: MessageSendStarted, now: datetime) -> bool:
    """Whether a reason holds against a letter that is on its way: what it was started for may be over."""
    if reason in ONLY_AT_FIRST:
        return False
    judged = Judged(state, cause, letter, now)
    return _date_moved_on(judged) if reason is Needless.DATE_STANDS else JUDGES[reason](judged)


def is_needless(reason: Needless, state: NotifyState, cause: Event, letter: Outcome, now: datetime) -> bool:
    """Whether a reason not to send a letter after all holds, by the case as it is when the letter is decided."""
    return JUDGES[reason](Judged(state, cause, letter, now))


# -- what its reader knows already ---------------------------------------------------------------------


def _already_told(of: Judged) -> bool:
    """Whether its reader has such a letter, or gets one that is on its way, and it is not owed anew."""
    letter, person = of.letter, of.reader
    if not isinstance(letter.recipient, StaffRecipient):
        return False
    if person not in {place.person for place in of.state.told_owners}:
        return False
    under_way = any(
        m.kind == letter.kind and m.state == "started" and m.to and m.to.person == person for m in of.state.messages
    )
    return under_way or letter.duty_id is None


def _first_letter_says(of: Judged) -> bool:
    told = {place.person for place in of.state.told_owners}
    return of.cause.name == "SettledOnTheSpot" and of.reader not in told


def _authority_letter_says(of: Judged) -> bool:
    alone = of.core.speakers is not None and not of.core.speakers.himself
    return alone and any(one.kind == AUTHORITY_CHECK.name for one in of.state.shared_parts)


def _own_act(of: Judged) -> bool:
    doer = person_of(of.cause.actor)
    return doer is not None and of.reader == doer


# -- what does not count any more ----------------------------------------------------------------------


def _revised_since(of: Judged) -> bool:
    """Whether another decision counts by now, but for a letter that tells it to somebody who speaks only since."""
    tells_revision = of.cause.name not in of.occasions and "DecisionRevised" in of.occasions
    return of.core.looks.revision not in (None, of.cause.id) and not tells_revision


def _clock_met(of: Judged) -> bool:
    met = bool(of.core.watched_duties()) and not of.core.clock_open()
    return met and "clock_id" in of.cause.data and of.cause.data.get("duty_id") is None


def _plan_is_over(of: Judged) -> bool:
    """Whether an offer waits for no answer any more, or a time that was chosen is none to be reminded of."""
    agreed = of.core.agreed
    plan = agreed.plan(of.cause.id) or (agreed.open_plan if of.cause.name in BRINGS_SPEAKERS else None)
    if plan is None or of.core.ended:
        return True
    if of.letter.kind != PLAN_REMINDER.name:
        return plan.answer is not None
    return plan.answer != "accepted" or plan.at_time is None or of.now >= datetime.fromisoformat(plan.at_time)


# -- the limit -----------------------------------------------------------------------------------------


def _date_stands(of: Judged) -> bool:
    """Whether nobody has to be told that the limit moved: its reader knows it so, or it is not of interest any more."""
    limit, told = of.state.limit, of.state.told_date(of.reader)
    return limit is None or told in (None, limit.due_on) or _is_of_no_interest(of)


def _date_moved_on(of: Judged) -> bool:
    """Whether a letter on its way tells a limit that moved again, or is not of interest any more."""
    limit, told = of.state.limit, of.state.told_date(of.reader)
    return limit is None or told != limit.due_on or _is_of_no_interest(of)


def _is_of_no_interest(of: Judged) -> bool:
    """Whether the limit has passed, or what its reader waits for or owes until then is done."""
    core, limit = of.core, of.state.limit
    if (limit is not None and of.now.timestamp() >= limit.due_at) or core.ended:
        return True
    return not (core.clock_open() if of.reader else core.open_duties("reply_customer"))


# -- what is owed --------------------------------------------------------------------------------------


def _not_owed(of: Judged) -> bool:
    ends = DECLARED[of.letter.kind].ends
    return ends is not None and not of.core.open_duties(ends)


def _duty_done(of: Judged) -> bool:
    duty = of.state.duty(of.cause.data.get("duty_id") or of.letter.duty_id or "")
    return duty is None or duty.state != "open"


def _owed_again(of: Judged) -> bool:
    """Whether its reader owes again all that was taken from somebody."""
    person = of.reader
    taken = {(duty.terms.kind, duty.terms.level) for duty in let_go(of.core, of.cause)}
    his = (d.terms for d in of.core.open_duties() if person is not None and d.terms.debtor.person == person)
    return taken <= {(terms.kind, terms.level) for terms in his}


# -- who speaks, and how -------------------------------------------------------------------------------


def _no_claim(of: Judged) -> bool:
    """Whether nobody speaks whose authority is only claimed, or somebody whom the further receipt did not bring."""
    speakers = of.core.speakers
    if speakers is None or speakers.authority != CLAIMED:
        return True
    complainant = of.cause.data.get("complainant")
    return of.cause.name == "ReceiptAdded" and not (complainant and complainant["on_behalf_of"])


def _is_refused(of: Judged) -> bool:
    """Whether somebody speaks who could not prove that he may."""
    return of.core.speakers is not None and of.core.speakers.authority == NOT_PROVED


def _is_rung_first(of: Judged) -> bool:
    """Whether the customer wants to be told by telephone; of several who speak each is written to all the same."""
    speakers = of.core.speakers
    return of.state.seldom.prefers == "phone" and not (speakers is not None and speakers.representatives)


def _no_call_wished(of: Judged) -> bool:
    return _is_refused(of) or not _is_rung_first(of) or not of.core.open_duties(ANSWER)


JUDGES: dict[Needless, Callable[[Judged], bool]] = {
    Needless.CASE_OVER: lambda of: of.core.did(*OVER),
    Needless.ALREADY_TOLD: _already_told,
    Needless.CLOCK_MET: _clock_met,
    Needless.OWN_ACT: _own_act,
    Needless.DATE_STANDS: _date_stands,
    Needless.FIRST_LETTER_SAYS: _first_letter_says,
    Needless.NOT_SO_ANY_MORE: lambda of: not of.core.did(*of.occasions),
    Needless.REVISED_SINCE: _revised_since,
    Needless.DECIDED_SINCE: lambda of: of.core.last("DecisionRevised") > of.core.last(*of.occasions),
    Needless.CASE_OVER_OR_REVIEWED: lambda of: not of.core.open_duties(REVIEW),
    Needless.ABOUT_LETTERS: lambda of: of.cause.data.get("kind") in (of.letter.kind, LATE_NOTICE),
    Needless.LONG_AGO: lambda of: of.now - of.cause.recorded_at > NEWS_FOR,
    Needless.MISTAKE: lambda of: bool(of.cause.data.get("ground") == "entered_by_mistake"),
    Needless.CALL_FIRST: _is_rung_first,
    Needless.NO_CALL_WISHED: _no_call_wished,
    Needless.NO_CLAIM: _no_claim,
    Needless.NOT_REFUSED: lambda of: not _is_refused(of),
    Needless.AUTHORITY_LETTER_SAYS: _authority_letter_says,
    Needless.NOT_OWED: _not_owed,
    Needless.DUTIES_DONE: lambda of: next(newly_owed(of.core, of.cause), None) is None,
    Needless.OWED_AGAIN: _owed_again,
    Needless.DUTY_DONE: _duty_done,
    Needless.MACHINE_WROTE: lambda of: of.state.seldom.unanswered,
    Needless.PLAN_OVER: _plan_is_over,
}
"""How each reason is judged, in the order of the declarations."""
