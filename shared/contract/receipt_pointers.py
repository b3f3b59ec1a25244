"""JSON pointers into a submission name the values that corrections, letters and folds speak of. Pure.

What a correction may not touch stands here with the command that does it.
"""

from datetime import date, datetime
from typing import Any, Final

NARRATIVE: Final = "/matter/narrative"
RECEIVED_AT: Final = "/received_at"
FIRST_RECEIVED_AT: Final = "/first_received/at"
LANGUAGE: Final = "/complainant/language"
TITLE: Final = "/complainant/title"
PHONE: Final = "/complainant/phone"
EMAIL: Final = "/complainant/email"
ADDRESS: Final = "/complainant/address"
PREFERS: Final = "/complainant/prefers"
AMOUNT: Final = "/matter/amount_minor"
CURRENCY: Final = "/matter/currency"
ORIGIN_KIND: Final = "/origin/kind"
ORIGIN_BODY: Final = "/origin/body"
GROUP_SIZE: Final = "/group/size"
BODYS_DATES: Final = ("/origin/reply_due_on", "/details/reply_due_on")
"""Until when a body wants the answer: the origin's day counts before that of the channel's details."""
MEDIUMS_TIME: Final = "/details/answer_by"
"""Until when a medium wants the answer."""
TIMES: Final = (RECEIVED_AT, FIRST_RECEIVED_AT, "/details/postmarked_on", MEDIUMS_TIME)
"""Times that the bank's own limits count from, or that it is held to: correcting one needs a second person."""
WAYS: Final = {"email": "email", "phone": "phone", "address": "post"}
"""The fields by which somebody is reached, and which way each is."""
REACHED_BY: Final = {f"/complainant/{field}": way for field, way in WAYS.items()}
"""The same of the customer, by their pointers."""
ENTER_ANEW: Final = "not-accept"
INSTEAD: Final = {
    "/channel": ENTER_ANEW,
    "/matter/reason": "classify",
    "/matter/complained_unit": "assign-unit",
    "/matter/complained_persons": "name-party",
    "/group/representatives": "change-representative",
    "/complainant/on_behalf_of": "change-representative",
    "/relates_to": "link-case",
    "/settlement": "deny-settlement",
    "/received_by": ENTER_ANEW,
    "/late_registration": ENTER_ANEW,
    "/first_received/unit": ENTER_ANEW,
    "/details/form": ENTER_ANEW,
    "/details/unit": ENTER_ANEW,
    "/details/receptionist": ENTER_ANEW,
}
"""What has a command of its own, and which; or who has the case rests on it: then it is entered anew."""


def path_of(pointer: str) -> tuple[str, ...]:
    """Where the value of a pointer stands in the data of ComplaintReceived."""
    return ("language",) if pointer == LANGUAGE else tuple(pointer.split("/")[1:])


def done_by(pointer: str) -> str | None:
    """The command by which what a pointer leads to is changed instead; None where it is corrected."""
    return next((to for of, to in INSTEAD.items() if pointer == of or pointer.startswith(of + "/")), None)


def same(one: Any, other: Any) -> bool:
    """Whether two values of a receipt, as the log keeps them, say the same; instants in whatever zone."""
    if isinstance(one, str) and isinstance(other, str) and one != other:
        try:
            return datetime.fromisoformat(one).timestamp() == datetime.fromisoformat(other).timestamp()
        except ValueError:
            return False
    return type(one) is type(other) and one == other


def later(one: Any, other: Any) -> bool:
    """Whether a day, as the log keeps it, lies after another one, or is one where there was none."""
    return other is not None and (one is None or date.fromisoformat(one) > date.fromisoformat(other))


def reached_after(ways: tuple[str, ...], pointer: str, value: Any) -> tuple[str, ...]:
    """The ways to reach the customer after a value of the receipt was put right."""
    way = REACHED_BY.get(pointer)
    if way is None or (value is not None) == (way in ways):
        return ways
    return (*ways, way) if value is not None else tuple(one for one in ways if one != way)
