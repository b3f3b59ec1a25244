"""The sender and the print room: what lies in the in-tray, what is opened for it, and what cannot be printed."""

import stat
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from services.notify.sending.mail_server import MailServer, Postponed
from services.notify.sending.sender import Sender
from shared.contract.envelope import Event
from shared.contract.events.base import Sealed
from shared.contract.events.notify import MessageSent
from shared.log.access_log import AccessLog, RecordedOpener
from shared.process.settings import Settings
from shared.sealing.documents import Documents
from shared.sealing.stores import open_vault
from shared.sealing.vault import Vault
from tests.support.broker import free_ports
from tests.support.facts import CASE, NOW
from tests.support.letter_case import ORGANISATION as BANK
from tests.support.letter_case import LetterCase, decision, published
from tests.support.memory_log import MemoryLog

HOME = "示例市示例区示例路3号4幢501室\n000000"


class Watched:
    """The vault, and the labels of everything that was opened."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self.opened: list[str] = []

    async def key(self, case: str) -> bytes:
        """The case's key."""
        return await self._vault.key(case)

    def open_all(self, key: bytes, case: str, sealed: list[Sealed]) -> list[str]:
        """Open values, noted."""
        self.opened += [one.label for one in sealed]
        return self._vault.open_all(key, case, sealed)


class Desk:
    """A case with a customer who has only a postal address, decided; a sender on it."""

    def __init__(self, settings: Settings, vault: Vault) -> None:
        self.settings = settings
        self.vault = vault
        self.watched = Watched(vault)
        self.documents = Documents(settings.data / "documents", vault)

    async def begin(self, name: str = "甲某") -> None:
        """The letter's sending is started."""
        await self.vault.ensure_key(CASE)

        async def seal(label: str, text: str) -> Sealed:
            return await self.vault.seal(CASE, label, text)

        home, who = await seal("complainant.address", HOME), await seal("complainant.name", name)
        said = await seal("matter.narrative", "柜员态度生硬。")
        self.case = LetterCase(
            complainant={"address": home, "name": who}, reachable_by=["post"], matter={"narrative": said}
        )
        texts = {what: await seal(f"decide.{what}", f"{what}的内容") for what in ("findings", "grounds", "decision")}
        self.started = self.case.started(self.case.when(decision(**texts))[0])

    async def deliver(self) -> dict[str, Any]:
        """Send it."""

        async def read_case(case: str) -> list[Event]:
            return self.case.log

        watched: Any = self.watched
        server = MailServer(self.settings)
        opener = RecordedOpener(watched, AccessLog(MemoryLog(1), "notify"))
        sender = Sender(
            self.settings, opener, self.documents, published(BANK), read_case, server, lambda *_: None, lambda: NOW, {}
        )
        return await sender.deliver(self.started)

    @property
    def tray(self) -> Path:
        """The print room's in-tray."""
        return self.settings.data / "outbox" / "print"

    def lying(self) -> list[str]:
        """The files in it."""
        return [path.name for path in self.tray.iterdir() if path.is_file()] if self.tray.exists() else []


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk whose mail server does not exist: paper needs none."""
    settings = Settings(data=tmp_path, smtp_port=free_ports(1))
    async with open_vault(settings) as vault:
        yield Desk(settings, vault)


async def test_a_printed_letter_lies_in_the_tray_and_in_the_documents(desk: Desk) -> None:
    """One whole file under the message's id, and the sealed copy is the same to the byte."""
    await desk.begin()
    result = await desk.deliver()
    message_id = desk.started.data["message_id"]
    pdf = (desk.tray / f"{message_id}.pdf").read_bytes()

    assert [f"{message_id}.pdf"] == desk.lying()
    assert pdf == await desk.documents.get(CASE, f"message.{message_id}", result["content_sha256"])
    assert [0o700, 0o700] == [stat.S_IMODE(folder.stat().st_mode) for folder in (desk.tray, desk.tray / "done")]
    text = PdfReader(BytesIO(pdf)).pages[0].extract_text().replace(" ", "")
    wanted = ["示例银行", "甲某", "示例市示例区示例路3号4幢501室", "findings的内容", "编号20200305-0000000001-1"]
    assert [] == [words for words in wanted if words not in text]


async def test_a_printed_letter_is_recorded_as_sent_and_ends_no_duty(desk: Desk) -> None:
    """It has neither a Message-ID nor a server's answer."""
    await desk.begin()
    sent = desk.case.result(desk.started, **await desk.deliver())

    assert isinstance(sent, MessageSent)
    assert ("print", None, None, ()) == (sent.way, sent.smtp_message_id, sent.smtp_reply, sent.duties_ended)


async def test_a_repetition_replaces_the_letter_by_itself(desk: Desk) -> None:
    """After a crash before the end was recorded."""
    await desk.begin()
    first = await desk.deliver()
    before = (desk.tray / desk.lying()[0]).read_bytes()
    second = await desk.deliver()

    assert first == second
    assert [before] == [(desk.tray / name).read_bytes() for name in desk.lying()]


async def test_a_tray_that_takes_nothing_puts_the_letter_off_and_has_it_later(desk: Desk) -> None:
    """Such as one that is full: it is said which, and why."""
    await desk.begin()
    desk.tray.parent.mkdir()
    desk.tray.write_bytes(b"in its place")
    with pytest.raises(Postponed, match="outbox/print: "):
        await desk.deliver()
    desk.tray.unlink()
    await desk.deliver()

    assert 1 == len(desk.lying())


async def test_the_sender_opens_what_the_letter_quotes_and_nothing_else(desk: Desk) -> None:
    """Not even the complaint itself: the customer knows it."""
    await desk.begin()
    await desk.deliver()
    texts = ["decide.decision", "decide.findings", "decide.grounds"]

    assert ["complainant.address", "complainant.name", *texts] == sorted(desk.watched.opened)


async def test_a_name_that_no_font_shows_fails_the_letter(desk: Desk) -> None:
    """Somebody has to write it by hand: nothing lies in the tray."""
    await desk.begin("𪚥野")
    result = await desk.deliver()

    assert ("failed", None, "not_printable") == (result["outcome"], result["code"], result["reason"])
    assert [] == desk.lying()


async def test_an_erased_case_is_not_printed(desk: Desk) -> None:
    """The key is destroyed: nothing of it can be read."""
    await desk.begin()
    await desk.vault.destroy(CASE)
    result = await desk.deliver()

    assert ("failed", None, "case_erased") == (result["outcome"], result["code"], result["reason"])
    assert [] == desk.lying()
