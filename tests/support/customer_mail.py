"""Customers' mail from outside: messages, and how a mail server hands them over to a listener of another process."""

import asyncio
import smtplib
import time
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

from ops.local.reading import read_topic
from shared.contract.envelope import Event, from_json
from shared.contract.ids import case_id
from shared.contract.topics import EVENTS
from shared.process.settings import Settings

UNIT = "office@dongqiao.example"
PORT = 25
GIVE_UP_SECONDS = 120
ANSWER_SECONDS = 60
CUT = "cut"
"""What is heard instead of an answer where the other side is gone."""


def message(
    number: int, subject: str = "投诉", sender: str | None = None, files: int = 1, last: bytes = b"%PDF-1.4"
) -> bytes:
    """A customer's message with files, the same bytes each time; ``last`` is the last of them."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = sender or f"甲某 <jia{number}@customer.example>", subject
    mail["Message-ID"], mail["To"] = message_id(number), UNIT
    mail.set_content(f"第{number}笔手续费有误。")
    for content in (*(b"%%PDF-1.4 %d" % nth for nth in range(files - 1)), *([last] if files else [])):
        mail.add_attachment(content, maintype="application", subtype="pdf", filename="流水.pdf")
    mail.set_boundary(f"b{number}")
    return mail.as_bytes(policy=SMTP)


def encrypted(number: int) -> bytes:
    """A message that no machine can read, and no subject says what it is about."""
    mail = EmailMessage()
    mail["From"], mail["Message-ID"], mail["To"] = f"jia{number}@customer.example", message_id(number), UNIT
    mail.set_content("-----BEGIN PGP MESSAGE-----\n\nhQEMA5Yl\n-----END PGP MESSAGE-----")
    return mail.as_bytes(policy=SMTP)


def message_id(number: int) -> str:
    """The Message-ID of a message."""
    return f"<{number}@customer.example>"


def case_of(number: int) -> str:
    """The case that a message opens."""
    return case_id(f"smtp:{UNIT}", message_id(number))


def handed_once(settings: Settings, raw: bytes, sender: str = "jia@customer.example") -> str:
    """Hand a message over: the code of what was answered."""
    try:
        with smtplib.SMTP("127.0.0.1", settings.ports + PORT, timeout=ANSWER_SECONDS) as server:
            server.sendmail(sender, [UNIT], raw)
    except smtplib.SMTPRecipientsRefused as error:
        return str(error.recipients[UNIT][0])
    except smtplib.SMTPResponseException as error:
        return str(error.smtp_code)
    except (OSError, smtplib.SMTPException):
        return CUT
    return "250"


def handed(settings: Settings, raw: bytes, sender: str = "jia@customer.example") -> None:
    """Hand a message over until it is taken, as a mail server does."""
    until = time.monotonic() + GIVE_UP_SECONDS
    while time.monotonic() < until:
        if handed_once(settings, raw, sender) == "250":
            return
        time.sleep(0.3)
    raise AssertionError("nobody took the message")


async def events(settings: Settings, *names: str) -> list[Event]:
    """What is in the log of these types."""
    found = [from_json(record.value) for record in await read_topic(settings, EVENTS)]
    return [event for event in found if event.name in names]


@dataclass
class HalfSent:
    """A message inside DATA whose other half is still to come."""

    raw: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def of(cls, settings: Settings, raw: bytes) -> "HalfSent":
        """Hand over its first half."""
        reader, writer = await asyncio.open_connection("127.0.0.1", settings.ports + PORT)
        made = cls(raw, reader, writer)
        await made._heard()
        for said in (b"EHLO mx.example", b"MAIL FROM:<jia@customer.example>", b"RCPT TO:<%s>" % UNIT.encode(), b"DATA"):
            writer.write(said + b"\r\n")
            code = await made._heard()
        assert code == "354"
        writer.write(raw[: len(raw) // 2])
        await writer.drain()
        return made

    async def ended(self) -> str:
        """Hand over the rest: the code of what was answered."""
        try:
            self.writer.write(self.raw[len(self.raw) // 2 :] + b".\r\n")
            await self.writer.drain()
            return await self._heard()
        except ConnectionError:
            return CUT
        finally:
            self.writer.close()

    async def _heard(self) -> str:
        """The code of the next answer, of one line or several."""
        async with asyncio.timeout(ANSWER_SECONDS):
            line = await self.reader.readline()
            while line[3:4] == b"-":
                line = await self.reader.readline()
        return line[:3].decode() or CUT
