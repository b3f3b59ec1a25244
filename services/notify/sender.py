"""Sends one message: opens what is sealed, makes the letter, keeps its sealed copy, hands it to the mail server.

Only here are sealed values opened. The sender decides nothing: which letter, to whom and in which version
stands in MessageSendStarted, so a repetition sends the same words with the same Message-ID.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo

import aiosmtplib
import stamina
import structlog

from services.notify.letters import Letter, LetterFacts, in_words, on, parse_template, render
from shared import bombs
from shared.documents import Documents
from shared.envelope import Event
from shared.events import parse
from shared.events.base import Sealed
from shared.events.intake import ComplaintReceived
from shared.events.notify import MessageSendStarted, StaffRecipient
from shared.events.routing import CaseRouted, RoutingDecision
from shared.events.sla import ClockRecomputed, ClockStarted, Deadline
from shared.organisation import Organisation
from shared.organisation_file import parse_organisation
from shared.reference import Reference
from shared.settings import Settings
from shared.vault import Vault

log = structlog.get_logger()
PERMANENT_FROM = 500
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0

ReadCase = Callable[[str], Awaitable[list[Event]]]


class TryAgain(Exception):
    """The mail server is away, or said 4xx: the same message goes out later."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """What a letter rests on: the case's facts up to the sending."""

    receipt: ComplaintReceived
    routing: RoutingDecision
    deadline: Deadline | None

    @classmethod
    def of(cls, events: list[Event]) -> "Dossier":
        """Read a case's events, in log order."""
        receipt, routing, deadline = None, None, None
        for event in events:
            match event.name:
                case "ComplaintReceived" | "CaseRouted" | "ClockStarted" | "ClockRecomputed":
                    data = parse(event)
                case _:
                    continue
            if isinstance(data, ComplaintReceived):
                receipt = receipt or data
            elif isinstance(data, CaseRouted):
                routing = data.decision
            elif isinstance(data, (ClockStarted, ClockRecomputed)):
                deadline = data.deadline
        if receipt is None or routing is None:
            raise ValueError("a letter needs the receipt and the routing of its case")
        return cls(receipt, routing, deadline)


