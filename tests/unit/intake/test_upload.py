"""Uploads: read as they come, refused early, and each wrong part named."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.datastructures import UploadFile
from starlette.requests import Request

from services.intake import upload
from services.intake.files.checked import CheckedFile
from services.intake.refusals import BadMultipart, BadSubmission, BodyTooLarge, FileTooLarge, NotMultipart
from services.intake.upload import FILE_LIMIT_BYTES, REQUEST_LIMIT_BYTES
from shared.web import incoming

CHUNK = 64 * 1024
BOUNDARY = "boundary"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


class Sender:
    """Sends a body chunk by chunk and counts what was asked of it."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self.sent_bytes = 0

    async def receive(self) -> dict[str, Any]:
        """The next message of the connection."""
        chunk = next(self._chunks, b"")
        self.sent_bytes += len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": bool(chunk)}


def request(sender: Sender, content_type: str = FORM) -> Request:
    """A POST with this body."""
    headers = [(b"content-type", content_type.encode())]
    return Request({"type": "http", "method": "POST", "headers": headers}, sender.receive)


def part(name: str, content: bytes, filename: str | None = None, media_type: str | None = None) -> bytes:
    """One part of a form."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'
    head += f'; filename="{filename}"' if filename is not None else ""
    head += f"\r\nContent-Type: {media_type}" if media_type is not None else ""
    return head.encode() + b"\r\n\r\n" + content + b"\r\n"


def form(*parts: bytes) -> Sender:
    """A whole form in one chunk."""
    return Sender(iter([b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()]))


FILE, KIND = part("file", b"scan", "扫描.pdf", "application/pdf"), part("kind", b"scan")


async def test_an_upload_is_read_whole() -> None:
    """Name, type, content, kind and note."""
    found = await upload.read(request(form(FILE, KIND, part("note", "第一页".encode()))))

    assert CheckedFile.of("扫描.pdf", "application/pdf", b"scan", "scan", "第一页") == found


async def test_what_stands_beside_the_media_type_is_not_kept() -> None:
    """Mail programs put the file's name there, and the type stands in the clear."""
    named = part("file", b"scan", "a.pdf", 'Application/PDF; name="甲某.pdf"')
    bare = part("file", b"scan", "a.pdf")

    assert "application/pdf" == (await upload.read(request(form(named, KIND)))).declared
    assert (await upload.read(request(form(bare, KIND)))).declared is None


async def test_a_file_of_just_the_limit_is_taken_and_stays_in_memory() -> None:
    """20 MiB to the byte, and never on a disk unsealed."""
    content = b"x" * FILE_LIMIT_BYTES
    found = await upload.read(request(form(part("file", content, "a.bin"), KIND)))
    parsed = await upload._form(request(form(part("file", content, "a.bin"), KIND)))
    file = parsed["file"]

    assert content == found.content
    assert isinstance(file, UploadFile)
    assert file._in_memory
    await parsed.close()


async def test_a_file_one_byte_over_the_limit_is_refused() -> None:
    """The overhead allowed around the file is none for the file itself."""
    with pytest.raises(FileTooLarge):
        await upload.read(request(form(part("file", b"x" * (FILE_LIMIT_BYTES + 1), "a.bin"), KIND)))


async def test_a_gigabyte_is_not_read() -> None:
    """Reading stops at the limit, whatever is still to come."""

    def endless() -> Iterator[bytes]:
        yield part("file", b"", "a.bin")[:-2]
        for _ in range(2**30 // CHUNK):
            yield b"x" * CHUNK

    sender = Sender(endless())
    with pytest.raises(FileTooLarge):
        await upload.read(request(sender))

    assert sender.sent_bytes <= REQUEST_LIMIT_BYTES + CHUNK


async def test_a_body_is_not_read_beyond_its_limit_either() -> None:
    """The same for a submission, which has a smaller one."""
    sender = Sender(iter([b"x" * 10] * 100))
    with pytest.raises(BodyTooLarge):
        async for _ in incoming.chunks_up_to(25, request(sender), BodyTooLarge):
            pass

    assert 30 == sender.sent_bytes


@pytest.mark.parametrize(
    ("parts", "pointers"),
    [
        ([KIND], ["/file"]),
        ([FILE], ["/kind"]),
        ([], ["/file", "/kind"]),
        ([FILE, part("kind", b"two words")], ["/kind"]),
        ([FILE, part("kind", b"")], ["/kind"]),
        ([FILE, part("kind", b"scan", "kind.txt")], ["/kind"]),
        ([FILE, KIND, part("note", b"n" * 2001)], ["/note"]),
        ([FILE, KIND, part("note", b"a\0b")], ["/note"]),
        ([FILE, KIND, part("colour", b"red")], ["/colour"]),
        ([FILE, KIND, KIND], ["/kind"]),
        ([FILE, FILE, KIND], ["/file"]),
        ([part("file", b"scan"), KIND], ["/file"]),
        ([part("file", b"", "a.pdf"), KIND], ["/file"]),
        ([part("file", b"scan", "a" * 256), KIND], ["/file"]),
        ([part("file", b"scan", "a.pdf", "a portable document"), KIND], ["/file"]),
    ],
)
async def test_a_wrong_part_is_named(parts: list[bytes], pointers: list[str]) -> None:
    """Missing, unknown, twice, empty, or not what it has to be."""
    with pytest.raises(BadSubmission) as refused:
        await upload.read(request(form(*parts)))

    assert ("invalid_submission", pointers) == (refused.value.code, list(refused.value.pointers))


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b""),
        (FORM, b"no form at all"),
        (FORM, f"--{BOUNDARY}\r\nX: y\r\n\r\nz\r\n--{BOUNDARY}--\r\n".encode()),
    ],
)
async def test_what_is_no_form_is_refused(content_type: str, body: bytes) -> None:
    """No boundary, noise, a part without a name."""
    with pytest.raises(BadMultipart) as refused:
        await upload.read(request(Sender(iter([body])), content_type))

    assert "bad_multipart" == refused.value.code


@pytest.mark.parametrize("content_type", ["application/json", "", "multipart/form-data; charset=gbk; boundary=b"])
async def test_what_does_not_say_that_it_is_a_form_is_refused(content_type: str) -> None:
    """Another type, none, another charset."""
    with pytest.raises(NotMultipart):
        await upload.read(request(Sender(iter([b"{}"])), content_type))
