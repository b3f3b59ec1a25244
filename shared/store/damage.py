"""Damage to a store is noticed by checksums, which SQLite has none of, and by types."""

from zlib import crc32


class StoreDamaged(Exception):
    """What was read from a store is not what was written there."""


def checksum(*parts: bytes) -> int:
    """A sum over parts in their order, which says whether what is read is what was written."""
    found = 0
    for part in parts:
        found = crc32(part, found)
    return found
