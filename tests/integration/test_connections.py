"""Connections to the mail server, each for many letters: what a server may do to them, and what a letter learns."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.notify.sending.connections import ServerAway
from services.notify.sending.mail_server import Mail, MailServer, Postponed
from shared.process.settings import Settings
from tests.support.broker import free_ports
from tests.support.mail_server import Server, running
from tests.support.waiting import until

TO = "someone@customer.example"


def mail(number: int = 0) -> Mail:
    """A small mail."""
    return Mail("a@bank.example", TO, b"Subject: %d\r\n\r\nx\r\n" % number)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings for a server on a free port."""
    return Settings(data=tmp_path, smtp_port=free_ports(1), smtp_timeout_seconds=2)


@pytest.fixture
def server(settings: Settings) -> Server:
    """The server at that port, not listening yet."""
    return Server(settings.outbox_port)


def hanging_up(after: int, last_words: bytes) -> type[SMTP]:
    """A server that takes ``after`` letters on a connection and ends it at the next one, with these words or none."""

    class HangsUp(SMTP):
        letters = 0

        async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802
            """Take it, or end."""
            self.letters += 1
            if self.letters <= after:
                await super().smtp_MAIL(arg)
                return
            transport: Any = self.transport
            transport.write(last_words)
            transport.close()

    return HangsUp


# -- one connection for many letters -----------------------------------------------------------------


async def test_letters_one_after_the_other_share_a_connection(settings: Settings, server: Server) -> None:
    """Connecting costs more than the letter."""
    post = MailServer(settings)
    async with running(server):
        outcomes = [(await post.take(mail(n)))["outcome"] for n in range(5)]

    assert ["sent"] * 5 == outcomes
    assert [mail(n).content for n in range(5)] == server.taken
    assert 1 == server.connected


async def test_letters_at_the_same_time_have_a_connection_each(settings: Settings, server: Server) -> None:
    """As many connections as deliveries under way, and the next letters need no more."""
    post, together = MailServer(settings), asyncio.Barrier(3)

    async def wait_for_the_others() -> None:
        await together.wait()

    server.after_data = wait_for_the_others
    async with running(server), asyncio.timeout(10):
        await asyncio.gather(*(post.take(mail(n)) for n in range(3)))
        await asyncio.gather(*(post.take(mail(n)) for n in range(3)))

    assert 3 == server.connected
    assert 6 == len(server.taken)


async def test_a_connection_without_letters_is_closed_in_good_manners(settings: Settings, server: Server) -> None:
    """The server's places are for those who have letters; the next letter opens another connection."""
    said: list[str] = []

    class Listens(SMTP):
        async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
            """Hear it."""
            said.append("QUIT")
            await super().smtp_QUIT(arg)

    post = MailServer(settings.model_copy(update={"smtp_idle_seconds": 0.05}))
    async with running(server, Listens):
        await post.take(mail())
        await until(lambda: server.open_now == 0)
        await post.take(mail())
        await until(lambda: server.open_now == 0)

    assert ["QUIT", "QUIT"] == said
    assert 2 == server.connected


