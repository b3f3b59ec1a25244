"""Notices over real HTTPS, and to receivers that misbehave: each holds up itself alone, and it is said why."""

import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.notify.webhooks.posting import Poster
from services.notify.webhooks.sending import NoticePool, NoticeSender
from shared.process.settings import Settings
from tests.integration.sending.test_notices import QUICK, folded
from tests.support.authority import A_DAY, Authority
from tests.support.hooked_case import KEY, HookedCase, receiver, with_webhook
from tests.support.letter_case import NEXT_DAY
from tests.support.waiting import until

DELIVERED = {"outcome": "delivered", "status": 204}


def taken(call: BaseHTTPRequestHandler) -> None:
    """A receiver that takes whatever comes."""
    call.send_response(204)


async def sent(url: str, poster: Poster, times_put_off: int) -> tuple[list[object], list[str]]:
    """What became of a notice, and why it was put off; with so many times of that it is waited for no result."""
    case = HookedCase(with_webhook(url))
    fold = folded(case)
    pool = NoticePool(NoticeSender(fold.state, case.known, lambda: NEXT_DAY, {"hotline": (KEY,)}, poster), QUICK)
    with capture_logs() as logs:
        await pool.opened(fold)
        await until(lambda: len(fold.results) == 1 or 0 < times_put_off <= len(logs))
        await pool.closed(0)
    return [one.result for one in fold.results.values()], [line["why"] for line in logs]


async def test_a_certificate_of_the_banks_own_authority_is_trusted_where_the_setting_names_it(tmp_path: Path) -> None:
    """It says so of the host that the address has, not of the number that was called."""
    authority = Authority(tmp_path)
    async with receiver(taken, authority.server("localhost")) as (url, came):
        results, put_off = await sent(url, Poster.of(Settings(ca_file=authority.file)), 0)

    assert ([DELIVERED], [], 1) == (results, put_off, len(came))


@pytest.mark.parametrize(
    ("trusted", "host", "why"),
    [("nobody", "localhost", "certificate verify failed"), ("other", "localhost", "certificate verify failed"),
     ("own", "hotline.example", "certificate is not valid for 'localhost'")],
)  # fmt: skip
async def test_a_certificate_that_nobody_vouches_for_gets_no_notice_and_it_is_said_why(
    tmp_path: Path, trusted: str, host: str, why: str
) -> None:
    """Of an authority that is not trusted, or of another host; it is tried again, and no word was sent."""
    authority = Authority(tmp_path)
    files = {"own": authority.file, "other": Authority(tmp_path, "other").file, "nobody": None}
    async with receiver(taken, authority.server(host)) as (url, came):
        results, put_off = await sent(url, Poster.of(Settings(ca_file=files[trusted])), 2)

    assert ([], []) == (results, came)
    assert 2 <= len(put_off)
    assert all(why in said for said in put_off)


async def test_a_certificate_that_has_run_out_gets_no_notice_and_it_is_said_why(tmp_path: Path) -> None:
    """It is tried again, and taken once the system shows another one."""
    authority = Authority(tmp_path)
    poster = Poster.of(Settings(ca_file=authority.file))
    async with receiver(taken, authority.server("localhost", -A_DAY)) as (url, came):
        results, put_off = await sent(url, poster, 2)

    assert ([], []) == (results, came)
    assert all("certificate has expired" in said for said in put_off)


@pytest.mark.parametrize("how", ["silent", "dripping", "half"])
async def test_a_receiver_that_hangs_or_leaves_half_way_gets_it_again(how: str) -> None:
    """Nothing, an answer byte by byte, half a line and an end: nobody knows whether it was taken, the id tells."""
    calls, end = list[BaseHTTPRequestHandler](), threading.Event()

    def answer(call: BaseHTTPRequestHandler) -> None:
        calls.append(call)
        if len(calls) > 1:
            return call.send_response(204)
        if how == "silent":
            end.wait(20)
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"y" * 999 if how == "dripping" else b"":
            call.wfile.write(bytes([byte]))  # the socket is never quiet for long
            end.wait(0.02)
        call.wfile.write(b"HTTP/1.1 20")
        with suppress(OSError):
            call.connection.shutdown(socket.SHUT_RDWR)
        raise ConnectionAbortedError  # the thread of this call ends here, and with it the connection

    async with receiver(answer) as (url, came):
        results, put_off = await sent(url, Poster(False, seconds=0.5), 0)
        end.set()

    assert ([DELIVERED], 2, 1) == (results, len(came), len(set(came)))
    assert ["RemoteProtocolError" if how == "half" else "nothing was answered within 0.5 s"] == [
        said.partition(":")[0] for said in put_off
    ]


async def test_of_an_answer_without_an_end_only_the_status_is_read() -> None:
    """Whoever answers with megabytes costs nobody memory or time."""
    ended = threading.Event()

    def answer(call: BaseHTTPRequestHandler) -> None:
        call.send_response(200)
        call.end_headers()
        try:
            while True:
                call.wfile.write(bytes(2**16))
        finally:
            ended.set()

    async with receiver(answer) as (url, came):
        results, put_off = await sent(url, Poster(False, seconds=20), 0)
        await until(ended.is_set)

    assert ([{"outcome": "delivered", "status": 200}], [], 1) == (results, put_off, len(came))


async def test_a_redirect_is_not_followed() -> None:
    """Nobody named that address, and a server that was broken into would name another."""
    async with receiver(taken) as (elsewhere, came_there):

        def answer(call: BaseHTTPRequestHandler) -> None:
            call.send_response(307)
            call.send_header("Location", elsewhere)

        async with receiver(answer) as (url, _):
            results, put_off = await sent(url, Poster(False, seconds=5), 2)

    assert ([], []) == (results, came_there)
    assert {"status 307"} == set(put_off)
