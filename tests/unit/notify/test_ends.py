"""The end of a case and what it calls for, and letters that are sent once more."""

from datetime import datetime
from typing import Any

import pytest

from shared.contract.events.base import DutyOpened, PostAt
from shared.contract.events.casework import MessageResendRequested
from shared.contract.events.ending import CaseClosed, CaseReopened, CaseWithdrawn
from shared.contract.events.notify import MessageSendStarted, MessageSent
from shared.contract.events.ownership import PartyConcernedNamed
from shared.contract.events.routing import DutiesAdded
from shared.contract.ids import duty_id
from tests.support.facts import NOW, Body, event
from tests.support.letter_case import ADDRESS, NEXT_DAY, LetterCase, decision, noes, report, sealed, told, warned

PAPER: Body = {"complainant": {"address": ADDRESS}, "reachable_by": ["post"]}
PHONE: Body = {"complainant": {}, "reachable_by": ["phone"]}
DEBTOR = PostAt(unit="dongqiao.lending", post="unit_head", person="luo.tian")
WITHDRAWN = CaseWithdrawn(received_at=NOW, way="phone")


# -- ends --------------------------------------------------------------------------------------------------


def test_the_customer_is_thanked_when_the_case_is_closed() -> None:
    """And told how to come back."""
    assert [("closing_note", "customer")] == told(LetterCase().when(CaseClosed()))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (PAPER, "not_reachable_by_email"),
        (PHONE, "not_reachable_by_email"),
        ({"anonymous": True, "complainant": None, "reachable_by": []}, "anonymous"),
    ],
)
def test_thanks_are_not_printed(changes: dict[str, Any], why: str) -> None:
    """Only what has to be said is worth a stamp."""
    assert [("closing_note", why)] == noes(LetterCase(**changes).when(CaseClosed()))


def test_nobody_is_thanked_at_night_or_after_a_withdrawal() -> None:
    """Contract 3 says when nothing goes to a customer."""
    case = LetterCase()
    case.happens(WITHDRAWN)

    assert [("closing_note", "withdrawn")] == noes(case.when(CaseClosed()))
    assert [("closing_note", "quiet_hours")] == noes(LetterCase().when(CaseClosed(), NEXT_DAY.replace(hour=21)))


def test_a_case_that_was_reopened_meanwhile_is_not_called_closed() -> None:
    """The note would be wrong by the time it is read."""
    case = LetterCase()
    closed = case.happens(CaseClosed())
    case.happens(CaseReopened(ground=sealed("ground"), received_at=NEXT_DAY))

    assert [("closing_note", "no_longer_needed")] == noes(case.answer(closed))


def test_a_withdrawal_is_never_confirmed() -> None:
    """Nothing automatic after it: the accepting post speaks with the customer."""
    letters = LetterCase().when(WITHDRAWN)

    assert [("withdrawal_confirmation", "withdrawn")] == noes(letters)
    assert [("case_over_notice", "luo.tian")] == told(letters)


# -- once more ---------------------------------------------------------------------------------------------


def resend(case: LetterCase, message: Any, now: datetime = NEXT_DAY) -> list[Any]:
    """What a request to send a message once more is answered with."""
    return case.when(MessageResendRequested(message_id=message.message_id), now)


def test_a_message_is_sent_once_more_under_a_new_id() -> None:
    """The same kind to the same recipient; the fact it is about is the request."""
    case = LetterCase()
    again = resend(case, case.first[0])[0]

    assert ("acknowledgement", "customer") == told([again])[0]
    assert again.message_id != case.first[0].message_id


def test_a_notice_that_failed_is_delivered_by_its_repetition() -> None:
    """The address was corrected; the duty is still open."""
    case = LetterCase(first_letters=False)
    begun = case.started(case.first[1])
    case.fold(event(case.result(begun, outcome="failed", code=550, reason="x"), begun.id))
    again = resend(case, case.first[1])[0]
    sent = case.result(case.started(again))

    assert ("written_notice", "luo.tian") == told([again])[0]
    assert isinstance(sent, MessageSent)
    assert ["deliver_written_notice"] == [d.kind for d in sent.duties_ended]


def test_a_letter_that_leaves_as_it_is_goes_once() -> None:
    """One that is held until the morning, and one that is on its way: whoever asks for it finds that on record."""
    case = LetterCase()
    held = case.when(decision(), NEXT_DAY.replace(hour=22))[0]
    case.all_sent([held])
    on_its_way = case.when(warned())[0]
    case.started(on_its_way)

    assert [("decision_notice", "already_told")] == noes(resend(case, held, NEXT_DAY.replace(hour=22)))
    assert [("warning_chaser", "already_told")] == noes(resend(case, on_its_way))


def test_a_repetition_keeps_the_rules_as_they_are_now() -> None:
    """Whoever became a party concerned gets nothing, and nobody does after a withdrawal."""
    case = LetterCase()
    case.happens(PartyConcernedNamed(person="luo.tian", ground=sealed("ground")))
    assert [("written_notice", "party_concerned")] == noes(resend(case, case.first[1]))

    case.happens(WITHDRAWN)
    assert [("acknowledgement", "withdrawn")] == noes(resend(case, case.first[0]))


def test_a_mailbox_gets_its_copy_once_more() -> None:
    """A unit instead of a person."""
    case = LetterCase()
    letters = case.when(report(copy_to=["dongqiao.operations"]))
    case.all_sent(letters)

    assert [("result_report", "dongqiao.operations")] == told(resend(case, letters[-1]))


def test_a_request_for_a_message_that_never_was_calls_for_nothing() -> None:
    """Casework refuses it; in the log it would owe nothing."""
    assert [] == LetterCase().when(MessageResendRequested(message_id="5f0c4f0e-3f0b-5a53-9d0c-6f1d2a7f4c11"))


def test_every_letter_started_belongs_to_its_fact() -> None:
    """What it is about stands in it."""
    case = LetterCase()
    fact = case.event(decision())
    letter = case.when_event(fact)[0]

    assert isinstance(letter, MessageSendStarted)
    assert fact.id == letter.about


# -- the answer by e-mail ----------------------------------------------------------------------------------


def test_with_the_answer_a_promise_is_kept_and_an_explanation_is_let_go() -> None:
    """As with a reply by whatever way; the reason upward is still owed."""
    case = LetterCase()
    case.happens(
        DutiesAdded(
            reason="added",
            duties_opened=tuple(
                DutyOpened(
                    id=duty_id(case.next_id("routing"), kind, None), kind=kind, debtor=DEBTOR, creditor="customer"
                )
                for kind in ("promise", "explain_overrun", "report_overrun_reason")
            ),
        )
    )
    letter = case.when(decision())[0]
    sent = case.result(case.started(letter))

    assert isinstance(sent, MessageSent)
    assert {
        ("reply_customer", "discharged", None), ("promise", "discharged", None),
        ("explain_overrun", "waived", "answered"),
    } == {(end.kind, end.state, end.reason) for end in sent.duties_ended}  # fmt: skip
