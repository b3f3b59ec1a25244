"""Turns a letter that was written into a mail or a sheet of paper. Pure."""

import re
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import NamedTuple

from services.notify.letters.dossier import CaseDossier
from services.notify.letters.fields import Letter, LetterContent
from services.notify.letters.paper import Paper
from services.notify.letters.words import LETTERHEAD
from services.notify.sending.mail_policy import LETTER_POLICY
from services.notify.sending.mail_server import Mail
from services.notify.sending.webhook import ShortMessage
from shared.bank.organisation import Organisation
from shared.contract.events.notify import MessageSendStarted

SEPARATORS = re.compile(r"[\s().-]")
NUMBER = re.compile(r"\+?\d{5,15}", re.ASCII)
"""A telephone number (ITU-T E.164: at most 15 digits) once what parts its digits is taken out."""


class BadAddress(Exception):
    """No mail can be sent to this address, now or later. The address itself is not part of the message."""


class Written(NamedTuple):
    """Holds a letter that is not on its way yet: its words, the content they were made of, and where it goes."""

    letter: Letter
    content: LetterContent
    dossier: CaseDossier
    organisation: Organisation
    address: str


def mail_of(written: Written, data: MessageSendStarted, at: datetime) -> Mail:
    """The letter as a mail.

    Raises:
        BadAddress
    """
    to, sender = checked_address(written.address), sender_of(written.organisation, written.dossier, data.language)
    return Mail(sender.addr_spec, to.addr_spec, message(written.letter, data, to, sender, at).as_bytes())


def sheet(written: Written, data: MessageSendStarted) -> Paper:
    """The letter as a sheet of paper, from the accepting unit or the nearest above that has a postal address."""
    organisation, content, words = written.organisation, written.content, LETTERHEAD[data.language]
    at = written.dossier.accepting.unit
    unit = next((u for u in organisation.upward(at) if u.address), organisation.units[at])
    sender = (unit.called(data.language), unit.address, f"{words['phone']} {unit.phone}" if unit.phone else None)
    # A Chinese letter is dated under its signature, an English one at its head.
    reference = (
        f"{words['reference']} {content['case_number']}",
        content["sent_on"] if data.language == "en" else None,
    )
    to = (content["customer_name"], *written.address.splitlines())
    return Paper(
        language=data.language,
        bank=organisation.bank.called(data.language),
        sender=tuple(line for line in sender if line),
        to=tuple(line for line in to if line),
        reference=tuple(line for line in reference if line),
        subject=written.letter.subject,
        body=written.letter.body,
    )


def short_message(written: Written, data: MessageSendStarted) -> ShortMessage:
    """The letter as a text message, or as one of the bank's messenger, which has the whole letter.

    Raises:
        BadAddress: it is no telephone number.
    """
    if data.way == "messenger":
        return ShortMessage(data.message_id, written.address, written.letter.body, written.letter.subject)
    number = SEPARATORS.sub("", written.address)
    if not written.letter.short or not NUMBER.fullmatch(number):
        raise BadAddress
    signature = written.organisation.bank.sms_signature or written.organisation.bank.called(data.language)
    return ShortMessage(data.message_id, number, f"【{signature}】{written.letter.short}")


def checked_address(address: str) -> Address:
    """An address that a mail can go to: one, plain and in ASCII; a list or a display name is none.

    Raises:
        BadAddress
    """
    if not address.isascii():
        raise BadAddress
    try:
        return Address(addr_spec=address)
    except (ValueError, IndexError, HeaderParseError):
        raise BadAddress from None


def sender_of(organisation: Organisation, dossier: CaseDossier, language: str) -> Address:
    """Name and address letters come from: the accepting unit's, of the nearest above that has one, or the bank's."""
    at = dossier.accepting.unit
    address = organisation.sender(at)
    if address is None:
        raise ValueError("neither the accepting unit nor one above it nor the bank has an e-mail address")
    unit = next((u for u in organisation.upward(at) if u.email), organisation.units[at])
    return Address(f"{organisation.bank.called(language)} {unit.called(language)}", addr_spec=address)


def message(
    letter: Letter,
    data: MessageSendStarted,
    to: Address,
    sender: Address,
    sent_at: datetime,
    policy: EmailPolicy = LETTER_POLICY,
) -> EmailMessage:
    """The mail. Nothing in it is drawn or depends on the moment, so a repetition is the same to the byte."""
    mail = EmailMessage(policy=policy)
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(sent_at)
    mail["Message-ID"] = data.smtp_message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = data.language
    mail.set_content(letter.body, charset="utf-8", cte="base64")
    return mail
