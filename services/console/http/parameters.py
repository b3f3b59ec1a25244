"""What callers say in the address: checked, and refused with a pointer to what is wrong."""

import re
from datetime import date, datetime
from typing import Any, NamedTuple, get_args

from services.console.projection.instants import micros
from services.console.statistics.counting import BY, NAMES, RESTS_ON, Opened, opened, part_of
from services.console.statistics.scope import DIMENSIONS, NONE, Slice
from shared.bank.organisation import Organisation
from shared.contract.channels import CHANNELS, OUTSIDE
from shared.contract.codes import Reason
from shared.contract.events.intake import OriginKind
from shared.contract.refusal_words import fault
from shared.errors import RedressError

STATES = (
    "received", "routed", "accepted", "in_handling", "decided", "replied", "reported", "closed", "archived",
    "withdrawn", "not_accepted", "reopened", "blocked",
)  # fmt: skip
YEARS = range(1900, 3000)
"""Near the ends of the calendar an instant has no date in every time zone."""
BETWEEN_PARTS = re.compile(rf",(?=(?:{'|'.join(DIMENSIONS)})\.)")
"""A comma with a dimension behind it: one within a bank's own code belongs to the code."""
VALUES: dict[str, tuple[str, ...]] = {
    "channel": tuple(CHANNELS),
    "origin": tuple(dict.fromkeys((*get_args(OriginKind), *sorted(OUTSIDE)))),
    "reason": (*get_args(Reason), NONE["reason"]),
}
"""What a dimension can be where the contract lists it; units, handlers and products come and go with the bank."""
MONTH = re.compile(r"(19|2\d)\d\d-(0[1-9]|1[0-2])")
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


def counted(text: str) -> Opened:
    """What a figure of the statistics opens into, by its name in their answer."""
    found = opened(text)
    if found is None:
        raise refused("counted", "one_of", expected=(*NAMES, *RESTS_ON, *(f"{BY}{name}.…" for name in DIMENSIONS)))
    return found._replace(of=tuple(_part("counted", one) for one in found.of))


def parts(text: str | None) -> tuple[Slice, ...]:
    """Parts of what the statistics count, by commas, such as ``channel.phone``; none where none is asked for."""
    found = tuple(part_of(one) for one in BETWEEN_PARTS.split(text)) if text is not None else ()
    if None in found:
        raise refused("of", "one_of", expected=tuple(f"{name}.…" for name in DIMENSIONS))
    return tuple(_part("of", one) for one in found if one is not None)


def _part(name: str, part: Slice) -> Slice:
    """A part that can have cases: what is on no list of the contract is mistyped, not a part without cases."""
    known = VALUES.get(part.dimension)
    value = part.value.replace("-", "_") if part.dimension == "channel" else part.value
    if known is not None and value not in known:
        raise refused(name, "one_of", expected=tuple(f"{part.dimension}.{one}" for one in known))
    if part.dimension == "month" and not MONTH.fullmatch(value):
        raise refused(name, "a_month")
    return Slice(part.dimension, value)


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
