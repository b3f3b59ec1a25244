"""One complaint by mail, as a mail server hands it over; the answer joins it, and a machine's answer does not."""

import asyncio
import smtplib
from email.message import EmailMessage
from typing import Any

from ops.local.reading import event_of, read_topic
from shared.contract.topics import EVENTS
from shared.process.settings import Settings

CUSTOMER, UNIT = "mailer@customer.example", "office@dongqiao.example"
FIRST, ANSWER, MACHINE = (f"<{name}-2026@customer.example>" for name in ("complaint", "answer", "machine"))


def message(id_: str, subject: str, text: str, **headers: str) -> EmailMessage:
    """What the customer's mail program makes."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = f"壬某3 <{CUSTOMER}>", UNIT, subject, id_
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def hand_over(settings: Settings, made: EmailMessage) -> None:
    """Hand a message over. Raises SMTPException, OSError: it was not taken."""
    with smtplib.SMTP("127.0.0.1", settings.ports + 25, local_hostname="mx.bank.example") as server:
        server.sendmail(CUSTOMER, [UNIT], made.as_bytes())


async def write(settings: Settings) -> tuple[list[str], int, int]:
    """Complain, answer, and be away: numbers of the cases, how many answers joined, how many cases mail stands in."""
    complaint = message(FIRST, "手机银行转账失败却扣了款", "转账显示失败，账上少了两百元，请查。")
    complaint.add_attachment("转账截图", filename="截图.txt")
    await asyncio.to_thread(hand_over, settings, complaint)
    more = message(ANSWER, "Re: 手机银行转账失败却扣了款", "补充：转账时间是上午九点。", In_Reply_To=FIRST)
    await asyncio.to_thread(hand_over, settings, more)
    machine = message(MACHINE, "自动回复", "本人外出，回来后回复。", In_Reply_To=FIRST, Auto_Submitted="auto-replied")
    await asyncio.to_thread(hand_over, settings, machine)
    found = [event for event in await _intakes(settings) if str(event.data.get("submitter")).startswith("smtp:")]
    return (
        [event.data["case_number"] for event in found if event.name == "ComplaintReceived"],
        sum(event.name == "ReceiptAdded" for event in found),
        len({event.subject for event in found}),
    )


async def _intakes(settings: Settings) -> list[Any]:
    return [event_of(record) for record in await read_topic(settings, EVENTS)]
