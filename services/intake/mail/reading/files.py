"""Files of a message: what is evidence, under which name, of which type. Archives are never unpacked. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from services.intake.mail.reading.parts import MESSAGE, Part

FILES: Final = 20
FILE_LIMIT_BYTES: Final = 20 * 2**20
NAME_LIMIT: Final = 120
"""Signs of a name as it is shown: what is longer is cut in the middle, its ending stays."""
ENDING: Final = re.compile(r"\.[A-Za-z0-9]{1,10}\Z")
NOT_SHOWN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Controls, line ends, and the signs that turn the direction of writing: fdp.exe looks like exe.pdf with one."""
UNKNOWN: Final = "application/octet-stream"
SIGNED_BY: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"), (b"GIF89a", "image/gif"), (b"BM", "image/bmp"), (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"), (b"PK\x03\x04", "application/zip"), (b"PK\x05\x06", "application/zip"),
    (b"Rar!\x1a\x07", "application/vnd.rar"), (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"), (b"ID3", "audio/mpeg"), (b"OggS", "audio/ogg"), (b"#!AMR", "audio/amr"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"), (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-elf"), (b"<?xml", "application/xml"), (b"%!PS", "application/postscript"),
    (b"\x1aE\xdf\xa3", "video/webm"), (b"-----BEGIN PGP", "application/pgp-encrypted"),
)  # fmt: skip
"""What the content itself says it is: what a sender says of it is believed only where the content says nothing."""
IN_ZIP: Final[tuple[tuple[bytes, str], ...]] = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"OFD.xml", "application/ofd"), (b"META-INF/manifest.xml", "application/vnd.oasis.opendocument"),
)  # fmt: skip
FAMILIES: Final = frozenset({"application/zip", "application/x-ole-storage", "application/xml"})
"""Wraps of many types: where the sender names one that fits the family, his word stands."""
Kind = Literal["attachment", "inline_picture", "forwarded_message", "message"]


class ReadFile(NamedTuple):
    """One file. ``sent_as``: its name as its sender gave it, where that is not what is shown."""

    name: str
    sent_as: str | None
    media_type: str
    content: bytes
    kind: Kind


class Files(NamedTuple):
    """The files that are kept, and the names of those that are left out."""

    kept: tuple[ReadFile, ...]
    left_out: tuple[str, ...]


def files_of(parts: Iterable[Part]) -> Files:
    """The files in a message's parts, at most so many and each no larger than may be."""
    kept: list[ReadFile] = []
    left_out: list[str] = []
    for number, part in enumerate(parts, 1):
        one = _file(part, number)
        if len(kept) >= FILES or not 0 < len(one.content) <= FILE_LIMIT_BYTES:
            left_out.append(one.name)
        else:
            kept.append(one)
    return Files(tuple(kept), tuple(left_out))


def _file(part: Part, number: int) -> ReadFile:
    media_type = type_of_content(part.content, part.media_type)
    sent_as = part.file_name
    kind: Kind = "attachment"
    if part.media_type == MESSAGE:
        kind, media_type = "forwarded_message", MESSAGE
    elif media_type.startswith("image/") and part.disposition != "attachment" and part.headers.has("content-id"):
        kind = "inline_picture"
    shown = shown_name(sent_as) or f"{kind}-{number}{_ending_of(media_type)}"
    return ReadFile(shown, sent_as if sent_as and sent_as != shown else None, media_type, part.content, kind)


def shown_name(sent_as: str) -> str:
    """A name as it is shown: without the folders before it, without signs that nobody sees, not too long."""
    last = re.split(r"[/\\]", sent_as.replace("\0", ""))[-1]
    plain = "".join(sign for sign in last if unicodedata.category(sign) not in NOT_SHOWN)
    plain = " ".join(plain.split()).strip(' ."')
    if len(plain) <= NAME_LIMIT:
        return plain
    ending = ENDING.search(plain)
    kept = ending[0] if ending else ""
    return plain[: NAME_LIMIT - len(kept) - 1] + "…" + kept


def type_of_content(content: bytes, declared: str) -> str:
    """The media type of a content; what its sender declared where the content does not say."""
    found = next((named for sign, named in SIGNED_BY if content.startswith(sign)), None)
    if content[4:8] == b"ftyp":
        found = "image/heic" if content[8:11] in (b"hei", b"mif") else "video/mp4"
    if content[:4] == b"RIFF":
        found = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(content[8:12], found)
    if found == "application/zip":
        found = next((named for sign, named in IN_ZIP if sign in content[:8192] + content[-8192:]), found)
    if found is None:
        return UNKNOWN if declared.startswith(("image/", "multipart/")) or declared == "application/pdf" else declared
    return declared if found in FAMILIES and declared.startswith("application/") else found


def _ending_of(media_type: str) -> str:
    endings = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", MESSAGE: ".eml"}
    return endings.get(media_type, "")
