"""The codes of events, as JSON. Written by ``python -m ops.previews.build_stored_events``."""

from typing import Literal

MessageKind = Literal[
    "acknowledgement",
    "written_notice",
    "warning_chaser",
    "target_chaser",
    "breach_notice",
    "explanation_chaser",
    "decision_notice",
    "settlement_notice",
    "not_accepted_notice",
    "closing_note",
    "withdrawal_confirmation",
    "result_report",
    "handover_cancelled",
    "escalation_notice",
    "duty_chaser",
]
Way = Literal["email", "print"]
Reason = Literal[
    "work_error", "service_attitude", "internal_management", "service_product", "service_channel", "violation"
]
ComplaintClass = Literal["ordinary", "complex"]
ReplyWay = Literal["phone", "letter", "sms", "email", "in_person", "in_book", "other"]
SatisfactionValue = Literal["satisfied", "mostly_satisfied", "dissatisfied", "not_reached", "declined"]
Level = Literal["normal", "hard", "major"]
RemedyOpen = Literal["review", "mediation", "arbitration", "litigation"]
Language = Literal["zh", "en"]
Reach = Literal["phone", "email", "sms", "post"]
OriginKind = Literal["none", "regulator", "pbc", "government", "consumer_body", "media"]
RemedyKind = Literal[
    "apology", "explanation", "refund", "compensation", "record_correction", "fee_waiver", "process_change", "other"
]
DutyState = Literal["open", "discharged", "waived"]
