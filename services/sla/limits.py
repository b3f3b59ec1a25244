"""Looks up which limit applies, as it is published: of the bank's own clock, of a duty, of a promise. Pure."""

from datetime import date, datetime
from functools import cached_property

from services.sla.clocks import SlaClock
from services.sla.deadlines import LastDay, compute, day_deadline, duty_deadline, promised_deadline
from shared.bank.bank_day import BankDay, instant_of, within_reach
from shared.bank.in_force import (
    CalendarInForce,
    bank_calendar,
    bank_day,
    calendar_in_force,
    pack_counting_from,
    pack_in_force,
)
from shared.bank.pack import PackInForce
from shared.bank.reference import Reference
from shared.case.duty_kinds import KINDS, ONE_WORKING_DAY, Limit
from shared.contract.envelope import Event
from shared.contract.events import parse
from shared.contract.events.ending import CaseReopened
from shared.contract.events.intake import ComplaintReceived
from shared.contract.events.sla import Deadline
from shared.contract.tenses import YEAR


class Limits:
    """The limits under the reference data published by now. Everything raises NotYet while some are missing."""

    def __init__(self, reference: Reference, now: datetime) -> None:
        self._reference = reference
        self._now = now

    @cached_property
    def day(self) -> BankDay:
        """The bank's zone, close of business and business hours."""
        return bank_day(self._reference, self._now)

    @cached_property
    def _banks_calendar(self) -> CalendarInForce:
        """The bank's working days: what limits of duties and promises count."""
        return bank_calendar(self._reference, self._now)

    def calendar_of(self, clock: SlaClock) -> CalendarInForce:
        """The working days that a clock counts: those of its pack, or the bank's for a duty."""
        if clock.terms.kind is not None:
            return self._banks_calendar
        return self._calendar(pack_in_force(self._reference, clock.terms.pack, started(clock)))

    def days_late(self, clock: SlaClock, at: datetime) -> int:
        """How many of the working days that a clock counts lie after its due day, up to the day of an instant."""
        due_on = date.fromisoformat(clock.terms.due_on)
        return self.calendar_of(clock).calendar.between(due_on, self.day.date_of(at))

    def _calendar(self, found: PackInForce) -> CalendarInForce:
        return calendar_in_force(self._reference, found.pack.calendar, self._now)

    def own(self, reason: str | None, counted_from: datetime) -> tuple[str, Deadline]:
        """Milestone and deadline of the bank's own clock, by the pack that governs the bank when it begins to count.

        What began before the first pack came into force counts by that one.
        """
        found = pack_counting_from(self._reference, counted_from)
        return found.pack.milestone, self._of_class(found, found.pack.class_of(reason), counted_from)

    def reclassified(self, clock: SlaClock, reason: str | None) -> Deadline:
        """The deadline of the bank's own clock for another reason; a clock keeps the pack that it runs by."""
        found = pack_in_force(self._reference, clock.terms.pack, started(clock))
        return self._of_class(found, found.pack.class_of(reason), started(clock))

    def counted_anew(self, clock: SlaClock, counted_from: datetime) -> Deadline:
        """The deadline of the bank's own clock from another first receipt, for the class that it runs by."""
        found = pack_in_force(self._reference, clock.terms.pack, started(clock))
        class_ = clock.terms.complaint_class
        if class_ is None:
            raise ValueError(f"{clock.id} counts no class of complaints")
        return self._of_class(found, class_, counted_from)

    def _of_class(self, found: PackInForce, class_: str, counted_from: datetime) -> Deadline:
        return compute(found, class_, counted_from, self._calendar(found).calendar, self.day)

    def of_duty(self, kind: str, counted_from: datetime) -> Deadline:
        """The deadline of a duty whose time runs since an instant: when it was entered, or when its unit got the case.

        What was entered late has its time from the entry: nobody is chased for a date that was past.
        """
        limit = KINDS[kind].limit
        if limit is None:
            raise ValueError(f"{kind} has no limit")
        return duty_deadline(limit, within_reach(counted_from), self._banks_calendar.calendar, self.day)

    def of_answer(self, asked_for_on: date | None, own: LastDay, entered_at: datetime) -> Deadline:
        """The deadline of an answer to a body: the day that it asked for, and at the latest the bank's own limit.

        Only what lies ahead of its entry counts, else there is a working day: no date is chased that was past.
        """
        asked = LastDay(self.day.end_of(asked_for_on), asked_for_on, False) if asked_for_on is not None else own
        ahead = [one for one in (asked, own) if one.at > entered_at]
        calendar = self._banks_calendar.calendar
        if not ahead:
            return duty_deadline(ONE_WORKING_DAY, entered_at, calendar, self.day)
        return day_deadline(min(ahead), entered_at, calendar, self.day)

    def until_day(self, on: date, entered_at: datetime) -> Deadline:
        """The deadline of what has time until the end of a day that was named; passed already, a working day."""
        due = LastDay(self.day.end_of(on), on, False)
        calendar, opened_at = self._banks_calendar.calendar, within_reach(entered_at)
        if due.at <= opened_at:
            return duty_deadline(ONE_WORKING_DAY, opened_at, calendar, self.day)
        return day_deadline(due, opened_at, calendar, self.day)

    def promised(self, at: float, entered_at: datetime) -> Deadline:
        """The deadline of a promise for an instant (seconds of the epoch), owed by its debtor since it was entered.

        Nobody promises an answer in more than a year: what the log holds beyond falls due after a year, provisional.
        What had passed when it was entered is owed within a working day from then.
        """
        opened_at, calendar = within_reach(entered_at), self._banks_calendar.calendar
        if at <= opened_at.timestamp():
            return duty_deadline(ONE_WORKING_DAY, opened_at, calendar, self.day)
        latest = opened_at + YEAR
        promised_at = instant_of(at) if at <= latest.timestamp() else latest
        return promised_deadline(promised_at, opened_at, calendar, self.day, said=promised_at != latest)

    def again(self, clock: SlaClock) -> Deadline:
        """The deadline of a clock that runs already, under the calendars of now and counted from where it counted."""
        counted_from = started(clock)
        if clock.terms.complaint_class is not None:
            found = pack_in_force(self._reference, clock.terms.pack, counted_from)
            return self._of_class(found, clock.terms.complaint_class, counted_from)
        if clock.terms.length is None:
            raise ValueError(f"{clock.id}: a promised instant is not computed")
        amount, unit = clock.terms.length
        length = Limit(amount, "business_hours" if unit == "business_hours" else "working_days")
        return duty_deadline(length, counted_from, self._banks_calendar.calendar, self.day)


def started(clock: SlaClock) -> datetime:
    """From when a running clock counts."""
    return instant_of(clock.counted_from)


def counts_from(cause: Event) -> datetime:
    """From when the bank's own clock counts: first receipt by any unit, or when the matter was taken up again."""
    data = parse(cause)
    if isinstance(data, ComplaintReceived):
        return data.first_received.at
    if isinstance(data, CaseReopened):
        return data.received_at
    raise TypeError(f"{cause.type} starts no clock of the bank's own")
