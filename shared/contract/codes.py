"""Codes that events and the bodies of calls have in common, each list once."""

from typing import Literal

Reason = Literal[
    "work_error", "service_attitude", "internal_management", "service_product", "service_channel", "violation"
]
"""The six reasons of a complaint (article 3)."""
RemedyKind = Literal[
    "apology", "explanation", "refund", "compensation", "record_correction", "fee_waiver", "process_change", "other"
]
PlanWay = Literal["phone", "in_person", "video", "letter", "email", "sms", "other"]
"""The ways in which bank and customer can carry on a negotiation."""
PlanAnswer = Literal["accepted", "declined", "counter"]
SatisfactionValue = Literal["satisfied", "mostly_satisfied", "dissatisfied", "not_reached", "declined"]
Fault = Literal["responsible", "misunderstanding", "beyond_service"]
"""Where an investigation sees the fault: said of staff, so it is sealed wherever it is kept."""
ReplyWay = Literal["phone", "letter", "sms", "email", "in_person", "in_book", "other"]
