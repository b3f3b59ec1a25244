"""What became of the commands on a case: kept for ever, so the same command gets the same answer. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from services.casework.state import CaseworkState

REFUSED_WITHIN_SECONDS = 3600.0
"""For how long a refusal by rights is remembered of who was refused."""


class Outcome(NamedTuple):
    """An outcome answers a command: its events, or why it was refused.

    ``ordinal`` is the last event's, ``actor`` the first one's: whoever sent the command.
    ``approvers``: who may approve what was only asked for so far, by its one event; None where nobody has to.
    """

    name: str
    fingerprint: str
    events: tuple[tuple[str, str], ...]
    ordinal: int
    actor: str
    code: str | None = None
    pointers: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    approvers: tuple[str, ...] | None = None


class CaseOutcomes(NamedTuple):
    """This state holds a case with the outcomes of its commands by command id.

    ``case``: the case as casework knows it. ``duplicate``: whether it ended as a duplicate of another.
    ``forbidden``: who was refused by rights, and when that was recorded (in
    seconds of the epoch), of the last hour.
    """

    case: CaseworkState | None
    outcomes: Mapping[str, Outcome]
    duplicate: bool = False
    forbidden: tuple[tuple[str, float], ...] = ()
