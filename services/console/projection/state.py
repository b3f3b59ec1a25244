"""What the console knows of a case: what every service knows (``shared.case.core``), and what only it shows. Pure."""

from collections.abc import Callable
from sys import intern
from typing import NamedTuple

from services.console.projection import clocks, messages
from services.console.projection.clocks import CLOCK_EVENTS, Clocks, ShownClock
from services.console.projection.instants import micros
from services.console.projection.messages import MESSAGE_EVENTS, Messages
from services.console.projection.results import RESULTS, ShownResult
from shared.case.agreements import all_granted
from shared.case.core import CaseCore
from shared.case.duties import states_of
from shared.case.duty_kinds import EXECUTE_REMEDY
from shared.case.folding import core as case_core
from shared.case.folding.core import CORE_FOLDS
from shared.case.lateness import Late
from shared.contract.channels import OUTSIDE, TRANSFERRED
from shared.contract.envelope import Event
from shared.contract.events.base import CATALOGUE, heard_by
from shared.contract.events.stored.corrections import ReceiptCorrectedData
from shared.contract.events.stored.intake import ComplaintReceivedData
from shared.contract.receipt_pointers import GROUP_SIZE, ORIGIN_KIND, RECEIVED_AT

FOLDS = heard_by("console")
TIMELINE_ONLY = frozenset(CATALOGUE) - FOLDS
"""Told in the timeline, without effect on what is shown of a case: the catalogue does not name the console there."""


class ShownReceipt(NamedTuple):
    """The first receipt says this, as it stands."""

    case_number: str
    registered_by: str
    received_at: str
    recorded_at: str
    received_on: str
    received_us: int
    unit: str
    origin_kind: str
    persons: int
    relation: str | None
    related_case: str | None
    product: str | None
    registered_late: bool

    def bypassed(self, channel: str) -> bool:
        """Whether the customer went past the unit: to a unit above or outside, with nothing of it there before."""
        return (self.origin_kind != "none" or channel in TRANSFERRED) and self.relation is None


class ShownCase(NamedTuple):
    """The console shows these parts of a case: what all services know, and what it folds for itself."""

    core: CaseCore
    receipt: ShownReceipt
    result: ShownResult = ShownResult()
    clocks: Clocks = ()
    messages: Messages = ()
    receipts: int = 1

    @property
    def own_clocks(self) -> list[ShownClock]:
        """The bank's own clocks: one from first receipt, one more from each reopening."""
        return [clock for clock in self.clocks if clock.own]

    @property
    def leading(self) -> ShownClock | None:
        """The open clock that is due first."""
        return min((c for c in self.clocks if c.open), key=lambda c: micros(c.due_at), default=None)

    @property
    def answered(self) -> bool:
        """Whether the customer has the bank's answer: a reply or a settlement."""
        return self.core.did("SettledOnTheSpot") or replied(self.core)

    @property
    def resolved(self) -> bool:
        """Whether the case ended with reply or settlement (contract 9, *resolved in place*)."""
        over = self.core.did("CaseClosed", "CaseArchived") and not self.core.did("CaseWithdrawn", "CaseNotAccepted")
        return over and self.answered


class FoldedEvent(NamedTuple):
    """Folding an event gives the case after it, whether the event is overtaken, and which earlier ones it undid."""

    case: ShownCase | None
    overtaken: bool = False
    undone: tuple[int, ...] = ()


def replied(core: CaseCore) -> bool:
    """Whether the reply that is owed last was given."""
    replies = [duty for duty in core.duties() if duty.terms.kind == "reply_customer"]
    return bool(replies) and replies[-1].state == "discharged"


def fold(case: ShownCase | None, event: Event, late: Late | None = None) -> FoldedEvent:
    """Fold an event into its case, and say what that did to the standing of events. ``late``: how late it was.

    Raises:
        ValueError: a fact of a case that was never received.
    """
    name = event.name
    if name not in FOLDS:
        return FoldedEvent(case)
    if case is None:
        return FoldedEvent(_received(event))
    if (branch := BRANCHES.get(name)) is not None:
        case = branch(case, event)
    if late is not None and name == "ClockMet":
        case = case._replace(clocks=clocks.overrun(case.clocks, event, *late))
    if name not in CORE_FOLDS:
        return FoldedEvent(case)
    if case_core.is_overtaken(case.core, event):
        return FoldedEvent(case, overtaken=True)
    core = case_core.evolve(case.core, event)
    after = case._replace(core=core, result=_result(case, core, event))
    return FoldedEvent(after, undone=_undone(case.core, core, event))


