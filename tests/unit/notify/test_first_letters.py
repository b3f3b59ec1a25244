"""The first letters of a case: who gets them, and who deliberately does not."""

import re

import pytest

from services.notify.decisions import SERVICE
from services.notify.letters.template import render
from services.routing.decisions import SERVICE as ROUTING
from services.sla.decisions import SERVICE as SLA
from shared.contract.envelope import Event
from shared.contract.events.ending import CaseWithdrawn
from shared.contract.events.notify import CustomerRecipient, MessageSendStarted
from shared.contract.letter_ids import case_in
from shared.errors import NotYet
from shared.kernel.service import LogTrigger
from tests.support.facts import NOW, Body, Given, event, receipt, reference
from tests.support.letter_case import ADDRESS, HANDLER, ORGANISATION, LetterCase, first_content, noes, sealed, told
from tests.support.letter_templates import content_in, template

MAX_BYTES_PER_OPEN_CASE = 1024
SEALED_ADDRESS = 76
"""Characters of a sealed e-mail address of 28."""


def first_facts(**changes: object) -> tuple[Event, Event, Event]:
    """The receipt, its routing and its clock."""
    cause = event(receipt(**changes))
    routed = event(Given(ROUTING).when_event(cause)[0], cause.id)
    return cause, routed, event(Given(SLA).when_event(cause)[0], cause.id)


# -- the first letters ---------------------------------------------------------------------------------


@pytest.mark.parametrize("clock_first", [True, False])
def test_the_first_letters_are_owed_by_whichever_fact_comes_second(clock_first: bool) -> None:
    """Routing and clock cross in any order; the letters name both and go out once."""
    cause, routed, clock = first_facts()
    earlier, later = (clock, routed) if clock_first else (routed, clock)
    given = Given(SERVICE, cause)

    assert [] == given.when_event(earlier)
    assert ["acknowledgement", "written_notice"] == [kind for kind, _ in told(given.when_event(later))]


def test_the_first_letters_wait_for_the_clock_to_the_reply() -> None:
    """A duty's clock names no limit that a customer could be told."""
    cause, routed, clock = first_facts()
    given = Given(SERVICE, cause, routed)
    of_a_duty = clock._replace(id="other", data=clock.data | {"milestone": "contact_customer", "duty_id": "duty"})

    assert [] == given.when_event(of_a_duty)
    assert 2 == len(given.when_event(clock))


@pytest.mark.parametrize("name", ["clock", "routing"])
def test_a_second_clock_or_routing_calls_for_no_second_acknowledgement(name: str) -> None:
    """Only the first of each counts: a reopened case has a clock of its own."""
    case = LetterCase()
    _, routed, clock = first_facts()

    assert [] == case.when_event({"clock": clock, "routing": routed}[name]._replace(id="another"))


def test_the_customer_is_written_to_in_the_language_of_the_receipt_and_staff_in_the_banks() -> None:
    """Templates are named by language."""
    assert [("en", "acknowledgement.en"), ("zh", "written_notice.zh")] == [
        (f.language, f.template.id) for f in LetterCase(language="en").first if isinstance(f, MessageSendStarted)
    ]


def test_the_customers_address_stays_sealed() -> None:
    """Decisions open nothing: the box is handed on as it came."""
    letter = LetterCase().first[0]

    assert isinstance(letter, MessageSendStarted)
    assert isinstance(letter.recipient, CustomerRecipient)
    assert ("complainant.email", "BBBB") == (letter.recipient.address.label, letter.recipient.address.box)


