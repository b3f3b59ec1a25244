"""Routing's state keeps of a case what every service knows, and what of the receipt a later routing rests on. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from shared.case import silences as silence
from shared.case.core import CaseCore
from shared.case.duties import once
from shared.case.duty_kinds import READ_SUBMISSION, RESOLVE_RECEIPT_CONFLICT
from shared.case.folding import core as case_core
from shared.case.folding.acts import ROUTING
from shared.case.receipts import passed_on_by
from shared.case.settlement_claims import is_claimed
from shared.case.silences import NO_SILENCE, Silences
from shared.contract.channels import TRANSFERRED, WITH_FORMS
from shared.contract.envelope import Event
from shared.contract.events.base import heard_by
from shared.contract.events.stored.corrections import ReceiptCorrectedData
from shared.contract.events.stored.intake import (
    ComplaintReceivedData,
    ReceiptAddedData,
    ReceiptConflictDetectedData,
)
from shared.contract.receipt_pointers import ORIGIN_BODY, ORIGIN_KIND

FOLDS = heard_by("routing")
SILENCE: Final = "silence"
CONFLICT: Final = "ReceiptConflictDetected"
BY_MAIL: Final = "smtp:"
"""How who submits is called where it is the mailbox of a unit."""
UNREADABLE: Final = "unreadable"
"""The warning on a receipt that no machine could read."""
MAJOR_FROM: Final = 20
"""So many people who come in person make a complaint a major one."""


class ReceiptFacts(NamedTuple):
    """What of the receipt routing rests on; shared between receipts that are alike.

    ``origin_kind`` and ``origin_body``: who passed it on, as the origin says; ``channels_body``, as its channel does.
    """

    unit: str
    person: str | None
    form: str
    transferring_unit: str | None
    receptionist: str | None
    origin_kind: str
    origin_body: str | None
    channels_body: str | None
    settlement_claimed: bool = False
    major: bool = False

    @property
    def passed_on(self) -> bool:
        """Whether a body passed it on, whatever the channel."""
        return self.origin_kind != "none"

    @property
    def body(self) -> str | None:
        """The body that passed it on: its own unit, its name, else its kind; None for nobody."""
        named = self.transferring_unit or self.origin_body or self.channels_body
        return named or (self.origin_kind if self.passed_on else None)


class RoutingState(NamedTuple):
    """A received case.

    ``bodies``: those that passed on further receipts, each with the receipt's id.
    ``silences``: how often a limit passed by which somebody ought to have been heard from, and what follows.
    ``unread``: a message came that no machine could read; ``in_conflict``: two came under one id. Both until a person
    has seen to it.
    """

    core: CaseCore
    receipt: ReceiptFacts
    receipt_id: str
    routed_by: str | None = None
    bodies: tuple[tuple[str, str], ...] = ()
    silences: Silences = NO_SILENCE
    unread: bool = False
    in_conflict: bool = False


def evolve(state: RoutingState | None, event: Event) -> RoutingState:
    """The state after an event of ``FOLDS``."""
    if state is None:
        return RoutingState(
            case_core.evolve(None, event), _receipt(event.data), event.id, unread=is_unreadable(event.data)
        )
    if event.name in case_core.CORE_FOLDS:
        state = _silences(state._replace(core=case_core.evolve(state.core, event)), event)
    branch = BRANCHES.get(event.name)
    return branch(state, event) if branch else state


def _routed(state: RoutingState, event: Event) -> RoutingState:
    return state._replace(routed_by=event.id)


def _received_again(state: RoutingState, event: Event) -> RoutingState:
    data: ReceiptAddedData = event.data
    if is_unreadable(data):
        state = state._replace(unread=True)
    body = passed_on_by(data)
    return state if body is None else state._replace(bodies=(*state.bodies, (data["receipt_id"], body)))


def _silences(state: RoutingState, event: Event) -> RoutingState:
    after = silence.evolve(state.core, state.silences, event)
    return state if after is state.silences else state._replace(silences=after)


def _receipt_corrected(state: RoutingState, event: Event) -> RoutingState:
    data: ReceiptCorrectedData = event.data
    state, value = _seen_to(state, data), data["value"]
    said, receipt = value if isinstance(value, str) else None, state.receipt
    if data["pointer"] == ORIGIN_KIND:
        receipt = receipt._replace(origin_kind=said or "none")
    elif data["pointer"] == ORIGIN_BODY:
        receipt = receipt._replace(origin_body=said)
    return state._replace(receipt=once(receipt))


def _seen_to(state: RoutingState, data: ReceiptCorrectedData) -> RoutingState:
    """A correction ends what it was owed for."""
    ended = {one["kind"] for one in data["duties_ended"]}
    unread = state.unread and READ_SUBMISSION not in ended
    return state._replace(unread=unread, in_conflict=state.in_conflict and RESOLVE_RECEIPT_CONFLICT not in ended)


def _conflict(state: RoutingState, event: Event) -> RoutingState:
    return state._replace(in_conflict=True) if is_conflict_of_mail(event) else state


def is_unreadable(data: Mapping[str, Any]) -> bool:
    """Whether a receipt is one of a message that no machine could read."""
    return UNREADABLE in (data.get("warnings") or ())


def is_conflict_of_mail(event: Event) -> bool:
    """Whether a message came under the id of another one: it is kept, and somebody has to look at it.

    A channel system is answered 409 and looks into it itself.
    """
    data: ReceiptConflictDetectedData = event.data
    return event.name == CONFLICT and data["submitter"].startswith(BY_MAIL)


BRANCHES: dict[str, Callable[[RoutingState, Event], RoutingState]] = {
    **dict.fromkeys(ROUTING, _routed),
    "ReceiptAdded": _received_again,
    "ReceiptCorrected": _receipt_corrected,
    CONFLICT: _conflict,
    "ClockWarned": _silences,
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
            data["origin"]["kind"],
            data["origin"]["body"],
            details.get("body"),
            is_claimed(data),
            _came_in_numbers(data),
        )
    )


def _came_in_numbers(data: ComplaintReceivedData) -> bool:
    """Whether so many came in person that the case is a major one from the start (rules: default-major)."""
    group = data["group"]
    return group is not None and (group["face_to_face"] or 0) >= MAJOR_FROM


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
