"""A mail server answers in whatever bytes it likes: they can be recorded, and are legible as far as may be."""

import orjson
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.notify.sending.mail_server import LONGEST_REPLY, plain


def as_heard(raw: bytes) -> str:
    """The bytes as aiosmtplib hands them over."""
    return raw.decode("utf-8", "surrogateescape")


@for_all(st.binary(max_size=1000))
def test_whatever_a_server_answers_can_be_recorded(raw: bytes) -> None:
    """In JSON, in a database column of text, on one line, and not at any length."""
    text = plain(as_heard(raw))

    assert text == orjson.loads(orjson.dumps(text))
    assert text.isprintable()
    assert len(text) <= LONGEST_REPLY


def test_chinese_in_the_encoding_of_old_servers_stays_legible() -> None:
    """GBK after 250 made letters leave again at every restart."""
    assert "邮件已接收" == plain(as_heard("邮件已接收".encode("gbk")))


def test_what_a_server_repeats_of_the_recipient_is_left_out() -> None:
    """It stands in the clear in the log."""
    assert "2.1.5 … ok" == plain("2.1.5 someone@customer.example ok")
