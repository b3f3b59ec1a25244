"""Contacts, promises, documents handed over, letters sent once more."""

import pytest

from shared.contract.events import EventData
from shared.contract.events.casework import (
    CustomerContacted,
    DeliveryRecorded,
    InterimReplyGiven,
    MessageResendRequested,
)
from shared.contract.events.notify import MessageFailed, MessageSendStarted, MessageSent, MessageSuppressed
from shared.contract.ids import message_id
from tests.support.casework import CONTACT, REPLY, Case, Refused, discharged, ended, opened
from tests.support.facts import Body

LATER = "2020-03-06T15:00:00+08:00"
ONLINE: Body = {"channel": "online"}
"""On this channel the customer still has to be acknowledged."""


# -- whose duty it was to speak ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "acted_for"),
    [("luo.tian", None), ("fan.yi", None), ("tang.yu", None), ("qiu.min", "luo.tian"), ("tao.rui", "luo.tian")],
    ids=["handler", "agent", "of the unit", "superior", "above the superior"],
)
@pytest.mark.holds("article-3.4", "practice-31")
def test_whoever_speaks_for_the_handler_discharges_his_contact(actor: str, acted_for: str | None) -> None:
    """And with it an acknowledgement that is still owed; a superior does so for him."""
    case = Case(**ONLINE).accepted()
    case.does("luo.tian", "delegate", person="fan.yi", ground="出差。")
    fact = case.does(actor, "record-contact", **CONTACT)

    assert isinstance(fact, CustomerContacted)
    assert discharged("acknowledge_customer", "contact_customer") == ended(fact)
    assert acted_for == fact.acted_for


def test_the_accepting_post_discharges_only_the_acknowledgement() -> None:
    """The contact is owed by the handler's side."""
    case = Case(**ONLINE)

    assert discharged("acknowledge_customer") == ended(case.does("wu.qing", "record-contact", **CONTACT))
    assert "contact_customer" in case.owed()


def test_somebody_else_who_serves_customers_records_a_contact_that_discharges_nothing() -> None:
    """It is in the timeline all the same."""
    assert {} == ended(Case(**ONLINE).does("cen.lu", "record-contact", **CONTACT))


@pytest.mark.parametrize("outcome", ["not_reached", "left_message"])
def test_an_attempt_discharges_nothing(outcome: str) -> None:
    """Nobody was spoken with."""
    fact = Case().does("luo.tian", "record-contact", **CONTACT | {"outcome": outcome})

    assert {} == ended(fact)


def test_without_a_handler_the_accepting_post_still_acknowledges() -> None:
    """Whoever the case will belong to."""
    case = Case(**ONLINE, matter={"complained_unit": None})

    assert discharged("acknowledge_customer") == ended(case.does("lin.fang", "record-contact", **CONTACT))


# -- promises ----------------------------------------------------------------------------------------


def test_a_promise_is_owed_by_the_handler_until_the_customer_hears_again() -> None:
    """Any reached contact keeps it."""
    case = Case()
    promised = case.does("luo.tian", "record-contact", **CONTACT, promised_at=LATER)
    attempt = case.does("luo.tian", "record-contact", **CONTACT | {"outcome": "not_reached"})
    kept = case.does("cen.lu", "record-contact", **CONTACT)

    assert {"promise": "luo.tian"} == opened(promised)
    assert ("customer", "unit_head") == (promised.duties_opened[0].creditor, promised.duties_opened[0].debtor.post)
    assert {} == ended(attempt)
    assert discharged("promise") == ended(kept)


def test_a_promise_may_be_renewed_while_it_is_kept() -> None:
    """One act, two duties: the new one is owed though the old one of its kind is done by the same fact."""
    case = Case()
    case.does("luo.tian", "record-contact", **CONTACT, promised_at=LATER)
    renewed = case.does("luo.tian", "record-contact", **CONTACT, promised_at="2020-03-07T15:00:00+08:00")

    assert discharged("promise") == ended(renewed)
    assert [renewed.duties_opened[0].id] == [duty.id for duty in case.core.open_duties("promise")]


def test_without_a_handler_the_accepting_post_owes_what_it_promises() -> None:
    """Somebody has to."""
    case = Case(matter={"complained_unit": None})

    assert {"promise": "lin.fang"} == opened(case.does("lin.fang", "record-contact", **CONTACT, promised_at=LATER))


def test_a_reply_keeps_a_promise() -> None:
    """The customer has heard."""
    case = Case().decided_on()
    case.does("luo.tian", "record-contact", **CONTACT, promised_at=LATER)

    assert discharged("promise", "reply_customer") == ended(case.does("luo.tian", "reply-customer", **REPLY))


