"""What routing keeps of a case, and how events change it."""

from typing import Any, NamedTuple

from shared.envelope import Event
from shared.events import CATALOGUE

FOLDS = frozenset({"ComplaintReceived", "CaseRouted", "CaseRerouted"})
IGNORES = frozenset(CATALOGUE) - FOLDS


class OpenDuty(NamedTuple):
    """A duty as routing remembers it. Cases routed alike share these tuples."""

    kind: str
    level: str | None
    state: str
    debtor: str | None


class RoutingState(NamedTuple):
    """A received case and, once it is routed, its owners and duties."""

    routed_by: str | None = None
    owners: tuple[tuple[str, str | None], ...] = ()
    duties: tuple[OpenDuty, ...] = ()


RECEIVED = RoutingState()
_shared: dict[tuple[Any, ...], tuple[Any, ...]] = {}
"""Equal tuples of different cases are one tuple: a sub-branch has few distinct owners and duty lists."""


def evolve(state: RoutingState | None, event: Event) -> RoutingState | None:
    """The state after an event of ``FOLDS``."""
    if event.name == "ComplaintReceived":
        return state or RECEIVED
    decision = event.data["decision"]
    accepting, first, handler = decision["accepting"], decision["first_asked"], decision["handler"]
    owners = (
        (accepting["unit"], accepting["person"]),
        (first["unit"], first["person"]),
        (handler["unit"], handler["person"]) if handler else ("", None),
    )
    duties = tuple(
        OpenDuty(d["kind"], d["level"], d["state"], d["debtor"]["person"]) for d in event.data["duties_opened"]
    )
    return RoutingState(event.id, _shared.setdefault(owners, owners), _shared.setdefault(duties, duties))


def dump(state: RoutingState) -> dict[str, Any]:
    """What a rebuild has to reproduce."""
    accepting, first, handler = state.owners or (None, None, None)
    return {
        "routed_by": state.routed_by,
        "accepting": accepting,
        "first_asked": first,
        "handler": handler,
        "duties": sorted([d.kind, d.level or "", d.state, d.debtor or ""] for d in state.duties),
    }
