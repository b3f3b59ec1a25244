"""Headers of a message or a part, as lenient as mail is: nothing in them raises. Pure."""

import re
import unicodedata
from binascii import Error as NoBase64
from binascii import a2b_base64, a2b_qp
from collections.abc import Iterator
from email.errors import MessageError
from email.message import Message
from email.utils import collapse_rfc2231_value
from typing import Final, NamedTuple

from services.intake.mail.reading.charsets import decoded

LONGEST_HEAD: Final = 2 * 2**20
"""Bytes of all headers of one part: what stands beyond is no header that anybody reads."""
MOST_FIELDS: Final = 1000
FIELD: Final = re.compile(rb"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
HEAD_END: Final = re.compile(rb"\r?\n([ \t]*)\r?\n|\A\r?\n")
GOES_ON: Final = re.compile(
    rb"(?:content-[a-z-]+|mime-version|subject|from|to|date|message-id|received|references|in-reply-to|x-[a-z-]+)"
    rb"[ \t]*:",
    re.IGNORECASE,
)
"""What stands behind a line of blanks where that is a header folded badly, and not the end of them."""
LINE_END: Final = re.compile(rb"\r\n|\n|\r")
ENCODED_WORD: Final = re.compile(rb"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]*)\?=")
BETWEEN_WORDS: Final = re.compile(rb"[ \t\r\n]*")
NOT_BASE64: Final = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))


class HeaderField(NamedTuple):
    """One header field: its name in small letters, its value as sent but on one line, and the bytes of both."""

    name: str
    value: bytes
    raw: bytes


class Headers:
    """All fields in the order in which they stand."""

    def __init__(self, fields: list[HeaderField]) -> None:
        self.fields = fields

    def all(self, name: str) -> list[bytes]:
        """The values of a field, which may stand there several times."""
        return [field.value for field in self.fields if field.name == name]

    def first(self, name: str) -> bytes:
        """The first value of a field; nothing where there is none."""
        return next((field.value for field in self.fields if field.name == name), b"")

    def has(self, name: str) -> bool:
        """Whether a field is there, perhaps empty."""
        return any(field.name == name for field in self.fields)

    def text(self, name: str) -> str:
        """The first value of a field as a person reads it, on one line."""
        return readable(self.first(name))

    def parameters(self, name: str) -> "Parameters":
        """A field that has a value and parameters, such as Content-Type."""
        return Parameters(self.first(name))


class Parameters:
    """The value of a field and its parameters, whatever is wrong with them (RFC 2045, 2231)."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw[:LONGEST_HEAD].replace(b"\0", b"")
        self._field = Message()
        self._field["Content-Type"] = self._raw.decode("latin-1").replace("\r", " ").replace("\n", " ")
        self.value = self._raw.partition(b";")[0].decode("ascii", "replace").strip().strip('"').lower()

    def get(self, name: str) -> str:
        """A parameter as a person reads it; empty where it is missing."""
        try:
            found = self._field.get_param(name)
            if isinstance(found, tuple):
                return _of_2231(found)
        except (MessageError, ValueError, LookupError, TypeError, AttributeError):
            found = None
        if found is None:
            return self._by_hand(name)
        return readable(str(found).encode("latin-1", "replace"))

    def _by_hand(self, name: str) -> str:
        """A parameter that the standard library does not find, such as one without a semicolon before it."""
        pattern = rb"(?i)[;\s]" + re.escape(name.encode()) + rb"\s*=\s*(?:\"([^\"]*)\"?|([^\s;]+))"
        found = re.search(pattern, self._raw)
        return readable(found[1] if found[1] is not None else found[2]) if found else ""


def _of_2231(found: tuple[str | None, str | None, str]) -> str:
    charset, language, value = found
    try:
        raw = value.encode("latin-1")
    except UnicodeEncodeError:
        return str(collapse_rfc2231_value((charset, language, value)))
    return decoded(raw, charset).text


def begun(raw: bytes) -> bytes:
    """A message from its first header on: programs write the mark of a file or an empty line before it."""
    start = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    return start if FIELD.match(start[:MOST_FIELDS]) else raw


def parted(raw: bytes) -> tuple[Headers, bytes]:
    """The headers of a message or part, and its body."""
    end = _head_end(raw)
    head, body = (raw[: end.start()], raw[end.end() :]) if end else (raw[:LONGEST_HEAD], raw[LONGEST_HEAD:])
    fields, rest = _fields(head)
    return Headers(fields), rest + (end[0] if end and rest else b"") + body


def _head_end(raw: bytes) -> "re.Match[bytes] | None":
    """The first empty line; one of blanks alone only where no header follows it."""
    for end in HEAD_END.finditer(raw, 0, LONGEST_HEAD):
        if not end[1] or not GOES_ON.match(raw, end.end()):
            return end
    return None


def _fields(head: bytes) -> tuple[list[HeaderField], bytes]:
    """The fields of a head; and from the first line on that is none, what belongs to the body."""
    found: list[list[bytes]] = []
    at = 0
    while at < len(head):
        end = LINE_END.search(head, at)
        after = end.end() if end else len(head)
        line = head[at:after]
        if line[:1] in b" \t" and found:
            found[-1].append(line)
        elif FIELD.match(line) and len(found) < MOST_FIELDS:
            found.append([line])
        elif not (at == 0 and line.lstrip(b">").startswith(b"From ")):
            return [_field(lines) for lines in found], head[at:]
        at = after
    return [_field(lines) for lines in found], b""


def _field(lines: list[bytes]) -> HeaderField:
    raw = b"".join(lines)
    match = FIELD.match(raw)
    assert match is not None  # noqa: S101 - it was matched before
    value = b" ".join(line.strip() for line in LINE_END.split(match[2])).strip()
    return HeaderField(match[1].decode("ascii").lower(), value, raw)


def readable(raw: bytes) -> str:
    """What a header says to a person: encoded words opened (RFC 2047), raw bytes read, on one line."""
    text = "".join(_words(raw.replace(b"\0", b"")))
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    seen = (sign if sign.isprintable() else " " for sign in text if unicodedata.category(sign) != "Cf")
    return " ".join("".join(seen).split())


def _words(raw: bytes) -> Iterator[str]:
    """The pieces of a header; the bytes of neighbours in one charset are joined: senders cut signs in two."""
    at, held, charset = 0, b"", ""
    for match in ENCODED_WORD.finditer(raw):
        between = raw[at : match.start()]
        said = match[1].decode("ascii", "replace").partition("*")[0]
        neighbours = bool(held) and not between.strip()
        if held and not (neighbours and said.lower() == charset.lower()):
            yield decoded(held, charset).text
            held = b""
        if between and not neighbours:
            yield decoded(between).text
        held, charset, at = held + _opened(match[2], match[3]), said, match.end()
    if held:
        yield decoded(held, charset).text
    if raw[at:]:
        yield decoded(raw[at:]).text


def _opened(way: bytes, said: bytes) -> bytes:
    return from_base64(said) if way in b"bB" else a2b_qp(said, header=True)


def from_base64(raw: bytes) -> bytes:
    """What base64 stands for: foreign signs passed over, padding missing or in the middle, a last sign too many."""
    pieces = [piece for piece in raw.translate(None, NOT_BASE64).split(b"=") if piece]
    found = []
    for piece in pieces:
        whole = piece[: len(piece) - 1] if len(piece) % 4 == 1 else piece
        try:
            found.append(a2b_base64(whole + b"=" * (-len(whole) % 4)))
        except NoBase64:
            continue
    return b"".join(found)
