"""The codes of events, as JSON. Written by ``python -m ops.previews.build_stored_events``."""

from typing import Literal

Way = Literal["email", "print"]
Reason = Literal[
    "work_error", "service_attitude", "internal_management", "service_product", "service_channel", "violation"
]
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