@pytest.mark.holds("practice-4")
def test_an_acknowledgement_goes_out_also_at_night_and_where_its_duty_is_done() -> None:
    """On the telephone the number was told in person; in writing it is kept (contract 3)."""
    cause, routed, clock = first_facts()
    given = Given(SERVICE, cause, routed)

    assert [] == given.state.core.open_duties("acknowledge_customer")
    assert ("acknowledgement", "customer") in told(given.when_event(clock, NOW.replace(hour=23)))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"complainant": {}, "reachable_by": ["phone"]}, "not_reachable_by_email"),
        ({"complainant": {"address": ADDRESS}, "reachable_by": ["post"]}, "not_reachable_by_email"),
        ({"anonymous": True, "complainant": None, "reachable_by": []}, "anonymous"),
    ],
)
def test_a_customer_without_email_is_not_acknowledged_and_the_log_says_why(changes: Body, why: str) -> None:
    """A deliberate no is a fact too; an acknowledgement is never printed."""
    assert [("acknowledgement", why)] == noes(LetterCase(first_letters=False, **changes).first)


def test_nothing_is_acknowledged_after_a_withdrawal() -> None:
    """Nor does the handler have anything left to do."""
    cause, routed, clock = first_facts()
    withdrawn = event(CaseWithdrawn(received_at=NOW, way="phone"), "withdrawn")

    assert [("acknowledgement", "withdrawn"), ("written_notice", "withdrawn")] == noes(
        Given(SERVICE, cause, routed, withdrawn).when_event(clock)
    )


def test_a_notice_without_a_handler_is_suppressed() -> None:
    """Nobody handles while the unit is not determined."""
    case = LetterCase(first_letters=False, matter={"complained_unit": None})

    assert [("written_notice", "nobody_to_tell")] == noes(case.first)


def test_a_handler_without_an_address_is_not_written_to_and_the_duty_stays_open() -> None:
    """The log says that the notice has to be delivered another way."""
    case = LetterCase(ORGANISATION.replace("email: luo.tian@bank.example, ", ""))

    assert [("written_notice", "no_email")] == noes(case.first)
    assert case.duty("deliver_written_notice").id == case.first[1].duty_id


def test_a_letter_waits_while_its_template_is_not_published() -> None:
    """Nothing is decided on words that nobody has released."""
    cause, routed, clock = first_facts()
    given = Given(SERVICE, cause, routed, clock, known=reference("organisation"))

    with pytest.raises(NotYet, match=r"acknowledgement\.zh"):
        given.when(LogTrigger(clock))


# -- once --------------------------------------------------------------------------------------------


def test_the_same_cause_gives_the_same_message_id() -> None:
    """So a repetition after a crash is recognised by every mail server."""
    first, second = (LetterCase().first for _ in range(2))

    assert first == second
    assert isinstance(first[0], MessageSendStarted)
    id_ = first[0].smtp_message_id or ""
    assert re.fullmatch(rf"<{first[0].message_id}\.[0-9a-f-]{{36}}@example-bank\.redress>", id_)
    assert case_in(id_, "example-bank") == LetterCase().log[0].subject


@pytest.mark.holds("article-2.1.1", "practice-7", "practice-15")
def test_a_handler_can_call_the_customer_from_the_written_notice() -> None:
    """Name, telephone, whether it was checked who calls, whom it is about, and who was asked first."""
    told = first_content(
        "2020-03-05T10:00:00+08:00", HANDLER, complainant={"name": sealed("甲某"), "phone": sealed("0000-5550199")}
    )
    body = render(template("written_notice.zh"), told).body

    assert body.startswith("东侨支行信贷部（罗天）：\n")
    assert "投诉人：甲某\n联系电话：0000-5550199（身份未核实）\n" in body
    assert "首问责任人：" in body


def test_the_handler_of_an_anonymous_complaint_is_asked_for_nothing_that_cannot_be_done() -> None:
    """Nobody can be contacted or answered."""
    nobody = {"reachable": False, "complainant": None, "represented": None, "speaks_as": None, "proxy_name": None}
    for language, asked in (("zh", "答复客户；"), ("en", "contact the customer")):
        body = render(template(f"written_notice.{language}"), content_in(language) | nobody).body
        assert asked not in body
        assert ("匿名投诉，无法联系客户" if language == "zh" else "The complaint is anonymous") in body
