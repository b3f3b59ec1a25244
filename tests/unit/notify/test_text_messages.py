"""Text messages go to a customer who has a telephone and no e-mail, where the bank sends any (contract 3)."""

from typing import Any

import pytest

from services.notify.letters.kinds import KINDS
from services.notify.letters.template import render
from services.notify.sending.mail_and_sheet import BadAddress, Written, short_message
from shared.contract.events.notify import MessageSendStarted, MessageSent
from tests.support.facts import organisation
from tests.support.letter_case import ORGANISATION, LetterCase, sealed
from tests.support.letter_templates import content_in, template

TEXTING = ORGANISATION.replace("{id: example-bank, ", "{id: example-bank, sms_signature: 示例银行, ")
PHONE = {"name": sealed("N"), "phone": sealed("P")}


def customer(**where: Any) -> dict[str, Any]:
    """The receipt of a customer who can be reached so."""
    ways = [way for way, field in (("email", "email"), ("phone", "phone"), ("post", "address")) if field in where]
    return {"channel": "online", "complainant": where, "reachable_by": ways}


def acknowledged(case: LetterCase) -> Any:
    """What became of the acknowledgement."""
    return next(one for one in case.first if one.kind == "acknowledgement")


@pytest.mark.parametrize(
    ("where", "bank", "way"),
    [
        (PHONE, TEXTING, "sms"),
        (PHONE | {"address": sealed("A")}, TEXTING, "sms"),
        (PHONE | {"email": sealed("M")}, TEXTING, "email"),
        (PHONE, ORGANISATION, None),
        ({"name": sealed("N"), "address": sealed("A")}, TEXTING, None),
    ],
    ids=["phone", "phone-and-address", "email-counts", "the-bank-sends-none", "no-phone"],
)
def test_a_text_message_goes_where_no_mail_does(where: dict[str, Any], bank: str, way: str | None) -> None:
    """The acknowledgement is never printed."""
    letter = acknowledged(LetterCase(bank, **customer(**where)))

    assert way == getattr(letter, "way", None)
    assert way != "sms" or letter.recipient.address.box == sealed("P").box


def test_it_discharges_what_it_was_owed_for() -> None:
    """As an e-mail does."""
    case = LetterCase(TEXTING, first_letters=False, **customer(**PHONE))
    result = case.result(case.started(acknowledged(case)))

    assert isinstance(result, MessageSent)
    assert ["acknowledge_customer"] == [duty.kind for duty in result.duties_ended]


def test_a_decision_is_no_text_message() -> None:
    """It holds the matter: who has no e-mail and no address is told by the handler."""
    assert ["acknowledgement", "limit_notice"] == [name for name, kind in KINDS.items() if kind.by_sms]


@pytest.mark.parametrize("name", ["acknowledgement", "limit_notice"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_names_the_case_and_nothing_of_the_matter(name: str, language: str) -> None:
    """A Chinese one fits into one message of 70 signs, its signature included."""
    text = render(template(f"{name}.{language}"), content_in(language) | {"to_customer": True}).short

    assert "20200305-0000000001-1" in text
    assert "://" not in text
    assert language == "en" or len(f"【示例银行】{text}") <= 70


@pytest.mark.parametrize("number", ["no number", "12", "+86 010 0000 0000 0000 0000", "0000-5550001;0000-5550002"])
def test_what_is_no_telephone_number_gets_none(number: str) -> None:
    """It fails with `bad_address`, and the accepting post is told."""
    case = LetterCase(TEXTING, **customer(**PHONE))
    letter = acknowledged(case)
    assert isinstance(letter, MessageSendStarted)
    words = render(template("acknowledgement.zh"), content_in("zh"))
    dossier: Any = None
    written = Written(words, content_in("zh"), dossier, organisation(), number)
    with pytest.raises(BadAddress):
        short_message(written, letter)
