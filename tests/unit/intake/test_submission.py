"""The shape of a submission: what is no submission is refused in words for who sends it, and nothing is converted."""

from typing import Any

import orjson
import pytest

from services.intake import reading
from services.intake.http.examples import COMPLAINT, SETTLEMENT
from services.intake.refusals import BadSubmission
from shared.contract import submissions
from shared.contract.channels import CHANNELS
from shared.contract.json_text import BadJson
from shared.contract.submissions import SUBMISSIONS


def read(body: Any) -> submissions.Submission:
    """What intake makes of a JSON body by telephone."""
    return reading.read(SUBMISSIONS["phone"], orjson.dumps(body))


def refused(body: Any) -> BadSubmission:
    """The refusal of a body."""
    with pytest.raises(BadSubmission) as caught:
        read(body)
    return caught.value


def with_matter(**changes: Any) -> dict[str, Any]:
    """The example complaint with another matter."""
    return COMPLAINT | {"matter": COMPLAINT["matter"] | changes}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        # Times and dates are texts: a number may be seconds or milliseconds, and a time without offset any hour.
        (COMPLAINT | {"received_at": 1583373600}, "/received_at"),
        (COMPLAINT | {"received_at": "1583373600"}, "/received_at"),
        (COMPLAINT | {"received_at": "2020-03-05"}, "/received_at"),
        (COMPLAINT | {"received_at": "2020-03-05T10:00:00"}, "/received_at"),
        (COMPLAINT | {"first_received": {"at": 1583373600, "unit": "dongqiao"}}, "/first_received/at"),
        (COMPLAINT | {"origin": {"received_at": 1583373600}}, "/origin/received_at"),
        (COMPLAINT | {"origin": {"reply_due_on": 18326}}, "/origin/reply_due_on"),
        (COMPLAINT | {"origin": {"reply_due_on": "2020-03-20T00:00:00"}}, "/origin/reply_due_on"),
        (COMPLAINT | {"origin": {"reply_due_on": "2020-02-30"}}, "/origin/reply_due_on"),
        # Numbers, booleans and lists are what they are.
        (with_matter(amount_minor=1.0, currency="CNY"), "/matter/amount_minor"),
        (with_matter(amount_minor=True, currency="CNY"), "/matter/amount_minor"),
        (with_matter(amount_minor=2**53, currency="CNY"), "/matter/amount_minor"),
        (with_matter(amount_minor=1, currency="yuan"), "/matter/currency"),
        (with_matter(complained_persons="lin.fang"), "/matter/complained_persons"),
        (with_matter(narrative=""), "/matter/narrative"),
        (COMPLAINT | {"group": {"size": 1}}, "/group/size"),
        (COMPLAINT | {"group": {"size": 1_000_001}}, "/group/size"),
        (COMPLAINT | {"group": {"size": 2, "members": [5]}}, "/group/members/0"),
        (COMPLAINT | {"details": {"identity_verified": "yes"}}, "/details/identity_verified"),
        (COMPLAINT | {"details": {"room": "2"}}, "/details/room"),
        (COMPLAINT | {"details": None}, "/details"),
        (COMPLAINT | {"relates_to": {"case": "x"}}, "/relates_to/relation"),
        (COMPLAINT | {"settlement": SETTLEMENT | {"remedy": {"kind": "flowers"}}}, "/settlement/remedy/kind"),
        (COMPLAINT | {"settlement": SETTLEMENT | {"customer_agreed": "yes"}}, "/settlement/customer_agreed"),
        (
            COMPLAINT | {"settlement": SETTLEMENT | {"remedy": {"kind": "refund", "amount_minor": 5}}},
            "/settlement/remedy",
        ),
        (
            COMPLAINT | {"settlement": SETTLEMENT | {"remedy": {"kind": "refund", "currency": "CNY"}}},
            "/settlement/remedy",
        ),
        (
            COMPLAINT | {"settlement": SETTLEMENT | {"satisfaction": {"value": "not_reached"}}},
            "/settlement/satisfaction",
        ),
        (
            COMPLAINT | {"settlement": SETTLEMENT | {"satisfaction": {"value": "good"}}},
            "/settlement/satisfaction/value",
        ),
    ],
)
@pytest.mark.holds("practice-3")
def test_what_has_the_wrong_type_is_refused_at_its_place(body: Any, pointer: str) -> None:
    """One fault, one pointer."""
    assert (pointer,) == refused(body).pointers


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "/matter: this field is missing: send it"),
        (COMPLAINT | {"a/b": 1}, "/a~1b: there is no such field: correct its name, or leave it out"),
        ([], "the body: this has to be a JSON object"),
        (with_matter(narrative="a\0b"), "/matter/narrative: a text must not contain NUL characters"),
        (
            COMPLAINT | {"received_at": 5},
            "/received_at: this has to be a time with offset, such as 2020-03-05T10:00:00+08:00",
        ),
    ],
)
def test_a_fault_is_told_in_words_that_say_what_to_do(body: Any, words: str) -> None:
    """None of them speaks of Python."""
    assert words == refused(body).detail


