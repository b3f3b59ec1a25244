"""Packing writes what a fold keeps of a case as bytes, and makes it anew of them; a checksum says whether it is whole.

States are tuples with types, so msgspec writes them as rows without names and checks every type when it reads them.
"""

import typing
from collections.abc import Callable
from types import UnionType
from typing import Any, Generic, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from shared.contract.ids import is_case
from shared.contract.letters import Fault
from shared.contract.records import Record
from shared.errors import Unreadable
from shared.kernel.case_keys import Keys
from shared.kernel.folded_case import FoldedCase
from shared.kernel.service import LogTrigger, Stored
from shared.store.typed_rows import reader, shape_of, write

S = TypeVar("S")
Share = Callable[[Any], Any]
COMMON_KEPT = 50_000
"""Common parts that are remembered of one type; beyond that they are forgotten, and made anew as they are read."""


class Snapshot(NamedTuple):
    """What a fold keeps of a case, as it is at one place of the log; nothing in it changes afterwards."""

    case: str
    state: Any
    basis: bytes
    seen: bytes
    offsets: bytes
    blocked: bool
    keys: Keys


class BlockedRow(NamedTuple):
    """The record by which a case came to be blocked, and why: it is told of again until somebody was told."""

    record: Record
    why: str

    @classmethod
    def of(cls, record: Record, fault: Fault) -> "BlockedRow":
        """The row of a record: the reason stands on a line of its own before all that is said of it."""
        return cls(record, f"{fault.reason}\n{fault.said}")

    @property
    def fault(self) -> Fault:
        """Why it cannot be read; a row of before reasons were told has none that anybody may read."""
        reason, _, said = self.why.partition("\n")
        return Fault(reason, said) if said else Fault(Unreadable.code, reason)


class Packing(Generic[S]):
    """Packs one service's cases. ``shape``: differs whenever a row of another version could mean something else."""

    def __init__(self, stored: Stored) -> None:
        self._case, self._beside = _Subject(stored.case), _Subject(stored.beside or stored.case)
        key: Any = stored.key
        self.read_filed = reader(tuple[float | None, tuple[key, ...]])
        self.read_owed, self.read_blocked = reader(LogTrigger), reader(BlockedRow)
        rows = (stored.case.row, self._beside.shape.row, stored.key, LogTrigger, BlockedRow)
        self.shape = shape_of(stored.version, rows)

    def pack(self, taken: Snapshot) -> bytes:
        """The row of a case."""
        state = taken.state if taken.state is None else self._of(taken.case).shape.to_row(taken.state)
        return write((state, taken.basis, taken.seen, taken.offsets, taken.blocked))

    def unpack(self, case: str, row: bytes) -> FoldedCase[S]:
        """The case of a row, with what it has in common with others as one object. Raises StoreDamaged."""
        subject = self._of(case)
        state, basis, seen, offsets, blocked = subject.read(row)
        made = None if state is None else subject.shape.from_row(subject.share(state))
        return FoldedCase(made, basis, seen, offsets, blocked)

    def _of(self, case: str) -> "_Subject":
        return self._case if is_case(case) else self._beside


class _Subject:
    """How the state of one kind of subject is read."""

    def __init__(self, shape: Any) -> None:
        self.shape = shape
        self.read = reader(tuple[shape.row | None, bytes, bytes, bytes, bool])
        self.share: Share = sharing(shape.row, frozenset(shape.common)) or (lambda state: state)


def sharing(type_: Any, common: frozenset[Any]) -> Share | None:
    """What makes one object of equal parts of the types ``common`` within a value of ``type_``; None for no such part.

    Cases that went alike have most of their parts in common: kept apart, they would take several times the memory.
    """
    if type_ in common:
        return _once()
    if hasattr(type_, "_fields"):
        return _in_fields(type_, common)
    origin, inner = get_origin(type_), get_args(type_)
    if origin is tuple and inner[-1] is Ellipsis:
        return _in_each(sharing(inner[0], common))
    if origin is tuple:
        return _in_fixed([sharing(one, common) for one in inner])
    if origin in (UnionType, typing.Union):
        return _in_union({one: share for one in inner if (share := sharing(one, common)) is not None})
    return None


def _once() -> Share:
    known: dict[Any, Any] = {}

    def once(value: Any) -> Any:
        if len(known) > COMMON_KEPT:
            known.clear()
        return known.setdefault(value, value)

    return once


def _in_fields(type_: Any, common: frozenset[Any]) -> Share | None:
    hints = get_type_hints(type_)
    shares = [(at, share) for at, name in enumerate(type_._fields) if (share := sharing(hints[name], common))]
    if not shares:
        return None

    def in_fields(value: Any) -> Any:
        parts = list(value)
        for at, share in shares:
            parts[at] = share(parts[at])
        return type_._make(parts)

    return in_fields


def _in_each(share: Share | None) -> Share | None:
    return None if share is None else lambda value: tuple([share(one) for one in value])


def _in_fixed(shares: list[Share | None]) -> Share | None:
    if not any(shares):
        return None
    return lambda value: tuple([one if share is None else share(one) for share, one in zip(shares, value, strict=True)])


def _in_union(shares: dict[Any, Share]) -> Share | None:
    """In a union at most one kind of tuple stands; what is none is left as it is."""
    if not shares:
        return None
    (share,) = shares.values()
    return lambda value: share(value) if isinstance(value, tuple) else value
