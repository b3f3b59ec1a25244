"""Facts of second looks at a case, by casework: a decision revised, a case flagged as major."""

from typing import Literal

from shared.contract.events.base import EVERYBODY, CaseworkEvent, Instant, Sealed
from shared.contract.events.casework import Outcome, RemedyOpen
from shared.contract.events.settlement import Remedy

MajorGround = Literal["many_people", "disaster", "accident", "public_health", "regulator", "other"]


class DecisionRevised(CaseworkEvent, heard_by=EVERYBODY):
    """The decision was wrong and is another one now: the customer is owed the answer anew. What was judged stays so.

    ``ground``: why, for the bank; ``what_changed``: what was wrong and what is right now, for the customer. The rest is
    the whole decision as it is now. ``content_fingerprint``: as in DecisionMade.
    """

    ground: Sealed
    what_changed: Sealed
    outcome: Outcome
    findings: Sealed
    grounds: Sealed
    decision: Sealed
    remedies_offered: tuple[Remedy, ...] = ()
    remedies_open: tuple[RemedyOpen, ...]
    content_fingerprint: str | None = None


class MajorFlagged(CaseworkEvent, heard_by=EVERYBODY):
    """The complaint is a major one: its level is so, and it is routed again, to somebody from deputy president up.

    ``next_report_at``: when the president's office hears again, where that was said.
    """

    ground: MajorGround
    words: Sealed
    next_report_at: Instant | None = None
