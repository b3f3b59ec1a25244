"""The sender sends one message: it opens what is sealed, makes the letter, keeps its sealed copy, hands it over.

By e-mail it goes to the mail server, on paper to the print room, a text message or one of the bank's messenger to
its gateway. Only here are sealed values opened, and of them only
what this kind of letter quotes. The sender decides nothing: which letter, to whom and in which version stands in
MessageSendStarted, so a repetition sends the same words with the same Message-ID.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, assert_never

import structlog

from services.notify.letters.content import content_of, quoted
from services.notify.letters.dossier import CaseDossier
from services.notify.letters.kinds import KINDS
from services.notify.letters.paper import printed
from services.notify.letters.template import parse_template, render
from services.notify.rechecking import NotNow
from services.notify.sending.address_limit import AddressLimit, TooManyToAddress
from services.notify.sending.connections import ServerAway
from services.notify.sending.mail_and_sheet import BadAddress, Written, mail_of, sheet, short_message
from services.notify.sending.mail_server import LETTER_PAUSES, Mail, MailServer
from services.notify.sending.print_room import PrintRoom
from services.notify.sending.print_tray import TRAY
from services.notify.sending.webhook import NoGateway, Webhook
from shared.bank.in_force import bank_calendar, organisation_named
from shared.bank.organisation import Organisation
from shared.bank.reference import Reference
from shared.contract.envelope import Event
from shared.contract.events import parse
from shared.contract.events.base import Sealed
from shared.contract.events.notify import CustomerRecipient, MessageSendStarted, StaffRecipient, UnitRecipient
from shared.contract.ids import is_case
from shared.log.access_log import Opening, RecordedOpener
from shared.process.retrying import Pauses
from shared.process.settings import Settings
from shared.process.typesetting import NotPrintable
from shared.sealing.documents import Documents
from shared.sealing.vault import KeyDestroyed

log = structlog.get_logger()

ACKNOWLEDGED = "acknowledgement"
"""The one letter that leaves for an address without anybody of the bank having looked at the case."""
FAILURES: dict[type[Exception], str] = {
    KeyDestroyed: "case_erased",
    BadAddress: "bad_address",
    NotPrintable: "not_printable",
    NoGateway: "no_gateway",
    TooManyToAddress: "address_limit",
}
"""What keeps a letter from ever being sent, with the reason that its MessageFailed gives."""

Open = Callable[[list[Sealed]], Awaitable[list[str]]]
"""Opens what a letter quotes, once that is recorded."""
Keep = Callable[[bytes], Awaitable[str]]
"""Keeps a letter's sealed copy, and tells its name."""
ReadCase = Callable[[str], Awaitable[list[Event]]]
Recheck = Callable[[Event, MessageSendStarted, Event], NotNow | None]
"""Says of a sending's start, its data and the fact that it answers why the letter does not leave now."""


class MayNotLeave(Exception):
    """The letter is not sent as things are now. ``verdict`` says why, and until when it is held."""

    def __init__(self, verdict: NotNow) -> None:
        super().__init__(verdict.why)
        self.verdict = verdict


