"""Files: told by their content, shown under a harmless name, kept under the one that was sent."""

import io
import zipfile

import pytest

from services.intake.files.checked import CheckedFile
from services.intake.files.clamd import ScannerAway, verdict
from services.intake.files.content import HEAD_BYTES, media_type_of
from services.intake.files.shown_name import LONGEST, shown_name


def zipped(*names: str, first: bytes | None = None) -> bytes:
    """An archive with these files; ``first`` is what an OpenDocument file says of itself."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        if first is not None:
            archive.writestr("mimetype", first)
        for name in names:
            archive.writestr(name, "<xml/>")
    return made.getvalue()


OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = {
    b"%PDF-1.7 ...": "application/pdf",
    b"\xff\xd8\xff\xe0..JFIF": "image/jpeg",
    b"\x89PNG\r\n\x1a\n....": "image/png",
    b"RIFF\x00\x00\x00\x00WAVEfmt ": "audio/wav",
    b"RIFF\x00\x00\x00\x00WEBPVP8 ": "image/webp",
    b"#!AMR\n\x3c": "audio/amr",
    b"\x00\x00\x00\x18ftypM4A ....": "audio/mp4",
    b"\x00\x00\x00\x18ftypheic....": "image/heic",
    b"\x00\x00\x00\x18ftypisom....": "video/mp4",
    b"MZ\x90\x00": "application/vnd.microsoft.portable-executable",
    b"\x7fELF\x02": "application/x-elf",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "application/x-ole-storage",
    b"Rar!\x1a\x07\x01\x00": "application/vnd.rar",
    b"\x78\x9f\x3e\x22\x01": "application/ms-tnef",
    zipped("a.txt", "b.exe"): "application/zip",
    zipped("[Content_Types].xml", "word/document.xml"): f"{OFFICE}wordprocessingml.document",
    zipped("[Content_Types].xml", "xl/workbook.xml"): f"{OFFICE}spreadsheetml.sheet",
    zipped("OFD.xml", "Doc_0/Document.xml"): "application/ofd",
    zipped("content.xml", first=b"application/vnd.oasis.opendocument.text"): "application/vnd.oasis.opendocument.text",
    zipped("说明word-1/xl.txt"): "application/zip",
    "在柜台等了一个小时。".encode(): "text/plain",
    "在柜台等了一个小时。".encode("gb18030"): "text/plain",
    b"\xff\xfe" + "text".encode("utf-16-le"): "text/plain",
    b"  <!DOCTYPE HTML><html>": "text/html",
    b'<?xml version="1.0"?>\n<!-- a -->\n<svg onload="x()">': "image/svg+xml",
    b"Received: from a by b\r\n\r\n": "message/rfc822",
    b"BEGIN:VCALENDAR\r\n": "text/calendar",
    b"\x00\x01\x02\x03": "application/octet-stream",
    b"": "application/octet-stream",
}
NUMBERED = [f"{number} {media_type}" for number, media_type in enumerate(KINDS.values())]
"""An archive bears the time when it was made: what names a test may not."""


@pytest.mark.parametrize(("content", "media_type"), KINDS.items(), ids=NUMBERED)
def test_the_content_says_what_a_file_is(content: bytes, media_type: str) -> None:
    """Each kind that comes with complaints, typed by hand; of an archive only names in the clear are read."""
    assert media_type == media_type_of(content)


def test_a_long_text_may_be_cut_within_a_character() -> None:
    """Only its beginning is looked at, and the cut is no fault of the text."""
    assert ["text/plain"] * 3 == [media_type_of(b"a" * n + "投诉".encode() * HEAD_BYTES) for n in range(3)]


NAMES = {
    "扫描.pdf": "扫描.pdf",
    "../../etc/passwd": "passwd",
    "C:\\Users\\me\\contract.doc": "contract.doc",
    "invoice\u202efdp.exe": "invoice fdp.exe",
    "a\x00b\r\nc.txt": "a b c.txt",
    'say "yes" <now>?.txt': "say _yes_ _now__.txt",
    "CON.txt": "_CON.txt",
    "...": "file",
    "\u200b\u200e": "file",
    "/": "file",
    " .hidden. ": "hidden",
    "e\u0301.txt": "é.txt",
}


@pytest.mark.parametrize(("sent", "shown"), NAMES.items(), ids=repr)
def test_a_name_is_cleaned_for_display_and_kept_as_sent(sent: str, shown: str) -> None:
    """Paths, controls, turned writing, devices, nothing at all."""
    assert (sent, shown) == ((file := CheckedFile.of(sent, None, b"x", "scan")).name, file.shown_name)


@pytest.mark.parametrize("sent", ["长" * 300 + ".pdf", "a" * 300, "a." + "b" * 300])
def test_a_long_name_is_cut_and_keeps_its_ending(sent: str) -> None:
    """An ending that is none is cut with the rest."""
    found = shown_name(sent)

    assert LONGEST >= len(found) > LONGEST - 5
    assert sent.endswith(".pdf") == found.endswith(".pdf")


def test_what_its_sender_says_stands_beside_what_the_content_says() -> None:
    """Neither name nor header makes a program a picture; a header that is none is left out, and refuses nothing."""
    file = CheckedFile.of("photo.jpg", "Image/JPEG; name=photo.jpg", b"MZ\x90", "photo")

    assert ("image/jpeg", "application/vnd.microsoft.portable-executable") == (file.declared, file.content_type)
    assert None is CheckedFile.of("a", "not a type", b"a", "photo").declared


def test_only_a_verdict_is_one() -> None:
    """A scanner that complains has passed nothing."""
    assert None is verdict("stream: OK")
    assert "Eicar-Test-Signature" == verdict("stream: Eicar-Test-Signature FOUND")
    for said in ("", "OK", "stream: ", "INSTREAM size limit exceeded. ERROR", "stream:  FOUND", "UNKNOWN COMMAND"):
        with pytest.raises(ScannerAway):
            verdict(said)
