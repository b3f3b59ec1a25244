"""The sender against a real mail server on loopback: what arrives, what is tried again, what is refused."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from email.policy import SMTP as STANDARD
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from services.notify import connections, envelopes, mail_policy, sending
from services.notify import mail_server as mail_servers
from services.notify import sender as senders
from services.notify.sender import Sender
from services.notify.sending import SendingPool
from services.notify.service import SERVICE
from services.routing.service import SERVICE as ROUTING
from services.sla.service import SERVICE as SLA
from shared.documents import Documents
from shared.envelope import Event
from shared.fold import Fold
from shared.records import Record, outgoing
from shared.service import ResultTrigger
from shared.settings import Settings
from shared.vault import Vault, open_vault
from tests.broker import free_ports
from tests.facts import CASE, Given, event, receipt, reference
from tests.mail_server import Server, running

CUSTOMER = "someone@customer.example"
NARRATIVE = "柜员态度生硬，排队两小时。\nNobody explained why."
ACKNOWLEDGEMENT, NOTICE = 0, 1


@dataclass
class Desk:
    """A case whose first two letters are started, a sender, and where sealed copies lie."""

    settings: Settings
    vault: Vault
    documents: Documents
    events: list[Event]
    started: list[Event]

    def sender(self, **changes: object) -> Sender:
        """A sender as the worker makes it; settings may be changed."""

        async def read_case(case: str) -> list[Event]:
            return [one for one in self.events if one.subject == case]

        settings = self.settings.model_copy(update=changes)
        return Sender(settings, self.vault, self.documents, reference(), read_case)

    def fold(self) -> Fold[Any]:
        """The partition's fold of these events."""
        fold = Fold(SERVICE, 0)
        for offset, one in enumerate(self.events):
            fold.apply(record(one, offset))
        return fold

    async def content(self, started: Event, sha256: str) -> bytes:
        """The sealed copy, opened."""
        return await self.documents.get(CASE, f"message.{started.data['message_id']}", sha256)


def record(one: Event, offset: int) -> Record:
    """An event as it lies in the log."""
    out = outgoing(one)
    return Record(0, offset, out.key, out.value, dict(out.headers))


def server_for(desk: Desk) -> Server:
    """A server at the port that the desk's letters go to."""
    return Server(desk.settings.outbox_port)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of milliseconds, so that a test of repetition does not take seconds."""
    for module in (senders, sending):
        monkeypatch.setattr(module, "FIRST_PAUSE_SECONDS", 0.01)
        monkeypatch.setattr(module, "LONGEST_PAUSE_SECONDS", 0.02)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A telephone complaint, routed, its clock started, both letters started."""
    settings = Settings(data=tmp_path, smtp_port=free_ports(1), smtp_timeout_seconds=2)
    async with open_vault(settings) as vault:
        yield await open_desk(settings, vault, CUSTOMER)


async def open_desk(settings: Settings, vault: Vault, address: str) -> Desk:
    """The desk for a customer with this address."""
    await vault.ensure_key(CASE)

    async def seal(label: str, text: str) -> dict[str, str]:
        return (await vault.seal(CASE, label, text)).model_dump()

    received = event(
        receipt(
            matter={"narrative": await seal("matter.narrative", NARRATIVE), "request": await seal("r", "道歉")},
            complainant={"email": await seal("complainant.email", address), "name": await seal("name", "甲某")},
        )
    )
    routed = event(Given(ROUTING).when_event(received)[0], received.id)
    clock = event(Given(SLA).when_event(received)[0], received.id)
    given = Given(SERVICE, received, routed)
    started = [event(data, clock.id, place) for place, data in enumerate(given.when_event(clock))]
    documents = Documents(settings.data / "documents", vault)
    return Desk(settings, vault, documents, [received, routed, clock, *started], started)


