"""Whatever is sent, the answer says what is wrong with it: never 500, never without the headers of every answer."""

import json

import httpx
import pytest

from shared.process.settings import Settings
from tests.support.installation import authorization
from tests.support.raw_http import asked

ALWAYS = ("x-request-id", "cache-control", "x-content-type-options", "content-security-policy")
ODD_HEADERS = [
    b"Accept: \xff\xfe",
    b"Accept-Language: " + b"zh," * 2000,
    b"Accept-Language: \xe4\xbd\xa0;q=x",
    b"Range: bytes=9-1",
    b"Content-Length: -1",
    b"Content-Length: 9999999999999999999999",
    b"Content-Length: 5\r\nContent-Length: 6",
    b"Content-Length: 5\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding: gzip",
    b"Host: b",
    b"X-Request-Id: a\x00b",
    b"X-Request-Id: " + b"a" * 5000,
    b"traceparent: 00-\xff-\xff-zz",
    b"Authorization: Bearer \xff\xff",
    b"Authorization: Bearer a.b.c",
    b"Authorization: Basic " + b"a" * 4000,
    b"Idempotency-Key: \xff",
    b"Expect: 200-maybe",
    b"Content-Type: multipart/form-data; boundary=\xff",
    b"Upgrade: websocket\r\nConnection: Upgrade",
    b"Cookie: " + b"a" * 30000,
    b"If-Modified-Since: yesterday",
    b"Content-Encoding: br",
    b": empty",
    b"no colon",
    b"Forwarded: for=\x00",
]
ODD_LINES = [
    b"BREW / HTTP/1.1",
    b"GET /%00 HTTP/1.1",
    b"GET /v1/cases/%ff%fe HTTP/1.1",
    b"GET http://[ HTTP/1.1",
    b"GET //// HTTP/1.1",
    b"GET /v1/cases?" + b"a=b&" * 3000 + b" HTTP/1.1",
    b"GET /v1/cases/../../etc HTTP/1.1",
    b"GET * HTTP/1.1",
    b"GET / HTTP/9.9",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET /" + b"a" * 60000 + b" HTTP/1.1",
    b"TRACE / HTTP/1.1",
    b"CONNECT a:1 HTTP/1.1",
    b"PRI * HTTP/2.0",
]
QUERIES = [
    "/v1/cases?cursor=W10",
    "/v1/cases?cursor=WzFlOTk5LCJ4Il0=",
    "/v1/cases?cursor=WzE4NDQ2NzQ0MDczNzA5NTUxNjE1LCJhIl0=",
    "/v1/cases?cursor=WzEsIlx1MDAwMCJd",
    "/v1/cases?cursor=" + "W" * 8000,
    "/v1/cases?cursor=%F0%9F",
    "/v1/cases?limit=99999999999999999999",
    "/v1/cases?cursor=WzEsMl0=",
    "/v1/cases?cursor=W3RydWUsImEiXQ==",
    "/v1/cases?limit=-1",
    "/v1/cases?handler=%00",
    "/v1/cases?handler=%ED%A0%80",
    "/v1/cases?due_before=0001-01-01T00:00:00%2B14:00",
    "/v1/cases?due_before=9999-12-31T23:59:59-14:00",
    "/v1/cases?after=0:999999999999999999",
    "/v1/cases?after=-1:0",
    "/v1/cases?after=0:1e3",
    "/v1/cases?after=9999999:1",
    "/v1/cases?after=" + "9" * 5000,
    "/v1/cases/20200305-1908470801-4?as_of=0001-01-01T00:00:00%2B14:00",
    "/v1/cases/x?as_of=9999-12-31T23:59:59-14:00",
    "/v1/register?from=0001-01-01&to=9999-12-31",
    "/v1/register.csv?from=x",
    "/v1/register.xlsx?unit=%00",
    "/v1/statistics?unit=province&from=0001-01-01&to=9999-12-31",
    "/v1/statistics?unit=province&from=9999-12-31&to=0001-01-01",
    "/v1/statistics?unit=province&from=2020-01-01&to=2020-12-31&customers=" + "9" * 400,
    "/v1/statistics?unit=province&from=2020-01-01&to=2020-12-31&customers=0",
    "/v1/statistics?unit=province&from=2020-01-01&to=2020-12-31&customers=-1&transactions=1e400",
    "/v1/statistics?as_of=0001-01-01T00:00:00%2B14:00&unit=province&from=2020-01-01&to=2020-12-31",
    "/v1/cases/%E4%BD%A0",
    "/v1/cases/" + "1" * 3000,
    "/v1/cases/%0d%0aSet-Cookie:a",
    "/v1/cases?channel=" + "a" * 5000,
]


