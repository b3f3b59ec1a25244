"""Codes that events and the bodies of calls have in common, each list once."""

from typing import Literal

RemedyKind = Literal[
    "apology", "explanation", "refund", "compensation", "record_correction", "fee_waiver", "process_change", "other"
]
SatisfactionValue = Literal["satisfied", "mostly_satisfied", "dissatisfied", "not_reached", "declined"]
Fault = Literal["responsible", "misunderstanding", "beyond_service"]
"""Where an investigation sees the fault: said of staff, so it is sealed wherever it is kept."""
ReplyWay = Literal["phone", "letter", "sms", "email", "in_person", "in_book", "other"]
