"""Casework gives the kernel its functions."""

from services.casework.decisions import REACTS_TO, decide, owes, refuse
from services.casework.state import FOLDS, CaseworkState, dump, evolve, waits_for_routing
from shared.kernel.service import Service

SERVICE: Service[CaseworkState] = Service(
    name="casework",
    reacts_to=REACTS_TO,
    folds=FOLDS,
    evolve=evolve,
    owes=owes,
    decide=decide,
    dump=dump,
    refuse=refuse,
    waits_for_others=waits_for_routing,
)
