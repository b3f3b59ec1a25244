"""When a limit ends. Pure: the bank's zone decides dates, the day of receipt is day 0."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.sla.pack import Pack
from shared.events.base import Versioned
from shared.events.sla import Deadline, WarningPoint
from shared.working_days import Calendar


@dataclass(frozen=True, slots=True)
class BankDay:
    """Where and until when the bank's day lasts."""

    zone: ZoneInfo
    close_of_business: str

    def date_of(self, instant: datetime) -> date:
        """The bank's date at an instant: 17:00Z is already tomorrow in Shanghai."""
        return instant.astimezone(self.zone).date()

    def end_of(self, day: date) -> datetime:
        """The first instant that is too late for a day: midnight, or the close of business."""
        hours, minutes = (int(part) for part in self.close_of_business.split(":"))
        return datetime.combine(day, time(0), self.zone) + timedelta(hours=hours, minutes=minutes)

    def at(self, day: date, moment: time) -> datetime:
        """A time of a bank day."""
        return datetime.combine(day, moment, self.zone)


def compute(
    pack: Pack, pack_version: str, complaint_class: str, received_at: datetime, calendar: Calendar, day: BankDay
) -> Deadline:
    """The deadline of a complaint of a class received at an instant (article 3).

    A limit of n working days ends with the n-th working day after the day of receipt.
    """
    limits = pack.classes[complaint_class]
    received_on = day.date_of(received_at)
    due_on = calendar.nth_after(received_on, limits.limit_working_days)
    due_at = day.end_of(due_on)
    target = limits.target_working_days
    target_on = calendar.nth_after(received_on, target) if target is not None else None
    warnings = tuple(
        WarningPoint(name=rule.name, at=day.at(calendar.nth_after(due_on, -rule.working_days_before_due), rule.at))
        for rule in pack.warnings
    )
    return Deadline(
        pack=Versioned(id=pack.id, version=pack_version),
        calendar=calendar.version(received_on, due_on),
        complaint_class="complex" if complaint_class == "complex" else "ordinary",
        received_at=received_at,
        target_on=target_on,
        target_at=day.end_of(target_on) if target_on else None,
        due_on=due_on,
        due_at=due_at,
        warnings=tuple(w for w in warnings if received_at < w.at < due_at),
        provisional=not calendar.official(received_on, due_on),
    )
