"""Sends one message: opens what is sealed, makes the letter, keeps its sealed copy, hands it to the mail server.

Only here are sealed values opened. The sender decides nothing: which letter, to whom and in which version
stands in MessageSendStarted, so a repetition sends the same words with the same Message-ID.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

import stamina
import structlog

from services.notify.connections import ServerAway
from services.notify.dossier import Dossier, Opened, facts_of
from services.notify.letters import Letter, parse_template, render
from services.notify.mail_policy import LETTER_POLICY
from services.notify.mail_server import Mail, MailServer
from shared.documents import Documents
from shared.envelope import Event
from shared.events import parse
from shared.events.base import Sealed
from shared.events.notify import MessageSendStarted, StaffRecipient
from shared.organisation import Organisation
from shared.organisation_file import parse_organisation
from shared.reference import Reference
from shared.settings import Settings
from shared.vault import KeyDestroyed, Vault

log = structlog.get_logger()
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0

ReadCase = Callable[[str], Awaitable[list[Event]]]


class BadAddress(Exception):
    """No mail can be sent to this address, now or later. The address itself is not part of the message."""


@dataclass(slots=True)
class Sender:
    """Delivers what MessageSendStarted announces."""

    settings: Settings
    vault: Vault
    documents: Documents
    reference: Reference
    read_case: ReadCase
    server: MailServer = field(init=False)

    def __post_init__(self) -> None:
        self.server = MailServer(self.settings)

    async def deliver(self, started: Event) -> dict[str, Any]:
        """Send the message; the result for the decision. While the mail server is away, it is tried for ever.

        Raises:
            Postponed: the server works but does not take this letter yet: call again later, others go first.
        """
        data = parse(started)
        if not isinstance(data, MessageSendStarted):
            raise TypeError(f"{started.type} starts no sending")
        common = data.model_dump(mode="json", exclude={"about", "organisation", "language"})
        try:
            mail = await self._compose(started, data)
            sha256 = await self.documents.put(started.subject, f"message.{data.message_id}", mail.content)
        except KeyDestroyed:
            return {**common, "outcome": "failed", "code": None, "reason": "case_erased"}
        except BadAddress:
            return {**common, "outcome": "failed", "code": None, "reason": "bad_address"}
        return {**common, **await self._hand_over(mail), "content_sha256": sha256}

    async def _compose(self, started: Event, data: MessageSendStarted) -> Mail:
        case, at = started.subject, started.happened_at
        document = self.reference.named("organisation", "bank", data.organisation.version)
        organisation = self.reference.parsed(document, parse_organisation)
        template_document = self.reference.named("template", data.template.id, data.template.version)
        template = self.reference.parsed(template_document, parse_template)
        dossier = Dossier.of(await self.read_case(case), started.id)
        opened, address = await self._opened(case, data, dossier, organisation)
        letter = render(template, facts_of(dossier, data, organisation, at, opened))
        to = checked_address(address)
        sender = sender_of(organisation, dossier)
        content = message(letter, data, to, sender, at).as_bytes()
        return Mail(sender.addr_spec, to.addr_spec, content)

    async def _opened(
        self, case: str, data: MessageSendStarted, dossier: Dossier, organisation: Organisation
    ) -> tuple[Opened, str]:
        """What the letter quotes, and its address. Only the staff's quote the complaint: mail is read by others."""
        receipt, recipient = dossier.receipt, data.recipient
        if isinstance(recipient, StaffRecipient):
            narrative, request = await self._open(case, receipt.matter.narrative, receipt.matter.request)
            return Opened(None, narrative or "", request), organisation.people[recipient.person].email or ""
        name = receipt.complainant.name if receipt.complainant else None
        address, customer_name = await self._open(case, recipient.address, name)
        return Opened(customer_name, "", None), address or ""

    async def _open(self, case: str, *sealed: Sealed | None) -> list[str | None]:
        opened = iter(await self.vault.open_all(case, [one for one in sealed if one is not None]))
        return [None if one is None else next(opened) for one in sealed]

    async def _hand_over(self, mail: Mail) -> dict[str, Any]:
        """While the server is away this letter keeps its place: no other could be sent either."""
        async for attempt in stamina.retry_context(
            on=ServerAway, attempts=None, timeout=None,
            wait_initial=FIRST_PAUSE_SECONDS, wait_max=LONGEST_PAUSE_SECONDS,
        ):  # fmt: skip
            with attempt:
                try:
                    return await self.server.take(mail)
                except ServerAway as away:
                    log.warning("notify.mail_server_away", why=str(away))
                    raise
        raise AssertionError("the retries have no end")


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


def sender_of(organisation: Organisation, dossier: Dossier) -> Address:
    """Name and address letters come from: the accepting unit's, else the nearest above that has one."""
    unit = next((u for u in organisation.upward(dossier.routing.accepting.unit) if u.email), None)
    if unit is None or unit.email is None:
        raise ValueError("no unit above the accepting one has an e-mail address")
    return Address(f"{organisation.bank.name} {unit.name}", addr_spec=unit.email)


def message(letter: Letter, data: MessageSendStarted, to: Address, sender: Address, sent_at: datetime) -> EmailMessage:
    """The mail. Nothing in it is drawn or depends on the moment, so a repetition is the same to the byte."""
    mail = EmailMessage(policy=LETTER_POLICY)
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(sent_at)
    mail["Message-ID"] = data.smtp_message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = data.language
    mail.set_content(letter.body, charset="utf-8", cte="base64")
    return mail
