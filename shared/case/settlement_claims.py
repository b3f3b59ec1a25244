"""A settlement in a receipt is the submitter's own act, or it is claimed of somebody else and waits for his word. Pure.

Nobody settles in another person's name: what a receipt claims of somebody counts once he says so himself (contract 1).
"""

from typing import Final

from shared.contract.events.stored.intake import ComplaintReceivedData
from shared.contract.subjects import person_of

CONFIRM_SETTLEMENT: Final = "confirm_settlement"
"""The kind of the duty that a claim opens."""


def settled_by(data: ComplaintReceivedData) -> str | None:
    """Tell who settled the matter by submitting this receipt; None where it is claimed of somebody else, or of nobody.

    Who names nobody as having taken the complaint down speaks for himself; a channel system cannot.
    """
    submitter, taker = person_of(data["submitter"]), data["received_by"]["person"]
    own = data["settlement"] is not None and taker in (None, submitter)
    return submitter if own else None


def is_claimed(data: ComplaintReceivedData) -> bool:
    """Tell whether the receipt claims that somebody else settled the matter."""
    return data["settlement"] is not None and settled_by(data) is None
