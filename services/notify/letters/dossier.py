"""The dossier of a letter keeps the case's events up to the moment its sending was decided. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import TypeVar

from shared.bank.in_force import pack_counting_from, pack_named
from shared.bank.pack import Pack
from shared.bank.reference import Reference
from shared.case import core as case_core
from shared.case.core import CORE_FOLDS, CaseCore
from shared.case.duties import Place
from shared.contract.envelope import Event
from shared.contract.events import parse
from shared.contract.events.base import EventData, Sealed
from shared.contract.events.intake import ComplaintReceived
from shared.contract.events.sla import ClockRecomputed, ClockStarted, Deadline

D = TypeVar("D", bound=EventData)


@dataclass(frozen=True, slots=True)
class CaseDossier:
    """Keeps a case as it stood when a sending was decided: a repetition years later rests on the same facts.

    ``cause`` is the fact that the letter answers; a repeated letter answers what the first one did.
    """

    receipt: ComplaintReceived
    core: CaseCore
    events: tuple[Event, ...]
    cause: Event

    @classmethod
    def of(cls, events: Iterable[Event], started: Event) -> "CaseDossier":
        """Read a case's events, in log order, up to the one that started the sending."""
        before = tuple(takewhile(lambda e: e.id != started.id, events))
        receipt, core = None, None
        for event in before:
            if event.name in CORE_FOLDS:
                core = case_core.evolve(core, event)
            if event.name == "ComplaintReceived" and receipt is None:
                receipt = parse(event)
        if core is None or not isinstance(receipt, ComplaintReceived):
            raise ValueError("a letter needs the receipt of its case")
        return cls(receipt, core, before, _cause_of(before, started))

    @property
    def accepting(self) -> Place:
        """Who accepts the case; until it is routed, the unit that received it."""
        return self.core.accepting or Place(self.receipt.received_by.unit, None, self.receipt.received_by.person)

    @property
    def narrative(self) -> Sealed:
        """What the customer says."""
        return self.receipt.matter.narrative

    @property
    def request(self) -> Sealed | None:
        """What the customer asks for."""
        return self.receipt.matter.request

    @property
    def customer_name(self) -> Sealed | None:
        """The customer's name."""
        return self.receipt.complainant.name if self.receipt.complainant else None

    @property
    def customer_known(self) -> bool:
        """Whether there is a customer who can be told anything."""
        return self.core.customer_known

    @property
    def duty_at_issue(self) -> str:
        """The kind of the duty that the cause is about; of one that the case does not know any more, the whole."""
        wanted = self.cause.data.get("duty_id")
        return next((d.terms.kind for d in self.core.duties() if d.id == wanted), "handle")

    def did(self, *names: str) -> bool:
        """Whether one of these event types counts on the case."""
        return self.core.did(*names)

    def pack(self, reference: Reference) -> Pack:
        """The policy pack by which the bank's own clock runs; before it does, the one that governs the bank then."""
        limit = self.limit
        if limit is not None:
            return pack_named(reference, limit.pack)
        return pack_counting_from(reference, self.receipt.first_received.at).pack

    @property
    def limit(self) -> Deadline | None:
        """The bank's own deadline to the reply, as it stood last: a reopened case has a new one."""
        clocks = (e for e in reversed(self.events) if e.name in ("ClockStarted", "ClockRecomputed"))
        last = next((parse(e) for e in clocks if e.data.get("duty_id") is None), None)
        return last.deadline if isinstance(last, ClockStarted | ClockRecomputed) else None

    def latest(self, shape: type[D]) -> D:
        """The fact of a type that the letter is about: its cause, else the last before it.

        Raises:
            ValueError: there is none.
        """
        facts = [self.cause, *reversed(self.events)]
        found = next((parse(event) for event in facts if event.name == shape.__name__), None)
        if not isinstance(found, shape):
            raise ValueError(f"a letter about a {shape.__name__} that never happened")
        return found


def _cause_of(before: tuple[Event, ...], started: Event) -> Event:
    """The fact a letter answers; for a repetition what the first letter answered; for a timer's what that is about."""
    known = {event.id: event for event in before}
    cause = known.get(started.causationid) or known.get(started.data["about"], before[0])
    while cause.name == "MessageResendRequested":
        repeated = cause.data["message_id"]
        first = next(e for e in before if e.name in FIRST and e.data.get("message_id") == repeated)
        cause = known.get(first.causationid, before[0])
    return cause


FIRST = ("MessageSendStarted", "MessageSuppressed")
