"""What the customer is told in writing: decision, settlement or refusal; by which way, when, and when not."""

from datetime import datetime
from typing import Any

import pytest

from shared.contract.events import EventData
from shared.contract.events.ending import CaseReopened, CaseWithdrawn
from shared.contract.events.notify import CustomerRecipient, MessageSent
from shared.contract.ids import duty_id
from tests.support.facts import NOW, Body
from tests.support.letter_case import (
    ADDRESS,
    BAI,
    EMAIL,
    NEXT_DAY,
    LetterCase,
    decision,
    noes,
    not_accepted,
    rerouted,
    sealed,
    settlement,
    told,
)

PAPER: Body = {"complainant": {"address": ADDRESS}, "reachable_by": ["post"]}
PHONE: Body = {"complainant": {}, "reachable_by": ["phone"]}
WITHDRAWN = CaseWithdrawn(received_at=NOW, way="phone")
ANSWERS = [
    (decision(), "decision_notice"),
    (settlement(), "settlement_notice"),
    (not_accepted(), "not_accepted_notice"),
]
"""The facts that tell the customer something in writing, and by which letter."""
ANSWERED = pytest.mark.parametrize(("fact", "kind"), ANSWERS, ids=[kind for _, kind in ANSWERS])


@ANSWERED
def test_the_answer_goes_by_email_to_who_can_be_reached_so(fact: EventData, kind: str) -> None:
    """In writing, to the sealed address of the receipt."""
    letter = LetterCase().when(fact)[0]

    assert (kind, "email") == (letter.kind, letter.way)
    assert CustomerRecipient(address=EMAIL) == letter.recipient
    assert letter.smtp_message_id is not None


@ANSWERED
def test_the_answer_is_printed_for_who_has_only_a_postal_address(fact: EventData, kind: str) -> None:
    """A letter on paper has no Message-ID."""
    letter = LetterCase(**PAPER).when(fact)[0]

    assert (kind, "print", None) == (letter.kind, letter.way, letter.smtp_message_id)
    assert CustomerRecipient(address=ADDRESS) == letter.recipient


def test_email_is_preferred_to_paper() -> None:
    """It is there at once, and it proves itself."""
    case = LetterCase(complainant={"address": ADDRESS, "email": EMAIL}, reachable_by=["email", "post"])

    assert "email" == case.when(decision())[0].way


@ANSWERED
@pytest.mark.parametrize("changes", [PHONE, {"anonymous": True, "complainant": None, "reachable_by": []}])
def test_who_cannot_be_written_to_gets_no_letter_and_the_log_says_so(
    fact: EventData, kind: str, changes: dict[str, Any]
) -> None:
    """The handler replies otherwise, with proof."""
    assert (kind, "not_reachable_in_writing") in noes(LetterCase(**changes).when(fact))


@ANSWERED
@pytest.mark.parametrize(
    ("hour", "minute", "goes"),
    [(7, 59, False), (8, 0, True), (19, 59, True), (20, 0, False), (23, 0, False), (0, 0, False)],
)
def test_nothing_but_the_acknowledgement_goes_to_a_customer_at_night(
    fact: EventData, kind: str, hour: int, minute: int, goes: bool
) -> None:
    """Between eight in the evening and eight in the morning, by the bank's clock; paper is no exception."""
    for changes in ({}, PAPER):
        letters = LetterCase(**changes).when(fact, NEXT_DAY.replace(hour=hour, minute=minute))

        assert ((kind, "customer") in told(letters)) == goes
        assert ((kind, "quiet_hours") in noes(letters)) == (not goes)


def test_night_is_the_banks_night() -> None:
    """Half past twelve in Greenwich is half past eight in the evening in Shanghai."""
    letters = LetterCase().when(decision(), datetime.fromisoformat("2020-03-06T12:30:00+00:00"))

    assert [("decision_notice", "quiet_hours")] == noes(letters)


@ANSWERED
def test_nothing_goes_to_the_customer_after_a_withdrawal(fact: EventData, kind: str) -> None:
    """The two facts crossed."""
    case = LetterCase()
    case.happens(WITHDRAWN)

    assert (kind, "withdrawn") in noes(case.when(fact))


def test_a_decision_notice_that_was_mailed_is_the_reply() -> None:
    """It holds all that a reply has to say, so it ends the duty (contract 3)."""
    case = LetterCase()
    duty = case.duty("reply_customer").id
    letter = case.when(decision())[0]
    sent = case.result(case.started(letter))

    assert duty == letter.duty_id
    assert isinstance(sent, MessageSent)
    assert [("reply_customer", duty, "discharged")] == [(d.kind, d.id, d.state) for d in sent.duties_ended]


def test_a_refusal_that_was_mailed_is_the_reply() -> None:
    """The sender knows where to turn."""
    case = LetterCase()
    letter = case.when(not_accepted())[0]
    sent = case.result(case.started(letter))

    assert isinstance(sent, MessageSent)
    assert ["reply_customer"] == [d.kind for d in sent.duties_ended]


@pytest.mark.parametrize("fact", [decision(), not_accepted()], ids=["decision", "refusal"])
def test_a_printed_letter_is_no_reply_yet(fact: EventData) -> None:
    """Somebody has to post it and to say so with proof."""
    case = LetterCase(**PAPER)
    sent = case.result(case.started(case.when(fact)[0]), smtp_reply=None)

    assert isinstance(sent, MessageSent)
    assert ("print", None, ()) == (sent.way, sent.smtp_message_id, sent.duties_ended)


def test_a_settlement_ended_the_duties_itself() -> None:
    """Its letter only confirms in writing."""
    case = LetterCase()
    letter = case.when(settlement(), duties_ended=[])[0]
    sent = case.result(case.started(letter))

    assert isinstance(sent, MessageSent)
    assert (None, ()) == (letter.duty_id, sent.duties_ended)


def test_a_notice_ends_the_reply_that_another_handler_owes_by_now() -> None:
    """The case changed hands while the letter was on its way; the customer has the answer all the same."""
    case = LetterCase()
    begun = case.started(case.when(decision())[0])
    old, moved = case.duty("reply_customer"), case.event(rerouted(case, BAI))
    passed_on = {"id": duty_id(moved.id, "reply_customer", None), "kind": "reply_customer", "level": None}
    debtor = {"unit": "dongqiao.hall", "post": "handler", "person": "bai.xue"}
    opened = [passed_on | {"state": "open", "debtor": debtor, "creditor": "customer"}]
    ended = [{"id": old.id, "kind": "reply_customer", "state": "waived", "reason": "rerouted"}]
    case.fold(moved._replace(data=moved.data | {"duties_opened": opened, "duties_ended": ended}))
    sent = case.result(begun)

    assert isinstance(sent, MessageSent)
    assert [passed_on["id"]] == [d.id for d in sent.duties_ended]


def test_a_notice_of_the_first_round_is_no_reply_in_the_second() -> None:
    """The case was reopened before the letter was out: the new answer is still owed."""
    case = LetterCase()
    begun = case.started(case.when(decision())[0])
    case.happens(CaseReopened(ground=sealed("ground"), received_at=NEXT_DAY))
    sent = case.result(begun)

    assert isinstance(sent, MessageSent)
    assert () == sent.duties_ended


def test_a_reply_that_was_given_meanwhile_is_not_ended_twice() -> None:
    """The handler called before the mail server answered."""
    case = LetterCase()
    begun = case.started(case.when(decision())[0])
    case.happens(decision(duties_ended=case.ending("reply_customer")))
    sent = case.result(begun)

    assert isinstance(sent, MessageSent)
    assert () == sent.duties_ended
