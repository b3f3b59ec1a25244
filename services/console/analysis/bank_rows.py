"""The rows of the bank for analysts are computed from what was published: days, units, pseudonyms. Pure."""

import hashlib
import hmac
from datetime import date, datetime, timedelta
from itertools import count
from typing import NamedTuple

from services.console.projection.instants import micros
from services.console.projection.tables import Row
from services.console.statistics.outlet_involved import outlet_involved
from shared.bank.bank_day import BankDay
from shared.bank.event_versions import case_version
from shared.bank.in_force import bank_calendar, organisation_in_force
from shared.bank.organisation import Organisation
from shared.bank.organisation_file import parse_organisation
from shared.bank.reference import BANK, ORGANISATION, Reference, ReferenceDocument
from shared.bank.working_days import Calendar

PSEUDONYM_DIGITS = 12
"""Hex digits: 48 bits tell the people of any bank apart."""
FORM = 1
"""Raised with every change of what is computed here."""


class BankRows(NamedTuple):
    """Rows of the bank, by table; ``says`` of what they were made, ``pseudonyms_on`` whether people stand under
    pseudonyms, ``case_version`` in which version cases are told on complaints.cases.
    """

    says: str
    pseudonyms_on: bool
    case_version: int
    days: list[Row]
    units: list[Row]
    pseudonyms: list[Row]


def bank_rows(reference: Reference, now: datetime, first_us: int | None, key: bytes) -> BankRows:
    """All of them. ``first_us``: when the first event was recorded. ``key``: nobody else makes these pseudonyms.

    Raises:
        NotYet: no organisation or calendar is in force.
    """
    organisation, calendar = organisation_in_force(reference, now).organisation, bank_calendar(reference, now).calendar
    documents, day = reference.versions(ORGANISATION, BANK), organisation.day
    years = _years(calendar, day, now, first_us)
    people = _people(reference, documents) if organisation.pseudonyms else []
    return BankRows(
        says=_says(documents, calendar, years, day, organisation.pseudonyms),
        pseudonyms_on=organisation.pseudonyms,
        case_version=case_version(reference, now),
        days=_days(calendar, day, years),
        units=[row for number, document in enumerate(documents, 1) for row in _units(reference, document, number)],
        pseudonyms=[{"person": person, "pseudonym": pseudonym(key, person)} for person in people],
    )


def pseudonym(key: bytes, person: str) -> str:
    """What stands for a person: the same wherever he stands, and nobody without the key can tell whose it is."""
    return f"person:{hmac.new(key, person.encode(), hashlib.sha256).hexdigest()[:PSEUDONYM_DIGITS]}"


def _years(calendar: Calendar, day: BankDay, now: datetime, first_us: int | None) -> range:
    """From the first event or file of the calendar up to the year after this one, or the last file."""
    known = [*calendar.years, day.date_of(now).year]
    first = [day.date_of(datetime.fromtimestamp(first_us / 1_000_000, now.tzinfo)).year] if first_us is not None else []
    return range(min(known + first), max(*known, day.date_of(now).year + 1) + 1)


def _says(
    documents: tuple[ReferenceDocument, ...], calendar: Calendar, years: range, day: BankDay, pseudonyms: bool
) -> str:
    made_of = (
        FORM, [(d.version, d.effective_from.isoformat(), d.published_at.isoformat()) for d in documents],
        calendar.version(date(years[0], 1, 1), date(years[-1], 12, 31)), str(day.zone), years, pseudonyms,
    )  # fmt: skip
    return hashlib.sha256(repr(made_of).encode()).hexdigest()


def _days(calendar: Calendar, day: BankDay, years: range) -> list[Row]:
    rows, working_days = list[Row](), count(1)
    at, passed = date(years[0], 1, 1), 0
    while at.year <= years[-1]:
        working = calendar.is_working_day(at)
        passed = next(working_days) if working else passed
        year, week, _ = at.isocalendar()
        from_us = micros(day.at(at, datetime.min.time()).isoformat())
        rows.append(
            {
                "day": at.isoformat(),
                "from_us": from_us,
                "day_number": at.toordinal(),
                "month": at.isoformat()[:7],
                "week": f"{year}-W{week:02}",
                "working": working,
                "working_days": passed,
            }
        )
        at += timedelta(days=1)
    return rows


def _units(reference: Reference, document: ReferenceDocument, number: int) -> list[Row]:
    organisation: Organisation = reference.parsed(document, parse_organisation)
    since = organisation.day.date_of(document.effective_from).isoformat()
    return [
        {
            "version_number": number,
            "unit": unit.id,
            "version": document.version,
            "effective_on": since,
            "published_us": micros(document.published_at.isoformat()),
            "name": unit.name,
            "name_en": unit.name_en,
            "kind": unit.kind,
            "parent": unit.parent,
            "path": "/" + "".join(f"{above.id}/" for above in reversed(list(organisation.upward(unit.id)))),
            "outlet": outlet_involved(organisation, unit.id),
            "until": unit.until.isoformat() if unit.until else None,
        }
        for unit in organisation.units.values()
    ]


def _people(reference: Reference, documents: tuple[ReferenceDocument, ...]) -> list[str]:
    """Everybody who ever was of the bank."""
    organisations = (reference.parsed(document, parse_organisation) for document in documents)
    return sorted({person for one in organisations for person in one.people})
