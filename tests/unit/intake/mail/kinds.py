"""Kinds of messages: what a table of them says of each, and the pieces that they are made of."""

from typing import NamedTuple

HEAD = b"From: jia@customer.example\r\nMessage-ID: <k@customer.example>\r\n"


class Kind(NamedTuple):
    """One kind. ``says``: what must stand in the narrative; ``files``: the names of its files, in order."""

    name: str
    raw: bytes
    says: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    unreadable: bool = False
    never: tuple[str, ...] = ()


def mail(body: bytes, *headers: str, subject: str | None = "S1") -> bytes:
    """A message with these headers and this body."""
    lines = [f"Subject: {subject}".encode()] if subject is not None else []
    return HEAD + b"\r\n".join([*lines, *(line.encode("utf-8", "surrogateescape") for line in headers), b"", body])


def part(body: bytes, *headers: str) -> bytes:
    """A part of a multipart."""
    return b"\r\n".join([*(line.encode("utf-8") for line in headers), b"", body])


def multi(kind: str, *parts: bytes, end: bytes = b"--b--\r\n", preamble: bytes = b"", subject: str = "S1") -> bytes:
    """A multipart of these parts."""
    body = preamble + b"".join(b"--b\r\n" + one + b"\r\n" for one in parts) + end
    return mail(body, "MIME-Version: 1.0", f'Content-Type: multipart/{kind}; boundary="b"', subject=subject)


def attached(name: str, content: bytes = b"%PDF-1.4", media_type: str = "application/pdf") -> bytes:
    """A part that is a file."""
    return part(content, f"Content-Type: {media_type}", f"Content-Disposition: attachment; {name}")


PLAIN = part("正文一".encode(), "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit")
PAGE = part("<p>网页一</p>".encode(), "Content-Type: text/html; charset=utf-8")
