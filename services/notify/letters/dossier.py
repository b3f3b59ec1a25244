"""The dossier of a letter keeps the case's events up to the moment its sending was decided. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice, takewhile
from typing import Any, TypeVar

from services.notify.letters.asked import SaidAgain
from services.notify.letters.box_file import BOX_MISSED, box_core, box_receipt
from services.notify.letters.moved_duties import let_go, newly_owed
from services.notify.letters.named_people import addressed, customer_of, customers_phone
from shared.bank.in_force import pack_counting_from, pack_named
from shared.bank.pack import Pack
from shared.bank.reference import Reference
from shared.case.core import CaseCore
from shared.case.corrections import standing
from shared.case.duties import Duty, Place
from shared.case.folding import core as case_core
from shared.case.folding.core import CORE_FOLDS
from shared.case.levels import Chains
from shared.case.speakers import Speakers
from shared.contract.envelope import Event
from shared.contract.events import parse
from shared.contract.events.base import EventData, Sealed
from shared.contract.events.intake import ComplaintReceived, ReceiptAdded, SealedComplainant
from shared.contract.events.sla import ClockRecomputed, ClockStarted, Deadline
from shared.contract.ids import is_case

D = TypeVar("D", bound=EventData)
FIRST = ("MessageSendStarted", "MessageSuppressed")
"""The facts by which a message is known first: a repetition names the message of one of them."""
OWN_CLOCK = ("ClockStarted", "ClockRecomputed")
"""The facts that say how far the bank's own limit reaches, where they are about no duty."""


