"""Texts of parts as a person reads them: folded lines joined, HTML reduced, no control signs. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from html import unescape
from typing import Final

from services.intake.mail.reading.charsets import Decoded, decoded
from services.intake.mail.reading.parts import HTML, Part

LONGEST_HTML: Final = 2 * 2**20
"""Signs of a page that are looked at: thirty times what a narrative may hold."""
UNSEEN_TAGS: Final = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "math", "object"})
BLOCKS: Final = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figure",
        "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
        "section", "table", "tr", "ul", "br", "option", "caption", "tbody", "thead",
    }
)  # fmt: skip
CELLS: Final = frozenset({"td", "th"})
META_CHARSET: Final = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
BLANKS: Final = re.compile(r"[ \t\r\n\f\u00a0]+")
TAG: Final = re.compile(r"/?[A-Za-z][A-Za-z0-9:_-]{0,40}")
SPOKEN_TO_MACHINES: Final = re.compile(r"<!--.*?(?:-->|\Z)|<[!?][^>]{0,2000}>?", re.DOTALL)
ALT: Final = re.compile(r"\balt\s*=\s*[\"']([^\"']{1,300})", re.IGNORECASE)
MANY_LINES: Final = re.compile(r"\n{3,}")
LINE_ENDS: Final = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
UNREADABLE: Final = frozenset({"Cc", "Cs", "Co", "Cn"})


def text_of(part: Part) -> Decoded:
    """What a text part says."""
    declared = part.type.get("charset") or None
    if part.media_type == HTML:
        meta = META_CHARSET.search(part.content[:4096]) if declared is None else None
        found = decoded(part.content, declared or (meta[1].decode("ascii") if meta else None))
        return Decoded(clean(of_html(found.text)), found.doubtful or len(found.text) > LONGEST_HTML)
    found = decoded(part.content, declared)
    text = LINE_ENDS.sub("\n", found.text)
    if part.type.get("format").lower() == "flowed":
        text = unfolded(text, joined=part.type.get("delsp").lower() == "yes")
    return Decoded(clean(text), found.doubtful)


def unfolded(text: str, *, joined: bool) -> str:
    """A text whose lines were folded as RFC 3676 says: a line that ends in a blank goes on in the next."""
    done: list[str] = []
    open_depth: int | None = None
    for line in text.split("\n"):
        rest = line.lstrip(">")
        depth = len(line) - len(rest)
        rest = rest.removeprefix(" ")
        flows = rest.endswith(" ") and rest != "-- "
        piece = rest[:-1] if flows and joined else rest
        if open_depth == depth and rest != "-- ":
            done[-1] += piece
        else:
            done.append((">" * depth + " " if depth else "") + piece)
        open_depth = depth if flows else None
    return "\n".join(done)


def of_html(page: str) -> str:
    """What a person sees of a page. In one pass: a page of a million open tags takes no longer than one of words."""
    pieces: list[str] = []
    hidden: str | None = None
    for tag, rest, words in _tokens(SPOKEN_TO_MACHINES.sub("", page[:LONGEST_HTML])):
        name = tag.removeprefix("/")
        if hidden is not None:
            if tag != "/" + hidden and not (hidden == "head" and tag in BLOCKS):
                continue
            hidden = None
        elif name in UNSEEN_TAGS and tag == name and not rest.endswith("/"):
            hidden = name
            continue
        else:
            pieces.append(_shown(name, rest))
        pieces.append(BLANKS.sub(" ", unescape(words)))
    lines = "".join(pieces).split("\n")
    return MANY_LINES.sub("\n\n", "\n".join(" ".join(filter(None, line.split(" "))) for line in lines)).strip()


def _tokens(page: str) -> Iterator[tuple[str, str, str]]:
    """Each tag in small letters, what else stands in it, and the words after it; a lone bracket is a word."""
    first, *others = page.split("<")
    yield "", "", first
    for piece in others:
        said = TAG.match(piece)
        if said is None:
            yield "", "", "<" + piece
        else:
            inside, closed, words = piece.partition(">")
            yield said[0].lower(), inside[said.end() :], words if closed else ""


def _shown(tag: str, rest: str) -> str:
    """What a tag itself shows."""
    if tag in BLOCKS:
        return "\n"
    if tag in CELLS:
        return " "
    told = ALT.search(rest) if tag == "img" else None
    return f"[{unescape(told[1])}]" if told else ""


def clean(text: str) -> str:
    """A text without signs that no letter shows: controls, halves of signs, the mark of a file's beginning."""
    if text.isascii() and text.isprintable():
        return text.strip()
    kept = (s for s in text if s in "\n\t" or not (unicodedata.category(s) in UNREADABLE and not _private(s)))
    return MANY_LINES.sub("\n\n", "".join(kept).replace("\ufeff", "")).strip()


def _private(sign: str) -> bool:
    """Rare names are written with signs of private use."""
    return unicodedata.category(sign) == "Co"
