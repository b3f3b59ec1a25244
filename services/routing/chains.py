"""Chains name the levels that a letter passes on its way down and a report on its way up (article 2.4, 2.6).

A level is a unit with whoever passes the case on there: its general office, or who stands in for that; at the handler's
end the handler. Neighbours whom the same person holds are one level.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from shared.bank.organisation import Organisation
from shared.contract.events.base import PostAt


class Level(NamedTuple):
    """One level: its unit, and who passes the case on there."""

    unit: str
    holder: PostAt


Levels = tuple[Level, ...]


class Chains(NamedTuple):
    """``dispatch``: from the unit that begins the chain to the handler's; ``report``: back up."""

    dispatch: Levels = ()
    report: Levels = ()


def chains(
    organisation: Organisation,
    start: str,
    handler: PostAt | None,
    transferring: str | None,
    office: Callable[[str], PostAt],
) -> Chains:
    """Makes both chains along the organisation tree; departments stand only at an end.

    A case of an upper branch is reported on to the transferring unit. Without a handler there is no chain yet.
    ``office``: whoever is the general office of a unit.
    """
    if handler is None:
        return Chains()
    down = _units(organisation, organisation.path(start, handler.unit))
    up = tuple(reversed(down))
    if transferring is not None and transferring not in up:
        up = (*up, *_units(organisation, organisation.path(up[-1], transferring))[1:])
    above = [Level(unit, office(unit)) for unit in up[1:]]
    own = Level(handler.unit, handler)
    return Chains(_merged([*reversed(above[: len(down) - 1]), own]), _merged([own, *above]))


def _units(organisation: Organisation, path: tuple[str, ...]) -> tuple[str, ...]:
    ends = {path[0], path[-1]}
    return tuple(u for u in path if u in ends or organisation.units[u].kind != "department")


def _merged(levels: Sequence[Level]) -> Levels:
    """The levels, neighbours with one holder as one: it bears the name of an end of the chain, else of the office."""
    found = [levels[0]]
    for level in levels[1:]:
        if not _held_by_one(found[-1].holder, level.holder):
            found.append(level)
        elif level is levels[-1] or (len(found) > 1 and level.holder.unit == level.unit):
            found[-1] = level
    return tuple(found)


def _held_by_one(one: PostAt, other: PostAt) -> bool:
    return one.person == other.person if one.person is not None else (one.unit, one.post) == (other.unit, other.post)
