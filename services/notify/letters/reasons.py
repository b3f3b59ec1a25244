"""Reasons say why a letter that is due is not sent: what stands on record, and what declarations name. Pure."""

from enum import Enum
from typing import Literal

Why = Literal[
    "withdrawn", "anonymous", "not_reachable_by_email", "not_reachable_in_writing", "quiet_hours", "nobody_to_tell",
    "party_concerned", "no_email", "no_longer_needed", "already_told",
    "own_act", "left", "call_first", "authority_open", "authority_not_proved", "no_longer_speaks",
    "machine_wrote",
]  # fmt: skip
"""Why a letter that is due is deliberately not sent."""


class Needless(Enum):
    """Says why a letter is not needed although its occasion has come: the reason on record, and what it means."""

    def __init__(self, why: Why, what: str) -> None:
        self.why = why
        self.what = what

    CASE_OVER = "no_longer_needed", "the case was closed, not accepted or archived"
    ALREADY_TOLD = "already_told", "the handler has it, or it is on its way, and it is not owed anew"
    CLOCK_MET = "no_longer_needed", "what the clock to the reply waits for is done"
    OWN_ACT = "own_act", "its reader did it himself"
    DATE_STANDS = (
        "no_longer_needed",
        "its reader was told no date, or this very one; it has passed, or the answer is not owed any more",
    )
    FIRST_LETTER_SAYS = "already_told", "the first letters say so"
    NOT_SO_ANY_MORE = "no_longer_needed", "what it tells does not count any more, such as after a reopening"
    REVISED_SINCE = "no_longer_needed", "the decision that it tells was revised since"
    DECIDED_SINCE = "no_longer_needed", "what it tells is about an outcome that was revised since"
    CASE_OVER_OR_REVIEWED = "no_longer_needed", "the review is not owed any more"
    ABOUT_LETTERS = "no_longer_needed", "the letter that was refused said of another that it did not arrive"
    LONG_AGO = "no_longer_needed", "it was recorded more than five days before: it is no news, such as after an upgrade"
    MISTAKE = "nobody_to_tell", "it was entered by mistake: there is nobody who complained"
    CALL_FIRST = (
        "call_first",
        "the customer wants to be rung first: the handler is told",
    )
    NO_CALL_WISHED = "no_longer_needed", "nobody who may be told wants to be rung first, or the answer was given"
    NO_CLAIM = "no_longer_needed", "nobody speaks for the customer whose authority is only claimed"
    NOT_REFUSED = "no_longer_needed", "nobody speaks for the customer who could not prove that he may"
    AUTHORITY_LETTER_SAYS = "already_told", "the letter that asks for the proof of the authority says so"
    NOT_OWED = "already_told", "it is owed on other channels only, or was handed over"
    DUTIES_DONE = "no_longer_needed", "what its reader owed by it was done or let go meanwhile"
    OWED_AGAIN = "no_longer_needed", "its reader owes it again"
    DUTY_DONE = "no_longer_needed", "the duty was done or let go meanwhile"
    MACHINE_WROTE = (
        "machine_wrote",
        "a machine wrote the message, or may have: two would answer each other for ever",
    )
    PLAN_OVER = (
        "no_longer_needed",
        "the offer was answered or replaced, what was agreed on was replaced, its time has come, or the case is over",
    )
