"""The mail listener in this process, over the log in memory: for talks that no mail server would have."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib

from services.intake.access import CaseAccess
from services.intake.evidence_intake import EvidenceIntake
from services.intake.mail.correspondents import CORRESPONDENTS
from services.intake.mail.mail_intake import MailIntake
from services.intake.mail.room import Room
from services.intake.mail.talk import Door, Talk, TalkRules
from services.intake.mail.threads import Threads
from services.intake.standing import STANDINGS
from services.intake.submission_intake import SubmissionIntake
from services.intake.upload_quota import Quota
from shared.contract.envelope import Event
from shared.contract.events.base import Sealed
from shared.kernel.whole_log import WholeLog
from shared.process.clock import SteeredClock
from shared.sealing.documents import Documents
from shared.web.case_index import CaseIndex
from tests.support.facts import NOW, reference
from tests.support.intake_in_process import MANY, House, open_house

UNIT = "office@dongqiao.example"
CUSTOMER = "jia@customer.example"


@dataclass
class MailHouse:
    """One listener, and what it wrote."""

    house: House
    intake: MailIntake
    desk: TalkRules
    port: int
    known: WholeLog[Any]

    async def send(self, raw: bytes, *to: str, sender: str = CUSTOMER, utf8: bool = False) -> str:
        """Hand a message over as a mail server does: the answer to it, or to whoever is refused."""
        async with aiosmtplib.SMTP(
            hostname="127.0.0.1", port=self.port, local_hostname="mx.bank.example", start_tls=False
        ) as client:
            await client.ehlo()
            try:
                await client.mail(sender, options=["SMTPUTF8"] if utf8 else [])
                for one in to or (UNIT,):
                    await client.rcpt(one)
                answer = await client.data(raw)
            except aiosmtplib.SMTPResponseException as error:
                answer = aiosmtplib.SMTPResponse(error.code, error.message)
            await self.folded()
            return f"{answer.code} {answer.message}"

    async def folded(self) -> None:
        """Wait until what was written is read."""
        await self.known.progress.reach(await self.house.log.ends())

    def events(self, name: str | None = None) -> list[Event]:
        """What is in the log."""
        return self.house.events(name)

    async def opened(self, event: Event, *path: str) -> str | None:
        """A sealed field of an event."""
        found: Any = event.data
        for name in path:
            found = found[name]
        return None if found is None else await self.house.vault.open(event.subject, Sealed.model_validate(found))

    async def content(self, event: Event) -> bytes:
        """The file of a piece of evidence."""
        documents = Documents(self.house.data / "documents", self.house.vault)
        return await documents.get(event.subject, f"evidence.{event.id}", event.data["sha256"])


@asynccontextmanager
async def mail_house(
    data: Path, *, ready: Callable[[], bool] = lambda: True, seconds: float = 20.0, most: int = 100, room: int = 2**28,
    peers: str = "127.0.0.0/8",
) -> AsyncIterator[MailHouse]:  # fmt: skip
    """A listener on a port of its own; it ends with the block."""
    async with open_house(data) as house:
        clock = SteeredClock()
        clock.set(NOW)
        log: Any = house.log
        index, known = CaseIndex(log), WholeLog(log, CORRESPONDENTS)
        house.tasks += [asyncio.create_task(index.run()), asyncio.create_task(known.run())]
        await index.progress.caught_up.wait()
        access = CaseAccess(WholeLog(log, STANDINGS))
        documents = Documents(data / "documents", house.vault)
        submissions = SubmissionIntake(log, index, house.vault, reference(), clock, access)
        quota = Quota(index, MANY)
        evidence = EvidenceIntake(log, index, house.vault, documents, clock, access, quota, submissions.recording)
        intake = MailIntake(submissions, evidence, Threads(index, known, house.vault))
        desk = TalkRules(intake.mailboxes, intake.take, ready, Door.of(peers, most), Room(room))
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Talk(desk, "redress.test", seconds), "127.0.0.1", 0)
        async with server:
            yield MailHouse(house, intake, desk, server.sockets[0].getsockname()[1], known)


def letter(text: str = "多收了一笔手续费。", **headers: str) -> bytes:
    """A message of a customer; headers by their names with underscores, an empty one is left out."""
    message = EmailMessage()
    defaults = {"From": f"甲某 <{CUSTOMER}>", "To": UNIT, "Subject": "投诉", "Message-ID": "<one@customer.example>"}
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in (defaults | given).items():
        if value:
            message[name] = value
    message.set_content(text)
    return message.as_bytes()