@dataclass(frozen=True)
class CaseDossier:
    """Keeps a case as it stood when a sending was decided: a repetition years later rests on the same facts.

    ``cause`` is the fact that the letter answers; a repeated letter answers what the first one did. ``address``: the
    box of the address of a letter to the customer.
    """

    receipt: ComplaintReceived
    core: CaseCore
    events: tuple[Event, ...]
    cause: Event
    to_customer: bool = False
    address: str | None = None

    @classmethod
    def of(cls, events: Iterable[Event], started: Event) -> "CaseDossier":
        """Read a case's events, in log order, up to the one that started the sending."""
        before = tuple(takewhile(lambda e: e.id != started.id, events))
        if not is_case(started.subject):
            begins = next(event for event in before if event.name == BOX_MISSED)
            return cls(box_receipt(begins), box_core(begins), before, _cause_of(before, started))
        first, core = None, None
        for event in before:
            if event.name in CORE_FOLDS:
                core = case_core.evolve(core, event)
            if event.name == "ComplaintReceived" and first is None:
                first = event
        if core is None or first is None:
            raise ValueError("a letter needs the receipt of its case")
        receipt = ComplaintReceived.model_validate(standing(first.data, before))
        address = started.data["recipient"].get("address")
        return cls(
            receipt, core, before, _cause_of(before, started), address is not None, address["box"] if address else None
        )

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
        """The name of whom the letter goes to as the customer, as it was said or corrected last."""
        return self._addressed.name

    @property
    def customer_title(self) -> Sealed | None:
        """His title, which goes with the name."""
        return self._addressed.title

    @property
    def _addressed(self) -> SealedComplainant:
        """Who is written to, where several speak; else the customer."""
        if self.core.speakers is None or self.address is None:
            return self.customer
        return next(addressed(self.events, self.address), self.customer)

    @property
    def relation(self) -> str | None:
        """As what somebody speaks for the customer; None where nobody does."""
        return self.core.speakers.relation if self.core.speakers is not None else None

    @property
    def speakers(self) -> Speakers | None:
        """Who speaks besides the customer; None where nobody does."""
        return self.core.speakers

    @cached_property
    def customer(self) -> SealedComplainant:
        """The customer as the receipts name and reach him, as it was said or corrected last."""
        return customer_of(self.events)

    @property
    def complainant_name(self) -> Sealed | None:
        """Who complains: the customer, else the first of those who speak for a group."""
        group = self.receipt.group
        return self.customer_name or (group.representatives[0].name if group and group.representatives else None)

    @property
    def customer_phone(self) -> Sealed | None:
        """The customer's own telephone, as it was said or corrected last; nobody's who speaks for him."""
        return customers_phone(self.events)

    def happened(self, *names: str) -> tuple[Event, ...]:
        """The events of these types, in the order of the log, the letter's cause left out."""
        return tuple(event for event in self.events if event.name in names and event.id != self.cause.id)

    @property
    def level(self) -> str:
        """The complaint's level."""
        return self.core.level

    def how_many(self, name: str) -> int:
        """How many events of a type the case has."""
        return sum(event.name == name for event in self.events)

    @property
    def further_receipts(self) -> tuple[ReceiptAdded, ...]:
        """The further receipts of the same complaint, in the order of the log."""
        found = (parse(event) for event in self.events if event.name == ReceiptAdded.__name__)
        return tuple(one for one in found if isinstance(one, ReceiptAdded))

    @property
    def said_again(self) -> tuple[SaidAgain, ...]:
        """What they said, and when they came."""
        return tuple(SaidAgain(one.received_at, one.matter.narrative) for one in self.further_receipts)

    @property
    def received_times(self) -> int:
        """How often the complaint was received so far."""
        return 1 + len(self.further_receipts)

    @property
    def agent(self) -> str | None:
        """The agent, if there is one."""
        return self.core.agent

    @property
    def answered(self) -> bool:
        """Whether the customer has had the bank's answer, since the case was received or reopened."""
        return self.core.answered

    def debtor_of(self, kind: str) -> Place:
        """Who owes, or owed last, a duty of a kind; who accepted the case, where nobody ever did."""
        owed = [duty for duty in self.core.duties() if duty.terms.kind == kind and duty.state != "waived"]
        return owed[-1].terms.debtor if owed else self.accepting

    @property
    def newly_owed(self) -> tuple[Duty, ...]:
        """The duties that the cause made others owe than who brought it about."""
        return tuple(newly_owed(self.core, self.cause))

    @property
    def let_go(self) -> tuple[Duty, ...]:
        """The duties that the cause took from whoever owed them, undone."""
        return tuple(let_go(self.core, self.cause))

    def owed(self, duty: Duty) -> tuple[Duty, ...]:
        """The open duties of the kind and level of another one."""
        open_ = self.core.open_duties(duty.terms.kind)
        return tuple(one for one in open_ if one.terms.level == duty.terms.level)

    @property
    def people(self) -> int | None:
        """How many people complain together, or at least came in person; None where nobody said."""
        group = self.receipt.group
        return (group.size or group.face_to_face) if group is not None else None

    @property
    def chains(self) -> Chains:
        """The levels that the case is passed through."""
        return self.core.chains

    @property
    def customer_known(self) -> bool:
        """Whether there is a customer who can be told anything."""
        return self.core.customer_known

    @property
    def late(self) -> bool:
        """Whether the bank missed its own limit, in this round or one before."""
        return any(event.name == "ClockBreached" and event.data.get("duty_id") is None for event in self.events)

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
        return next(self._limits(), None)

    @property
    def former_due_on(self) -> date | None:
        """The last day of the bank's own limit as it stood before it last moved."""
        limits = list(islice(self._limits(), 2))
        return limits[1].due_on if len(limits) > 1 else None

    def _limits(self) -> Iterator[Deadline]:
        """The bank's own deadlines, the last first."""
        for event in reversed(self.events):
            if is_of_own_clock(event):
                found = parse(event)
                if isinstance(found, ClockStarted | ClockRecomputed):
                    yield found.deadline

    def doer(self, name: str) -> str:
        """Who brought the last fact of a type about."""
        return str(next(event.actor for event in reversed(self.events) if event.name == name))

    def last(self, name: str) -> Any:
        """The fact of a type that the letter is about: its cause, else the last before it; the receipt as it stands."""
        if name == ComplaintReceived.__name__:
            return self.receipt
        return parse(next(event for event in (self.cause, *reversed(self.events)) if event.name == name))

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


def is_of_own_clock(event: Event) -> bool:
    """Whether a fact says how far the bank's own limit reaches, not that of a duty."""
    return event.name in OWN_CLOCK and event.data.get("duty_id") is None


def _cause_of(before: tuple[Event, ...], started: Event) -> Event:
    """The fact a letter answers; for a repetition what the first letter answered; for a timer's what that is about."""
    known = {event.id: event for event in before}
    cause = known.get(started.data["about"]) or known.get(started.causationid, before[0])
    while cause.name == "MessageResendRequested":  # which may have been asked for again
        repeated = cause.data["message_id"]
        first = next(e for e in before if e.name in FIRST and e.data.get("message_id") == repeated)
        cause = known.get(first.causationid, before[0])
    return cause