def test_nothing_is_promised_for_the_past() -> None:
    """Nor for the moment of the contact itself."""
    case = Case()
    found = case.refuses("luo.tian", "record-contact", at=case.now, **CONTACT, promised_at=case.now.isoformat())

    assert Refused("time_past", ("/promised_at",)) == found


@pytest.mark.parametrize(
    "promised", ["9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59+00:00", "2021-03-07T10:00:00+08:00"]
)
def test_nothing_is_promised_beyond_a_year(promised: str) -> None:
    """A year that is mistyped would leave the promise, and what counts its days, without an end."""
    found = Case().refuses("luo.tian", "record-contact", **CONTACT, promised_at=promised)

    assert Refused("time_too_far", ("/promised_at",)) == found


def test_a_promise_within_a_year_is_taken() -> None:
    """Up to the last day of it."""
    Case().does("luo.tian", "record-contact", **CONTACT, promised_at="2021-03-06T09:00:00+08:00")


def test_nothing_is_promised_to_nobody() -> None:
    """Who was not reached heard no promise."""
    said = CONTACT | {"outcome": "not_reached"}

    assert Refused("promise_not_heard", ("/promised_at",)) == Case().refuses(
        "luo.tian", "record-contact", **said, promised_at=LATER
    )


@pytest.mark.holds("practice-33")
def test_an_interim_reply_ends_nothing() -> None:
    """It stops no clock."""
    fact = Case().accepted().does("luo.tian", "interim-reply", way="sms", words="正在核查。")

    assert isinstance(fact, InterimReplyGiven)
    assert ({}, {}) == (ended(fact), opened(fact))


# -- documents and letters ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "kinds"),
    [("written_notice", ["deliver_written_notice"]), ("supervision_form", []), ("decision_notice", [])],
)
@pytest.mark.holds("article-2.1.1", "article-2.3.3", "practice-15")
def test_a_delivery_discharges_the_duty_to_deliver_that_document(document: str, kinds: list[str]) -> None:
    """A printed decision notice is no reply: `reply-customer` with its proof is."""
    fact = Case().does("lin.fang", "record-delivery", document=document, proof="签收单")

    assert isinstance(fact, DeliveryRecorded)
    assert discharged(*kinds) == ended(fact)


@pytest.mark.holds("article-2.3.2", "practice-14")
def test_a_supervision_form_is_delivered_where_one_is_owed() -> None:
    """Of a visit."""
    case = Case(channel="walk_in", details={"receptionist": "wu.qing"})

    assert discharged("deliver_supervision_form") == ended(
        case.does("wu.qing", "record-delivery", document="supervision_form")
    )


MESSAGE = message_id("cause", "written_notice", "luo.tian")
LETTER: Body = {
    "message_id": MESSAGE, "kind": "written_notice", "duty_id": None, "way": "email", "smtp_message_id": "<a@b>",
    "recipient": {"person": "luo.tian", "unit": "dongqiao.lending"},
}  # fmt: skip
HELD_BACK: Body = {
    "message_id": MESSAGE, "kind": "decision_notice", "duty_id": None, "why": "quiet_hours", "recipient": None,
}  # fmt: skip
STARTED = LETTER | {
    "about": "cause", "language": "zh", "template": {"id": "t", "version": "1"},
    "organisation": {"id": "bank", "version": "1"},
}  # fmt: skip
SENT = LETTER | {"template": {"id": "t", "version": "1"}, "content_sha256": "ab", "smtp_reply": "250"}


@pytest.mark.parametrize(
    "fact",
    [
        MessageSendStarted.model_validate(STARTED),
        MessageSent.model_validate(SENT),
        MessageFailed.model_validate(LETTER | {"code": 550, "reason": "refused"}),
        MessageSuppressed.model_validate(HELD_BACK),
    ],
    ids=["on its way", "sent", "failed", "suppressed"],
)
def test_every_letter_that_is_shown_may_be_asked_for_once_more(fact: EventData) -> None:
    """Whether it was sent, could not be, or was held back at night; notify knows of one that is on its way."""
    case = Case()
    case.happens(fact)
    again = case.does("lin.fang", "resend-message", message=MESSAGE)

    assert isinstance(again, MessageResendRequested)
    assert MESSAGE == again.message_id


@pytest.mark.parametrize("message", ["no-id", message_id("another", "written_notice", "luo.tian")])
def test_only_a_letter_of_this_case_is_sent_again(message: str) -> None:
    """Any other is not known here."""
    case = Case()
    case.happens(MessageSent.model_validate(SENT))

    assert Refused("unknown_message", ("/message",)) == case.refuses("lin.fang", "resend-message", message=message)
