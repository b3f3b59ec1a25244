"""An authority that was given until a day is only claimed again once that day is over in the bank. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from services.routing.state import RoutingState
from shared.case.late_timers import AUTHORITY_ENDED
from shared.case.speakers import CHECK_AUTHORITY, PROVED
from shared.contract.events.base import DutyOpened, PostAt
from shared.contract.events.routing import DutiesAdded
from shared.contract.ids import duty_id
from shared.kernel.service import NoLongerDue, Timer

TIMED: Final = frozenset({"AuthorityChecked", "RepresentativeChanged", "CaseReopened"})
"""After these an authority may run out at another instant, or its having run out may matter again."""


def timers(case: str, state: RoutingState) -> Iterator[Timer]:
    """The end of a proved authority, while the case is worked on; a case that is reopened may find it in the past."""
    core, speakers = state.core, state.core.speakers
    if speakers is None or speakers.ends_at is None or speakers.authority != PROVED:
        return
    if core.accepting is not None and not core.ended:
        yield Timer(case, state.receipt_id, AUTHORITY_ENDED, datetime.fromisoformat(speakers.ends_at))


def ended(state: RoutingState, timer: Timer, opened_by: str) -> DutiesAdded:
    """Somebody has to look at the authority again. Raises NoLongerDue: it was looked at, or the case has ended."""
    place = state.core.accepting
    if place is None or timer not in timers(timer.case, state):
        raise NoLongerDue(f"no authority on {timer.case} runs out at {timer.due_at.isoformat()} any more")
    debtor = PostAt(unit=place.unit, post=str(place.post), person=place.person)
    owed = DutyOpened(id=duty_id(opened_by, CHECK_AUTHORITY, None), kind=CHECK_AUTHORITY, debtor=debtor, creditor=None)
    return DutiesAdded(duties_opened=(owed,), reason=AUTHORITY_ENDED)
