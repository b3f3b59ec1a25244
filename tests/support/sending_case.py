"""A case whose first letters are started, and the sender that brings them to a real mail server on loopback."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from services.notify.decisions import SERVICE
from services.notify.sending.mail_server import MailServer
from services.notify.sending.pool import SendingPool
from services.notify.sending.sender import Sender
from services.notify.sending.webhook import gateways
from services.routing.decisions import SERVICE as ROUTING
from services.sla.decisions import SERVICE as SLA
from shared.contract.envelope import Event, outgoing
from shared.contract.records import Record
from shared.kernel.fold import Fold
from shared.log.access_log import AccessLog, RecordedOpener
from shared.process.retrying import Pauses
from shared.process.settings import Settings
from shared.sealing.documents import Documents
from shared.sealing.vault import Vault
from tests.support.facts import CASE, NOW, Given, event, receipt, reference
from tests.support.mail_server import Server
from tests.support.memory_log import MemoryLog
from tests.support.waiting import until

CUSTOMER = "someone@customer.example"
NARRATIVE = "柜员态度生硬，排队两小时。\nNobody explained why."
ACKNOWLEDGEMENT, NOTICE = 0, 1
QUICK, SLOW = Pauses(0.01, 0.02), Pauses(60.0, 60.0)
"""Pauses so short that a test of repetition takes no seconds, and so long that a repetition would be seen."""


@dataclass
class Desk:
    """A case whose first two letters are started, a sender, and where sealed copies lie."""

    settings: Settings
    vault: Vault
    documents: Documents
    events: list[Event]
    started: list[Event]
    topic: MemoryLog = field(default_factory=lambda: MemoryLog(1))

    @property
    def access(self) -> AccessLog:
        """Where it is recorded what a letter opens."""
        return AccessLog(self.topic, "notify")

    def sender(self, pauses: Pauses = QUICK, farewell_seconds: float = 1.0, **changes: object) -> Sender:
        """A sender as the worker makes it, but for its pauses; settings may be changed."""

        async def read_case(case: str) -> list[Event]:
            return [one for one in self.events if one.subject == case]

        settings = self.settings.model_copy(update=changes)
        server = MailServer(settings, farewell_seconds)
        opener = RecordedOpener(self.vault, self.access)
        return Sender(
            settings,
            opener,
            self.documents,
            reference(),
            read_case,
            server,
            lambda *_: None,
            lambda: NOW,
            gateways(settings),
            pauses,
        )

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


async def results(desk: Desk, at_once: int, letters: Iterable[int], pauses: Pauses = QUICK) -> list[dict[str, Any]]:
    """What the pool brings back for these letters."""
    fold = desk.fold()
    pool = SendingPool(desk.sender(pauses), at_once, 0, pauses)
    wanted = [desk.started[n] for n in letters]
    pool.committed(fold, wanted)
    await until(lambda: len(fold.results) == len(wanted))
    await pool.closed(0)
    found = {one.id: dict(one.result) for one in fold.results.values()}
    return [found[one.id] for one in wanted]
