"""Charsets turn bytes into text as declared, else by guessing in a fixed order; no bytes are ever refused. Pure."""

import codecs
import re
from typing import Final, NamedTuple

GB18030: Final = "gb18030"
GUESSED: Final = ("utf-8", GB18030, "big5hkscs")
"""What is tried in this order where the declared charset fails or none is declared; at last Windows-1252."""
LAST: Final = "cp1252"
READ_AS: Final = {
    "gb2312": GB18030, "gbk": GB18030, "xgbk": GB18030, "cp936": GB18030, "ms936": GB18030, "windows936": GB18030,
    "gb231280": GB18030, "xgb2312": GB18030, "euccn": GB18030, "csgb2312": GB18030, "cngb": GB18030, "gb": GB18030,
    "chinese": GB18030, "gb18030": GB18030, "big5": "big5hkscs", "xbig5": "big5hkscs", "cnbig5": "big5hkscs",
    "xxbig5": "big5hkscs", "cp950": "big5hkscs", "iso88591": LAST, "latin1": LAST, "l1": LAST, "ansi": LAST,
    "iso88599": "cp1254", "iso885911": "cp874", "iso88598i": "iso8859-8", "ksc56011987": "cp949", "euckr": "cp949",
    "shiftjis": "cp932", "sjis": "cp932", "xsjis": "cp932", "utf8mb4": "utf-8", "unicode11utf8": "utf-8",
    "xutf8": "utf-8", "unicode": "utf-16", "xunknown": "", "unknown8bit": "", "8bit": "", "binary": "", "default": "",
    "windows31j": "cp932", "ms932": "cp932",
    "utf7": "utf-7", "unicode11utf7": "utf-7", "hzgb2312": "hz", "usascii": "ascii",
}  # fmt: skip
"""What senders call a charset, and what their bytes are; small letters and digits only."""
NAME: Final = re.compile(r"[^a-z0-9]")
NO_TEXT: Final = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
"""Codecs of Python's that are no charset of anybody's mail."""
LONGEST_NAME: Final = 40


class Decoded(NamedTuple):
    """A text, and whether its charset was guessed or some of its bytes stand for no sign."""

    text: str
    doubtful: bool = False


def codec_of(declared: str | None) -> str | None:
    """The codec that reads a declared charset; None where there is none."""
    plain = NAME.sub("", (declared or "").lower())[:LONGEST_NAME]
    named = READ_AS.get(plain)
    if named is not None:
        return named or None
    said = (declared or "").strip(" \t\"'").lower()[:LONGEST_NAME]
    found = next(filter(None, map(_codec, (said, plain, plain.removeprefix("x")))), None)
    if found is None:
        return None
    is_text = getattr(found, "_is_text_encoding", False) and found.name.replace("-", "_") not in NO_TEXT
    return found.name if is_text else None


def _codec(name: str) -> codecs.CodecInfo | None:
    try:
        return codecs.lookup(name) if name else None
    except (LookupError, ValueError):
        return None


def decoded(raw: bytes, declared: str | None = None) -> Decoded:
    """The text of bytes: as declared where that fits, else as the first that fits of what is guessed."""
    codec = codec_of(declared)
    if codec is not None:
        text = _strict(raw, codec)
        if text is not None:
            return Decoded(text)
    elif raw.isascii() and not declared:
        return Decoded(raw.decode("ascii"))
    for guess in GUESSED:
        text = _strict(raw, guess)
        if text is not None:
            return Decoded(text, doubtful=codec is not None or guess != "utf-8")
    return Decoded(_windows(raw), doubtful=True)


def _strict(raw: bytes, codec: str) -> str | None:
    try:
        text = _windows(raw) if codec == LAST else raw.decode(codec)
        text.encode("utf-8")  # UTF-7 and UTF-16 can give halves of signs
    except (UnicodeError, ValueError):
        return None
    return text


def _windows(raw: bytes) -> str:
    """Windows-1252 with the five bytes that it does not define as what they are in ISO 8859-1: every byte is a sign."""
    try:
        return raw.decode(LAST)
    except UnicodeDecodeError:
        return "".join(bytes((one,)).decode(LAST, "ignore") or chr(one) for one in raw)
