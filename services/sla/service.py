"""Sla, as the kernel sees it."""

from services.sla.decisions import REACTS_TO, decide, owes, stale
from services.sla.state import FOLDS, IGNORES, TIMED, SlaState, dump, evolve, timers
from shared.service import Service

SERVICE: Service[SlaState] = Service(
    name="sla",
    reacts_to=REACTS_TO,
    folds=FOLDS,
    ignores=IGNORES,
    evolve=evolve,
    owes=owes,
    decide=decide,
    dump=dump,
    timers=timers,
    timed=TIMED,
    stale=stale,
)
