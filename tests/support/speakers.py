"""People who speak for a customer, or for all who complain together: receipts that name them, and where letters go."""

from datetime import datetime
from typing import Any

from shared.contract.events.base import Sealed
from shared.contract.events.notify import CustomerRecipient, MessageSendStarted
from shared.contract.events.speakers import AuthorityChecked
from shared.kernel.service import Context
from tests.support.facts import CASE
from tests.support.letter_case import NEXT_DAY, LetterCase, sealed

PROXYS_MAIL = Sealed(label="complainant.email", box="PROXYPROXYPROXY0MAIL")
OWN_MAIL = Sealed(label="complainant.email", box="OWNOWNOWNOWNOWN0MAIL")
AT_HOME = {"address": Sealed(label="complainant.address", box="ZA" + "0" * 18)}
NIGHT = datetime.fromisoformat("2020-03-06T22:00:00+08:00")
CUSTOMER = "customer"


def behalf(relation: str = "proxy", authority: str = "claimed") -> dict[str, Any]:
    """For whom somebody complains, and as what."""
    return {"name": sealed("customer"), "relation": relation, "authority": authority}


def by_proxy(email: Sealed | None = PROXYS_MAIL, **who: Any) -> dict[str, Any]:
    """A receipt by somebody who speaks for the customer."""
    complainant = {"name": sealed("proxy"), "email": email, "on_behalf_of": behalf(**who)}
    return {"complainant": complainant, "reachable_by": ["email"] if email else ["phone"]}


def checked(authority: str) -> AuthorityChecked:
    """Somebody looked at the papers."""
    return AuthorityChecked.model_validate({"authority": authority})


def box_of(letter: Any) -> str:
    """Where a letter to the customer goes."""
    assert isinstance(letter.recipient, CustomerRecipient)
    return letter.recipient.address.box


def by_himself() -> dict[str, Any]:
    """A further receipt of the customer himself."""
    return {"complainant": {"name": sealed("himself"), "email": OWN_MAIL}, "reachable_by": ["email"]}


def context(case: LetterCase) -> Context:
    """The day after, on which a letter on its way is looked at again."""
    return Context("notify", CASE, "cause", NEXT_DAY, case.known)


def person(name: str, **ways: str) -> dict[str, Any]:
    """A representative, and how to reach him."""
    where = {way: Sealed(label=f"group.{way}", box=(text * 20)[:20]) for way, text in ways.items()}
    reach = {"email": "email", "phone": "phone", "address": "post"}
    return {"name": sealed(name), **where, "reachable_by": [reach[way] for way in ways]}


def joint(*representatives: dict[str, Any]) -> dict[str, Any]:
    """A complaint of thirty people."""
    return {
        "complainant": None, "anonymous": False, "reachable_by": [],
        "group": {"size": 30, "representatives": list(representatives)},
    }  # fmt: skip


A, B = person("zhao", email="AM"), person("qian", email="BM")
CHANGED = {"removed": [B["name"]], "added": [person("sun", email="CM")]}
"""Sun speaks from now on, in Qian's place."""


def boxes(letters: list[Any], kind: str) -> list[str]:
    """Where letters of a kind go."""
    return [box_of(one)[:2] for one in letters if one.kind == kind and isinstance(one, MessageSendStarted)]


def ways(letters: list[Any], kind: str) -> dict[str, str]:
    """By which way a letter goes to each address."""
    found = [one for one in letters if one.kind == kind and isinstance(one, MessageSendStarted)]
    return {box_of(one)[:2]: one.way for one in found}
