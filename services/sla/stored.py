"""How sla's cases are written down in its store; what they have in common is one object when read again."""

from itertools import chain
from typing import NamedTuple

from services.sla.boxes import BoxState
from services.sla.calendars_used import CalendarUsed
from services.sla.case import ClockTodo, SlaState
from services.sla.clocks import Key, Progress, SlaClock, Terms
from services.sla.receipt_dates import ReceiptDates
from shared.case.core import COMMON, CaseCore
from shared.kernel.service import Shape, Stored


class SlaRow(NamedTuple):
    """A case as it is written down, field by field that of ``SlaState``: in ``rows`` each clock has its type."""

    core: CaseCore
    round: str
    since: float
    receipt: ReceiptDates
    rows: tuple[SlaClock, ...]
    todo: tuple[ClockTodo, ...]
    ends: tuple[tuple[str, float], ...]
    done_before: tuple[tuple[str, str], ...]
    asked_for: tuple[tuple[str | None, str], ...]

    @classmethod
    def of(cls, state: SlaState) -> "SlaRow":
        """How a case is written down."""
        return cls(*state._replace(rows=tuple(state.clocks)))

    def state(self) -> SlaState:
        """The case as it was written down."""
        return SlaState(*self[:4], tuple(chain.from_iterable(self.rows)), *self[5:])


STORED = Stored(
    version=1,
    case=Shape(SlaRow, (*COMMON, Terms, Progress, ReceiptDates, Key), SlaRow.of, SlaRow.state),
    beside=Shape(BoxState),
    key=CalendarUsed | str,
)
"""Raise the version whenever ``evolve`` makes another state of the same events: each store is folded anew then."""