async def until(condition: Callable[[], bool]) -> None:
    """Wait, at most ten seconds."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


# -- what arrives ------------------------------------------------------------------------------------


async def test_a_chinese_letter_arrives_as_it_was_written(desk: Desk) -> None:
    """Names, subject and text survive the way, to one recipient and from the accepting unit."""
    async with running(server_for(desk)) as server:
        result = await desk.sender().deliver(desk.started[NOTICE])

    (letter,) = server.letters()
    assert "sent" == result["outcome"]
    assert "客户投诉书面通知 20200305-0000000001-1" == letter["Subject"]
    assert "示例银行 东侨支行 <office@dongqiao.example>" == str(letter["From"])
    assert "luo.tian@bank.example" == str(letter["To"])
    assert NARRATIVE in letter.get_content().replace("\r\n", "\n")
    assert "auto-generated" == letter["Auto-Submitted"]
    assert "text/plain" == letter.get_content_type()


async def test_the_customers_letter_does_not_repeat_the_complaint(desk: Desk) -> None:
    """Mail is read by others: the acknowledgement has name, number and limit, and nothing of the matter."""
    async with running(server_for(desk)) as server:
        await desk.sender().deliver(desk.started[ACKNOWLEDGEMENT])

    text = server.letters()[0].get_content()
    assert [CUSTOMER] == server.asked
    assert "甲某" in text
    assert "2020年3月10日24时" in text
    assert "柜员" not in text


async def test_the_sealed_copy_is_stored_before_the_letter_is_sent_and_is_what_was_sent(desk: Desk) -> None:
    """What was said to whom can be proved, also when the process dies right after."""
    server = server_for(desk)
    stored_by_then: list[int] = []

    async def look() -> None:
        stored_by_then.append(sum(1 for p in (desk.settings.data / "documents").rglob("*") if p.is_file()))

    server.after_data = look
    async with running(server):
        result = await desk.sender().deliver(desk.started[NOTICE])

    assert [1] == stored_by_then
    assert server.taken[0] == await desk.content(desk.started[NOTICE], result["content_sha256"])


async def test_a_repetition_is_the_same_to_the_byte_whatever_happened_since(desk: Desk) -> None:
    """The same Message-ID and words, although the case was routed to others in between."""
    decision = desk.events[1].data["decision"] | {
        "accepting": {"unit": "province", "post": "general_office", "person": "ye.lan"}
    }
    data = {"ground": "assign_unit", "decision": decision, "duties_opened": [], "duties_ended": []}
    rerouted = desk.events[1]._replace(id="later", type="redress.CaseRerouted.v1", data=data)
    async with running(server_for(desk)) as server:
        first = await desk.sender().deliver(desk.started[NOTICE])
        desk.events.append(rerouted)
        second = await desk.sender().deliver(desk.started[NOTICE])

    assert server.taken[0] == server.taken[1]
    assert first == second
    assert desk.started[NOTICE].data["smtp_message_id"] == server.letters()[1]["Message-ID"]


async def test_a_letter_has_the_bytes_of_the_standard_librarys_policy(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is remembered from one letter to the next changes nothing in them."""
    async with running(server_for(desk)) as server:
        for policy in (mail_policy.LETTER_POLICY, mail_policy.LETTER_POLICY, STANDARD):
            monkeypatch.setattr(envelopes, "LETTER_POLICY", policy)
            for started in desk.started:
                await desk.sender().deliver(started)

    assert 3 * server.taken[4:] == server.taken


async def test_an_answer_that_repeats_the_address_is_kept_without_it(desk: Desk) -> None:
    """The server's words stand in the clear in the log."""
    server = server_for(desk)
    server.greeting = f"250 queued for <{CUSTOMER}> as A1"
    async with running(server):
        result = await desk.sender().deliver(desk.started[ACKNOWLEDGEMENT])

    assert "queued for … as A1" == result["smtp_reply"]


# -- what is tried again -----------------------------------------------------------------------------


@pytest.mark.usefixtures("quick")
async def test_a_letter_that_is_put_off_goes_out_later(desk: Desk) -> None:
    """4xx: the same letter again, until it is taken."""
    server = server_for(desk)
    server.replies[CUSTOMER] = ["451 later", "452 full"]
    async with running(server):
        (result,) = await results(desk, at_once=1, letters=[ACKNOWLEDGEMENT])

    assert "sent" == result["outcome"]
    assert [CUSTOMER] * 3 == server.asked
    assert 1 == len(server.taken)


