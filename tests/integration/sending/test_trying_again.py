"""Letters that a mail server puts off, and servers that are away, slow or die: what is tried again, and when."""

import asyncio
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from services.notify.sending import connections
from services.notify.sending import mail_server as mail_servers
from services.notify.sending.pool import SendingPool
from shared.process.settings import Settings
from tests.support.mail_server import running
from tests.support.sending_case import ACKNOWLEDGEMENT, CUSTOMER, NOTICE, SLOW, Desk, results, server_for
from tests.support.waiting import until


async def test_a_letter_that_is_put_off_goes_out_later(desk: Desk) -> None:
    """4xx: the same letter again, until it is taken."""
    server = server_for(desk)
    server.replies[CUSTOMER] = ["451 later", "452 full"]
    async with running(server):
        (result,) = await results(desk, at_once=1, letters=[ACKNOWLEDGEMENT])

    assert "sent" == result["outcome"]
    assert [CUSTOMER] * 3 == server.asked
    assert 1 == len(server.taken)


async def test_a_letter_that_is_put_off_keeps_no_other_waiting(desk: Desk) -> None:
    """One mailbox that is full for days does not hold the only slot."""
    server = server_for(desk)
    server.replies[CUSTOMER] = ["452 full"] * 99
    fold = desk.fold()
    pool = SendingPool(desk.sender(), 1, 0, SLOW)
    async with running(server):
        pool.committed(fold, desk.started)
        await until(lambda: len(fold.results) > 0)
        await pool.closed(0)

    assert [desk.started[NOTICE].id] == [one.id for one in fold.results.values()]


async def test_a_server_that_is_away_gets_the_letter_when_it_is_back(desk: Desk) -> None:
    """Nothing is lost and nothing is given up."""
    delivery = asyncio.create_task(desk.sender().deliver(desk.started[NOTICE]))
    await asyncio.sleep(0.1)
    assert not delivery.done()
    async with running(server_for(desk)) as server:
        result = await delivery

    assert "sent" == result["outcome"]
    assert 1 == len(server.taken)


class Silent(SMTP):
    """Accepts the connection and says nothing."""

    async def _handle_client(self) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            if self.transport is not None:
                self.transport.close()


class SlowGreeting(SMTP):
    """Takes its time over EHLO, and over the letter too."""

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        """Answer late."""
        await asyncio.sleep(0.3)
        await super().smtp_EHLO(hostname)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """Answer late."""
        await asyncio.sleep(0.3)
        await super().smtp_DATA(arg)


class NoFarewell(SMTP):
    """Never answers QUIT."""

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
        """Say nothing."""
        await asyncio.sleep(60)


@pytest.mark.parametrize(
    ("kind", "expected"), [(Silent, connections.ServerAway), (SlowGreeting, mail_servers.Postponed)]
)
async def test_no_delivery_takes_longer_than_its_limit(desk: Desk, kind: type[SMTP], expected: type[Exception]) -> None:
    """The limit is for the whole delivery: a new owner repeats an open sending after it."""
    settings = desk.settings.model_copy(update={"smtp_timeout_seconds": 0.5})
    mail = mail_servers.Mail("a@bank.example", CUSTOMER, b"Subject: x\r\n\r\nx\r\n")
    began = asyncio.get_running_loop().time()
    async with running(server_for(desk), kind) as server:
        with pytest.raises(expected):
            await mail_servers.MailServer(settings).take(mail)
        assert [] == server.taken
        await asyncio.sleep(0.2)

    assert asyncio.get_running_loop().time() - began < 1.0


async def test_a_farewell_that_never_comes_does_not_send_the_letter_again(desk: Desk) -> None:
    """After the 250 the letter is delivered, whatever becomes of the connection; it is closed all the same."""
    async with running(server_for(desk), NoFarewell) as server:
        result = await desk.sender(farewell_seconds=0.05, smtp_idle_seconds=0).deliver(desk.started[NOTICE])
        await until(lambda: server.open_now == 0)

    assert "sent" == result["outcome"]
    assert 1 == len(server.taken)


async def test_a_wrong_password_fails_no_letter(desk: Desk) -> None:
    """535 is about our settings: corrected, everything goes out; a failed letter would stay failed."""
    right = asyncio.Event()

    def login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        return AuthResult(success=right.is_set(), handled=False)

    sender = desk.sender(smtp_username="redress", smtp_password=Settings(smtp_password="x").smtp_password)
    server = server_for(desk)
    async with running(server, authenticator=login, auth_require_tls=False):
        delivery = asyncio.create_task(sender.deliver(desk.started[NOTICE]))
        await asyncio.sleep(0.2)
        assert not delivery.done()
        right.set()
        result = await delivery

    assert "sent" == result["outcome"]
    assert 1 == len(server.taken)


class DiesOnce(SMTP):
    """Is gone in the middle of the first letter's content."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """Ask for the content and be gone, or take it."""
        if self.event_handler.connected > 1:
            await super().smtp_DATA(arg)
            return
        await self.push("354 go on")
        transport: Any = self.transport
        transport.abort()


async def test_a_server_that_dies_in_the_middle_of_a_letter_gets_it_again(desk: Desk) -> None:
    """Nobody can know whether it has it, so it comes again and can be recognised."""
    async with running(server_for(desk), DiesOnce) as server:
        (result,) = await results(desk, at_once=1, letters=[NOTICE])

    assert "sent" == result["outcome"]
    assert 2 == server.connected
    assert [desk.started[NOTICE].data["smtp_message_id"]] == [one["Message-ID"] for one in server.letters()]


async def test_a_server_that_takes_one_letter_per_connection_keeps_none_waiting(desk: Desk) -> None:
    """421 after some letters is about the connection: a pause of a minute would be seen here."""

    class OneLetter(SMTP):
        letters = 0

        async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802
            """The second is told to go."""
            self.letters += 1
            if self.letters == 1:
                await super().smtp_MAIL(arg)
                return
            await self.push("421 4.7.0 enough")
            assert self.transport is not None
            self.transport.close()

    async with running(server_for(desk), OneLetter) as server:
        answers = await results(desk, at_once=1, letters=[ACKNOWLEDGEMENT, NOTICE], pauses=SLOW)

    assert ["sent", "sent"] == [one["outcome"] for one in answers]
    assert 2 == server.connected
