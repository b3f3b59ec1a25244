"""The kinds of duties: how long there is time, what discharges them, what they hold up. One truth for all services.

Who owes a duty on which channel stands in the routing rules (contract 3); this table says everything that
does not depend on the channel.
"""

from dataclasses import dataclass
from typing import Literal

Unit = Literal["business_hours", "working_days"]
HANDLER_KINDS = frozenset({"accept_handover", "contact_customer", "handle", "reply_customer", "report_result"})
"""What the handler owes: these duties move when the case gets another handler."""
CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Limit:
    """The time there is for a duty, from when it was opened."""

    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class DutyKind:
    """One kind of duty.

    ``discharged_by``: the event types that can discharge it; which of its duties a fact discharges is decided
    where it is recorded. ``closing``: the case cannot be closed while it is open. ``personal``: a new handler owes
    it anew, whatever the former one did. ``waivable``: somebody may let it go (never reports and answers).
    """

    discharged_by: frozenset[str]
    limit: Limit | None = None
    closing: bool = True
    personal: bool = False
    waivable: bool = False


def _kind(*discharged_by: str, **more: object) -> DutyKind:
    return DutyKind(frozenset(discharged_by), **more)  # type: ignore[arg-type]


ONE_WORKING_DAY = Limit(1, "working_days")
FOUR_BUSINESS_HOURS = Limit(4, "business_hours")

KINDS: dict[str, DutyKind] = {
    "acknowledge_customer": _kind(
        "ComplaintReceived", "MessageSent", "CustomerContacted", "SettledOnTheSpot", waivable=True
    ),
    "deliver_written_notice": _kind("MessageSent", "DeliveryRecorded", "HandoverAccepted", personal=True),
    "deliver_supervision_form": _kind("MessageSent", "DeliveryRecorded", personal=True),
    "accept_handover": _kind(
        "HandoverAccepted", "HandoverRefused", "SettledOnTheSpot", limit=FOUR_BUSINESS_HOURS, personal=True
    ),
    "contact_customer": _kind(
        "CustomerContacted", "CustomerReplied", "SettledOnTheSpot", limit=ONE_WORKING_DAY, waivable=True
    ),
    "pass_down": _kind("DispatchPassedDown", limit=FOUR_BUSINESS_HOURS),
    "forward": _kind("DispatchPassedDown", limit=FOUR_BUSINESS_HOURS),
    "hand_over_to_general_office": _kind("DispatchPassedDown", limit=FOUR_BUSINESS_HOURS),
    "verify": _kind("InvestigationRecorded"),
    "handle": _kind("DecisionMade", "SettledOnTheSpot"),
    "reply_customer": _kind("CustomerReplied", "MessageSent", "SettledOnTheSpot"),
    "respond_media": _kind("MediaAnswered"),
    "report_result": _kind("ResultReported", "SettledOnTheSpot"),
    "report_up": _kind("ResultReported", "ReportPassedUp", limit=FOUR_BUSINESS_HOURS),
    "answer_transferring_body": _kind("TransferringBodyAnswered", "ReportPassedUp"),
    "report_overrun_reason": _kind("OverrunReasonReported", limit=ONE_WORKING_DAY),
    "explain_overrun": _kind("OverrunExplained", limit=ONE_WORKING_DAY),
    "track_result": _kind("ResultTracked"),
    "archive": _kind("CaseArchived", limit=Limit(5, "working_days"), closing=False),
    "classify": _kind("ComplaintClassified", limit=ONE_WORKING_DAY),
    "determine_unit": _kind("ComplainedUnitDetermined"),
    "promise": _kind("CustomerContacted", "CustomerReplied", "SettledOnTheSpot", waivable=True),
}
"""Every kind that anybody can owe so far."""

INTERNAL_CLOCK = ("reply_customer", "respond_media", "report_result", "report_up", "answer_transferring_body")
"""The bank's own clock is met when the last of these that the case has is ended; with none of them, by ``handle``."""

SURVIVE_WITHDRAWAL = frozenset({"answer_transferring_body", "archive"})
SURVIVE_REFUSAL = SURVIVE_WITHDRAWAL | {"reply_customer"}
"""What is still owed after CaseWithdrawn, and after CaseNotAccepted (order 2020 no. 3, art. 15; contract 3)."""
REOPENED = ("contact_customer", "handle", "reply_customer", "report_result", "track_result", "archive")
"""What CaseReopened opens anew."""