@dataclass(frozen=True, slots=True)
class Sender:
    """Delivers what MessageSendStarted announces."""

    settings: Settings
    vault: Vault
    documents: Documents
    reference: Reference
    read_case: ReadCase

    async def deliver(self, started: Event) -> dict[str, Any]:
        """Send the message; the result for the decision. Transient failures are retried for ever."""
        data = parse(started)
        if not isinstance(data, MessageSendStarted):
            raise TypeError(f"{started.type} starts no sending")
        mail, plain = await self._compose(started, data)
        sha256 = await self.documents.put(started.subject, f"message.{data.message_id}", plain)
        outcome = await self._send(mail)
        common = data.model_dump(mode="json", exclude={"about", "organisation", "language"})
        return {**common, **outcome, "content_sha256": sha256}

    async def _compose(self, started: Event, data: MessageSendStarted) -> tuple[EmailMessage, bytes]:
        case = started.subject
        document = self.reference.named("organisation", "bank", data.organisation.version)
        organisation = self.reference.parsed(document, parse_organisation)
        template_document = self.reference.named("template", data.template.id, data.template.version)
        template = self.reference.parsed(template_document, parse_template)
        dossier = Dossier.of(await self.read_case(case))
        facts = await self._facts(case, dossier, data, organisation, started.happened_at)
        letter = render(template, facts)
        address = await self._address(case, data, organisation)
        mail = message(letter, data, address, sender_of(organisation, dossier), started.happened_at)
        return mail, mail.as_bytes(policy=SMTP)

    async def _address(self, case: str, data: MessageSendStarted, organisation: Organisation) -> str:
        if isinstance(data.recipient, StaffRecipient):
            return organisation.people[data.recipient.person].email or ""
        return await self.vault.open(case, data.recipient.address)

    async def _facts(
        self, case: str, dossier: Dossier, data: MessageSendStarted, organisation: Organisation, sent_at: datetime
    ) -> LetterFacts:
        receipt, routing, language = dossier.receipt, dossier.routing, data.language
        zone = ZoneInfo(organisation.bank.timezone)
        today = sent_at.astimezone(zone).date()
        accepting = organisation.units[routing.accepting.unit]
        complained = organisation.units.get(routing.complained_unit or "")
        staff = isinstance(data.recipient, StaffRecipient)
        return LetterFacts(
            case_number=receipt.case_number,
            bank_name=organisation.bank.name,
            channel=in_words(receipt.channel, language),
            received_on=on(receipt.received_at.astimezone(zone).date(), language),
            sent_on=on(today, language),
            accepting_unit=accepting.name,
            accepting_name=_name(organisation, routing.accepting.person),
            accepting_phone=accepting.phone,
            complained_unit=complained.name if complained else "-",
            handler_name=_name(organisation, routing.handler.person if routing.handler else None) or accepting.name,
            recipient_name=_recipient_name(organisation, data) or accepting.name,
            reason=in_words(receipt.matter.reason or "unclassified", language),
            complaint_class=in_words(dossier.deadline.complaint_class if dossier.deadline else "ordinary", language),
            due_on=_limit(dossier.deadline.due_on if dossier.deadline else None, today, staff, language),
            target_on=_limit(dossier.deadline.target_on if dossier.deadline else None, today, staff, language),
            customer_name=await self._open(case, receipt.complainant.name if receipt.complainant else None),
            # Only the staff's letters quote the complaint; the customer knows it, and mail is read by others.
            narrative=await self._open(case, receipt.matter.narrative) or "" if staff else "",
            request=await self._open(case, receipt.matter.request) if staff else None,
            explain=not receipt.anonymous or bool(receipt.reachable_by),
        )

    async def _open(self, case: str, sealed: Sealed | None) -> str | None:
        return await self.vault.open(case, sealed) if sealed is not None else None

    async def _send(self, mail: EmailMessage) -> dict[str, Any]:
        async for attempt in stamina.retry_context(
            on=TryAgain, attempts=None, timeout=None,
            wait_initial=FIRST_PAUSE_SECONDS, wait_max=LONGEST_PAUSE_SECONDS,
        ):  # fmt: skip
            with attempt:
                return await self._attempt(mail)
        raise AssertionError("the retries have no end")

    async def _attempt(self, mail: EmailMessage) -> dict[str, Any]:
        settings = self.settings
        secret = settings.smtp_password
        try:
            _, reply = await aiosmtplib.send(
                mail, hostname=settings.smtp_host, port=settings.outbox_port, timeout=settings.smtp_timeout_seconds,
                use_tls=settings.smtp_tls == "tls", start_tls=settings.smtp_tls == "starttls",
                username=settings.smtp_username, password=secret.get_secret_value() if secret else None,
            )  # fmt: skip
        except aiosmtplib.SMTPRecipientsRefused as refused:
            return self._refused(refused.recipients[0].code)
        except aiosmtplib.SMTPResponseException as refused:
            return self._refused(refused.code)
        except (aiosmtplib.SMTPException, OSError) as error:
            log.warning("notify.mail_server_away", error=type(error).__name__)
            raise TryAgain from error
        bombs.hit("smtp_250")
        return {"outcome": "sent", "smtp_reply": reply[:200]}

    def _refused(self, code: int) -> dict[str, Any]:
        if code < PERMANENT_FROM:
            log.warning("notify.mail_server_busy", code=code)
            raise TryAgain
        return {"outcome": "failed", "code": code, "reason": "refused_by_mail_server"}


def _recipient_name(organisation: Organisation, data: MessageSendStarted) -> str | None:
    return _name(organisation, data.recipient.person) if isinstance(data.recipient, StaffRecipient) else None


def _name(organisation: Organisation, person: str | None) -> str | None:
    return organisation.people[person].name if person is not None else None


def _limit(day: date | None, today: date, staff: bool, language: str) -> str | None:
    """A customer is never told a date that has passed."""
    return on(day, language) if day is not None and (staff or day >= today) else None


def sender_of(organisation: Organisation, dossier: Dossier) -> tuple[str, str]:
    """Name and address letters come from: the accepting unit's, else the nearest above that has one."""
    unit = next((u for u in organisation.upward(dossier.routing.accepting.unit) if u.email), None)
    if unit is None or unit.email is None:
        raise ValueError("no unit above the accepting one has an e-mail address")
    return f"{organisation.bank.name} {unit.name}", unit.email


def message(
    letter: Letter, data: MessageSendStarted, to: str, sender: tuple[str, str], sent_at: datetime
) -> EmailMessage:
    """The mail. Nothing in it is drawn or depends on the moment, so a repetition is the same to the byte."""
    mail = EmailMessage(policy=SMTP)
    name, address = sender
    mail["From"] = Address(name, addr_spec=address)
    mail["To"] = to
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(sent_at)
    mail["Message-ID"] = data.smtp_message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = data.language
    mail.set_content(letter.body, charset="utf-8", cte="base64")
    return mail
