"""Who may open what is sealed on a case: people with duties on it, and never a party concerned. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import orjson

from services.console.projection.tables import Row
from shared.bank.ladder import parties_concerned
from shared.bank.organisation import Organisation
from shared.bank.sight import Sight, sight_of
from shared.case.duties import Place
from shared.case.duty_kinds import CORRECTIVE_ACTION

ARCHIVIST, AUDITOR = "archivist", "auditor"


@dataclass(frozen=True, slots=True)
class Reader:
    """A person of the bank who reads, on a bank day. ``sight``: which cases exist for him."""

    person: str
    organisation: Organisation
    on: date
    sight: Sight = field(init=False)

    @property
    def subject(self) -> str:
        """The authenticated subject, as events and accesses name it."""
        return f"person:{self.person}"

    def __post_init__(self) -> None:
        """Sight comes from what the person answers to on that day."""
        object.__setattr__(self, "sight", sight_of(self.organisation, self.person, self.on))


class Stakes(NamedTuple):
    """Who has to do with a case. ``debtors``: whoever owes something on it, or archived it."""

    first_asked: Place | None
    accepting: Place | None
    handler: Place | None
    escalated_to: Place | None
    agent: str | None
    complained_unit: str | None
    parties: tuple[str, ...]
    debtors: tuple[Place, ...]


class Right(NamedTuple):
    """What a reader may do. ``role`` is None for somebody who sees only what is in the clear."""

    role: str | None
    concerned: bool

    @property
    def opens(self) -> bool:
        """Whether sealed fields open."""
        return self.role is not None and not self.concerned


def stakes_of(row: Row, duties: list[Row]) -> Stakes:
    """Who has to do with a case: its owners, the debtors of open duties, and whoever archives it."""
    owing = [d for d in duties if (d["state"] == "open" or d["kind"] == "archive") and d["kind"] != CORRECTIVE_ACTION]
    return Stakes(
        first_asked=_owner(row, "first_asked"),
        accepting=_owner(row, "accepting"),
        handler=_owner(row, "handler"),
        escalated_to=_owner(row, "escalated_to"),
        agent=row["agent"],
        complained_unit=row["complained_unit"],
        parties=tuple(orjson.loads(row["parties"] or "[]")),
        debtors=tuple(Place(d["debtor_unit"], d["debtor_post"], d["debtor_person"]) for d in owing),
    )


def _owner(row: Row, name: str) -> Place | None:
    unit = row[f"{name}_unit"]
    return Place(unit, row[f"{name}_post"], row[f"{name}_person"]) if unit is not None else None


def right_of(reader: Reader, stakes: Stakes) -> Right:
    """The right of a reader on a case, by the first role that gives one (contract 1)."""
    concerned = reader.person in parties_concerned(reader.organisation, stakes.parties)
    return Right(next(_roles(reader, stakes), None), concerned)


def _roles(reader: Reader, stakes: Stakes) -> Iterator[str]:
    named = {"first_asked": stakes.first_asked, "handler": stakes.handler, "escalated_to": stakes.escalated_to}
    for role, place in named.items():
        if place is not None and place.person == reader.person:
            yield role
    if stakes.accepting is not None and _holds(reader, stakes.accepting):
        yield "accepting"
    if stakes.agent == reader.person:
        yield "agent"
    for debtor in stakes.debtors:
        if _holds(reader, debtor):
            yield ARCHIVIST if debtor.post == ARCHIVIST else "debtor"
    if reader.organisation.headed_by(reader.person) & set(_units(stakes)):
        yield "head"
    if any(_in_post(reader, unit, AUDITOR) for unit in reader.organisation.units):
        yield AUDITOR


def _holds(reader: Reader, place: Place) -> bool:
    """Whether the reader is the person named, or holds the post or stands in for it today."""
    return place.person == reader.person or (place.post is not None and _in_post(reader, place.unit, place.post))


def _in_post(reader: Reader, unit: str, post: str) -> bool:
    return reader.person in reader.organisation.people_in(unit, post, reader.on)


def _units(stakes: Stakes) -> Iterator[str]:
    """The units concerned: first asked, accepting, handling, complained about."""
    for place in (stakes.first_asked, stakes.accepting, stakes.handler, stakes.escalated_to):
        if place is not None:
            yield place.unit
    if stakes.complained_unit is not None:
        yield stakes.complained_unit