def _with_clock(case: ShownCase, event: Event) -> ShownCase:
    return case._replace(clocks=clocks.evolve(case.clocks, event))


def _with_message(case: ShownCase, event: Event) -> ShownCase:
    return case._replace(messages=messages.evolve(case.messages, event))


def _receipt_corrected(case: ShownCase, event: Event) -> ShownCase:
    """The receipt as it stands from now on; the number stays."""
    data: ReceiptCorrectedData = event.data
    pointer, value, receipt = data["pointer"], data["value"], case.receipt
    if pointer == RECEIVED_AT and isinstance(value, str):
        on = data["received_on"] or receipt.received_on
        receipt = receipt._replace(received_at=value, received_us=micros(value), received_on=on)
    elif pointer == ORIGIN_KIND:
        receipt = receipt._replace(origin_kind=_shown_origin(str(value), case.core.channel))
    elif pointer == GROUP_SIZE and isinstance(value, int):
        receipt = receipt._replace(persons=value)
    return case if receipt is case.receipt else case._replace(receipt=receipt)


def _received_again(case: ShownCase, event: Event) -> ShownCase:
    return case._replace(receipts=case.receipts + 1)


BRANCHES: dict[str, Callable[[ShownCase, Event], ShownCase]] = {
    "ReceiptAdded": _received_again,
    "ReceiptCorrected": _receipt_corrected,
    **dict.fromkeys(CLOCK_EVENTS, _with_clock),
    **dict.fromkeys(MESSAGE_EVENTS, _with_message),
}
"""What the console shows of an event besides what every service knows, and the result of the round."""


def _received(event: Event) -> ShownCase:
    core = case_core.evolve(None, event)
    data: ComplaintReceivedData = event.data
    relates, group, number = data["relates_to"], data["group"], data["case_number"]
    receipt = ShownReceipt(
        case_number=number,
        registered_by=intern(event.actor),
        received_at=data["received_at"],
        recorded_at=event.recordedtime,
        received_on=f"{number[:4]}-{number[4:6]}-{number[6:8]}",
        received_us=micros(data["received_at"]),
        unit=data["received_by"]["unit"],
        origin_kind=_shown_origin(data["origin"]["kind"], data["channel"]),
        persons=group["size"] if group else 1,
        relation=relates["relation"] if relates else None,
        related_case=relates["case_id"] if relates else None,
        product=data["matter"]["product"],
        registered_late=data["late_registration"] is not None,
    )
    return ShownCase(core, receipt)


def _shown_origin(kind: str, channel: str) -> str:
    """The origin's kind; what a channel brings from outside is so whatever the origin says."""
    return channel if kind == "none" and channel in OUTSIDE else kind


def _undone(before: CaseCore, after: CaseCore, event: Event) -> tuple[int, ...]:
    """A closing that another service's duty overtook although it came first in the log (crossings, rule 2)."""
    if event.name in ("CaseReopened", "CaseClosed"):
        return ()
    left = {ordinal for name, ordinal in after.counting_acts if name == "CaseClosed"}
    return tuple(ordinal for name, ordinal in before.counting_acts if name == "CaseClosed" and ordinal not in left)


def _result(case: ShownCase, core: CaseCore, event: Event) -> ShownResult:
    moved = RESULTS.get(event.name)
    result = moved(case.result, event) if moved else case.result
    if event.name == "CaseEscalated" and result.escalated_from is None:
        result = result._replace(escalated_from=_rung(case.core))
    if event.name == "CaseReopened":
        result = result._replace(
            granted=(
                *case.result.granted,
                *all_granted(case.core.agreed, states_of(case.core.duties(), EXECUTE_REMEDY)),
            )
        )
    if core.openings is not case.core.openings:
        has, had = replied(core), replied(case.core)
        result = result if has == had else result._replace(replied_at=event.time if has else None)
    if core.ended != case.core.ended:
        result = result._replace(ended_at=event.time if core.ended else None)
    return result


def _rung(core: CaseCore) -> str | None:
    """The rung at which a case is: the post by which somebody owes its handling."""
    posts = [duty.terms.debtor.post for duty in core.duties() if duty.terms.kind == "handle"]
    return posts[-1] if posts else None
