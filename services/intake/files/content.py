"""Tells the media type of a file by its content: by how it begins, never by its name or by what its sender says.

Nothing is unpacked, rendered or run. Of an archive only the names are read that stand in the clear in its first bytes.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

HEAD_BYTES = 64 * 1024
"""So much is looked at, however long the file is."""
UNKNOWN = "application/octet-stream"
ZIP = "application/zip"
OLE = "application/x-ole-storage"
OFFICE = "application/vnd.openxmlformats-officedocument."


class Signature(NamedTuple):
    """These bytes at this place, and what they say."""

    at: int
    begins: bytes
    media_type: str


def _signatures() -> Iterator[Signature]:
    for line in TABLE.strip().splitlines():
        media_type, at, *begins = line.split()
        for one in begins:
            yield Signature(int(at), one.encode().decode("unicode_escape").encode("latin-1"), media_type)


TABLE = r"""
application/pdf 0 %PDF-
image/jpeg 0 \xff\xd8\xff
image/png 0 \x89PNG\r\n\x1a\n
image/gif 0 GIF87a GIF89a
image/tiff 0 II*\x00 MM\x00*
image/bmp 0 BM
image/webp 8 WEBP
audio/wav 8 WAVE
video/x-msvideo 8 AVI\x20
audio/mpeg 0 ID3 \xff\xfb \xff\xf3 \xff\xf2
audio/aac 0 \xff\xf1 \xff\xf9
audio/amr 0 #!AMR
audio/ogg 0 OggS
audio/flac 0 fLaC
video/webm 0 \x1a\x45\xdf\xa3
video/mpeg 0 \x00\x00\x01\xba \x00\x00\x01\xb3
video/x-flv 0 FLV\x01
audio/midi 0 MThd
application/rtf 0 {\\rtf
application/x-ole-storage 0 \xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1
application/zip 0 PK\x03\x04 PK\x05\x06 PK\x07\x08
application/vnd.rar 0 Rar!\x1a\x07
application/x-7z-compressed 0 7z\xbc\xaf\x27\x1c
application/gzip 0 \x1f\x8b
application/x-bzip2 0 BZh
application/x-xz 0 \xfd7zXZ\x00
application/zstd 0 \x28\xb5\x2f\xfd
application/x-tar 257 ustar
application/vnd.ms-cab-compressed 0 MSCF
application/ms-tnef 0 \x78\x9f\x3e\x22
application/vnd.microsoft.portable-executable 0 MZ
application/x-elf 0 \x7fELF
application/x-mach-binary 0 \xcf\xfa\xed\xfe \xce\xfa\xed\xfe \xfe\xed\xfa\xcf
application/java-vm 0 \xca\xfe\xba\xbe
application/x-sh 0 #!/
application/vnd.sqlite3 0 SQLite\x20format\x203\x00
application/x-ms-shortcut 0 \x4c\x00\x00\x00\x01\x14\x02\x00
"""
SIGNATURES = tuple(_signatures())
BRANDS = {
    b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heif", b"avif": "image/avif", b"M4A ": "audio/mp4",
    b"qt  ": "video/quicktime", b"3gp4": "video/3gpp", b"3gp5": "video/3gpp", b"3gp6": "video/3gpp",
}  # fmt: skip
"""Of a file of the MP4 family, what its brand says; any other brand is a film."""
IN_ZIP = (
    (b"word/", OFFICE + "wordprocessingml.document"),
    (b"xl/", OFFICE + "spreadsheetml.sheet"),
    (b"ppt/", OFFICE + "presentationml.presentation"),
    (b"OFD.xml", "application/ofd"),
    (b"META-INF/MANIFEST.MF", "application/java-archive"),
)
"""Of an archive that is a document of its own, a name that stands in it. Another archive is an archive."""
DECLARED_FIRST = re.compile(rb"mimetype(application/[a-z.+-]{1,80})")
"""An OpenDocument file or a book says first, and not compressed, what it is."""
LOCAL_NAME = re.compile(rb"PK\x03\x04.{22}(..)..", re.DOTALL)
MARKUP = (
    (re.compile(rb"\s*<(!doctype html|html|head|body|script|iframe)\b", re.I), "text/html"),
    (re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*|<!doctype svg[^>]*>\s*)*<svg\b", re.I | re.S), "image/svg+xml"),
    (re.compile(rb"\s*<\?xml\b", re.I), "application/xml"),
    (re.compile(rb"BEGIN:VCALENDAR\b", re.I), "text/calendar"),
    (re.compile(rb"BEGIN:VCARD\b", re.I), "text/vcard"),
    (re.compile(rb"-----BEGIN PGP "), "application/pgp-encrypted"),
    (re.compile(rb"(return-path|received|message-id|mime-version|delivered-to):[ \t]", re.I), "message/rfc822"),
)
NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
ENCODINGS = ("utf-8", "gb18030")
BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def media_type_of(content: bytes) -> str:
    """The media type of a file; ``application/octet-stream`` where nothing tells it."""
    head = content[:HEAD_BYTES]
    found = next((one.media_type for one in SIGNATURES if head[one.at :].startswith(one.begins)), None)
    if found == ZIP:
        return _in_zip(head)
    if found is not None:
        return found
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[8:12], "video/mp4")
    return _text(head)


def _in_zip(head: bytes) -> str:
    names = list(_names(head))
    if names and names[0].startswith(b"mimetype") and (said := DECLARED_FIRST.search(head[:256])):
        return said[1].decode()
    return next((media_type for mark, media_type in IN_ZIP if any(name.startswith(mark) for name in names)), ZIP)


def _names(head: bytes) -> Iterator[bytes]:
    """The names of an archive's first files, as they stand before each."""
    for found in LOCAL_NAME.finditer(head):
        yield head[found.end() : found.end() + int.from_bytes(found[1], "little")]


def _text(head: bytes) -> str:
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            head = head[len(mark) :].decode(encoding, "replace").encode()
            break
    if not head or NO_TEXT.search(head) or not any(_reads_as(head, one) for one in ENCODINGS):
        return UNKNOWN
    return next((media_type for begins, media_type in MARKUP if begins.match(head)), "text/plain")


def _reads_as(head: bytes, encoding: str) -> bool:
    """Whether a text reads in an encoding; the last character of a long one may be cut."""
    try:
        head.decode(encoding)
    except UnicodeDecodeError as error:
        return len(head) == HEAD_BYTES and error.start >= HEAD_BYTES - 4
    return True
