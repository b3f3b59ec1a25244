"""Folds from the log what became of every command: so the same command gets the same answer, for ever. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from shared.case import core as case_core
from shared.case.core import CORE_FOLDS, CaseCore
from shared.contract.envelope import Event
from shared.contract.events import CATALOGUE
from shared.contract.events.stored.casework import (
    ApprovalRequestedData,
    CaseworkEventData,
    CommandRefusedData,
)
from shared.contract.events.stored.parts import CommandRefData
from shared.kernel.service import Folded

SOURCE = "/redress/casework"


class Outcome(NamedTuple):
    """An outcome answers a command: its events, or why it was refused. ``ordinal`` is the last event's.

    ``approvers``: who may approve what was only asked for so far, by its one event; None where nobody has to.
    """

    name: str
    fingerprint: str
    events: tuple[tuple[str, str], ...]
    ordinal: int
    code: str | None = None
    pointers: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    approvers: tuple[str, ...] | None = None


class CaseOutcomes(NamedTuple):
    """This state holds a case with the outcomes of its commands by command id."""

    core: CaseCore | None
    outcomes: Mapping[str, Outcome]


NOTHING: CaseOutcomes = CaseOutcomes(None, {})


def evolve(state: CaseOutcomes | None, event: Event) -> CaseOutcomes:
    """Collect outcomes; an act that another service's fact overtook counts as refused with ``overtaken``."""
    before = state or NOTHING
    if event.source == SOURCE:
        data: CaseworkEventData = event.data
        if (command := data["command"]) is not None:
            outcomes = {**before.outcomes, event.causationid: _outcome(before, event, command)}
            before = before._replace(outcomes=outcomes)
    if event.name in CORE_FOLDS:
        before = before._replace(core=case_core.evolve(before.core, event))
    return before


def _outcome(before: CaseOutcomes, event: Event, command: CommandRefData) -> Outcome:
    known = before.outcomes.get(event.causationid)
    events = (*(known.events if known else ()), (event.id, event.type))
    found = Outcome(command["name"], command["fingerprint"], events, event.ordinal)
    if event.name == "CommandRefused":
        data: CommandRefusedData = event.data
        return found._replace(code=data["code"], pointers=tuple(data["pointers"]), about=tuple(data["about"]))
    if event.name == "ApprovalRequested":
        asked: ApprovalRequestedData = event.data
        return found._replace(approvers=tuple(asked["approvers"]))
    if before.core is not None and case_core.is_overtaken(before.core, event):
        return found._replace(code="overtaken")
    return found._replace(code=known.code if known else None)


OUTCOMES: Folded[CaseOutcomes] = Folded(
    name="casework-api",
    folds=frozenset(CATALOGUE),
    evolve=evolve,
    dump=lambda state: {"commands": len(state.outcomes)},
    finds_events=True,
)
"""Folds every type, so that an event's ordinal is also its index among the fold's offsets of its case."""
