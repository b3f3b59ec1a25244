"""A letter that does not arrive: told to the accepting post after a day, given up as a fact after five, never lost."""

from datetime import timedelta
from typing import Any

import pytest

from services.notify.decisions import SERVICE
from shared.case.late_timers import GIVEN_UP, PUT_OFF
from shared.contract.envelope import Event, outgoing
from shared.contract.events.notify import MessageFailed, MessageSendStarted, MessageSent
from shared.contract.records import Record
from shared.kernel.fold import Fold
from shared.kernel.service import NoLongerDue, ResultTrigger, Timer
from tests.support.facts import CASE, event
from tests.support.letter_case import NEXT_DAY, ORGANISATION, LetterCase, noes, told

DAY = timedelta(days=1)


def timers(case: LetterCase) -> list[Timer]:
    """What is still to come."""
    return list(SERVICE.timers(CASE, case.state))


def fire(case: LetterCase, timer: Timer) -> list[Any]:
    """What notify says when something falls due; it happens."""
    facts = [fact.data for fact in case.given.when(timer, timer.due_at)]
    for place, data in enumerate(facts):
        case.fold(event(data, timer.id, place, at=timer.due_at))
    return facts


def on_its_way(**changes: Any) -> tuple[LetterCase, Event]:
    """A case of which one letter, the notice to the handler, is on its way, started on the next day."""
    case = LetterCase(first_letters=False, **changes)
    case.fold(event(case.result(case.started(case.first[0])), "sent"))
    return case, case.started(case.first[1])


def test_a_letter_that_is_late_is_told_to_the_accepting_post_once() -> None:
    """By name and date; the letter about it is never late itself, so a mail server that is away is told of once."""
    case, begun = on_its_way()
    first, last = timers(case)
    (notice,) = fire(case, first)

    assert (PUT_OFF, begun.recorded_at + DAY) == (first.kind, first.due_at)
    assert (GIVEN_UP, begun.recorded_at + 5 * DAY) == (last.kind, last.due_at)
    assert [("undelivered_notice", "lin.fang")] == told([notice])
    assert begun.id == notice.about
    assert [GIVEN_UP, GIVEN_UP] == [timer.kind for timer in timers(case)]


def test_where_the_accepting_person_cannot_be_told_the_office_above_is() -> None:
    """Its lateness is answered by a deliberate no and by a letter further up, and falls due no more."""
    case, _ = on_its_way(organisation=_without_email("lin.fang"))
    letters = fire(case, timers(case)[0])

    assert [("undelivered_notice", "no_email")] == noes(letters)
    assert [("undelivered_notice", "wu.qing")] == told(letters)
    assert [GIVEN_UP, GIVEN_UP] == [timer.kind for timer in timers(case)]


def _without_email(person: str) -> str:
    return ORGANISATION.replace(f"email: {person}@bank.example, ", "")


@pytest.mark.parametrize("position", [0, 1])
def test_a_letter_that_does_not_arrive_for_five_days_has_failed(position: int) -> None:
    """To whom, by which way and for which duty it was, as when it was started; what it was to discharge stays open."""
    case = LetterCase(first_letters=False)
    begun = case.started(case.first[position])
    started = MessageSendStarted.model_validate(begun.data)
    (failed,) = fire(case, next(timer for timer in timers(case) if timer.kind == GIVEN_UP))

    assert isinstance(failed, MessageFailed)
    assert (None, "not_delivered") == (failed.code, failed.reason)
    same = ("message_id", "kind", "duty_id", "recipient", "way", "smtp_message_id")
    assert [getattr(started, name) for name in same] == [getattr(failed, name) for name in same]
    assert [] == timers(case)
    assert [] == list(SERVICE.open_sendings(case.state))


def test_what_comes_back_of_a_letter_that_was_given_up_is_let_go() -> None:
    """It changes nothing of what is in the log, and holds nobody up."""
    case, begun = on_its_way()
    fire(case, timers(case)[1])
    result = {**begun.data, "outcome": "sent", "smtp_reply": "250", "content_sha256": "ab" * 32}

    with pytest.raises(NoLongerDue):
        case.given.when(ResultTrigger(begun.id, CASE, result), NEXT_DAY)


def test_of_a_letter_that_arrived_nothing_falls_due() -> None:
    """Nor is the clock held up by it: the fold lets go of what is over."""
    case, begun = on_its_way()
    first, last = timers(case)
    case.fold(event(case.result(begun), begun.id))
    fold: Fold[Any] = Fold(SERVICE, 0)
    for offset, one in enumerate(case.log):
        made = outgoing(one)
        fold.apply(Record(0, offset, made.key, made.value, dict(made.headers)))

    assert isinstance(MessageSent.model_validate(case.log[-1].data), MessageSent)
    assert [] == timers(case)
    assert fold.next_due() is None
    for late in (first, last):
        with pytest.raises(NoLongerDue):
            case.given.when(late, late.due_at)
