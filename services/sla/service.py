"""Sla, as the kernel sees it."""

from services.sla.case import SlaState
from services.sla.decisions import REACTS_TO, decide, discharged, owes, stale
from services.sla.state import FOLDS, TIMED, dump, evolve, next_due, timers
from shared.kernel.service import Service

SERVICE: Service[SlaState] = Service(
    name="sla",
    reacts_to=REACTS_TO,
    folds=FOLDS,
    evolve=evolve,
    owes=owes,
    decide=decide,
    dump=dump,
    timers=timers,
    next_due=next_due,
    timed=TIMED,
    discharged=discharged,
    stale=stale,
)
