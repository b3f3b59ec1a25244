"""Addresses of a header: which mailboxes it names. Comments, display names and encoded words are never one. Pure."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from pydantic import TypeAdapter, ValidationError

from services.intake.mail.reading.headers import readable
from shared.contract.names import MailAddress, Name

LONGEST: Final = 16_384
"""Bytes of such a header that are looked at."""
_ADDRESS: Final = TypeAdapter[str](MailAddress)
_NAME: Final = TypeAdapter[str](Name)


class Mailbox(NamedTuple):
    """One mailbox as it is named: an address that mail can go to, and the name beside it where it is one."""

    address: str
    name: str | None = None


def mailboxes(raw: bytes) -> Iterator[Mailbox]:
    """The mailboxes that a header names and mail can go to, in their order."""
    return filter(None, map(_mailbox, _pieces(raw[:LONGEST])))


def count_named(raw: bytes) -> int:
    """How many mailboxes a header names, whether mail can go to them or not; half a name before a comma is none."""
    return sum(1 for display, angle in _pieces(raw[:LONGEST]) if angle is not None or b"@" in display)


def _mailbox(piece: tuple[bytes, bytes | None]) -> Mailbox | None:
    display, angle = piece
    spec = display if angle is None else angle
    address = plain_address(spec)
    if address is None:
        return None
    return Mailbox(address, _name(display) if angle is not None else None)


def plain_address(spec: bytes) -> str | None:
    """An address written by itself, if mail can go there."""
    try:
        text = _bare(spec.decode("utf-8").strip())
        return _ADDRESS.validate_python(text) if "=?" not in text else None
    except (UnicodeDecodeError, ValidationError):
        return None


def _bare(text: str) -> str:
    """An address without what programs put around it: quotes, brackets twice, the word of a link."""
    if text.startswith("'") and text.endswith("'"):
        text = text[1:-1]
    return text.lstrip("<").removeprefix("mailto:")


def _name(display: bytes) -> str | None:
    try:
        return _NAME.validate_python(readable(display.strip(b' \t"').replace(b"\\", b"")))
    except ValidationError:
        return None


def _pieces(raw: bytes) -> list[tuple[bytes, bytes | None]]:
    """What stands between the commas: the words outside angle brackets, and what stands in them.

    Quoted words and comments hold anything; the comments are left out. Two pairs of brackets are two mailboxes.
    """
    found: list[tuple[bytes, bytes | None]] = []
    words, angle = bytearray(), None
    for kind, sign in _marked(raw):
        if kind == "<":
            if angle is not None:
                found.append((bytes(words), bytes(angle)))
                words = bytearray()
            angle = bytearray()
        elif kind == "in" and angle is not None:
            angle += sign
        elif kind == "end":
            found.append((bytes(words), None if angle is None else bytes(angle)))
            words, angle = bytearray(), None
        elif kind == "group":
            words = bytearray()
        elif kind == "word":
            words += sign
    found.append((bytes(words), None if angle is None else bytes(angle)))
    return [(display, angle) for display, angle in found if angle is not None or display.strip()]


def _marked(raw: bytes) -> list[tuple[str, bytes]]:
    """Each sign with what it is part of: a word, an address in brackets, an end; comments are left out."""
    found: list[tuple[str, bytes]] = []
    depth, quoted, inside, skip = 0, False, False, False
    for number in raw:
        sign = bytes((number,))
        where = "in" if inside else "word"
        if skip:
            skip = False
            if not depth:
                found.append((where, sign))
        elif sign == b"\\" and (quoted or depth):
            skip = True
        elif depth or (sign == b"(" and not quoted):
            depth += {b"(": 1, b")": -1}.get(sign, 0)
        elif sign == b'"':
            quoted = not quoted
            if inside:
                found.append((where, sign))
        elif quoted:
            found.append((where, sign))
        elif sign == b"<" and not inside:
            inside = True
            found.append(("<", sign))
        elif sign == b">" and inside:
            inside = False
        elif sign in b",;" and not inside:
            found.append(("end", sign))
        elif sign == b":" and not inside:
            found.append(("group", sign))
        else:
            found.append((where, sign))
    return found
