"""A letter on its way is looked at again before each attempt: whether it may still leave, and is still true. Pure."""

from datetime import datetime
from typing import NamedTuple

from services.notify.addressing import Addressing
from services.notify.letters.kinds import DECLARED
from services.notify.letters.reasons import Why
from services.notify.needless import is_untrue
from services.notify.state import NotifyState
from shared.contract.envelope import Event
from shared.contract.events.notify import MessageSendStarted
from shared.kernel.service import Context


class NotNow(NamedTuple):
    """Says why a letter does not leave as things are now, and until when it is held; None: it never will."""

    why: Why
    held_until: datetime | None


def recheck(state: NotifyState, letter: MessageSendStarted, cause: Event, context: Context) -> NotNow | None:
    """Why a letter that was decided does not leave now; None where it may. ``cause`` is the fact that it answers."""
    kind, addressing = DECLARED[letter.kind], Addressing(state, cause, context)
    if (why := addressing.not_to(letter.recipient, kind)) is not None:
        return NotNow(why, addressing.held_until(why))
    found = next((one for one in kind.unless if is_untrue(one, state, cause, letter, context.now)), None)
    return NotNow(found.why, None) if found is not None else None
