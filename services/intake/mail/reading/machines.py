"""Machines write mail too: what is no complaint, what gets no answer by itself, what returns a letter. Pure."""

from collections.abc import Callable
from typing import Final, Literal, NamedTuple

from services.intake.mail.reading.headers import Headers, begun, parted
from services.intake.mail.reading.message import ReadMessage, id_in, message_id_of, numbers_in
from services.intake.mail.reading.parts import Tree

Reason = Literal["auto_submitted", "null_return_path", "report", "list", "own_address"]
UNANSWERED: Final = ("x-autoreply", "x-autorespond", "x-auto-response-suppress", "x-loop")
PRECEDENCES: Final = frozenset({"bulk", "junk", "auto_reply", "list"})
STATUS: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})
RETURNED: Final = frozenset(
    {
        "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "message/rfc822-headers",
    }
)  # fmt: skip
TOLD_IDS: Final = ("original-message-id", "x-original-message-id")
MOST_BLOCKS: Final = 100


class Bounce(NamedTuple):
    """A letter that came back: what became of it, and how it is known."""

    failed: bool
    message_id: str | None
    numbers: tuple[str, ...]


def no_case(message: ReadMessage, return_path: str, own: Callable[[str], bool]) -> Reason | None:
    """Why a message is no complaint; None where it is one. ``own``: whether an address is the bank's."""
    headers = message.headers
    said = headers.parameters("auto-submitted").value
    if said and said.partition(" ")[0] != "no":
        return "auto_submitted"
    if "multipart/report" in message.tree.multiparts or headers.parameters("content-type").value == "multipart/report":
        return "report"
    if not return_path.strip("<> \t"):
        return "null_return_path"
    if headers.has("list-id") or headers.has("list-unsubscribe"):
        return "list"
    if message.sender is not None and own(message.sender.address):
        return "own_address"
    return None


def is_unanswered(headers: Headers) -> bool:
    """Whether a message says in a way of before RFC 3834 that a machine wrote it: it gets no answer by itself."""
    precedence = headers.text("precedence").lower().strip()
    return precedence in PRECEDENCES or any(headers.has(name) for name in UNANSWERED)


def bounce_in(tree: Tree) -> Bounce | None:
    """What a report of delivery says of a letter; None for any other message."""
    blocks = [block for part in tree.parts if part.media_type in STATUS for block in _blocks(part.content)]
    actions = [block.parameters("action").value.partition("(")[0].strip() for block in blocks if block.has("action")]
    if not actions:
        return None
    returned = next((part for part in tree.parts if part.media_type in RETURNED), None)
    headers = parted(begun(returned.content))[0] if returned is not None else Headers([])
    id_ = message_id_of(headers) or next(filter(None, map(_told_id, blocks)), None)
    return Bounce("failed" in actions, id_, numbers_in(headers.text("subject")))


def _told_id(block: Headers) -> str | None:
    """The Message-ID of the letter as a report tells it itself: many give nothing of the letter back."""
    named = (block.first(name) for name in TOLD_IDS)
    return next(filter(None, (id_in(value) for value in named)), None)


def _blocks(content: bytes) -> list[Headers]:
    """The groups of fields of a report, of the whole and of each recipient."""
    found: list[Headers] = []
    rest = content.strip()
    while rest and len(found) < MOST_BLOCKS:
        headers, following = parted(rest)
        if not headers.fields:
            break
        found.append(headers)
        rest = following.strip()
    return found
