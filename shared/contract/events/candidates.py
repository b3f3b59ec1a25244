"""Facts about candidates: what somebody found in a medium or a network, and whether it is a complaint."""

from typing import Literal

from shared.contract.channels import ChannelCode
from shared.contract.events.base import NOBODY, Identifier, Instant, Sealed
from shared.contract.events.intake import IntakeEvent

DropGround = Literal["not_a_complaint", "not_this_bank", "known_already", "advertising"]


class CandidateReported(IntakeEvent, heard_by=NOBODY):
    """Somebody, or a system, found what may be a complaint in a medium or a network. It is no case.

    ``unit``: for which unit it was found, and whose people confirm or drop it.
    """

    candidate: Identifier
    channel: ChannelCode
    unit: Identifier
    found_at: Instant
    outlet: Sealed
    url: Sealed | None = None
    author: Sealed | None = None
    words: Sealed


class CandidateDropped(IntakeEvent, heard_by=NOBODY):
    """A person looked at a candidate and says why it is no complaint to take in. It stays in the log."""

    candidate: Identifier
    ground: DropGround
    words: Sealed | None = None


class CandidateConfirmed(IntakeEvent, heard_by=NOBODY):
    """A person took a candidate in as a complaint: the receipt of this case names it in its details."""

    candidate: Identifier
    case_id: Identifier
    case_number: str
