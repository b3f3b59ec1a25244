"""Casework keeps of a case what every service knows, and what deciding on commands needs besides."""

from collections.abc import Iterable
from typing import Literal, NamedTuple
from uuid import UUID

from services.casework.kept_beside import NOTHING, KeptBeside
from services.casework.waiting_acts import Asked, AtReceipt
from shared.case.core import CaseCore
from shared.kernel.packed_ids import contains, packed

OUTCOMES = ("DecisionMade", "SettledOnTheSpot", "CaseNotAccepted")
"""What a reply to the customer can rest on."""
Moment = Literal[
    "owned_at",
    "investigated_at",
    "decided_at",
    "replied_at",
    "reported_at",
    "tracked_at",
    "ended_at",
    "breached_at",
    "passed_down_at",
    "passed_up_at",
]
"""The fields of the state that keep when something happened."""
MOMENTS: dict[str, Moment] = {
    **dict.fromkeys(("CaseRouted", "CaseRerouted", "CaseEscalated", "HandlerReassigned"), "owned_at"),
    **dict.fromkeys((*OUTCOMES, "DecisionRevised"), "decided_at"),
    "InvestigationRecorded": "investigated_at",
    "CustomerReplied": "replied_at",
    "ResultReported": "reported_at",
    "ResultTracked": "tracked_at",
    "ClockBreached": "breached_at",
    "DispatchPassedDown": "passed_down_at",
    "ReportPassedUp": "passed_up_at",
}
"""Facts whose time later acts are held against, and the field that keeps it."""
DECIDE = "decide"


class CaseworkState(NamedTuple):
    """The state holds a case as casework sees it.

    Instants are seconds of the epoch, of the last such fact since a reopening. ``since``: when the case was received or
    reopened. ``unanswered``: the events that routing has not answered yet. ``messages``: the packed ids of its
    messages. ``asked``: the acts that were asked for and neither approved nor refused; one whose duty is waived
    meanwhile waits no more. ``other_reasons``: those besides the main one, as the complaint was last classified.
    ``decided_content``: what the decision that counts is told by, short (``content_known``), where that is known.
    ``to_customer``: what the customer was sent (``letters_out``); ``beside``: put right, added, asked for.
    """

    core: CaseCore
    since: float
    at_receipt: AtReceipt | None = None
    satisfaction: str | None = None
    owned_at: float | None = None
    investigated_at: float | None = None
    decided_at: float | None = None
    replied_at: float | None = None
    reported_at: float | None = None
    tracked_at: float | None = None
    ended_at: float | None = None
    breached_at: float | None = None
    passed_down_at: float | None = None
    passed_up_at: float | None = None
    unanswered: tuple[str, ...] = ()
    messages: bytes = b""
    asked: tuple[Asked, ...] = ()
    other_reasons: tuple[str, ...] = ()
    decided_content: bytes | None = None
    to_customer: bytes = b""
    beside: KeptBeside = NOTHING


def waits_for_routing(state: CaseworkState) -> bool:
    """Tell whether routing still has to say who has the case: commands would act on what is over, so they wait."""
    return state.core.accepting is None or bool(state.unanswered)


def content_known(fingerprint: str | None) -> bytes | None:
    """The beginning of a fingerprint: enough to tell one decision of a case from another, and small."""
    return fingerprint.encode()[:8] if fingerprint is not None else None


def has_message(state: CaseworkState, message_id: str) -> bool:
    """Tell whether the case has a message of this id: sent, on its way, or deliberately not sent."""
    try:
        return contains(state.messages, packed(str(UUID(message_id))))
    except ValueError:
        return False


def moments(state: CaseworkState, names: Iterable[Moment]) -> dict[str, float]:
    """Tell when these facts happened, by their names without ``_at``; those that the case lacks are left out."""
    found = ((name, getattr(state, name)) for name in names)
    return {name.removesuffix("_at"): at for name, at in found if at is not None}
