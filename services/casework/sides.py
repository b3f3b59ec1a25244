"""Sides name everybody who may act in one part of a case, such as the handler's; declarations name those that may.

Who is on a side is found in ``rights``.
"""

from collections.abc import Container
from typing import Final, Literal, NamedTuple

from shared.case.duty_kinds import ANSWER_SUGGESTION, ASSIST, CORRECTIVE_ACTION

SideName = Literal[
    "handler", "handler_alone", "in_handlers_place", "accepting", "first_asked", "ladder", "head_of_handling_unit",
    "archivist", "closer", "debtor", "level", "answerer", "claimed_settler", "reviewer", "asker", "oneself",
    "assisting", "action_owner", "suggestion_office", "whoever_sees", "anybody",
]  # fmt: skip
"""The sides there are. "Handler" includes the agent but for ``handler_alone``.

``level``: whoever passes the case on, down or up; ``answerer``: whoever owes a body its answer. Where nobody owes
such a thing, those who would do it are told so.
"""
HANDLER: Final = "handler"
HANDLER_ALONE: Final = "handler_alone"
IN_HANDLERS_PLACE: Final = "in_handlers_place"
ACCEPTING: Final = "accepting"
FIRST_ASKED: Final = "first_asked"
LADDER: Final = "ladder"
HEAD_OF_HANDLING_UNIT: Final = "head_of_handling_unit"
ARCHIVIST: Final = "archivist"
CLOSER: Final = "closer"
DEBTOR: Final = "debtor"
LEVEL: Final = "level"
ANSWERER: Final = "answerer"
CLAIMED_SETTLER: Final = "claimed_settler"
REVIEWER: Final = "reviewer"
ASKER: Final = "asker"
ONESELF: Final = "oneself"
ASSISTING: Final = "assisting"
ACTION_OWNER: Final = "action_owner"
SUGGESTION_OFFICE: Final = "suggestion_office"
WHOEVER_SEES: Final = "whoever_sees"
ANYBODY: Final = "anybody"


KINDS_BESIDE: dict[str, SideName] = {
    ASSIST: ASSISTING, CORRECTIVE_ACTION: ACTION_OWNER, ANSWER_SUGGESTION: SUGGESTION_OFFICE,
}  # fmt: skip
"""What is owed beside the case, and on which side who owes it is. The owner of an action has no part in the case."""


class Side(NamedTuple):
    """A side names everybody who may act in a part.

    ``unit`` and ``debtor``: whom a superior acts for, None where nobody can.
    """

    name: SideName
    members: Container[str]
    unit: str | None = None
    debtor: str | None = None
    never: str | None = None


class Part(NamedTuple):
    """A part says on which side somebody acts, and for whom if he is the debtor's superior."""

    side: SideName
    acted_for: str | None = None
