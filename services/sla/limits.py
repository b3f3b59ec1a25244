"""Which limit applies: pack, calendars and bank day as they are published, for a case's own clock and for duties."""

from datetime import UTC, datetime

from services.sla.clocks import SlaClock
from services.sla.deadlines import compute, duty_deadline, promised_deadline
from services.sla.pack import Pack, parse_pack
from shared.bank.bank_day import BankDay
from shared.bank.in_force import bank_day, calendar_in_force
from shared.bank.reference import Reference, ReferenceDocument
from shared.bank.working_days import Calendar
from shared.case.duty_kinds import KINDS, Limit
from shared.contract.envelope import Event
from shared.contract.events import parse
from shared.contract.events.casework import CaseReopened
from shared.contract.events.intake import ComplaintReceived
from shared.contract.events.sla import Deadline

PACK = "cn-bank-internal"


class Limits:
    """The limits under the reference data published by now. Everything raises NotYet while some are missing."""

    def __init__(self, reference: Reference, now: datetime) -> None:
        self._reference = reference
        self._now = now

    @property
    def day(self) -> BankDay:
        """The bank's zone, close of business and business hours."""
        return bank_day(self._reference, self._now)

    @property
    def calendar(self) -> Calendar:
        """The working days as published by now."""
        return calendar_in_force(self._reference, self._now).calendar

    @property
    def calendars_since(self) -> datetime:
        """Since when the calendars are what they are."""
        return calendar_in_force(self._reference, self._now).since

    def own(self, reason: str | None, counted_from: datetime) -> tuple[str, Deadline]:
        """Milestone and deadline of the bank's own clock; a case keeps the pack in force when it began to count."""
        document, pack = self._pack(counted_from)
        return pack.milestone, self._of_class(document, pack, pack.class_of(reason), counted_from)

    def _of_class(self, document: ReferenceDocument, pack: Pack, class_: str, counted_from: datetime) -> Deadline:
        return compute(pack, document.version, class_, counted_from, self.calendar, self.day)

    def _pack(self, at: datetime) -> tuple[ReferenceDocument, Pack]:
        document = self._reference.in_force("pack", PACK, at)
        return document, self._reference.parsed(document, parse_pack)

    def of_duty(self, kind: str, opened_by: Event) -> Deadline:
        """The deadline of a duty whose time runs since an event."""
        limit = KINDS[kind].limit
        if limit is None:
            raise ValueError(f"{kind} has no limit")
        return duty_deadline(limit, opened_by.happened_at, self.calendar, self.day)

    def promised(self, at: float, opened_by: Event) -> Deadline:
        """The deadline of a promise for an instant (seconds of the epoch), owed by its debtor since an event."""
        return promised_deadline(datetime.fromtimestamp(at, UTC), opened_by.happened_at, self.calendar, self.day)

    def again(self, clock: SlaClock) -> Deadline:
        """The deadline of a clock that runs already, under the calendars of now and counted from where it counted."""
        counted_from = started(clock)
        if clock.terms.complaint_class is not None:
            document, pack = self._pack(counted_from)
            return self._of_class(document, pack, clock.terms.complaint_class, counted_from)
        if clock.terms.length is None:
            raise ValueError(f"{clock.id}: a promised instant is not computed")
        amount, unit = clock.terms.length
        length = Limit(amount, "business_hours" if unit == "business_hours" else "working_days")
        return duty_deadline(length, counted_from, self.calendar, self.day)


def started(clock: SlaClock) -> datetime:
    """From when a running clock counts."""
    return datetime.fromtimestamp(clock.counted_from, UTC)


def counts_from(cause: Event) -> datetime:
    """From when the bank's own clock counts: first receipt by any unit, or when the matter was taken up again."""
    data = parse(cause)
    if isinstance(data, ComplaintReceived):
        return data.first_received.at
    if isinstance(data, CaseReopened):
        return data.received_at
    raise TypeError(f"{cause.type} starts no clock of the bank's own")
