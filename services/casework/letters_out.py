"""The letters out are those that the customer was sent, each with where it went: who corrects an address asks. Pure.

24 bytes a letter: its id, and a digest of the sealed address, which is the same for the same address.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from uuid import UUID

from shared.contract.events.stored.notify import MessageSentData

ID_BYTES, DIGEST_BYTES = 16, 8
ROW = ID_BYTES + DIGEST_BYTES


def with_letter(known: bytes, data: MessageSentData) -> bytes:
    """The letters after one that was sent; one to the bank's own people is none of them."""
    address = data["recipient"].get("address")
    return known if address is None else known + UUID(data["message_id"]).bytes + _digest(address)


def sent_to(known: bytes, address: Any) -> Iterator[str]:
    """The ids of the letters that went to a sealed address, in the order of sending."""
    wanted = _digest(address) if isinstance(address, dict) else None
    for at in range(0, len(known), ROW):
        if known[at + ID_BYTES : at + ROW] == wanted:
            yield str(UUID(bytes=known[at : at + ID_BYTES]))


def _digest(address: Any) -> bytes:
    return sha256(f"{address['label']}\0{address['box']}".encode()).digest()[:DIGEST_BYTES]
