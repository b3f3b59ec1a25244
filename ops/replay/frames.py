"""What goes between whoever reads the log and the process that decides it again: frames over its standard streams.

A frame is its length in four bytes and its content. The process needs nothing else: no address, no key, no file.
"""

from typing import Any, BinaryIO, TypeVar

from msgspec import Struct, msgpack

from ops.replay.findings import Findings
from shared.bank.reference import ReferenceDocument
from shared.contract.records import Record

LENGTH_BYTES = 4
LONGEST_BYTES = 256 * 2**20
"""A batch of records is a few MiB; what claims to be longer is no frame."""
FrameT = TypeVar("FrameT")


class Begin(Struct, tag=True, frozen=True):
    """What is to be decided again: first of all. ``since`` and ``until`` are ISO 8601."""

    documents: list[ReferenceDocument]
    services: list[str]
    since: str | None
    until: str | None
    told_of: int


class Commands(Struct, tag=True, frozen=True):
    """Commands of the partition that comes next."""

    records: list[Record]


class Records(Struct, tag=True, frozen=True):
    """The next records of the partition."""

    records: list[Record]


class EndOfPartition(Struct, tag=True, frozen=True):
    """All of this partition was sent."""


class Took(Struct, tag=True, frozen=True):
    """So many records more are done with."""

    records: int


class Found(Struct, tag=True, frozen=True):
    """What was found in the partition that ended."""

    findings: Findings


Order = Begin | Commands | Records | EndOfPartition
Reply = Took | Found
_ORDERS: msgpack.Decoder[Any] = msgpack.Decoder(Order)
_REPLIES: msgpack.Decoder[Any] = msgpack.Decoder(Reply)


def packed(frame: Order | Reply) -> bytes:
    """A frame as it is sent."""
    content = msgpack.encode(frame)
    return len(content).to_bytes(LENGTH_BYTES, "little") + content


def length_of(head: bytes) -> int:
    """How long the content is that follows. Raises ValueError: this is no head of a frame."""
    found = int.from_bytes(head, "little")
    if len(head) != LENGTH_BYTES or found > LONGEST_BYTES:
        raise ValueError("what came is no frame")
    return found


def reply_of(content: bytes) -> Reply:
    """The reply that a content says."""
    found: Reply = _REPLIES.decode(content)
    return found


def next_order(stream: BinaryIO) -> Order | None:
    """The next order; None at the end of the stream."""
    head = stream.read(LENGTH_BYTES)
    if not head:
        return None
    found: Order = _ORDERS.decode(stream.read(length_of(head)))
    return found
