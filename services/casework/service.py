"""Casework, as the kernel sees it."""

from services.casework.decisions import REACTS_TO, decide, owes
from services.casework.refusing import refuse
from services.casework.state import FOLDS, CaseworkState, awaits_routing, dump, evolve
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
    waits_for_others=awaits_routing,
)
