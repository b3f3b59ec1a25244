"""Packed ids say which events a case has: eight bytes of each event's id, in the order of the log."""

from binascii import unhexlify
from typing import AnyStr

PACKED_BYTES = 8
"""Bytes kept of each event id of a case: 64 random bits, unique among the few hundred events of one case."""


def packed(event_id: AnyStr) -> bytes:
    """The first and last eight hex digits of an event id; both are random in a UUIDv5.

    Raises:
        ValueError: it is no id of an event. In a row of packed ids it would shift all others.
    """
    found = unhexlify(event_id[:8] + event_id[-8:])
    if len(found) != PACKED_BYTES:
        raise ValueError("an event's id has at least eight hex digits at both ends")
    return found


def ordinal_of(row: bytes, event_id: str | None) -> int:
    """The ordinal of an event among those of its case, counted from 0; -1 if it is not one of them."""
    return index_of(row, packed(event_id)) if event_id else -1


def contains(row: bytes, packed_id: bytes) -> bool:
    """Whether a packed id stands in a row of them."""
    return index_of(row, packed_id) >= 0


def index_of(row: bytes, packed_id: bytes) -> int:
    """How many packed ids stand before this one in a row of them; -1 if it is not there."""
    at = row.find(packed_id)
    while at >= 0:
        if at % PACKED_BYTES == 0:
            return at // PACKED_BYTES
        at = row.find(packed_id, at + 1)
    return -1
