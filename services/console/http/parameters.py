"""What callers say in the address: checked, and refused with a pointer to what is wrong."""

import re
from datetime import date, datetime
from typing import Any, NamedTuple

from services.console.projection.instants import micros
from shared.bank.organisation import Organisation
from shared.contract.channels import CHANNELS
from shared.contract.refusal_words import fault
from shared.errors import RedressError

STATES = (
    "received", "routed", "accepted", "in_handling", "decided", "replied", "reported", "closed", "archived",
    "withdrawn", "not_accepted", "reopened", "blocked",
)  # fmt: skip
YEARS = range(1900, 3000)
"""Near the ends of the calendar an instant has no date in every time zone."""
_LOST_PLUS = re.compile(r" (\d\d:\d\d)$")


class BadQuery(RedressError):
    """A parameter of the address is not right: the pointer names it."""

    code = "bad_query"
    status = 422


class UnknownUnit(BadQuery):
    """There is no such unit in the organisation in force: check its id."""

    code = "unknown_unit"


def refused(name: str, what: str, **figures: Any) -> BadQuery:
    """The refusal of a parameter; ``what``: the fault, by its name in the table of words."""
    return BadQuery(fault(what, name=name, **figures), pointers=(f"/{name}",))


def state(text: str | None) -> str | None:
    """A life state, or ``blocked``."""
    if text is not None and text not in STATES:
        raise refused("state", "one_of", expected=STATES)
    return text


def channel(text: str | None) -> str | None:
    """A channel, written with hyphens as in addresses, or with underscores."""
    code = text.replace("-", "_") if text is not None else None
    if code is not None and code not in CHANNELS:
        raise refused("channel", "one_of", expected=CHANNELS)
    return code


def units(organisation: Organisation, text: str | None) -> frozenset[str] | None:
    """The unit and all below it. Raises UnknownUnit."""
    if text is None:
        return None
    if text not in organisation.units:
        raise UnknownUnit(pointers=("/unit",))
    return organisation.below(text)


def due_before(text: str | None) -> tuple[int | None, str | None]:
    """An instant in microseconds, or a date: what has to be done before it."""
    if text is None:
        return None, None
    if (at := instant(text)) is not None:
        return micros(at.isoformat()), None
    return None, day("due_before", text, "date_or_instant")


def day(name: str, text: str, what: str = "a_date") -> str:
    """A date."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise refused(name, what) from error


class Days(NamedTuple):
    """The first and the last bank day of what is asked for, as dates; None where it is not bounded."""

    start: str | None
    end: str | None


def days(start: str | None, end: str | None) -> Days:
    """The days ``from`` and ``to``. Raises BadQuery: one is no date, or they are the wrong way round."""
    found = Days(*(day(name, text) if text is not None else None for name, text in (("from", start), ("to", end))))
    if found.start is not None and found.end is not None and found.end < found.start:
        raise refused("to", "before_from")
    return found


def together(name: str, said: str | None, other: str, *, given: bool) -> None:
    """Go on with a parameter that means something beside another. Raises BadQuery: without it, it would be ignored."""
    if said is not None and not given:
        raise refused(name, "goes_with", other=other)


def as_of(text: str | None) -> datetime | None:
    """An instant with an offset."""
    if text is None:
        return None
    found = instant(text)
    if found is None:
        raise refused("as_of", "an_instant")
    return found


def known_us(text: str | None) -> int | None:
    """An instant with an offset in microseconds: what was recorded by then is known."""
    until = as_of(text)
    return micros(until.isoformat()) if until is not None else None


def instant(text: str) -> datetime | None:
    """An ISO 8601 instant with an offset, in a year that makes sense; None if it is none.

    In an address a bare ``+`` arrives as a blank.
    """
    try:
        found = datetime.fromisoformat(_LOST_PLUS.sub(r"+\1", text))
    except ValueError:
        return None
    return found if found.tzinfo is not None and found.year in YEARS else None