def certificate(folder: Path) -> Path:
    """A certificate and key of 127.0.0.1 in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "server.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return file


async def test_many_letters_need_one_login_and_one_encryption(
    settings: Settings, server: Server, tmp_path: Path
) -> None:
    """Encrypted by STARTTLS and logged in: as before, but once per connection."""
    logins: list[bytes] = []

    def login(_: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert session.ssl is not None
        logins.append(data.login)
        return AuthResult(success=True)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file := certificate(tmp_path))
    secret = Settings(smtp_password="secret").smtp_password
    changes = {"smtp_tls": "starttls", "smtp_username": "redress", "smtp_password": secret, "ca_file": file}
    post = MailServer(settings.model_copy(update=changes))
    async with running(server, tls_context=context, require_starttls=True, authenticator=login, auth_required=True):
        for n in range(3):
            await post.take(mail(n))

    assert [b"redress"] == logins
    assert 3 == len(server.taken)


# -- connections that the server ends ------------------------------------------------------------------


async def test_a_connection_that_the_server_closed_while_it_was_idle_is_renewed(
    settings: Settings, server: Server
) -> None:
    """The next letter goes to a new one and knows nothing of it."""
    post = MailServer(settings)
    async with running(server, timeout=0.05):
        await post.take(mail(0))
        await until(lambda: server.open_now == 0)
        result = await post.take(mail(1))

    assert "sent" == result["outcome"]
    assert 2 == server.connected


async def test_a_connection_that_is_still_open_is_used_before_a_new_one(settings: Settings, server: Server) -> None:
    """The server may close some of them only."""
    together, ends = asyncio.Barrier(2), iter([True, False])

    class ClosesOne(SMTP):
        async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
            """Take the letter, the other one too, and then close the connection whose letter came second."""
            await super().smtp_DATA(arg)
            if await together.wait() == 1 and next(ends):
                await asyncio.sleep(0.01)
                assert self.transport is not None
                self.transport.close()

    post = MailServer(settings)
    async with running(server, ClosesOne):
        await asyncio.gather(post.take(mail(0)), post.take(mail(1)))
        await until(lambda: server.open_now == 1)
        third = asyncio.create_task(post.take(mail(2)))
        await until(lambda: len(server.taken) == 3)
        await third

    assert 2 == server.connected


@pytest.mark.parametrize(
    "last_words",
    [b"", b"421 4.7.0 too many letters\r\n", b"450 4.7.1 not on this connection\r\n", b"503 5.5.1 bad sequence\r\n"],
)
async def test_a_no_on_a_used_connection_is_asked_again_on_a_new_one(
    settings: Settings, server: Server, last_words: bytes
) -> None:
    """It may be about the connection: no letter is refused, put off, or waits for it."""
    post = MailServer(settings)
    async with running(server, hanging_up(2, last_words)):
        outcomes = [(await post.take(mail(n)))["outcome"] for n in range(6)]

    assert ["sent"] * 6 == outcomes
    assert [mail(n).content for n in range(6)] == server.taken
    assert 3 == server.connected
    assert not post.away


@pytest.mark.parametrize(
    ("last_words", "expected"),
    [(b"", Postponed), (b"421 4.3.2 closing\r\n", ServerAway), (b"450 4.7.1 later\r\n", Postponed)],
)
async def test_a_no_on_a_new_connection_is_an_answer(
    settings: Settings, server: Server, last_words: bytes, expected: type[Exception]
) -> None:
    """As before: the letter waits, or all do."""
    post = MailServer(settings)
    async with running(server, hanging_up(0, last_words)):
        with pytest.raises(expected):
            await post.take(mail())

    assert (expected is ServerAway) == post.away
    assert 1 == server.connected


async def test_a_refusal_for_good_is_believed_on_a_new_connection_only(settings: Settings, server: Server) -> None:
    """Asked twice after a letter went through, once otherwise; and the letter after it is not hurt by it."""
    post = MailServer(settings)
    async with running(server):
        await post.take(mail(0))
        server.replies[TO] = ["550 no such mailbox", "550 no such mailbox"]
        refused = await post.take(mail(1))
        server.replies[TO] = ["550 no such mailbox"]
        again = await post.take(mail(2))
        after = await post.take(mail(3))

    assert [("failed", 550)] * 2 == [(one["outcome"], one["code"]) for one in (refused, again)]
    assert "sent" == after["outcome"]
    assert [mail(0).content, mail(3).content] == server.taken


@pytest.mark.parametrize("letters_before", [0, 1])
async def test_a_server_that_dies_with_the_content_may_have_the_letter(
    settings: Settings, server: Server, letters_before: int
) -> None:
    """It is not offered again at once on another connection: that would double it. It waits as before."""
    post = MailServer(settings)

    class Dies(SMTP):
        async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
            """Ask for the content, and be gone."""
            if len(server.taken) < letters_before:
                await super().smtp_DATA(arg)
                return
            await self.push("354 go on")
            transport: Any = self.transport
            transport.abort()

    async with running(server, Dies):
        for n in range(letters_before):
            await post.take(mail(n))
        with pytest.raises(Postponed):
            await post.take(mail(9))

    assert 1 == server.connected
    assert letters_before + 1 == len(server.asked)


# -- what says nothing about any letter -----------------------------------------------------------------


class NoGreeting(SMTP):
    """Refuses whoever introduces himself."""

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        """No."""
        await self.push("550 not you")

    smtp_HELO = smtp_EHLO  # noqa: N815


@pytest.mark.parametrize(("kind", "tls"), [(NoGreeting, "none"), (SMTP, "starttls"), (SMTP, "tls")])
async def test_a_server_that_does_not_let_us_in_fails_no_letter(
    settings: Settings, server: Server, kind: type[SMTP], tls: str
) -> None:
    """Not greeted, or not encrypted as we have to be: about us, whatever the code."""
    post = MailServer(settings.model_copy(update={"smtp_tls": tls}))
    async with running(server, kind):
        with pytest.raises(ServerAway):
            await post.take(mail())

    assert post.away
    assert [] == server.asked


async def test_the_server_counts_as_back_when_it_answers_for_a_letter(settings: Settings, server: Server) -> None:
    """Also when the answer is that this one has to wait."""
    post = MailServer(settings)
    with pytest.raises(ServerAway):
        await post.take(mail())
    away_before = post.away
    server.replies[TO] = ["451 later"]
    async with running(server):
        with pytest.raises(Postponed):
            await post.take(mail())

    assert away_before
    assert not post.away


async def test_an_answer_in_bytes_that_are_no_text_is_an_answer(settings: Settings, server: Server) -> None:
    """The letter was taken: what cannot be read of the answer changes nothing of that."""

    class Old(SMTP):
        async def push(self, status: Any) -> None:
            """Answer to the content in an encoding of its own."""
            if status == "250 queued":
                transport: Any = self.transport
                transport.write(b"250 " + "邮件已接收".encode("gbk") + b"\xff\x00\r\n")
                return
            await super().push(status)

    async with running(server, Old):
        result = await MailServer(settings).take(mail(0))

    assert "sent" == result["outcome"]
    assert result["smtp_reply"].startswith("邮件已接收")


async def test_letters_wait_under_another_authority_until_the_process_that_knows_it(
    settings: Settings, server: Server, tmp_path: Path
) -> None:
    """The file is read at the start (docs/how-to/production.md): what changes in it later is for the next one."""
    trusted, context = tmp_path / "authority.pem", ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trusted.write_bytes(certificate(tmp_path).read_bytes())
    with_tls = settings.model_copy(update={"smtp_tls": "starttls", "ca_file": trusted})
    post = MailServer(with_tls)
    context.load_cert_chain(later := certificate(tmp_path))
    async with running(server, tls_context=context, require_starttls=True):
        with pytest.raises(ServerAway):
            await post.take(mail())
        trusted.write_bytes(later.read_bytes())
        with pytest.raises(ServerAway):
            await post.take(mail())
        result = await MailServer(with_tls).take(mail())

    assert ("sent", 1) == (result["outcome"], len(server.taken))
