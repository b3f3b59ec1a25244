"""Routing's state keeps of a case what every service knows, and what of the receipt a later routing rests on. Pure."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from shared.case import core as case_core
from shared.case.core import CaseCore
from shared.case.duties import once
from shared.case.duty_kinds import HEARD_FROM
from shared.case.settlement_claims import is_claimed
from shared.contract.channels import TRANSFERRED, WITH_FORMS
from shared.contract.envelope import Event
from shared.contract.events.base import heard_by
from shared.contract.events.stored.intake import ComplaintReceivedData, ReceiptAddedData
from shared.contract.events.stored.sla import ClockBreachedData, ClockWarnedData

FOLDS = heard_by("routing")
SILENCE: Final = "silence"
ENOUGH: Final = 2
"""The first silence is told to those above, the second one takes the case there."""
UNTOUCHED: Final = frozenset({"received", "routed", "accepted", "reopened"})
"""Where a case stands on which nobody has spoken with the customer, nor looked into the matter."""


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
    """A received case.

    ``bodies``: those that passed on further receipts, each with the receipt's id.
    ``silences``: how often a limit passed by which somebody ought to have been heard from, since it last went up.
    ``asked``: the last event for which it has to go up, until it does or somebody is heard from.
    """

    core: CaseCore
    receipt: ReceiptFacts
    receipt_id: str
    routed_by: str | None = None
    bodies: tuple[tuple[str, str], ...] = ()
    silences: int = 0
    asked: str | None = None


def evolve(state: RoutingState | None, event: Event) -> RoutingState:
    """The state after an event of ``FOLDS``."""
    if state is None:
        return RoutingState(case_core.evolve(None, event), _receipt(event.data), event.id)
    if event.name in case_core.CORE_FOLDS:
        state = _heard(state._replace(core=case_core.evolve(state.core, event)))
    branch = BRANCHES.get(event.name)
    return branch(state, event) if branch else state


def _routed(state: RoutingState, event: Event) -> RoutingState:
    return state._replace(routed_by=event.id)


def _received_again(state: RoutingState, event: Event) -> RoutingState:
    data: ReceiptAddedData = event.data
    body = case_core.passed_on_by(data)
    return state if body is None else state._replace(bodies=(*state.bodies, (data["receipt_id"], body)))


def _heard(state: RoutingState) -> RoutingState:
    """Once the case is over, or somebody works on it, nothing has to go up for the silence before."""
    over = state.asked is not None and (state.core.ended or state.core.life not in UNTOUCHED)
    return state._replace(asked=None) if over else state


def kept_silent(core: CaseCore, event: Event) -> bool:
    """Whether a limit passed by which somebody ought to have been heard from, and he still has not been."""
    if event.name != "ClockBreached":
        return False
    data: ClockBreachedData = event.data
    return data["milestone"] in HEARD_FROM and any(duty.id == data["duty_id"] for duty in core.open_duties(*HEARD_FROM))


def calls_for_help(core: CaseCore, silences: int, event: Event) -> bool:
    """Whether a case has to go to somebody above: at the second silence, or untouched when its own limit is near."""
    if core.accepting is None or core.ended:
        return False
    if kept_silent(core, event):
        return silences + 1 >= ENOUGH
    if event.name != "ClockWarned":
        return False
    data: ClockWarnedData = event.data
    return data["duty_id"] is None and core.life in UNTOUCHED and core.escalated_to is None


def goes_up(before: RoutingState, event: Event) -> bool:
    """Whether a silence calls for a step up; while one is called for, or the top is reached, no other does."""
    return before.asked is None and calls_for_help(before.core, before.silences, event)


def _silent(state: RoutingState, event: Event) -> RoutingState:
    """One silence more, perhaps one for which the case has to go up."""
    asked = event.id if goes_up(state, event) else state.asked
    return state._replace(silences=state.silences + kept_silent(state.core, event), asked=asked)


def _went_up(state: RoutingState, event: Event) -> RoutingState:
    """The case went up, or begins anew: from now on silences are counted again."""
    return state._replace(silences=0, asked=None)


SILENT = ("ClockBreached", "ClockWarned")
BRANCHES: dict[str, Callable[[RoutingState, Event], RoutingState]] = {
    **dict.fromkeys(case_core.ROUTING, _routed),
    **dict.fromkeys(("CaseEscalated", "CaseReopened"), _went_up),
    **dict.fromkeys(SILENT, _silent),
    "ReceiptAdded": _received_again,
}
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
