"""The codes of events, as JSON. Written by ``python -m ops.previews.build_stored_events``."""

from typing import Literal

ReplyWay = Literal["phone", "letter", "sms", "email", "in_person", "in_book", "other"]
Authority = Literal["proved", "claimed"]
Relation = Literal["proxy", "guardian", "heir", "lawyer"]
Outcome = Literal["upheld", "partly_upheld", "not_upheld"]
RemedyOpen = Literal["review", "mediation", "arbitration", "litigation"]
MajorGround = Literal["many_people", "disaster", "accident", "public_health", "regulator", "other"]
Step = Literal["hand_over_to_general_office", "pass_down", "forward"]
PlanAnswer = Literal["accepted", "declined", "counter"]
PlanWay = Literal["phone", "in_person", "video", "letter", "email", "sms", "other"]
RemedyKind = Literal[
    "apology", "explanation", "refund", "compensation", "record_correction", "fee_waiver", "process_change", "other"
]
DropGround = Literal["not_a_complaint", "not_this_bank", "known_already", "advertising"]
Way = Literal["email", "sms", "messenger", "print"]
SubmissionState = Literal["acknowledged", "answered", "ended"]
EndedHow = Literal["closed", "withdrawn", "not_accepted"]
Reason = Literal[
    "work_error", "service_attitude", "internal_management", "service_product", "service_channel", "violation"
]
SatisfactionValue = Literal["satisfied", "mostly_satisfied", "dissatisfied", "not_reached", "declined"]
Level = Literal["normal", "hard", "major"]
ReviewOutcome = Literal["stands", "to_be_revised"]
Language = Literal["zh", "en"]
Reach = Literal["phone", "email", "sms", "post"]
OriginKind = Literal["none", "regulator", "pbc", "government", "consumer_body", "media"]
PreferredWay = Literal["phone", "letter", "sms", "email"]
InterpreterKind = Literal["language", "dialect", "sign"]
DutyState = Literal["open", "discharged", "waived"]
