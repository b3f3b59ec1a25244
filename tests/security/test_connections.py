"""No connection keeps a process from its work: neither many of them, nor slow ones, nor those that never end."""

import time
from contextlib import ExitStack

import httpx
import pytest

from shared.process.settings import Settings
from tests.support.installation import authorization
from tests.support.raw_http import asked, connected, heard

APIS = [0, 1, 2]
"""Console, intake, casework, by their distance from the first port."""
HEADER = b"POST /v1/complaints/phone HTTP/1.1\r\nHost: bank.example\r\n"


def alive(port: int) -> int:
    """The status of health, asked from an address that does nothing else."""
    return httpx.get(f"http://127.0.0.1:{port}/health/live", timeout=5).status_code


@pytest.mark.parametrize("api", APIS)
def test_half_open_connections_take_no_place_from_others(bank: Settings, api: int) -> None:
    """Of one address there are so many; of all together so many; the rest is told so, and all end by themselves."""
    port, addresses = bank.ports + api, [f"127.0.1.{n}" for n in range(1, 4)]
    with ExitStack() as open_:
        flood = [open_.enter_context(connected(port, source)) for source in addresses for _ in range(60)]
        for one in flood[:30]:
            one.sendall(HEADER)
        refused = [found for one in flood if (found := heard(one, 0.02)).status is not None]
        first_address = [one for one in flood[:60] if heard(one, 0.02).closed_after is not None]
        ended_by = time.monotonic() + 15
        while any(heard(one, 0.05).closed_after is None for one in flood):
            assert time.monotonic() < ended_by, "some half-open connection was kept"

    assert {429, 503} == {found.status for found in refused}
    assert 10 <= len(first_address)
    assert 200 == alive(port)


def test_a_flood_from_one_address_leaves_room_for_another(bank: Settings) -> None:
    """While it lasts."""
    with ExitStack() as open_:
        for _ in range(110):
            open_.enter_context(connected(bank.ports, "127.0.2.1"))

        assert 200 == alive(bank.ports)


@pytest.mark.parametrize("api", APIS)
def test_a_header_that_trickles_in_is_not_waited_for(bank: Settings, api: int) -> None:
    """A byte now and then keeps no place; nor does a second header on a connection that was answered."""
    with connected(bank.ports + api) as one:
        one.sendall(b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n")
        one.recv(65536)
        began, found = time.monotonic(), heard(one, 0.01)
        while found.closed_after is None and time.monotonic() - began < 12:
            try:
                one.sendall(b"X")
            except ConnectionError:
                break
            found = heard(one, 0.3)

    assert time.monotonic() - began < 10


@pytest.mark.parametrize("pace", ["stalled", "trickling"])
def test_a_body_that_does_not_come_is_not_waited_for(bank: Settings, pace: str) -> None:
    """Neither one that stops, nor one that comes by the byte for ever; and nobody's work is left behind."""
    token = authorization(bank)["Authorization"]
    lines = f"Authorization: {token}\r\nIdempotency-Key: slow-{pace}\r\nContent-Length: 5000\r\n\r\n{{"
    with connected(bank.ports + 1) as one:
        one.sendall(HEADER + b"Content-Type: application/json\r\n" + lines.encode())
        began, found = time.monotonic(), heard(one, 0.5)
        while not found.content and time.monotonic() - began < 15:
            if pace == "trickling":
                one.sendall(b" ")
            found = heard(one, 0.5)
        closed = found if found.closed_after is not None else heard(one, 2)

    assert 408 == found.status
    assert closed.closed_after is not None
    assert time.monotonic() - began < 12


@pytest.mark.parametrize(
    ("api", "address"), [(1, "/v1/complaints/phone"), (1, "/v1/cases/x/evidence"), (2, "/v1/cases/x/commands/close")]
)
def test_a_body_that_nobody_may_send_is_not_read(bank: Settings, api: int, address: str) -> None:
    """The answer comes at once, and the connection ends with it."""
    request = f"POST {address} HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n".encode()
    found = asked(bank.ports + api, request + b"x" * 1000)

    assert 401 == found.status
    assert b"connection: close" in found.content.lower()
    assert found.closed_after is not None
    assert found.closed_after < 2


def test_a_caller_that_does_not_read_is_not_waited_for(bank: Settings) -> None:
    """An answer larger than all buffers is let go of."""
    with connected(bank.ports + 1, receive_bytes=4096) as one:
        one.sendall(b"GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: a\r\n\r\n" * 8)
        time.sleep(6)
        found = heard(one, 5)

    assert found.closed_after is not None
    assert len(found.content) < 8 * 1_600_000
