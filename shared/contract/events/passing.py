"""Facts of a case that is passed on: down to the unit complained of, back up to those above, out to a medium."""

from typing import Literal

from shared.contract.events.base import EVERYBODY, CaseworkEvent, Identifier, PostAt, Sealed

Step = Literal["hand_over_to_general_office", "pass_down", "forward"]


class DispatchPassedDown(CaseworkEvent, heard_by=EVERYBODY):
    """A level of the bank passed the case on, to the next level, to the unit complained of, or to the general office.

    ``step``: the kind of the duty that it did. ``level``: the unit of the level that passed it on; ``to``: who has it
    from there.
    """

    step: Step
    level: Identifier
    to: PostAt
    words: Sealed | None = None


class ReportPassedUp(CaseworkEvent, heard_by=EVERYBODY):
    """A level of the bank passed the report of the result on to the next above it.

    ``last``: nobody passes it on any further. Where a unit of the bank had passed the complaint on, that unit has the
    bank's answer by it.
    """

    level: Identifier
    to: PostAt
    last: bool
    words: Sealed | None = None


class MediaAnswered(CaseworkEvent, heard_by=EVERYBODY):
    """A medium has the bank's answer, or hears how far the bank is (``interim``)."""

    kind: Literal["interim", "final"]
    outlet: Sealed
    words: Sealed