def checked(content: bytes) -> int:
    """The status of an answer that carries what every answer has to."""
    head = content.split(b"\r\n\r\n", 1)[0].decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    assert status < 500 or status in (503, 504), content[:400]
    assert all(f"\n{name}:" in head for name in ALWAYS)
    return status


@pytest.mark.parametrize("header", ODD_HEADERS, ids=lambda header: repr(header[:40]))
def test_an_odd_header_is_answered(bank: Settings, header: bytes) -> None:
    """By each API."""
    for api, line in (
        (0, b"GET /v1/cases"),
        (1, b"POST /v1/complaints/phone"),
        (2, b"POST /v1/cases/x/commands/close"),
    ):
        found = asked(bank.ports + api, line + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + header + b"\r\n\r\n")
        assert 400 <= checked(found.content) < 500


@pytest.mark.parametrize("line", ODD_LINES, ids=lambda line: repr(line[:40]))
def test_an_odd_request_line_is_answered(bank: Settings, line: bytes) -> None:
    """By each API."""
    for api in range(3):
        found = asked(bank.ports + api, line + b"\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert 400 <= checked(found.content) < 500


@pytest.mark.parametrize("address", QUERIES, ids=lambda address: address[:60])
def test_an_odd_question_is_answered(bank: Settings, address: str) -> None:
    """By the console, to somebody who may ask."""
    url = f"http://127.0.0.1:{bank.ports}{address}"
    answer = httpx.get(url, headers=authorization(bank, "lin.fang", "person"), timeout=15)

    assert answer.status_code < 500 or (answer.status_code, answer.json()["code"]) == (504, "projection_behind")
    assert set(ALWAYS) <= set(answer.headers)


@pytest.mark.parametrize("key", ["x", "\x00", "é", "a" * 201, "", " "])
@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"a":' * 2000, b'"\\ud800"', b"1" * 5000]
)
def test_an_odd_body_is_answered(bank: Settings, content: bytes, key: str) -> None:
    """By those who take bodies."""
    headers = authorization(bank, "wu.qing", "person") | {"Content-Type": "application/json"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()
    lines += b"Idempotency-Key: " + key.encode("latin-1") + b"\r\nContent-Length: " + str(len(content)).encode()
    for api, address in ((1, b"/v1/complaints/phone"), (2, b"/v1/cases/20200305-1908470801-4/commands/close")):
        request = b"POST " + address + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + lines + b"\r\n\r\n" + content
        assert 400 <= checked(asked(bank.ports + api, request).content) < 500


def test_every_answer_carries_the_same_protection(bank: Settings) -> None:
    """Also errors, exports, health and metrics; the caller's request id is given back."""
    reader = authorization(bank, "lin.fang", "person")
    addresses = [
        "/health/live",
        "/health/ready",
        "/metrics",
        "/nowhere",
        "/openapi.json",
        "/v1/cases",
        "/v1/register.csv",
    ]
    addresses += ["/v1/register.xlsx", "/v1/cases/x", "/docs", "/docs/swagger-ui.css", "/internal/settled"]
    for address in addresses:
        answer = httpx.get(
            f"http://127.0.0.1:{bank.ports}{address}", headers=reader | {"X-Request-Id": "mine-1"}, timeout=15
        )
        assert ("no-store", "nosniff", "mine-1") == tuple(
            answer.headers[name] for name in ("cache-control", "x-content-type-options", "x-request-id")
        ), address
        assert "default-src 'none'" in answer.headers["content-security-policy"], address


def test_the_page_of_the_calls_loads_nothing_from_elsewhere(bank: Settings) -> None:
    """Its files are the service's own."""
    for api in range(3):
        page = httpx.get(f"http://127.0.0.1:{bank.ports + api}/docs").text
        script = httpx.get(f"http://127.0.0.1:{bank.ports + api}/docs/swagger-ui-bundle.js")
        assert "http" not in page.replace("<!doctype html>", "").replace("html", "")
        assert (200, "text/javascript; charset=utf-8") == (script.status_code, script.headers["content-type"])


def test_who_asks_too_much_is_told_to_wait(bank: Settings) -> None:
    """By subject: 429 with Retry-After; another subject goes on."""
    url = f"http://127.0.0.1:{bank.ports + 2}/v1/cases/x/commands/close"
    with httpx.Client(headers=authorization(bank, "zhao.min", "person")) as caller:
        answers = [caller.post(url, content=b"{}", headers={"Idempotency-Key": "k"}) for _ in range(450)]
        last = answers[-1]
    other = httpx.post(url, content=b"{}", headers=authorization(bank, "qian.yu", "person") | {"Idempotency-Key": "k"})

    assert (429, "too_many_requests") == (last.status_code, json.loads(last.content)["code"])
    assert 1 <= int(last.headers["retry-after"]) <= 60
    assert 429 != other.status_code
