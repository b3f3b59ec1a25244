"""Looks up what of the bank is in force at an instant: its organisation, its calendar, its day. Pure.

Every service asks here, so that all of them wait (``NotYet``) for the same documents and count the same days.
"""

from datetime import datetime
from typing import NamedTuple

from shared.bank.bank_day import BankDay
from shared.bank.organisation import Organisation
from shared.bank.organisation_file import parse_organisation
from shared.bank.reference import Reference, ReferenceDocument
from shared.bank.working_days import Calendar, calendar_of
from shared.contract.events.base import Versioned
from shared.errors import NotYet

ORGANISATION, BANK = "organisation", "bank"
"""The kind of the organisation file, and the one id it is published under."""
CALENDAR, CALENDAR_ID = "calendar", "cn"


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


class CalendarInForce(NamedTuple):
    """The working days, and the instant since which the calendar files are what they are."""

    calendar: Calendar
    since: datetime


def calendar_in_force(reference: Reference, at: datetime) -> CalendarInForce:
    """The working days at an instant.

    A year without a file, before or after those published, counts every weekday and no weekend; what rests on it is
    provisional.

    Raises:
        NotYet: no calendar is in force at all.
    """
    documents = list(reference.all_in_force(CALENDAR, at))
    if not documents:
        raise NotYet("No calendar is published: publish at least one.")
    calendar = calendar_of(CALENDAR_ID, tuple((d.content, d.version) for d in documents))
    return CalendarInForce(calendar, max(document.effective_from for document in documents))
