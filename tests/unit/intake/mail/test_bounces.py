"""Reports of mail servers: what became of a letter, and which one it was, however they write it."""

from base64 import b64encode

import pytest

from services.intake.mail.reading.machines import bounce_in
from services.intake.mail.reading.message import read_message

LETTER = "<m.c@bank.example>"
HEADERS = f"Message-ID: {LETTER}\r\nSubject: x\r\n\r\nhi".encode()
STATUS = (
    b"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
)
ENCODED = b"Content-Transfer-Encoding: base64\r\n"


def part(media_type: str, content: bytes, headers: bytes = b"") -> bytes:
    """A part of a report."""
    return f"--b\r\nContent-Type: {media_type}\r\n".encode() + headers + b"\r\n" + content + b"\r\n"


def report(status: bytes, returned: bytes, kind: str = "report") -> bytes:
    """A report of these parts."""
    head = f"From: mailer@mx.example\r\nContent-Type: multipart/{kind}; boundary=b\r\n\r\n".encode()
    return head + part("text/plain", b"sorry") + status + returned + b"--b--\r\n"


TOLD = part("message/delivery-status", STATUS)
RETURNED = part("message/rfc822", HEADERS)


@pytest.mark.parametrize(
    "raw",
    [
        report(TOLD, RETURNED),
        report(TOLD.replace(b"failed", b"FAILED"), RETURNED),
        report(TOLD.replace(b"failed", b"failed (no such user)"), RETURNED),
        report(TOLD, RETURNED, kind="mixed"),
        report(TOLD, part("text/rfc822-headers", HEADERS)),
        report(TOLD, part("message/rfc822", b"\r\n" + HEADERS)),
        report(TOLD, part("message/rfc822", b64encode(HEADERS), ENCODED)),
        report(part("message/delivery-status", b64encode(STATUS), ENCODED), RETURNED),
        report(TOLD.replace(b"Status:", f"X-Original-Message-ID: {LETTER}\r\nStatus:".encode()), b""),
    ],
)
def test_a_letter_that_came_back_is_known(raw: bytes) -> None:
    """By what is returned of it, else by what the report tells itself."""
    found = bounce_in(read_message(raw).tree)

    assert found is not None
    assert (True, LETTER) == (found.failed, found.message_id)


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", "delayed (failed so far)"])
def test_what_did_not_fail_is_no_bounce(action: str) -> None:
    """Whatever is said beside it."""
    found = bounce_in(read_message(report(TOLD.replace(b"failed", action.encode()), RETURNED)).tree)

    assert found is not None
    assert not found.failed
