"""Routing, as the kernel sees it."""

from services.routing.decisions import REACTS_TO, decide, owes, recheck_at, stale
from services.routing.state import FOLDS, RoutingState, dump, evolve
from shared.kernel.service import Service

SERVICE: Service[RoutingState] = Service(
    name="routing",
    reacts_to=REACTS_TO,
    folds=FOLDS,
    evolve=evolve,
    owes=owes,
    decide=decide,
    dump=dump,
    stale=stale,
    recheck_at=recheck_at,
)
