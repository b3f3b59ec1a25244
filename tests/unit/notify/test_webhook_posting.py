"""What a channel system is told, how it is signed, and which addresses are called."""

import asyncio
import base64
import hmac
import socket
import threading
from typing import Any

import httpx
import orjson
import pytest

from services.notify.sending.mail_server import Postponed
from services.notify.webhooks.hook import Notice
from services.notify.webhooks.lookups import AT_ONCE
from services.notify.webhooks.posting import Poster, body_of, signed
from services.notify.webhooks.secrets import webhook_secrets
from shared.bank.webhook_url import webhook_fault

OLD, NEW = b"o" * 32, b"n" * 32
NOTICE = Notice("0d3a4c6e-5b0f-5a53-9d0c-6f1d2a7f4c11", "ended", "closed", 1_583_373_600.0)


def secret(key: bytes) -> str:
    """A key as the setting has it."""
    return "whsec_" + base64.b64encode(key).decode()


def test_the_body_says_how_the_submission_stands_and_nothing_else() -> None:
    """No name, no unit, no words of anybody."""
    body = orjson.loads(body_of("case", "20200305-0000000001-1", NOTICE))

    at = "2020-03-05T02:00:00+00:00"
    data = {
        "case_id": "case",
        "case_number": "20200305-0000000001-1",
        "state": "ended",
        "ended_how": "closed",
        "at": at,
    }
    assert {
        "specversion": "1.0", "id": NOTICE.id, "source": "/redress/notify", "subject": "case", "time": at,
        "type": "redress.SubmissionStateChanged.v1", "datacontenttype": "application/json", "data": data,
    } == body  # fmt: skip


def test_a_published_example_of_standard_webhooks_is_signed_as_it_says() -> None:
    """The example of its libraries."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signed("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b'{"test": 2432232314}', [key])

    assert "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" == headers["webhook-signature"]


def test_while_a_secret_is_changed_either_proves_who_sent_it() -> None:
    """Two signatures, the newest first."""
    keys = webhook_secrets(f"counter={secret(OLD)}, hotline={secret(NEW)} {secret(OLD)}")["hotline"]
    signatures = signed("id", 7, b"{}", keys)["webhook-signature"].split(" ")

    mine = [b"v1," + base64.b64encode(hmac.digest(key, b"id.7.{}", "sha256")) for key in (NEW, OLD)]
    assert mine == [one.encode() for one in signatures]


@pytest.mark.parametrize(
    "text",
    [
        "hotline", "hotline=", "hotline=secret", f"hotline=whsec_{'A' * 8}", "hotline=whsec_!!!!",
        f"hotline={secret(NEW)},hotline={secret(OLD)}", f"hotline={secret(NEW)} {secret(OLD)} {secret(OLD)}",
    ],
)  # fmt: skip
def test_a_wrong_secret_is_refused_and_not_quoted(text: str) -> None:
    """Whoever reads the log reads no secret."""
    with pytest.raises(ValueError, match="REDRESS_WEBHOOK_SECRETS") as refused:
        webhook_secrets(text)

    assert "AAAA" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://hotline.example/", "https"), ("ftp://hotline.example/", "https"), ("hotline.example", "address"),
        ("https://user:word@hotline.example/", "credentials"), ("https:///redress", "address"),
        ("https://hotline.example/#part", "#"), ("https://hotline.example:port/", "address"),
        ("https://hotline.example/a b", "address"), ("https://hotline.example/" + "a" * 2000, "address"),
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_used_is_refused(url: str, said: str) -> None:
    """In words that say what is wrong with it."""
    assert said in str(webhook_fault(url))


@pytest.mark.parametrize("url", ["https://hotline.example/r?x=1", "http://127.0.0.1:27077/", "http://[::1]:8/"])
def test_an_address_that_can_be_used_is_taken(url: str) -> None:
    """Unencrypted only on this machine."""
    assert webhook_fault(url) is None


@pytest.mark.parametrize("host", ["hotline..example", "-ü.example", "a" * 64 + ".example"])
async def test_a_host_whose_name_cannot_be_one_is_put_off_as_any_other_that_is_away(host: str) -> None:
    """Else nobody would count its system among those that take nothing."""
    assert webhook_fault(f"https://{host}/") is None
    with pytest.raises(Postponed):
        await Poster(False).post(f"https://{host}/", "id", b"{}", [NEW])


@pytest.mark.parametrize(
    ("url", "inside"),
    [
        ("http://127.0.0.1:9/", ""), ("https://127.0.0.1:9/", "127.0.0.0/8"), ("https://10.20.0.1:9/", ""),
        ("https://10.20.0.1:9/", "10.21.0.0/16"), ("https://169.254.169.254/", "169.254.0.0/16"),
        ("https://[::1]:9/", ""), ("https://[fd00::1]:9/", ""), ("https://0.0.0.0/", "0.0.0.0/0"),
        ("https://[::ffff:127.0.0.1]:9/", ""), ("https://[64:ff9b::7f00:1]:9/", ""), ("https://[2002:a14:1::]:9/", ""),
        ("https://[64:ff9b::a9fe:a9fe]:9/", "169.254.0.0/16"), ("https://[64:ff9b:1::7f00:1]:9/", ""),
        ("https://[::ffff:0:127.0.0.1]:9/", ""), ("https://[::10.0.0.1]:9/", ""),
    ],
)  # fmt: skip
async def test_in_production_nothing_inside_is_called_that_nobody_named(url: str, inside: str) -> None:
    """This machine and its neighbours on the link never."""
    with pytest.raises(Postponed, match=r"https is called|none of the open internet"):
        await Poster(True, inside).post(url, "id", b"{}", [NEW])


async def test_a_network_of_the_bank_is_called_where_it_is_named() -> None:
    """Most channel systems lie inside; nobody listens at this address."""
    with pytest.raises(Postponed, match=r"Connect|nothing was answered"):
        await Poster(True, "10.20.0.0/16", seconds=0.2).post("https://10.20.0.1:9/", "id", b"{}", [NEW])


async def test_a_host_whose_name_server_is_silent_takes_one_thread_and_none_of_anybody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many notices wait for it: letters are kept and printed in threads too, and brokers looked up."""
    asked, silent, found = list[str](), threading.Event(), socket.getaddrinfo

    def resolver(host: str, *more: Any, **named: Any) -> Any:
        asked.append(host)
        if host == "silent.example":
            silent.wait(60)
            raise OSError("nobody answered")
        return found("127.0.0.1", *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    poster = Poster(False, seconds=0.1)
    waiting = [asyncio.create_task(poster.post("https://silent.example/", "id", b"{}", [NEW])) for _ in range(64)]
    try:
        async with asyncio.timeout(30):
            put_off = await asyncio.gather(*waiting, return_exceptions=True)
            elsewhere = await poster.addresses(httpx.URL("https://other.example/"))
            beside = await asyncio.gather(*(asyncio.to_thread(int, "7") for _ in range(AT_ONCE)))
    finally:
        silent.set()

    assert {"nothing was answered within 0.1 s"} == {str(one) for one in put_off}
    assert (["silent.example", "other.example"], ["127.0.0.1"], [7] * AT_ONCE) == (asked, elsewhere, beside)
