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
    TO_ANOTHER_HANDLER_OR_OWED_ANEW = (
        "if the case has another handler, a notice is owed anew, somebody owes what he did not owe before, or owes no "
        "more what he owed; and its clock runs"
    )
    BY_ANOTHER = "if somebody else works on the case than whoever did it, once the first letters were due"
    INFECTED = "if the scanner found something, once the first letters were due"
    AT_RECEIPT = "if it answers the settlement that came with the receipt"
    REFUSED_AT_RECEIPT = "if it refuses the settlement that came with the receipt"
    MOVES_TOLD_DATE = "of the clock to the reply, if somebody was told another date"
    OWN_CLOCK = "of a clock that is no duty's"
    DUTYS_CLOCK = "of a duty's clock"
    OPENS_DUTIES = (
        "if somebody else than who did it owes something from now on that he did not owe before, or owes no more what "
        "he owed"
    )
    TAKES_DUTIES = "if somebody else than who did it owed something that it takes from him undone"
    OPENS_REVIEW = "if it opens `review_dissatisfaction`"
    AT_ONCE = "where the result is not reported level by level"
    LEVEL_BY_LEVEL = "where the result is reported level by level"
    IN_WRITING = "where the answer is not given by telephone"
    AUTHORITY_ENDED = "if an authority has run out"
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
PLAN_OFFERED = Occasion("NegotiationPlanOffered")
SETTLED = Occasion("SettledOnTheSpot")
SETTLEMENT_DENIED = Occasion("SettlementDenied")
NOT_ACCEPTED = Occasion("CaseNotAccepted")
DECISION_REVISED = Occasion("DecisionRevised")
REVIEWED = Occasion("DissatisfactionReviewed")
MAJOR = (ROUTED, CLOCK_STARTED, Occasion("MajorFlagged"))
"""What makes a case a major one: its receipt, or that it was flagged."""
REPORTED = Occasion("ResultReported", When.AT_ONCE)
REPORTED_UP = Occasion("ResultReported", When.LEVEL_BY_LEVEL)
PASSED_UP = Occasion("ReportPassedUp")
PASSED_DOWN = Occasion("DispatchPassedDown")
BODY_ANSWERED = Occasion("TransferringBodyAnswered", When.IN_WRITING)
MEDIUM_ANSWERED = Occasion("MediaAnswered")
CLOSED = Occasion("CaseClosed")
WITHDRAWN = Occasion("CaseWithdrawn")
RECEIVED_AGAIN = Occasion("ReceiptAdded")
AUTHORITY_CHECKED = Occasion("AuthorityChecked")
SPEAKERS_CHANGED = Occasion("RepresentativeChanged")
AUTHORITY_OVER = Occasion("DutiesAdded", When.AUTHORITY_ENDED)
EVIDENCE_ADDED = Occasion("EvidenceAdded", When.BY_ANOTHER)
FOUND_INFECTED = Occasion("EvidenceScanned", When.INFECTED)
AGENT_NAMED = Occasion("AgentNamed")
REVIEW_OWED = (
    Occasion("SatisfactionRecorded", When.OPENS_REVIEW), SETTLED, REROUTED, ESCALATED, REASSIGNED, AGENT_NAMED,
    DECISION_REVISED,
)  # fmt: skip
"""What opens a review from above, or moves it."""
CONTACTED = Occasion("CustomerContacted", When.BY_ANOTHER)
OVERRUN_REASON = Occasion("OverrunReasonReported")
APPROVAL_REQUESTED = Occasion("ApprovalRequested")
APPROVAL_GRANTED = Occasion("ApprovalGranted")
APPROVAL_REFUSED = Occasion("ApprovalRefused")
APPROVAL_WITHDRAWN = Occasion("ApprovalRequestWithdrawn")
FELL_BACK = Occasion("RoutingFellBack")
LETTER_FAILED = Occasion("MessageFailed")
RECOMPUTED = Occasion("ClockRecomputed", When.MOVES_TOLD_DATE)
ASSISTANCE_ASKED = Occasion("AssistanceRequested")
ASSISTED = Occasion("AssistanceGiven")
ACTION_OPENED = Occasion("CorrectiveActionOpened")
SUGGESTED = Occasion("SuggestionPassedUp")
SUGGESTION_ANSWERED = Occasion("SuggestionAnswered")
RECEIPT_CORRECTED = Occasion("ReceiptCorrected")
SETTLED_AT_RECEIPT = Occasion("SettledOnTheSpot", When.AT_RECEIPT)
ASKED_AT_RECEIPT = Occasion("ApprovalRequested", When.AT_RECEIPT)
REFUSED_AT_RECEIPT = Occasion("CommandRefused", When.REFUSED_AT_RECEIPT)
_ONLY_DUTIES = ("DutiesAdded", "OverrunExplained", "NegotiationPlanAnswered")
GIVES_DUTIES = (
    REROUTED, ESCALATED, CONTACTED, SETTLED, DECIDED, DECISION_REVISED, PASSED_DOWN, AUTHORITY_CHECKED,
    SPEAKERS_CHANGED, *(Occasion(event, When.OPENS_DUTIES) for event in _ONLY_DUTIES),
)  # fmt: skip
"""What can make somebody owe something of which no other letter tells him."""
TAKES_DUTIES = (
    REROUTED, REASSIGNED, ESCALATED, AGENT_NAMED, CLOSED, DECIDED, DECISION_REVISED, PASSED_DOWN, AUTHORITY_CHECKED,
    SPEAKERS_CHANGED, Occasion("NegotiationPlanAnswered", When.OPENS_DUTIES),
    *(Occasion(event, When.TAKES_DUTIES) for event in ("CaseReopened", "DutyWaived")),
)  # fmt: skip
"""What can take from somebody what he owed, undone, and is told him by no other letter in any case."""
FIRST_FACTS = (ROUTED, CLOCK_STARTED, SETTLED_AT_RECEIPT, ASKED_AT_RECEIPT, REFUSED_AT_RECEIPT)
"""What calls for the first letters, whichever of these comes last on the case."""
BRINGS_SPEAKERS = ("AuthorityChecked", "RepresentativeChanged", "ReceiptAdded")
"""The facts after which somebody may be told what he was not told before."""
