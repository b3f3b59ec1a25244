"""The bank's day: which date it is for the bank, when that day ends, and when there is somebody. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.bank.business_hours import BusinessHours


@dataclass(frozen=True, slots=True)
class BankDay:
    """Where and until when the bank's day lasts, and when there is somebody."""

    zone: ZoneInfo
    close_of_business: str
    business_hours: BusinessHours

    @classmethod
    def of(cls, timezone: str, close_of_business: str, business_hours: str) -> "BankDay":
        """The day of an organisation file, in the words of the file, which were checked when it was read."""
        zone = ZoneInfo(timezone)
        return cls(zone, close_of_business, BusinessHours.parse(business_hours, zone))

    def local(self, instant: datetime) -> datetime:
        """An instant as the bank's clocks show it."""
        return instant.astimezone(self.zone)

    def date_of(self, instant: datetime) -> date:
        """The bank's date at an instant: 17:00Z is already tomorrow in Shanghai."""
        return self.local(instant).date()

    def end_of(self, day: date) -> datetime:
        """The first instant that is too late for a day: midnight, or the close of business."""
        hours, minutes = (int(part) for part in self.close_of_business.split(":"))
        return self.at(day, time(0)) + timedelta(hours=hours, minutes=minutes)

    def at(self, day: date, moment: time) -> datetime:
        """A time of a bank day."""
        return datetime.combine(day, moment, self.zone)
