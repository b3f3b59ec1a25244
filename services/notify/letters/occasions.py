"""An occasion names a fact that calls for letters, and the condition under which it does. Pure."""

from datetime import UTC, datetime
from enum import Enum
from typing import NamedTuple

FROM_THE_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class When(Enum):
    """Says under which condition a fact calls for letters; the value tells it on the reference page."""

    ALWAYS = ""
    LAST_OF_THE_FIRST_TWO = (
        "whichever comes second: routing, or the start of the clock to the reply; where a settlement came with the "
        "receipt, what became of it; and that start once more after a reopening"
    )
    TO_ANOTHER_HANDLER = "if the case has another handler, and its clock runs"
    TO_ANOTHER_HANDLER_OR_OWED_ANEW = "if the case has another handler, or a notice is owed anew, and its clock runs"
    BY_ANOTHER = "if somebody else works on the case than whoever did it, once the first letters were decided"
    AT_RECEIPT = "if it answers the settlement that came with the receipt"
    REFUSED_AT_RECEIPT = "if it refuses the settlement that came with the receipt"
    MOVES_TOLD_DATE = "of the clock to the reply, if somebody was told another date"
    OWN_CLOCK = "of a clock that is no duty's"
    DUTYS_CLOCK = "of a duty's clock"
    SILENCE = "of the clock of `accept_handover` or `contact_customer`"


class Occasion(NamedTuple):
    """Names an event type that calls for letters, the condition under which it does, and since which recorded time."""

    event: str
    when: When = When.ALWAYS
    since: datetime = FROM_THE_BEGINNING


ROUTED = Occasion("CaseRouted", When.LAST_OF_THE_FIRST_TWO)
CLOCK_STARTED = Occasion("ClockStarted", When.LAST_OF_THE_FIRST_TWO)
REROUTED = Occasion("CaseRerouted", When.TO_ANOTHER_HANDLER_OR_OWED_ANEW)
REASSIGNED = Occasion("HandlerReassigned", When.TO_ANOTHER_HANDLER)
ESCALATED = Occasion("CaseEscalated")
CLOCK_WARNED = Occasion("ClockWarned", When.OWN_CLOCK)
DUTY_WARNED = Occasion("ClockWarned", When.DUTYS_CLOCK)
TARGET_PASSED = Occasion("TargetPassed", When.OWN_CLOCK)
CLOCK_BREACHED = Occasion("ClockBreached", When.OWN_CLOCK)
DUTY_BREACHED = Occasion("ClockBreached", When.DUTYS_CLOCK)
KEPT_SILENT = Occasion("ClockBreached", When.SILENCE)
DECIDED = Occasion("DecisionMade")
SETTLED = Occasion("SettledOnTheSpot")
SETTLEMENT_DENIED = Occasion("SettlementDenied")
NOT_ACCEPTED = Occasion("CaseNotAccepted")
REPORTED = Occasion("ResultReported")
CLOSED = Occasion("CaseClosed")
WITHDRAWN = Occasion("CaseWithdrawn")
RECEIVED_AGAIN = Occasion("ReceiptAdded")
EVIDENCE_ADDED = Occasion("EvidenceAdded", When.BY_ANOTHER)
AGENT_NAMED = Occasion("AgentNamed")
CONTACTED = Occasion("CustomerContacted", When.BY_ANOTHER)
OVERRUN_REASON = Occasion("OverrunReasonReported")
APPROVAL_REQUESTED = Occasion("ApprovalRequested")
APPROVAL_GRANTED = Occasion("ApprovalGranted")
APPROVAL_REFUSED = Occasion("ApprovalRefused")
APPROVAL_WITHDRAWN = Occasion("ApprovalRequestWithdrawn")
FELL_BACK = Occasion("RoutingFellBack")
LETTER_FAILED = Occasion("MessageFailed")
RECOMPUTED = Occasion("ClockRecomputed", When.MOVES_TOLD_DATE)
SETTLED_AT_RECEIPT = Occasion("SettledOnTheSpot", When.AT_RECEIPT)
ASKED_AT_RECEIPT = Occasion("ApprovalRequested", When.AT_RECEIPT)
REFUSED_AT_RECEIPT = Occasion("CommandRefused", When.REFUSED_AT_RECEIPT)
