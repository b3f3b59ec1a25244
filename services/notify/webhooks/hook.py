"""The hook of a case keeps which channel system is told how its submission stands, and what it is still owed. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from shared.contract.events.notify import EndedHow, SubmissionState

WEBHOOKS: Final = "webhooks"
"""The key under which the cases stand of which a channel system is still owed a notice."""
TRIED_FOR = timedelta(days=4)
"""How long a notice is tried: Standard Webhooks advises some three days, and a long weekend is longer."""
AGREED, SETTLED = "WebhookAgreed", frozenset({"WebhookDelivered", "WebhookGivenUp"})
REACHED_BY = frozenset(
    {"ComplaintReceived", "CaseRouted", "MessageSent", "CustomerContacted", "CustomerReplied", "SettledOnTheSpot",
     "DeliveryRecorded", "DutyWaived", "CaseReopened", "CaseWithdrawn", "CaseNotAccepted", "CaseClosed", AGREED}
)  # fmt: skip
"""The facts by which a submission reaches a state that its channel system is told of, or leaves it again."""
FACTS = REACHED_BY | SETTLED


class Notice(NamedTuple):
    """Says that a submission has reached a state, when, in seconds of the epoch, and how it ended if it did."""

    id: str
    state: SubmissionState
    how: EndedHow | None
    at: float


class Hook(NamedTuple):
    """Keeps who submitted the case, the states that are known to be reached, and the notices that are still owed.

    ``agreed``: the system has a webhook; until notify has answered for the first time nobody has said so.
    """

    system: str
    case_number: str
    agreed: bool = False
    reached: tuple[SubmissionState, ...] = ()
    owed: tuple[Notice, ...] = ()


def given_up_at(notice: Notice) -> float:
    """When a notice is given up that nobody took, in seconds of the epoch."""
    return notice.at + TRIED_FOR.total_seconds()


def reached_at(notice: Notice) -> datetime:
    """When the state was reached."""
    return datetime.fromtimestamp(notice.at, UTC)