@dataclass(slots=True)
class Sender:
    """Delivers what MessageSendStarted announces."""

    settings: Settings
    opener: RecordedOpener
    documents: Documents
    reference: Reference
    read_case: ReadCase
    server: MailServer
    recheck: Recheck
    now: Callable[[], datetime]
    gateways: Mapping[str, Webhook]
    pauses: Pauses = LETTER_PAUSES
    _limit: AddressLimit = field(init=False)

    def __post_init__(self) -> None:
        self._limit = AddressLimit(self.settings.data, self.settings.acknowledgements_per_address)

    @property
    def away(self) -> bool:
        """Whether the last delivery found the mail server away."""
        return self.server.away

    async def started(self, case: str, event_id: str) -> Event:
        """The event that started a sending, out of the log.

        Raises:
            LookupError: the log has none.
        """
        for event in await self.read_case(case):
            if event.id == event_id:
                return event
        raise LookupError("the log has no such sending")

    def lane(self, started: Event) -> str:
        """Letters wait for their turn among those that go the same way."""
        way: str = started.data["way"]
        return way

    async def deliver(self, started: Event) -> dict[str, Any]:
        """Send the message; the result for the decision. While the mail server is away, it is tried as long as it may.

        Before each attempt it is looked at again: one that may not leave now, or is not true any more, does not.

        Raises:
            Postponed: the server works but does not take this letter yet: call again later, others go first.
        """
        data = parse(started)
        if not isinstance(data, MessageSendStarted):
            raise TypeError(f"{started.type} starts no sending")
        about, common = data.about, data.model_dump(mode="json", exclude={"about", "organisation", "language"})
        try:
            if not is_case(started.subject):
                await self.documents.begin(started.subject)
            dossier = CaseDossier.of(await self.read_case(started.subject), started)
            self._check(started, data, dossier)
            key = await self.opener.key(started.subject)
            written = await self._write(started, data, dossier, key)
            keep = partial(self._keep, started.subject, data.message_id, key)
            return {**common, **await self._leave(written, data, started, keep)}
        except MayNotLeave as held:
            why, until = held.verdict
            until_text = until.isoformat() if until is not None else None
            return {**common, "outcome": "suppressed", "about": about, "why": why, "held_until": until_text}
        except tuple(FAILURES) as error:
            return {**common, "outcome": "failed", "code": None, "reason": FAILURES[type(error)]}

    def _check(self, started: Event, data: MessageSendStarted, dossier: CaseDossier) -> None:
        """Look once more at what may have changed since the letter was decided. Raises MayNotLeave."""
        verdict = self.recheck(started, data, dossier.cause)
        if verdict is not None:
            raise MayNotLeave(verdict)

    async def _write(self, started: Event, data: MessageSendStarted, dossier: CaseDossier, key: bytes) -> Written:
        """The letter's words. ``key``: the case's, asked for once for this letter."""
        case = started.subject
        organisation = organisation_named(self.reference, data.organisation.version)
        template_document = self.reference.named("template", data.template.id, data.template.version)
        template = self.reference.parsed(template_document, parse_template)
        texts, address = await self._opened(partial(self._open, case, data, key), data, dossier, organisation)
        pack = dossier.pack(self.reference)
        content = content_of(
            KINDS[data.kind],
            dossier,
            data,
            organisation,
            started.happened_at,
            texts,
            pack,
            self.now(),
            bank_calendar(self.reference, started.happened_at).calendar,
        )
        return Written(render(template, content), content, dossier, organisation, address)

    async def _opened(
        self, opened: Open, data: MessageSendStarted, dossier: CaseDossier, organisation: Organisation
    ) -> tuple[dict[str, str], str]:
        """What the letter quotes, and its address."""
        sealed = quoted(KINDS[data.kind], dossier)
        match data.recipient:
            case CustomerRecipient(address=address):
                *texts, plain = await opened([*sealed.values(), address])
                return dict(zip(sealed, texts, strict=True)), plain
            case StaffRecipient(person=person):
                named = organisation.people[person]
                found = named.messenger if data.way == "messenger" else named.email
            case UnitRecipient(unit=unit):
                found = organisation.mailbox(unit)
            case _:
                assert_never(data.recipient)
        return dict(zip(sealed, await opened(list(sealed.values())), strict=True)), found or ""

    async def _open(self, case: str, data: MessageSendStarted, key: bytes, sealed: list[Sealed]) -> list[str]:
        """The texts, once it is recorded for which letter they are opened. Raises AccessNotRecorded."""
        opening = Opening("service:notify", "sender", data.kind, case, tuple(sealed), data.message_id)
        return await self.opener.open_with(key, opening)

    async def _keep(self, case: str, message_id: str, key: bytes, content: bytes) -> str:
        """Keep the letter's sealed copy; its name. Durable when this returns, before the letter leaves."""
        return await self.documents.put(case, f"message.{message_id}", content, key)

    async def _leave(self, written: Written, data: MessageSendStarted, started: Event, keep: Keep) -> dict[str, Any]:
        match data.way:
            case "print":
                return await self._print(written, data, started, keep)
            case "email":
                return await self._mail(written, data, started, keep)
            case "sms" | "messenger":
                return await self._post(written, data, keep)
            case _:
                assert_never(data.way)

    async def _post(self, written: Written, data: MessageSendStarted, keep: Keep) -> dict[str, Any]:
        message = short_message(written, data)
        sha256 = await keep(message.text.encode())
        gateway = self.gateways.get(data.way)
        if gateway is None:
            raise NoGateway
        return {**await gateway.take(message), "content_sha256": sha256}

    async def _mail(self, written: Written, data: MessageSendStarted, started: Event, keep: Keep) -> dict[str, Any]:
        mail = mail_of(written, data, started.happened_at)
        if data.kind == ACKNOWLEDGED:
            day = written.organisation.day.date_of(started.happened_at)
            await self._limit.admit(mail.recipient, data.message_id, day)
        sha256 = await keep(mail.content)
        again = partial(self._check, started, data, written.dossier)
        return {**await self._hand_over(mail, again), "content_sha256": sha256}

    async def _print(self, written: Written, data: MessageSendStarted, started: Event, keep: Keep) -> dict[str, Any]:
        pdf = await asyncio.to_thread(printed, sheet(written, data), started.happened_at)
        sha256 = await keep(pdf)
        await PrintRoom(self.settings.data / TRAY).take(data.message_id, pdf)
        return {"outcome": "sent", "smtp_reply": None, "content_sha256": sha256}

    async def _hand_over(self, mail: Mail, check: Callable[[], None]) -> dict[str, Any]:
        """While the server is away this letter keeps its place, as long as it may still leave: no other could be sent.

        Raises:
            MayNotLeave
        """
        async for attempt in self.pauses.attempts(ServerAway):
            with attempt:
                check()
                try:
                    return await self.server.take(mail)
                except ServerAway as away:
                    log.warning("notify.mail_server_away", why=str(away))
                    raise
        raise AssertionError("the retries have no end")
