"""The timeline says whose letter it is: the customer's, his who speaks for him, or a representative's."""

from typing import Any

import pytest

from shared.case.letter_readers import readers
from shared.case.sentences import tell
from shared.contract.envelope import Event
from shared.contract.events.base import Sealed, Versioned
from shared.contract.events.corrections import ReceiptCorrected
from shared.contract.events.notify import CustomerRecipient, MessageSendStarted
from shared.contract.events.speakers import RepresentativeChanged
from tests.support.facts import event, names, receipt

GROUND = Sealed(label="ground", box="G")


def address(box: str, field: str = "email") -> dict[str, str]:
    """Where letters go; its box names it."""
    return {"label": f"complainant.{field}", "box": box}


def said_by(relation: str | None = None, **more: Any) -> Event:
    """The first receipt."""
    name = {"label": "name", "box": "N"}
    behalf = {"name": name, "relation": relation, "authority": "proved"} if relation else None
    who = {"name": name, "email": address("FIRST"), "on_behalf_of": behalf}
    return event(receipt(complainant=who, reachable_by=["email"], **more))


def letter_to(box: str) -> Event:
    """A letter that left for an address of the customer's side."""
    started = MessageSendStarted(
        message_id="m", kind="decision_notice", duty_id=None, about="a",
        recipient=CustomerRecipient(address=Sealed(**address(box))), way="email", language="zh",
        template=Versioned(id="t", version="1"), organisation=Versioned(id="o", version="1"), smtp_message_id=None,
    )  # fmt: skip
    return event(started, "letter")


def told(box: str, *facts: Event) -> dict[str, str]:
    """What a timeline says of a letter to an address, after these facts."""
    return tell(letter_to(box), names(), readers(facts))


@pytest.mark.parametrize(
    ("relation", "zh", "en"),
    [
        (None, "给客户的", "to the customer was"),
        ("proxy", "给客户的代理人的", "to the customer's proxy"),
        ("lawyer", "给客户的代理律师的", "to the customer's lawyer"),
        ("guardian", "给客户的监护人的", "to the customer's guardian"),
        ("heir", "给客户的继承人的", "to an heir of the customer"),
    ],
)
def test_a_letter_to_who_speaks_for_the_customer_is_none_to_the_customer(
    relation: str | None, zh: str, en: str
) -> None:
    """Whoever reads the timeline later has to know who was told."""
    sentences = told("FIRST", said_by(relation))

    assert sentences["zh"].startswith(zh)
    assert en in sentences["en"]


def test_so_are_letters_to_who_came_later_and_to_a_corrected_address() -> None:
    """A representative, a new lawyer; what is put right of the first receipt is his who spoke in it."""
    person = {"name": {"label": "name", "box": "P"}, "reachable_by": ["email"]}
    joint = said_by(group={"size": 30, "representatives": [person | {"email": address("ONE")}]})
    more = event(RepresentativeChanged.model_validate({"added": [person | {"email": address("TWO")}]}), "more")
    lawyer = {"proxy": person | {"email": address("LAW")}, "relation": "lawyer", "authority": "proved"}
    changed = event(RepresentativeChanged.model_validate({"removed": [GROUND]} | lawyer), "changed")
    right = event(ReceiptCorrected(pointer="/complainant/email", value=Sealed(**address("R")), ground=GROUND), "right")

    for box, facts in (("ONE", (joint,)), ("TWO", (joint, more))):
        assert told(box, *facts)["zh"].startswith("给共同投诉代表的")
    assert told("LAW", said_by(), changed)["zh"].startswith("给客户的代理律师的")
    assert told("R", said_by("heir"), right)["zh"].startswith("给客户的继承人的")
    assert told("R", said_by(), right)["zh"].startswith("给客户的处理")
