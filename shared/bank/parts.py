"""Parts say whether who is named in a receipt could act there on that day, by the files that were in force then. Pure.

Everybody who takes a receipt in, or corrects one, asks here.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Protocol, assert_never

from shared.bank.ladder import OFFICE, OPERATIONS
from shared.bank.organisation import Organisation
from shared.contract.channel_details import NamedPart, Part


class History(Protocol):
    """Answers what was in force on which day: ``shared.bank.boxes.BoxHistory``."""

    def organisations(self, day: date) -> tuple[Organisation, ...]:
        """Every organisation that was in force at some time of a day."""

    def units(self) -> tuple[str, ...]:
        """Every unit that has or had a box."""

    def up(self, unit: str, day: date) -> bool:
        """Whether a box hung there at some time of a day."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where and when a complaint was received: the unit, the bank's day, and the unit complained of, if it is known.

    ``written_on``: the day that an entry in a box bears, else that of receipt.
    """

    unit: str
    day: date
    complained_unit: str | None = None
    written_on: date | None = None


class Misfit(Enum):
    """Says why somebody, or a unit, cannot have the part in which it is named."""

    NO_SUCH_PERSON = "no_such_person"
    NO_SUCH_UNIT = "no_such_unit"
    NO_RECEPTIONIST = "no_receptionist"
    NO_BOX = "no_box"
    BOX_ELSEWHERE = "box_elsewhere"
    NOT_ABOVE = "not_above"


def misfit(named: NamedPart, scene: Scene, organisation: Organisation, history: History) -> Misfit | None:
    """Why who is named could not act there; None: he could.

    Args:
        organisation: that of now, which knows everybody who was ever there.
        history: what was in force on which day.
    """
    known = organisation.people if named.part is Part.RECEPTIONIST else (*organisation.units, *history.units())
    if named.id not in known:
        return Misfit.NO_SUCH_PERSON if named.part is Part.RECEPTIONIST else Misfit.NO_SUCH_UNIT
    of_day = history.organisations(scene.day) or (organisation,)
    match named.part:
        case Part.RECEPTIONIST:
            could = any(_receives(one, named.id, scene) for one in of_day)
            return None if could else Misfit.NO_RECEPTIONIST
        case Part.BOX:
            return _misfit_of_box(named.id, scene, organisation, history)
        case Part.TRANSFERRING:
            could = any(_transfers(one, named.id, scene) for one in of_day)
            return None if could else Misfit.NOT_ABOVE
        case _:
            assert_never(named.part)


def _receives(organisation: Organisation, person: str, scene: Scene) -> bool:
    """Whether somebody acts in the nearest general office in which there is anybody (article 2.3)."""
    offices = organisation.units_with(scene.unit, OFFICE)
    staffed = (people for unit in offices if (people := organisation.people_in(unit, OFFICE, scene.day)))
    return person in next(staffed, ())


def _misfit_of_box(unit: str, scene: Scene, organisation: Organisation, history: History) -> Misfit | None:
    """A box hung there on that day, and is kept by whoever accepts the entry."""
    if not history.up(unit, scene.written_on or scene.day):
        return Misfit.NO_BOX
    keeper = next(organisation.units_with(scene.unit, OPERATIONS), None)
    return Misfit.BOX_ELSEWHERE if keeper is not None and unit not in organisation.below(keeper) else None


def _transfers(organisation: Organisation, unit: str, scene: Scene) -> bool:
    """Whether a unit, or what it is a department of, lies above the receiving and above the complained one."""
    found = organisation.units[unit]
    bank = found.parent if found.kind == "department" and found.parent is not None else unit
    received = organisation.ladder_unit(scene.unit)
    below = [received] if scene.complained_unit is None else [received, scene.complained_unit]
    return found.there(scene.day) and all(_lies_above(organisation, bank, one) for one in below)


def _lies_above(organisation: Organisation, upper: str, lower: str) -> bool:
    return upper != lower and lower in organisation.below(upper)
