"""Says for each kind of timer what becomes of it when it is late, such as after an outage. Pure.

Most is said late, since it is a fact and others rest on it. A word that only helps beforehand is not said when it
helps nobody any more: what came of it says all.
"""

from datetime import datetime
from typing import Final, Literal, NamedTuple

FIRE: Final = "fire"
COALESCE: Final = "coalesce"
DROP: Final = "drop"
TARGET, BREACH, WARNING = "target", "breach", "warning:"
PUT_OFF, GIVEN_UP, MORNING, REMINDER = "put_off", "given_up", "morning", "reminder"
NOT_TAKEN: Final = "not_taken"
"""Also why a notice is given up: the channel system took it on none of the days on which it was tried."""
AUTHORITY_ENDED: Final = "authority_ended"
"""Also why the duty to check an authority is opened once more: the last day is over for which it was given."""


class LateTimer(NamedTuple):
    """What becomes of a timer that is late.

    ``fire``: it is said as late as it is. ``coalesce``: it is not said once ``into`` is due as well, which says it.
    ``drop``: it is not said any more once it helps nobody; where a fact has to say so, one does.
    """

    policy: Literal["fire", "coalesce", "drop"]
    into: str | None
    why: str


LATE_TIMERS: Final = {
    BREACH: LateTimer(FIRE, None, "a limit that passed has passed; the verdict does not rest on when it is said"),
    WARNING: LateTimer(COALESCE, BREACH, "it helps while there is time: the breach, or a later warning, says it"),
    TARGET: LateTimer(COALESCE, BREACH, "it says that the limit is still ahead"),
    PUT_OFF: LateTimer(COALESCE, GIVEN_UP, "who is told that a letter is given up need not be told that it is late"),
    GIVEN_UP: LateTimer(FIRE, None, "a letter that nobody took has failed; its duty is still owed"),
    MORNING: LateTimer(FIRE, None, "a letter that was held leaves once it may, if it is still true"),
    REMINDER: LateTimer(DROP, None, "nobody is reminded of a time that has come; a suppressed message says so"),
    NOT_TAKEN: LateTimer(FIRE, None, "a notice that no channel system took in its time is tried no more"),
    AUTHORITY_ENDED: LateTimer(FIRE, None, "an authority that ran out has to be proved again"),
}
"""Every kind of timer; that of a warning is a beginning, since warnings have names."""


def policy_of(kind: str) -> LateTimer:
    """What becomes of a timer of this kind that is late. Raises KeyError: nobody has said so."""
    return LATE_TIMERS[WARNING if kind.startswith(WARNING) else kind]


def is_said_by(kind: str, other: str, other_due: datetime, now: datetime) -> bool:
    """Whether a timer need not be said any more, since another one, that says it, is due as well.

    Of several warnings the last one says what the others would.
    """
    found, later_warning = policy_of(kind), kind.startswith(WARNING) and other.startswith(WARNING)
    return found.policy == COALESCE and (found.into == other or later_warning) and other_due <= now
