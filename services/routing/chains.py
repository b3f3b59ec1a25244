"""Chains name the units that a letter passes on its way down and a report on its way up (article 2.4, 2.6)."""

from typing import NamedTuple

from shared.bank.organisation import Organisation


class Chains(NamedTuple):
    """``dispatch``: from the receiving unit to the handler's; ``report``: back up."""

    dispatch: tuple[str, ...]
    report: tuple[str, ...]


def chains(organisation: Organisation, receiving: str, handling: str | None, transferring: str | None) -> Chains:
    """Makes both chains along the organisation tree; departments stand only at an end.

    A case of an upper branch is reported on to the transferring unit. Without a handler there is no chain yet.
    """
    if handling is None:
        return Chains((), ())
    down = _levels(organisation, organisation.path(receiving, handling))
    up = tuple(reversed(down))
    if transferring is not None and transferring not in up:
        up = (*up, *_levels(organisation, organisation.path(up[-1], transferring))[1:])
    return Chains(down, up)


def _levels(organisation: Organisation, path: tuple[str, ...]) -> tuple[str, ...]:
    ends = {path[0], path[-1]}
    return tuple(u for u in path if u in ends or organisation.units[u].kind != "department")
