"""Letters have the bytes of the standard library's policy, to whomever they go."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from typing import Any

import pytest

from services.notify.sending.mail_policy import LETTER_POLICY

PLAIN, LONG = "someone@customer.example", f"{'a' * 60}@{'customer.' * 5}example"


def head(to: str, message_id: str, policy: "EmailPolicy[Any]") -> bytes:
    """The head of a mail to somebody."""
    mail = EmailMessage(policy=policy)
    mail["To"] = Address(addr_spec=to)
    mail["Message-ID"] = message_id
    return mail.as_bytes()


@pytest.mark.parametrize(
    "to",
    [PLAIN, "a+b_c-d.e@x.example", LONG, LONG[:75], LONG[:74], '"a b"@x.example', "o'hara@x.example", "#@x.example"],
)
@pytest.mark.parametrize(
    "message_id", ["<one@bank.example>", f"<{'1' * 64}@bank.example>", f"<{'1' * 90}@bank.example>"]
)
def test_a_head_is_the_standard_librarys(to: str, message_id: str) -> None:
    """What is one plain word on one line is not parsed; whatever else there is goes the long way."""
    assert head(to, message_id, SMTP) == head(to, message_id, LETTER_POLICY)


def test_a_header_that_would_begin_another_one_is_refused() -> None:
    """Nobody writes headers of his own into a letter."""
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        head(PLAIN, "<one@bank.example>\r\nBcc: x@evil.example", LETTER_POLICY)
