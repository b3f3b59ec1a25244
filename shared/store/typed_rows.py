"""Rows are tuples with types: written without names, and each of their parts checked when they are read.

Damage is noticed by types, and by checksums, which SQLite has none of.
"""

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any, get_args, get_type_hints
from zlib import crc32

import msgspec

write: Callable[[Any], bytes] = msgspec.msgpack.Encoder().encode


class StoreDamaged(Exception):
    """What was read from a store is not what was written there."""


def checksum(*parts: bytes) -> int:
    """A sum over parts in their order, which says whether what is read is what was written."""
    found = 0
    for part in parts:
        found = crc32(part, found)
    return found


def reader(type_: Any) -> Callable[[bytes], Any]:
    """Reads values of a type, each of its parts checked. Raises StoreDamaged."""
    decode = msgspec.msgpack.Decoder(type_).decode

    def read(row: bytes) -> Any:
        try:
            return decode(row)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise StoreDamaged(str(error)) from error

    return read


def shape_of(version: int, types: Iterable[Any]) -> str:
    """What differs whenever a row of another version could mean something else."""
    fields = "\n".join(_fields(types, set()))
    return sha256(f"{version}\n{fields}".encode()).hexdigest()


def _fields(types: Iterable[Any], known: set[Any]) -> Iterable[str]:
    """Every type that rows are made of, with the names and types of its fields, in one order."""
    for one in types:
        if one in known:
            continue
        known.add(one)
        if hasattr(one, "_fields"):
            hints = get_type_hints(one)
            yield f"{one.__qualname__}({', '.join(f'{name}: {hints[name]}' for name in one._fields)})"
            yield from _fields(hints.values(), known)
        else:
            yield from _fields(get_args(one), known)