@pytest.mark.holds("practice-5")
def test_all_faults_are_pointed_at_and_no_value_is_repeated() -> None:
    """What was sent may be a customer's words."""
    secret = "0000-5550009"
    found = refused(COMPLAINT | {"received_at": secret, "group": secret, "matter": {"reason": secret}})

    assert {"/received_at", "/group", "/matter/narrative", "/matter/reason"} == set(found.pointers)
    assert secret not in found.detail


@pytest.mark.parametrize("body", [b"", b"{", b'{"matter": "\xff"}', b'{"matter": "\\ud800"}', b"[" * 100_000])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    """Empty, cut off, not UTF-8, half a character, too deep."""
    with pytest.raises(BadJson) as caught:
        reading.read(SUBMISSIONS["phone"], body)

    assert "bad_json" == caught.value.code


@pytest.mark.parametrize(
    "name",
    [
        "findings",
        "remedy",
        "words",
        "customer_agreed",
        "satisfaction",
        "lessons_and_measures",
        "treatment_of_persons",
        "handler_and_phone",
        "remedies_told",
    ],
)
def test_what_reply_and_report_need_is_part_of_a_settlement(name: str) -> None:
    """Both are done with it, so none of their elements may be missing."""
    lacking = {field: value for field, value in SETTLEMENT.items() if field != name}

    assert (f"/settlement/{name}",) == refused(COMPLAINT | {"settlement": lacking}).pointers


def test_every_open_channel_is_one_of_the_contract() -> None:
    """A channel opens with a line in the table."""
    assert SUBMISSIONS.keys() <= CHANNELS.keys()
    assert all("details" in shape.model_fields for shape in SUBMISSIONS.values())


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("jia@customer.example", "jia@customer.example"),
        ("Jia.Yi+bank@Customer.example", "Jia.Yi+bank@Customer.example"),
        ("jia@例子.example", "jia@xn--fsqu00a.example"),
        ("jia@customer。example", "jia@customer.example"),
        ("jia@ｃｕｓｔｏｍｅｒ．example", "jia@customer.example"),
    ],
)
def test_an_address_is_kept_as_every_mail_server_takes_it(address: str, kept: str) -> None:
    """A domain in other letters, or with the dot of a Chinese keyboard, is the one that mail knows by ``xn--``."""
    body = orjson.dumps(COMPLAINT | {"complainant": {"email": address}})
    who = reading.read(SUBMISSIONS["phone"], body).complainant

    assert who is not None
    assert kept == who.email


@pytest.mark.parametrize(
    "address",
    [
        "a,b@c", "a,b@customer.example", "jia@customer", "jia..yi@customer.example", "jia@-customer.example",
        "jia@[10.0.0.1]", "jia@customer.example.", "jia@customer.invalid", "张三@customer.example",
        "jia＠customer.example", "甲" * 60 + "@例子.example",
    ],
)  # fmt: skip
def test_an_address_that_no_mail_can_go_to_is_refused_at_its_field(address: str) -> None:
    """Judged by how it is written; no name is looked up."""
    caught = refused(COMPLAINT | {"complainant": {"email": address}})

    assert ("/complainant/email",) == caught.pointers
    assert address not in (caught.detail or "")


def test_a_list_that_is_too_long_is_refused_by_its_limit() -> None:
    """In words of the caller's world."""
    body = COMPLAINT | {"group": {"size": 501, "members": ["甲"] * 501}}

    found = refused(body)
    assert ("/group/members",) == found.pointers
    assert "this list takes at most 500 entries" in found.detail
