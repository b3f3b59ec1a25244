"""What a letter rests on: the case's facts up to the moment its sending was decided. Pure."""

from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.notify.letters import LetterFacts, closing_time, in_words, on
from shared.envelope import Event
from shared.events import parse
from shared.events.intake import ComplaintReceived
from shared.events.notify import MessageSendStarted, StaffRecipient
from shared.events.routing import CaseRerouted, CaseRouted, RoutingDecision
from shared.events.sla import ClockRecomputed, ClockStarted, Deadline
from shared.organisation import Organisation

READ = frozenset({"ComplaintReceived", "CaseRouted", "CaseRerouted", "ClockStarted", "ClockRecomputed"})


class Opened(NamedTuple):
    """The sealed texts that a letter quotes, opened."""

    customer_name: str | None
    narrative: str
    request: str | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case as it stood when a sending was decided: a repetition years later rests on the same facts."""

    receipt: ComplaintReceived
    routing: RoutingDecision
    deadline: Deadline | None

    @classmethod
    def of(cls, events: list[Event], started: str) -> "Dossier":
        """Read a case's events, in log order, up to the one with the id ``started``."""
        receipt, routing, deadline = None, None, None
        for event in takewhile(lambda e: e.id != started, events):
            data = parse(event) if event.name in READ else None
            if isinstance(data, ComplaintReceived):
                receipt = receipt or data
            elif isinstance(data, CaseRouted | CaseRerouted):
                routing = data.decision
            elif isinstance(data, ClockStarted | ClockRecomputed) and data.duty_id is None:
                deadline = data.deadline
        if receipt is None or routing is None:
            raise ValueError("a letter needs the receipt and the routing of its case")
        return cls(receipt, routing, deadline)


def facts_of(
    dossier: Dossier, data: MessageSendStarted, organisation: Organisation, sent_at: datetime, opened: Opened
) -> LetterFacts:
    """Everything the letter's template may use, dates and codes in the words of its language."""
    receipt, routing, language = dossier.receipt, dossier.routing, data.language
    zone = ZoneInfo(organisation.bank.timezone)
    today = sent_at.astimezone(zone).date()
    accepting = organisation.units[routing.accepting.unit]
    complained = organisation.units.get(routing.complained_unit or "")
    limit = _told(dossier.deadline, data, sent_at)
    recipient = data.recipient.person if isinstance(data.recipient, StaffRecipient) else None
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
        recipient_name=_name(organisation, recipient) or accepting.name,
        reason=in_words(receipt.matter.reason or "unclassified", language),
        complaint_class=in_words((dossier.deadline and dossier.deadline.complaint_class) or "ordinary", language),
        due_on=on(limit.due_on, language) if limit else None,
        target_on=on(limit.target_on, language) if limit and limit.target_on else None,
        customer_name=opened.customer_name,
        narrative=opened.narrative,
        request=opened.request,
        explain=not receipt.anonymous or bool(receipt.reachable_by),
        closing=closing_time(limit.due_at.astimezone(zone).time(), language) if limit else None,
        days_left=(limit.due_on - today).days if limit else None,
    )


def _told(deadline: Deadline | None, data: MessageSendStarted, sent_at: datetime) -> Deadline | None:
    """The deadline, if the recipient may be told: a customer never hears of a limit that has passed."""
    staff = isinstance(data.recipient, StaffRecipient)
    return deadline if deadline is not None and (staff or sent_at < deadline.due_at) else None


def _name(organisation: Organisation, person: str | None) -> str | None:
    return organisation.people[person].name if person is not None else None
