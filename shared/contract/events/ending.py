"""Facts about the end of a case: withdrawn, not accepted, closed, archived, and reopened after all."""

from datetime import date
from typing import ClassVar, Literal

from shared.contract.codes import ReplyWay
from shared.contract.events.base import EVERYBODY, CaseworkEvent, Identifier, Instant, Sealed


class CaseWithdrawn(CaseworkEvent, heard_by=EVERYBODY):
    """The complainant withdrew: the procedure ends the day the withdrawal arrives (order 2020 no. 3, art. 15).

    Version 2 says by whom, of a joint complaint: the names of its representatives as they stand.
    """

    version: ClassVar[int] = 2

    received_at: Instant
    way: ReplyWay
    by: tuple[Sealed, ...] = ()


class CaseNotAccepted(CaseworkEvent, heard_by=EVERYBODY):
    """It is not handled as a complaint; the sender is told where to go, is answered, or is thanked.

    Version 2 knows further grounds, names the case that has the same matter by its number, and needs nobody's approval
    for thanks and answers.
    """

    version: ClassVar[int] = 2

    ground: Literal[
        "not_the_complainant", "not_a_complaint", "not_this_bank", "same_without_new_facts",
        "inquiry", "praise", "duplicate", "entered_by_mistake",
    ]  # fmt: skip
    signpost: Sealed
    of_case: str | None = None
    approved_by: Identifier | None = None


class CaseClosed(CaseworkEvent, heard_by=EVERYBODY):
    """Nothing is owed on the case any more but its archiving."""


class CaseArchived(CaseworkEvent, heard_by=EVERYBODY):
    """The case lies in the archive."""

    place: Sealed
    retain_until: date


class CaseReopened(CaseworkEvent, heard_by=EVERYBODY):
    """The matter is not settled after all: contact, handling, reply, report, tracking and archiving are owed anew."""

    ground: Sealed
    received_at: Instant
