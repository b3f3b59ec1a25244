"""What routing keeps of a case: what every service knows, and what of the receipt a later routing rests on."""

from typing import Any, NamedTuple

from shared.case import core as case_core
from shared.case.core import CORE_FOLDS, CaseCore
from shared.case.duties import once
from shared.contract.envelope import Event

FOLDS = CORE_FOLDS
IGNORES = frozenset(
    {
        "ReceiptAdded", "EvidenceAdded", "ReceiptConflictDetected", "OpinionBoxReviewed", "RoutingFellBack",
        "ClockStarted", "ClockRecomputed", "ClockWarned", "TargetPassed", "ClockMet", "ClockStopped",
        "MessageSendStarted", "MessageFailed", "MessageSuppressed", "MessageResendRequested", "CommandRefused",
    }
)  # fmt: skip


class ReceiptFacts(NamedTuple):
    """What of the receipt routing rests on; shared between receipts that are alike."""

    unit: str
    person: str | None
    form: str
    transferring_unit: str | None
    receptionist: str | None
    body: str | None


class RoutingState(NamedTuple):
    """A received case."""

    core: CaseCore
    receipt: ReceiptFacts
    receipt_id: str
    routed_by: str | None = None


def evolve(state: RoutingState | None, event: Event) -> RoutingState | None:
    """The state after an event of ``FOLDS``."""
    core = case_core.evolve(state.core if state else None, event)
    if core is None:
        raise ValueError(f"{event.type} makes no case")
    if state is None:
        return RoutingState(core, _receipt(event.data), event.id)
    if event.name in case_core.ROUTING:
        return state._replace(core=core, routed_by=event.id)
    return state._replace(core=core)


def _receipt(data: dict[str, Any]) -> ReceiptFacts:
    by, details, channel = data["received_by"], data["details"], data["channel"]
    transferring = details.get("unit") if channel == "upper_branch" else None
    return once(
        ReceiptFacts(
            by["unit"],
            by["person"],
            str(details.get("form") or "") if channel == "regulator" else "",
            transferring,
            details.get("receptionist") if channel == "walk_in" else None,
            data["origin"].get("body") or details.get("body") or transferring,
        )
    )


def dump(state: RoutingState) -> dict[str, Any]:
    """What a rebuild has to reproduce."""
    core = state.core
    owners = {"accepting": core.accepting, "first_asked": core.first_asked, "handler": core.handler}
    return {
        "routed_by": state.routed_by,
        **{who: [place.unit, place.person] if place else None for who, place in owners.items()},
        "duties": sorted(
            [d.terms.kind, d.terms.level or "", d.state, d.terms.debtor.person or ""] for d in core.duties()
        ),
    }
