"""Every instant and date that somebody sends says whether it has happened or lies ahead, and so has a bound. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, tzinfo
from enum import Enum
from functools import lru_cache
from typing import Annotated, Any, NamedTuple, get_args, get_origin

from pydantic import AwareDatetime, BaseModel

from shared.contract.bodies import Day, When


class Tense(Enum):
    """Says where a time that somebody sends may lie.

    ``HAPPENED``: not ahead, and not before what it belongs to. ``AHEAD``: within a year, and not before the act that
    says it. ``DUE``: what a body asked for; within a year, and perhaps passed already. ``KEPT``: how long something is
    kept; within a hundred years.
    """

    HAPPENED = "happened"
    AHEAD = "ahead"
    DUE = "due"
    KEPT = "kept"


Happened = Annotated[When, Tense.HAPPENED]
DayHappened = Annotated[Day, Tense.HAPPENED]
Ahead = Annotated[When, Tense.AHEAD]
HappenedOn = Annotated[Day, Tense.HAPPENED]
DayAhead = Annotated[Day, Tense.AHEAD]
Due = Annotated[When, Tense.DUE]
DueDay = Annotated[Day, Tense.DUE]
KeptUntil = Annotated[Day, Tense.KEPT]
YEAR = timedelta(days=366)
"""The longest year: what lies further ahead than this is a mistyped year."""
REACH = {Tense.AHEAD: YEAR, Tense.DUE: YEAR, Tense.KEPT: 100 * YEAR}
"""How far ahead of now a time of each tense may lie; what has happened does not lie ahead at all."""
TIMES = (datetime, date, AwareDatetime)
EACH = "*"
"""Stands in a path for every entry of a list."""


class TimeField(NamedTuple):
    """A place of a body at which a time stands, and where that time may lie."""

    path: tuple[str, ...]
    tense: Tense


class SaidTime(NamedTuple):
    """A time of a body, as sent, by its JSON pointer."""

    pointer: str
    tense: Tense
    said: Any


@lru_cache(maxsize=256)
def places(shape: type[BaseModel]) -> tuple[TimeField, ...]:
    """Every place of a shape at which a time stands. Raises TypeError where one does not say its tense."""
    found: list[TimeField] = []
    for name, field in shape.model_fields.items():
        tense = next((one for one in field.metadata if isinstance(one, Tense)), None)
        found += [
            TimeField((name, *path), one) for path, one in _within(field.annotation, tense, f"{shape.__name__}.{name}")
        ]
    return tuple(found)


def _within(annotation: Any, tense: Tense | None, where: str) -> Iterator[tuple[tuple[str, ...], Tense]]:
    """The times in what an annotation allows: itself, an entry of its list, a field of its shape."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from places(annotation)
    elif annotation in TIMES:
        if tense is None:
            raise TypeError(f"{where} is a time and does not say where it may lie: Happened, Ahead or another tense")
        yield (), tense
    elif get_origin(annotation) is Annotated:
        inner, *metadata = get_args(annotation)
        yield from _within(inner, next((one for one in metadata if isinstance(one, Tense)), tense), where)
    else:
        listed = get_origin(annotation) is tuple
        for one in get_args(annotation):
            yield from (((EACH, *path) if listed else path, found) for path, found in _within(one, tense, where))


def at_one_offset(value: Any, zone: tzinfo) -> Any:
    """A body as it was read, each instant in one time zone: the same instant is the same content however it is written.

    It is the bank's own, so what is sent with the bank's offset stays as it is.
    """
    if isinstance(value, datetime):
        try:
            return value.astimezone(zone)
        except OverflowError:
            return value  # at the ends of the calendar, where nothing that is taken lies
    if isinstance(value, Mapping):
        return {name: at_one_offset(one, zone) for name, one in value.items()}
    return [at_one_offset(one, zone) for one in value] if isinstance(value, list | tuple) else value


def said_in(shape: type[BaseModel], body: Mapping[str, Any]) -> Iterator[SaidTime]:
    """Every time that a body of a shape says."""
    for place in places(shape):
        for pointer, said in _at(body, place.path, ""):
            yield SaidTime(pointer, place.tense, said)


def _at(value: Any, path: tuple[str, ...], pointer: str) -> Iterator[tuple[str, Any]]:
    if value is None:
        return
    if not path:
        yield pointer, value
    elif path[0] == EACH:
        for number, entry in enumerate(value):
            yield from _at(entry, path[1:], f"{pointer}/{number}")
    else:
        yield from _at(value.get(path[0]), path[1:], f"{pointer}/{path[0]}")
