"""This module gives notify to the kernel."""

from services.notify.decisions import REACTS_TO, decide, owes
from services.notify.folding import FOLDS, evolve
from services.notify.state import NotifyState, dump, open_sendings
from shared.kernel.service import Service

SERVICE: Service[NotifyState] = Service(
    name="notify",
    reacts_to=REACTS_TO,
    folds=FOLDS,
    evolve=evolve,
    owes=owes,
    decide=decide,
    dump=dump,
    open_sendings=open_sendings,
    finds_events=True,
)
