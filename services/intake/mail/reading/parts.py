"""Parts of a message: its tree walked without recursion, so deep and no deeper, each leaf decoded. Pure."""

import re
from binascii import Error as NotUu
from binascii import a2b_qp, a2b_uu
from collections.abc import Iterator
from typing import Final, NamedTuple

from services.intake.mail.reading.headers import Headers, Parameters, from_base64, parted

MOST_PARTS: Final = 1000
"""Leaves that are looked at: a letter has a handful, a digest some dozens."""
DEEPEST: Final = 40
"""Levels of multiparts that are looked into."""
BOUNDARY_LIMIT: Final = 1000
PLAIN, HTML, MESSAGE = "text/plain", "text/html", "message/rfc822"
GUESSED_BOUNDARY: Final = re.compile(rb"(?:\A|\n)--([^\r\n]{1,200}?)[ \t]*\r?\n(?=content-)", re.IGNORECASE)
NOT_A_NAME: Final = re.compile(r"[^a-z0-9]")
ADDED_BY_A_LIST: Final = re.compile(rb"(?<=\n)(?:[_-]{10,}|-- ?)\r?\n")
"""Where a list's server adds words of its own, also behind what is encoded, as if that were text."""
TURNED: Final = {"plain/text": PLAIN, "html/text": HTML, "text/htm": HTML}
"""Types that programs write the wrong way round, or nearly right."""
MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9.+_-]*/[a-z0-9][a-z0-9.+_-]*")


class Part(NamedTuple):
    """One leaf. ``within``: the multiparts that it stands in, outermost first, each with a number of its own."""

    headers: Headers
    type: Parameters
    media_type: str
    content: bytes
    within: tuple[tuple[int, str], ...]
    first: bool

    @property
    def disposition(self) -> str:
        """``inline``, ``attachment``, or nothing."""
        return self.headers.parameters("content-disposition").value

    @property
    def file_name(self) -> str:
        """The name that its sender gave it."""
        return self.headers.parameters("content-disposition").get("filename") or self.type.get("name")


class Tree(NamedTuple):
    """All that was found. ``cut``: parts that were too many or too deep to be looked at are left out."""

    headers: Headers
    parts: list[Part]
    multiparts: frozenset[str]
    cut: bool = False


class _Open(NamedTuple):
    headers: Headers
    body: bytes
    within: tuple[tuple[int, str], ...]
    default: str
    first: bool


def tree_of(raw: bytes) -> Tree:
    """The leaves of a message in the order in which they stand."""
    headers, body = parted(raw)
    waiting = [_Open(headers, body, (), PLAIN, first=True)]
    leaves: list[Part] = []
    kinds: set[str] = set()
    cut = False
    while waiting:
        one = waiting.pop()
        leaf, inner = _leaf(one)
        if inner is None:
            leaves.append(leaf)
        elif len(one.within) >= DEEPEST:
            cut = True
        else:
            kinds.add(leaf.media_type)
            mark = (len(kinds) + len(leaves) + len(waiting), leaf.media_type)
            pieces, more = _pieces(inner, leaf.content, MOST_PARTS - len(leaves) - len(waiting))
            cut = cut or more
            default = MESSAGE if leaf.media_type == "multipart/digest" else PLAIN
            opened = [
                _Open(*parted(piece), (*one.within, mark), default, first=at == 0) for at, piece in enumerate(pieces)
            ]
            waiting.extend(reversed(opened))
    return Tree(headers, leaves, frozenset(kinds), cut)


def _leaf(one: _Open) -> tuple[Part, bytes | None]:
    """A part, and its boundary if it holds others; a multipart in which none stands is a text."""
    parameters = one.headers.parameters("content-type")
    known = MEDIA_TYPE.fullmatch(parameters.value) if len(parameters.value) <= 128 else None
    media_type = parameters.value if known else one.default if not parameters.value else PLAIN
    media_type = TURNED.get(media_type, media_type)
    content, inner = one.body, None
    if media_type.startswith("multipart/"):
        inner = _inner(one.body, parameters)
    if inner is None:
        content = _unwrapped(one.headers, one.body)
        if media_type.startswith("multipart/"):
            inner = _inner(content, parameters)
            media_type = media_type if inner else PLAIN
    return Part(one.headers, parameters, media_type, content, one.within, one.first), inner


def _inner(body: bytes, parameters: Parameters) -> bytes | None:
    """The boundary that stands in a body: the one that was said, else one that looks like it."""
    said = parameters.get("boundary").strip()[:BOUNDARY_LIMIT].encode("latin-1", "replace")
    if said and b"--" + said in body:
        return said
    guessed = GUESSED_BOUNDARY.search(body)
    return guessed[1] if guessed else None


def _pieces(boundary: bytes, body: bytes, most: int) -> tuple[list[bytes], bool]:
    """The bodies between the lines of a boundary, and whether there were more than may be looked at."""
    line = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?:\r?\n|\Z)")
    found: list[bytes] = []
    start: int | None = None
    for mark in _lines(line, body):
        if start is not None:
            if len(found) >= most:
                return found, True
            found.append(body[start : mark.start()])
        start = None if mark[1] else mark.end()
        if mark[1]:
            break
    if start is not None and len(found) < most and body[start:].strip():
        found.append(body[start:])
    return found, False


def _lines(line: "re.Pattern[bytes]", body: bytes) -> "Iterator[re.Match[bytes]]":
    """The lines of a boundary; the end of one may be the beginning of the next."""
    at = 0
    while (mark := line.search(body, at)) is not None:
        yield mark
        end = mark.end()
        at = max(mark.start() + 1, end - (2 if body[end - 2 : end] == b"\r\n" else 1))


def _unwrapped(headers: Headers, body: bytes) -> bytes:
    """The bytes that a transfer encoding stands for; one that nobody knows leaves them as they are."""
    said = headers.parameters("content-transfer-encoding").value.partition("(")[0]
    way = NOT_A_NAME.sub("", said)
    if way in ("base64", "b"):
        return from_base64(ADDED_BY_A_LIST.split(body, maxsplit=1)[0])
    if way in ("quotedprintable", "q"):
        return a2b_qp(body)
    if way in ("xuuencode", "uuencode", "xuue", "uue"):
        return _from_uu(body)
    return body


def _from_uu(body: bytes) -> bytes:
    found = []
    for line in body.splitlines():
        if line[:6] in (b"begin ", b"") or line.strip() == b"end":
            continue
        try:
            found.append(a2b_uu(line))
        except NotUu:
            needed = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                found.append(a2b_uu(line[:needed]))
            except NotUu:
                continue
    return b"".join(found)