async def test_a_letter_that_is_put_off_keeps_no_other_waiting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """One mailbox that is full for days does not hold the only slot."""
    monkeypatch.setattr(sending, "FIRST_PAUSE_SECONDS", 60.0)
    server = server_for(desk)
    server.replies[CUSTOMER] = ["452 full"] * 99
    fold = desk.fold()
    pool = SendingPool(desk.sender(), 1, 0)
    async with running(server):
        pool.committed(fold, desk.started)
        await until(lambda: bool(fold.results))
        await pool.closed(0)

    assert [desk.started[NOTICE].id] == list(fold.results)


@pytest.mark.usefixtures("quick")
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
    ("kind", "expected"), [(Silent, mail_servers.ServerAway), (SlowGreeting, mail_servers.Postponed)]
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


async def test_a_farewell_that_never_comes_does_not_send_the_letter_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the 250 the letter is delivered, whatever becomes of the connection; it is closed all the same."""
    monkeypatch.setattr(connections, "FAREWELL_SECONDS", 0.05)
    async with running(server_for(desk), NoFarewell) as server:
        result = await desk.sender(smtp_idle_seconds=0).deliver(desk.started[NOTICE])
        await until(lambda: server.open_now == 0)

    assert "sent" == result["outcome"]
    assert 1 == len(server.taken)


@pytest.mark.usefixtures("quick")
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
        assert self.transport is not None
        self.transport.abort()


@pytest.mark.usefixtures("quick")
async def test_a_server_that_dies_in_the_middle_of_a_letter_gets_it_again(desk: Desk) -> None:
    """Nobody can know whether it has it, so it comes again and can be recognised."""
    async with running(server_for(desk), DiesOnce) as server:
        (result,) = await results(desk, at_once=1, letters=[NOTICE])

    assert "sent" == result["outcome"]
    assert 2 == server.connected
    assert [desk.started[NOTICE].data["smtp_message_id"]] == [one["Message-ID"] for one in server.letters()]


async def test_a_server_that_takes_one_letter_per_connection_keeps_none_waiting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
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

    for module in (senders, sending):
        monkeypatch.setattr(module, "FIRST_PAUSE_SECONDS", 60.0)
    async with running(server_for(desk), OneLetter) as server:
        outcomes = [one["outcome"] for one in await results(desk, at_once=1, letters=[ACKNOWLEDGEMENT, NOTICE])]

    assert ["sent", "sent"] == outcomes
    assert 2 == server.connected


# -- what is refused ---------------------------------------------------------------------------------


async def test_a_refusal_for_good_is_told_with_its_code(desk: Desk) -> None:
    """5xx: no second attempt, somebody has to act."""
    server = server_for(desk)
    server.replies[CUSTOMER] = ["550 no such mailbox"]
    async with running(server):
        result = await desk.sender().deliver(desk.started[ACKNOWLEDGEMENT])

    assert ("failed", 550, "refused_by_mail_server") == (result["outcome"], result["code"], result["reason"])
    assert [CUSTOMER] == server.asked


@pytest.mark.parametrize("address", ["a,b@elsewhere.example", "no at sign", "名字@customer.example", "<x@y.example>"])
async def test_an_address_that_is_none_fails_and_reaches_nobody_else(tmp_path: Path, address: str) -> None:
    """A list in the place of an address would go to strangers."""
    settings = Settings(data=tmp_path, smtp_port=free_ports(1))
    async with open_vault(settings) as vault:
        desk = await open_desk(settings, vault, address)
        async with running(server_for(desk)) as server:
            result = await desk.sender().deliver(desk.started[ACKNOWLEDGEMENT])

    assert ("failed", None, "bad_address") == (result["outcome"], result["code"], result["reason"])
    assert [] == server.asked


async def test_an_erased_case_gets_no_letter(desk: Desk) -> None:
    """The key is destroyed: the sending ends, else it would be tried for ever."""
    await desk.vault.destroy(CASE)
    result = await desk.sender().deliver(desk.started[NOTICE])

    assert ("failed", None, "case_erased") == (result["outcome"], result["code"], result["reason"])


# -- the pool ----------------------------------------------------------------------------------------


async def results(desk: Desk, at_once: int, letters: Iterable[int]) -> list[dict[str, Any]]:
    """What the pool brings back for these letters."""
    fold = desk.fold()
    pool = SendingPool(desk.sender(), at_once, 0)
    wanted = [desk.started[n] for n in letters]
    pool.committed(fold, wanted)
    await until(lambda: len(fold.results) == len(wanted))
    await pool.closed(0)
    return [dict(fold.results[one.id].result) for one in wanted]


async def test_a_new_owner_waits_and_then_sends_what_it_finds_open(desk: Desk) -> None:
    """The former owner may still be at it until the limit is over."""
    fold = desk.fold()
    pool = SendingPool(desk.sender(), 8, 0.2)
    async with running(server_for(desk)) as server:
        pool.opened(fold)
        await asyncio.sleep(0.1)
        assert [] == server.asked
        await until(lambda: len(fold.results) == 2)
        await pool.closed(0)

    assert {one.id for one in desk.started} == set(fold.results)


async def test_what_was_recorded_while_the_new_owner_waited_is_not_sent_again(desk: Desk) -> None:
    """A result that lay ready when the partition was lost is answered first, once."""
    fold = desk.fold()
    async with running(server_for(desk)) as server:
        (before,) = await results(desk, 1, [NOTICE])
        pool = SendingPool(desk.sender(), 8, 0.1)
        pool.opened(fold)
        given = Given(SERVICE, *desk.events)
        started = desk.started[NOTICE]
        answer = event(given.when(ResultTrigger(started.id, CASE, before))[0].data, started.id)
        fold.apply(record(answer, len(desk.events)))
        await until(lambda: not pool.under_way())

    assert [desk.started[ACKNOWLEDGEMENT].id] == list(fold.results)
    assert 2 == len(server.taken)


@pytest.mark.usefixtures("quick")
async def test_a_letter_whose_case_cannot_be_read_yet_is_sent_when_it_can(desk: Desk) -> None:
    """The log may be away just when a new owner looks for what was begun."""
    sender = desk.sender()
    looks = 0

    async def unsteady(case: str) -> list[Event]:
        nonlocal looks
        looks += 1
        if looks < 3:
            raise OSError("the broker is away")
        return desk.events

    fold = desk.fold()
    pool = SendingPool(Sender(sender.settings, sender.vault, sender.documents, sender.reference, unsteady), 1, 0)
    async with running(server_for(desk)):
        pool.opened(fold)
        await until(lambda: len(fold.results) == 2)
        await pool.closed(0)

    assert looks > 3


async def test_a_blocked_case_gets_no_letter_until_it_can_be_read(desk: Desk) -> None:
    """Its result could not be recorded, so every restart would send it once more."""
    fold = desk.fold()
    fold.cases[CASE].blocked = True
    pool = SendingPool(desk.sender(), 8, 0)
    pool.opened(fold)

    assert 0 == pool.under_way()


async def test_the_pool_tells_what_waits_and_whether_the_server_is_away(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers for the operator: away while nobody's letters are taken, postponed for each that waits its turn."""
    monkeypatch.setattr(senders, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(sending, "FIRST_PAUSE_SECONDS", 60.0)
    fold = desk.fold()
    pool = SendingPool(desk.sender(), 1, 0)
    pool.committed(fold, desk.started)
    await until(lambda: pool.numbers()["mail_server_away"] == 1)
    while_away = pool.under_way(), pool.numbers()
    server = server_for(desk)
    server.replies[CUSTOMER] = ["452 full"]
    async with running(server):
        await until(lambda: len(fold.results) == 1)
        await until(lambda: pool.under_way() == 1)
        afterwards = pool.under_way(), pool.numbers()
        await pool.closed(0)

    assert (2, {"sendings_postponed": 0, "mail_server_away": 1}) == while_away
    assert (1, {"sendings_postponed": 1, "mail_server_away": 0}) == afterwards
    assert {"sendings_postponed": 0, "mail_server_away": 0} == pool.numbers()


async def test_a_pool_without_letters_does_not_call_the_server_away(desk: Desk) -> None:
    """Its partition went to another process, which knows better by now."""
    pool = SendingPool(desk.sender(), 1, 0)
    pool.committed(desk.fold(), desk.started)
    await until(lambda: pool.numbers()["mail_server_away"] == 1)
    await pool.closed(0)

    assert {"sendings_postponed": 0, "mail_server_away": 0} == pool.numbers()
