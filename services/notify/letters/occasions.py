"""An occasion names a fact that calls for letters, and the condition under which it does. Pure."""

from datetime import UTC, datetime
from enum import Enum
from typing import NamedTuple

FROM_THE_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class When(Enum):
    """Says under which condition a fact calls for letters; the value tells it on the reference page."""

    ALWAYS = ""
    LAST_OF_THE_FIRST_TWO = "whichever comes second: routing, or the start of the clock to the reply"
    TO_ANOTHER_HANDLER = "if the case has another handler, and its clock runs"
    TO_ANOTHER_HANDLER_OR_OWED_ANEW = "if the case has another handler, or a notice is owed anew, and its clock runs"
    OWN_CLOCK = "of a clock that is no duty's"
    DUTYS_CLOCK = "of a duty's clock"


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
TARGET_PASSED = Occasion("TargetPassed", When.OWN_CLOCK)
CLOCK_BREACHED = Occasion("ClockBreached", When.OWN_CLOCK)
DUTY_BREACHED = Occasion("ClockBreached", When.DUTYS_CLOCK)
DECIDED = Occasion("DecisionMade")
SETTLED = Occasion("SettledOnTheSpot")
SETTLEMENT_DENIED = Occasion("SettlementDenied")
NOT_ACCEPTED = Occasion("CaseNotAccepted")
REPORTED = Occasion("ResultReported")
CLOSED = Occasion("CaseClosed")
WITHDRAWN = Occasion("CaseWithdrawn")
