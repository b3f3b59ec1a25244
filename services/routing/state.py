"""Routing's state keeps of a case what every service knows, and what of the receipt a later routing rests on. Pure."""

from typing import Any, NamedTuple

from shared.case import core as case_core
from shared.case.core import CaseCore
from shared.case.duties import once
from shared.case.settlement_claims import is_claimed
from shared.contract.channels import TRANSFERRED, WITH_FORMS
from shared.contract.envelope import Event
from shared.contract.events.base import heard_by
from shared.contract.events.stored.intake import ComplaintReceivedData, ReceiptAddedData

FOLDS = heard_by("routing")


class ReceiptFacts(NamedTuple):
    """What of the receipt routing rests on; shared between receipts that are alike."""

    unit: str
    person: str | None
    form: str
    transferring_unit: str | None
    receptionist: str | None
    body: str | None
    settlement_claimed: bool = False
    passed_on: bool = False


class RoutingState(NamedTuple):
    """A received case. ``bodies``: those that passed on further receipts, each with the receipt's id."""

    core: CaseCore
    receipt: ReceiptFacts
    receipt_id: str
    routed_by: str | None = None
    bodies: tuple[tuple[str, str], ...] = ()


def evolve(state: RoutingState | None, event: Event) -> RoutingState:
    """The state after an event of ``FOLDS``."""
    if state is None:
        return RoutingState(case_core.evolve(None, event), _receipt(event.data), event.id)
    state = state._replace(core=case_core.evolve(state.core, event))
    branch = BRANCHES.get(event.name)
    return branch(state, event) if branch else state


def _routed(state: RoutingState, event: Event) -> RoutingState:
    return state._replace(routed_by=event.id)


def _received_again(state: RoutingState, event: Event) -> RoutingState:
    data: ReceiptAddedData = event.data
    body = case_core.passed_on_by(data)
    return state if body is None else state._replace(bodies=(*state.bodies, (data["receipt_id"], body)))


BRANCHES = {**dict.fromkeys(case_core.ROUTING, _routed), "ReceiptAdded": _received_again}
"""What routing keeps of an event besides what every service knows."""


def _receipt(data: ComplaintReceivedData) -> ReceiptFacts:
    by, details, channel = data["received_by"], data["details"], data["channel"]
    transferring = details.get("unit") if channel in TRANSFERRED else None
    return once(
        ReceiptFacts(
            by["unit"],
            by["person"],
            str(details.get("form") or "") if channel in WITH_FORMS else "",
            transferring,
            details.get("receptionist"),
            data["origin"].get("body") or details.get("body") or transferring or case_core.passed_on_by(data),
            is_claimed(data),
            case_core.passed_on_by(data) is not None,
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
