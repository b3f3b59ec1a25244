"""How a case stands, as intake has to know it: who sees it, and what its submitter may ask. Pure."""

from typing import NamedTuple

from shared.case.core import COMMON, CaseCore
from shared.case.folding import core as case_core
from shared.case.folding.core import CORE_FOLDS
from shared.contract.envelope import Event
from shared.contract.events.stored.sla import ClockRecomputedData, ClockStartedData
from shared.kernel.service import Folded, Shape, Stored

CLOCKS = frozenset({"ClockStarted", "ClockRecomputed"})


class CaseStanding(NamedTuple):
    """A case with the limit of the bank's own clock, once that runs."""

    core: CaseCore
    clock: str | None = None
    due_on: str | None = None


def evolve(standing: CaseStanding | None, event: Event) -> CaseStanding | None:
    """The standing after an event of ``CORE_FOLDS`` or ``CLOCKS``."""
    if event.name in CORE_FOLDS:
        core = case_core.evolve(standing.core if standing else None, event)
        return standing._replace(core=core) if standing else CaseStanding(core)
    if standing is None:
        return None
    if event.name == "ClockStarted":
        started: ClockStartedData = event.data
        if started["duty_id"] is None:
            return standing._replace(clock=started["clock_id"], due_on=started["deadline"]["due_on"])
    elif event.name == "ClockRecomputed":
        moved: ClockRecomputedData = event.data
        if moved["clock_id"] == standing.clock:
            return standing._replace(due_on=moved["deadline"]["due_on"])
    return standing


STORED = Stored(version=1, case=Shape(CaseStanding, COMMON))
"""Raise the version whenever ``evolve`` makes another state of the same events: each store is folded anew then."""
STANDINGS: Folded[CaseStanding] = Folded(
    name="intake",
    folds=CORE_FOLDS | CLOCKS,
    evolve=evolve,
    dump=lambda standing: {"state": standing.core.life},
    stored=STORED,
)
"""What the kernel's fold gets of it."""
