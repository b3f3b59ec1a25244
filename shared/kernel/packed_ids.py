"""Which events a case has, packed: eight bytes of each event's id, in the order of the log."""

from binascii import unhexlify
from typing import AnyStr

PACKED_BYTES = 8
"""Bytes kept of each event id of a case: 64 random bits, unique among the few hundred events of one case."""


def packed(event_id: AnyStr) -> bytes:
    """The first and last eight hex digits of an event id; both are random in a UUIDv5."""
    return unhexlify(event_id[:8] + event_id[-8:])


def ordinal_of(marks: bytes, event_id: str | None) -> int:
    """The place of an event among those of its case, counted from 0; -1 if it is not one of them."""
    return index_of(marks, packed(event_id)) if event_id else -1


def contains(marks: bytes, mark: bytes) -> bool:
    """Whether a mark stands in the packed row."""
    return index_of(marks, mark) >= 0


def index_of(marks: bytes, mark: bytes) -> int:
    """At which of its places a mark stands in the packed row; -1 if at none."""
    at = marks.find(mark)
    while at >= 0:
        if at % PACKED_BYTES == 0:
            return at // PACKED_BYTES
        at = marks.find(mark, at + 1)
    return -1
