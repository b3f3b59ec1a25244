"""Looks up what of the bank is in force at an instant: its organisation, its day, its policy pack, its calendar. Pure.

Every service asks here, so that all of them wait (``NotYet``) for the same documents and count the same days.
"""

from datetime import date, datetime
from typing import NamedTuple

from shared.bank.bank_day import BankDay
from shared.bank.organisation import Organisation
from shared.bank.organisation_file import parse_organisation
from shared.bank.pack import Pack, PackInForce, parse_pack
from shared.bank.reference import BANK, ORGANISATION, Reference, ReferenceDocument
from shared.bank.working_days import Calendar, calendar_of, parse_year
from shared.contract.events.base import Versioned
from shared.errors import NotYet

PACK, CALENDAR = "pack", "calendar"


class OrganisationInForce(NamedTuple):
    """An organisation, the version that decisions name, and the instant since which it is in force."""

    organisation: Organisation
    version: Versioned
    since: datetime


def organisation_in_force(reference: Reference, at: datetime) -> OrganisationInForce:
    """The organisation at an instant. Raises NotYet: none is in force."""
    return _organisation(reference, reference.in_force(ORGANISATION, BANK, at))


def organisation_named(reference: Reference, version: str) -> Organisation:
    """The very organisation that an event names. Raises NotYet: it is not published here."""
    return _organisation(reference, reference.named(ORGANISATION, BANK, version)).organisation


def _organisation(reference: Reference, document: ReferenceDocument) -> OrganisationInForce:
    organisation = reference.parsed(document, parse_organisation)
    return OrganisationInForce(organisation, Versioned(id=BANK, version=document.version), document.effective_from)


def bank_day(reference: Reference, at: datetime) -> BankDay:
    """The bank's day at an instant. Raises NotYet: no organisation is in force."""
    return organisation_in_force(reference, at).organisation.day


def governing_pack(reference: Reference, at: datetime) -> PackInForce:
    """The pack that governs the bank: which its organisation names, else the only one there is.

    Raises:
        NotYet: no organisation is in force, or not the pack that it names; or it names none and there is not just one.
    """
    named = organisation_in_force(reference, at).organisation.bank.packs
    ids = named or tuple(document.id for document in reference.all_in_force(PACK, at))
    if len(ids) != 1:
        there = f"of {', '.join(ids)}" if ids else "(none is in force)"
        raise NotYet(f"Nobody says which pack {there} governs the bank: name it in bank.packs of the organisation.")
    return pack_in_force(reference, ids[0], at)


def pack_counting_from(reference: Reference, at: datetime) -> PackInForce:
    """The pack by which a limit is counted from an instant: that which governed the bank then, else the first after it.

    A complaint of before the first organisation or pack so has a limit, and does not wait for ever.

    Raises:
        NotYet: no pack governs the bank at any time.
    """
    try:
        return governing_pack(reference, at)
    except NotYet:
        later = reference.next_change(at)
        if later is None:
            raise
    return pack_counting_from(reference, later)


def pack_in_force(reference: Reference, id_: str, at: datetime) -> PackInForce:
    """A pack at an instant; before its first version came into force, that one. Raises NotYet: there is none."""
    document = reference.in_force_or_first(PACK, id_, at)
    return PackInForce(reference.parsed(document, parse_pack), Versioned(id=id_, version=document.version))


def pack_named(reference: Reference, named: Versioned) -> Pack:
    """The very pack that a deadline names. Raises NotYet: it is not published here."""
    return reference.parsed(reference.named(PACK, named.id, named.version), parse_pack)


def counts_since(reference: Reference, at: datetime) -> date:
    """The first day that the bank's pack, as it governs now, or a file of its calendar says anything of.

    Raises NotYet as ``bank_calendar`` does.
    """
    pack = governing_pack(reference, at)
    first = reference.versions(PACK, pack.version.id)[0].effective_from
    years = bank_calendar(reference, at).calendar.years
    return min(bank_day(reference, at).date_of(first), *(date(year, 1, 1) for year in years[:1]))


class CalendarInForce(NamedTuple):
    """The working days, and the instant since which the calendar files are what they are."""

    calendar: Calendar
    since: datetime


def bank_calendar(reference: Reference, at: datetime) -> CalendarInForce:
    """The bank's working days: the calendar that its governing pack counts by. Raises NotYet as both look-ups do."""
    return calendar_in_force(reference, governing_pack(reference, at).pack.calendar, at)


def calendar_in_force(reference: Reference, id_: str, at: datetime) -> CalendarInForce:
    """The working days of a calendar, which is all the files of its country; of each year the file in force last.

    A year without a file, before or after those published, counts every weekday and no weekend; what rests on it is
    provisional.

    Raises:
        NotYet: no file of it is in force at all.
    """
    files: dict[int, ReferenceDocument] = {}
    since: list[datetime] = []
    for document in sorted(reference.all_in_force(CALENDAR, at), key=lambda d: (d.effective_from, d.published_at)):
        found = reference.parsed(document, parse_year)
        if found.country.lower() == id_.lower():
            files[found.year] = document
            since.append(document.effective_from)
    if not files:
        raise NotYet(f"No calendar {id_!r} is published: publish at least one year of it.")
    calendar = calendar_of(id_, tuple((files[year].content, files[year].version) for year in sorted(files)))
    return CalendarInForce(calendar, max(since))
