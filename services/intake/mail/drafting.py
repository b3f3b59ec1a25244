"""Drafting makes a submission of a message that was read. Pure."""

import re
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from services.intake.mail.reading.headers import Headers
from services.intake.mail.reading.message import LINE_LIMIT, ReadMessage, shows
from shared.contract.submissions import SUBMISSIONS, Submission

CHANNEL: Final = "mail"
UNREADABLE, UNANSWERED = "unreadable", "unanswered"
"""Marks on a receipt: a person has to read the message; the customer gets no acknowledgement by itself."""
NOT_READ: Final = "（这封邮件无法由系统读出，原件随案封存，请打开原件。）"
MOST_LEFT_OUT: Final = 50
CHINESE: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is known of a message besides itself: for whom it was, from where, and what it belongs to."""

    unit: str
    also_sent_to: tuple[str, ...] = ()
    return_path: str = ""
    peer_name: str = ""
    joins: str | None = None
    same_as: str | None = None


class Drafted(NamedTuple):
    """A submission, and whether all that was read of its message fits the shape of one."""

    submission: Submission
    fits: bool


def drafted(message: ReadMessage, delivery: Delivery) -> Drafted:
    """The submission of a message; what does not fit the shape is left out: the message is kept then."""
    shape = SUBMISSIONS[CHANNEL]
    try:
        return Drafted(shape.model_validate(_body(message, delivery)), fits=True)
    except ValidationError:
        bare = {"received_by": {"unit": delivery.unit}, "matter": {"narrative": NOT_READ}}
        return Drafted(shape.model_validate(bare), fits=False)


def _body(message: ReadMessage, delivery: Delivery) -> dict[str, Any]:
    narrative = message.narrative
    if message.unreadable:
        narrative = "\n\n".join(filter(shows, (message.subject, NOT_READ)))
    return {
        "received_by": {"unit": delivery.unit},
        "complainant": _complainant(message, narrative),
        "matter": {"narrative": narrative},
        "relates_to": _relation(delivery),
        "details": _details(message, delivery),
    }


def _complainant(message: ReadMessage, narrative: str) -> dict[str, Any] | None:
    if message.sender is None:
        return None
    language = "en" if not message.unreadable and not CHINESE.search(narrative) else "zh"
    return {"name": message.sender.name, "email": message.sender.address, "language": language}


def _relation(delivery: Delivery) -> dict[str, str] | None:
    if delivery.joins is not None:
        return {"case": delivery.joins, "relation": "same_receipt"}
    return {"case": delivery.same_as, "relation": "same_matter"} if delivery.same_as is not None else None


def _details(message: ReadMessage, delivery: Delivery) -> dict[str, Any]:
    headers, left_out = message.headers, message.files.left_out
    sender = _line(headers.text("sender"))
    if message.sender is None:
        sender = _line("; ".join(filter(None, (headers.text("from"), sender, delivery.return_path))))
    return {
        "message_id": _line(message.message_id),
        "subject": _line(message.subject),
        "reply_to": _line(headers.text("reply-to")),
        "sender": sender,
        "authentication": _line(authenticated(headers, delivery.peer_name)),
        "also_sent_to": delivery.also_sent_to or None,
        "files_left_out": [name[:LINE_LIMIT] for name in left_out[:MOST_LEFT_OUT]] or None,
    }


def _line(value: str | None) -> str | None:
    return value[:LINE_LIMIT] if value and shows(value) else None


def authenticated(headers: Headers, peer_name: str) -> str | None:
    """What the mail server that handed the message over found of its origin.

    It says so above its own ``Received``, under the name by which it greeted; what stands below came with the message
    and can be anybody's.
    """
    found: list[str] = []
    for field in headers.fields:
        if field.name == "received":
            break
        who = field.value.partition(b";")[0].split()
        named = who[0].decode("ascii", "replace").lower() if who else ""
        if field.name == "authentication-results" and peer_name and named == peer_name.lower():
            found.append(" ".join(field.value.decode("ascii", "replace").split()))
    return "; ".join(found) or None
