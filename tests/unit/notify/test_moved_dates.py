"""Who was told a date that moves is told the new one and why; nobody is told one that has passed or stands."""

from datetime import timedelta
from typing import Any

import pytest

from services.notify.rechecking import NotNow, recheck
from shared.contract.envelope import Event
from shared.contract.events.casework import CustomerReplied
from shared.contract.events.ending import CaseClosed, CaseWithdrawn
from shared.contract.events.notify import MessageSendStarted
from shared.contract.events.ownership import AgentNamed, HandlerReassigned
from shared.kernel.service import Context
from tests.support.facts import CASE, NOW
from tests.support.letter_case import (
    CUSTOMER,
    DUE_AT,
    FAN,
    NEXT_DAY,
    LetterCase,
    content_about,
    moved,
    noes,
    sealed,
    told,
)

BOTH = [("limit_notice", "customer"), ("limit_notice", "luo.tian")]
ANONYMOUS: dict[str, Any] = {"anonymous": True, "complainant": None, "reachable_by": []}


@pytest.mark.holds("practice-4")
def test_customer_and_handler_are_told_the_new_date_the_old_one_and_why() -> None:
    """Each the one that they were told."""
    case = LetterCase(language="en")
    letters = case.when(moved(case, 7))
    assert BOTH == told(letters)
    to_customer, to_handler = (content_about(case, letter) for letter in letters)

    assert ("10 March 2020", "17 March 2020") == (to_customer["old_due_on"], to_customer["due_on"])
    assert ("2020年3月10日", "2020年3月17日") == (to_handler["old_due_on"], to_handler["due_on"])
    assert "classified anew" in to_customer["moved_why"]
    assert (True, False) == (to_customer["to_customer"], to_handler["to_customer"])
    assert to_customer["by_bank"]


def test_a_date_that_moved_twice_is_compared_with_what_was_told_last() -> None:
    """Not with what the limit was in between."""
    case = LetterCase()
    case.happens(moved(case, 7))
    letters = case.when(moved(case, 14))

    assert BOTH == told(letters)
    assert "2020年3月10日" == content_about(case, letters[CUSTOMER])["old_due_on"]
    case.all_sent(letters)
    again = case.when(moved(case, 21))
    assert "2020年3月24日" == content_about(case, again[CUSTOMER])["old_due_on"]


def test_a_date_that_moved_back_is_not_told() -> None:
    """Everybody knows it so."""
    case = LetterCase()
    case.happens(moved(case, 7))

    assert [] == case.when(moved(case, 0))


def test_the_bank_apologises_only_where_it_is_the_cause() -> None:
    """A new calendar is nobody's fault, and a shorter limit needs no excuse."""
    case = LetterCase()
    by_calendar = case.when(moved(case, 1, "calendar_changed"))[CUSTOMER]

    assert not content_about(case, by_calendar)["by_bank"]
    assert not content_about(case, case.when(moved(case, -1))[CUSTOMER])["by_bank"]


def test_a_customer_who_was_told_no_date_is_told_none() -> None:
    """An anonymous one, one without e-mail; the handler was told by the notice."""
    for changes in (ANONYMOUS, {"complainant": {}, "reachable_by": ["phone"]}):
        case = LetterCase(**changes)
        assert BOTH[1:] == told(case.when(moved(case, 7)))


def test_an_acknowledgement_that_failed_told_nobody_a_date() -> None:
    """So nobody is surprised that it moves."""
    case = LetterCase(first_letters=False)
    begun = case.started(case.first[CUSTOMER])
    gone = case.result(begun, outcome="failed", code=550, reason="refused_by_mail_server")
    case.happens(gone)

    assert [] == case.when(moved(case, 7))


def test_a_new_handler_and_an_agent_know_the_date_from_their_own_notices() -> None:
    """Who had the case before is not told of it any more."""
    case = LetterCase()
    case.all_sent(case.when(HandlerReassigned(handler=FAN, ground=sealed("ground"))))
    case.all_sent(case.when(AgentNamed(agent="luo.tian", ground=sealed("ground"))))

    assert {("limit_notice", "customer"), ("limit_notice", "fan.yi"), ("limit_notice", "luo.tian")} == set(
        told(case.when(moved(case, 7)))
    )


@pytest.mark.parametrize("end", [CaseClosed(), CaseWithdrawn(received_at=NOW, way="phone")])
def test_on_a_case_that_has_ended_no_date_is_of_interest(end: Any) -> None:
    """Whatever the calendar becomes."""
    case = LetterCase()
    case.happens(end)

    assert [] == told(case.when(moved(case, 7)))


def test_a_customer_who_has_the_answer_waits_for_no_date() -> None:
    """The handler still owes the report by it."""
    case = LetterCase()
    ended = case.ending("reply_customer")
    case.happens(CustomerReplied(way="phone", content=sealed("content"), remedies_told=True, duties_ended=ended))

    assert BOTH[1:] == told(case.when(moved(case, 7)))


def test_a_date_that_has_passed_is_told_to_nobody() -> None:
    """It is on record that nothing was said."""
    case = LetterCase()
    letters = case.when(moved(case, -1), DUE_AT + timedelta(hours=10))

    assert [] == told(letters)
    assert [("limit_notice", "no_longer_needed")] == noes(letters)


def test_a_date_that_passes_while_the_letter_waits_is_left_out() -> None:
    """The acknowledgement leaves when the mail server is back; it says nothing of a date by then."""
    case = LetterCase(first_letters=False)
    letter = case.first[CUSTOMER]
    assert isinstance(letter, MessageSendStarted)

    assert "2020年3月10日" == content_about(case, letter)["due_on"]
    assert None is content_about(case, letter, tried_at=DUE_AT)["due_on"]


def test_what_is_told_counts_from_the_letter_and_not_from_the_clock() -> None:
    """A limit that moved before the first letters is simply the one that they tell."""
    case = LetterCase(first_letters=False)
    case.happens(moved(case, 7))
    case.all_sent(case.first)

    assert [] == case.when(moved(case, 7))


def test_the_notice_is_no_reason_against_itself_while_it_is_on_its_way() -> None:
    """Only a limit that moved again is, or an answer that was given."""
    case = LetterCase()
    cause = case.event(moved(case, 7))
    begun = [case.started(letter) for letter in case.when_event(cause)]

    assert [None, None] == [looked_at(case, one, cause) for one in begun]
    case.happens(moved(case, 14))
    assert [NotNow("no_longer_needed", None)] * 2 == [looked_at(case, one, cause) for one in begun]


def looked_at(case: LetterCase, begun: Event, cause: Event) -> NotNow | None:
    """The verdict on a letter before an attempt."""
    letter = MessageSendStarted.model_validate(begun.data)
    return recheck(case.state, letter, cause, Context("notify", CASE, begun.id, NEXT_DAY, case.known))
