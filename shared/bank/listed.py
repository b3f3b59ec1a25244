"""The bank's file lists these: itself, its units, people and posts, and the systems around it. Frozen data."""

from dataclasses import dataclass
from datetime import date

BUSINESS_HOURS = "09:00-17:00"
"""When a bank works on its working days, unless its file says otherwise."""


class Named:
    """Has a name, in Chinese, and perhaps another one for letters in English."""

    __slots__ = ()
    name: str
    name_en: str | None

    def called(self, language: str) -> str:
        """The name in a letter's language; without an English one it is the Chinese one there too."""
        return self.name_en if language == "en" and self.name_en else self.name


@dataclass(frozen=True, slots=True)
class Mediation:
    """Who mediates between the bank and its customers, and where they can be called."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Bank(Named):
    """The bank: its time zone decides dates.

    ``close_of_business`` is when a bank day ends ("24:00" or "17:30"): limits in working days end then.
    ``business_hours`` is when there is somebody on a working day ("09:00-17:00"): limits in hours count only these.
    ``packs`` are the policy packs that govern the bank, at most one so far; with none, the only one published does.
    ``mediation`` mediates between the bank and its customers, where its file names somebody.
    ``sms_signature``: what stands in brackets before each text message; without one, none is sent.
    ``review_body`` reviews what the top unit decided, which has nobody above it.
    ``email`` is where letters come from whose unit has no address of its own, nor any unit above it.
    """

    id: str
    name: str
    timezone: str
    close_of_business: str
    business_hours: str = BUSINESS_HOURS
    packs: tuple[str, ...] = ()
    name_en: str | None = None
    email: str | None = None
    mediation: Mediation | None = None
    review_body: str | None = None
    sms_signature: str | None = None


@dataclass(frozen=True, slots=True)
class OpinionBox:
    """The opinion book or box of a unit, which hangs there from ``since`` to ``until`` (both inclusive).

    ``closes_at``: the time of day ("17:00") before which it has to be reviewed.
    """

    since: date
    closes_at: str
    until: date | None = None

    def up(self, on: date) -> bool:
        """Whether it hangs there on a day."""
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Unit(Named):
    """A unit. ``parent`` is None for the top one; after the day ``until`` nobody works in it.

    ``decisions_signed_by``: the post that signs what the unit decides, where one does.
    """

    id: str
    name: str
    kind: str
    parent: str | None
    email: str | None
    phone: str | None
    address: str | None
    name_en: str | None = None
    until: date | None = None
    decisions_signed_by: str | None = None
    opinion_box: OpinionBox | None = None

    def there(self, on: date) -> bool:
        """Whether somebody still works in it on a day."""
        return not _over(self.until, on)

    def box_on(self, on: date) -> OpinionBox | None:
        """Its opinion box, if one hangs there on a day: none outlives its unit."""
        box = self.opinion_box
        return box if box is not None and box.up(on) and self.there(on) else None


@dataclass(frozen=True, slots=True)
class Absence:
    """Days on which somebody is not there (both inclusive), and who takes his place; None: whoever comes next."""

    since: date
    until: date
    stand_in: str | None = None

    def overlaps(self, other: "Absence") -> bool:
        """Whether both have a day in common."""
        return self.since <= other.until and other.since <= self.until


@dataclass(frozen=True, slots=True)
class Person(Named):
    """Somebody of the bank, with duties from ``since`` to ``until`` (both inclusive).

    ``messenger``: the person's name in the bank's own messenger, by which letters go where there is no e-mail.
    """

    id: str
    name: str
    unit: str
    email: str | None
    phone: str | None
    since: date
    until: date | None
    name_en: str | None = None
    absences: tuple[Absence, ...] = ()
    messenger: str | None = None

    def active(self, on: date) -> bool:
        """Whether the person has duties on a day; somebody absent has them still."""
        return self.since <= on and (self.until is None or on <= self.until)

    def absent(self, on: date) -> Absence | None:
        """The absence of a day, if the person is not there."""
        return next((absence for absence in self.absences if absence.since <= on <= absence.until), None)


@dataclass(frozen=True, slots=True)
class Post:
    """A function in a unit, held by people until the end of the day ``until``; stand-ins come after holders.

    While a holder is absent, whoever stands in for him comes right after him.
    """

    unit: str
    post: str
    holders: tuple[str, ...]
    stand_ins: tuple[str, ...]
    approval_limit_minor: int | None
    until: date | None = None

    def there(self, on: date) -> bool:
        """Whether somebody still holds it on a day."""
        return not _over(self.until, on)


@dataclass(frozen=True, slots=True)
class Consumer:
    """A system of the bank that reads topics, and those that it reads."""

    id: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChannelSystem:
    """A system that may submit complaints, on which channels, for which unit unless it says so."""

    id: str
    channels: tuple[str, ...]
    unit: str
    webhook: str | None = None
    """Where the system is told what becomes of what it submitted; None: nowhere."""


def _over(until: date | None, on: date) -> bool:
    return until is not None and on > until
