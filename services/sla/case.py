"""Sla keeps of a case what every service knows, its clocks, and what is still to be said about them."""

from typing import Any, Final, Literal, NamedTuple

from services.sla.clocks import Key, SlaClock
from services.sla.receipt_dates import ReceiptDates
from shared.case.core import CaseCore

Said = Literal["start", "met", "stop", "reclassify", "correct"]
"""What can be said of a clock."""
START: Final = "start"
MET: Final = "met"
STOP: Final = "stop"
RECLASSIFY: Final = "reclassify"
CORRECT: Final = "correct"
ENDS = (MET, STOP)
MOVES = (RECLASSIFY, CORRECT)
"""What computes a running clock anew."""
WIDTH = len(SlaClock._fields)


class ClockTodo(NamedTuple):
    """Says what is to be told of one clock since the event ``cause`` calls for it, until a clock's event answers it.

    ``at`` (seconds of the epoch) is when what the clock waited for happened. Of one that is started: the instant that
    was promised; since when a duty's time runs; when the bank's own was entered. ``ground``: why it no longer applies;
    ``after_breach``: the cause lies after the breach in the log. ``reason`` is the main reason by which the bank's own
    clock is started or computed anew, or by which its limit holds for an answer to a body. ``continues``: the clock of
    the former person of the unit, whose time it is. Of one that is corrected ``at`` is from when it counts.
    ``named``: the instant that a medium named (seconds of the epoch); None where none is named, or none any more.
    """

    cause: str
    what: Said
    key: Key
    at: float = 0.0
    ground: str = ""
    after_breach: bool = False
    reason: str | None = None
    continues: Key | None = None
    named: float | None = None


class SlaState(NamedTuple):
    """A case.

    ``round`` is the event since which the bank's own clock counts: the receipt, or the last reopening; ``since`` is
    the instant (seconds of the epoch). ``receipt``: the dates of the first receipt, as they stand.
    ``ends``: per kind of duty that this clock waits for, when what ended it happened (seconds of the epoch).
    ``asked_for``: per level of an answer to a body the day until which that body wants it.
    ``done_before``: per kind of duty the event that did it before a breach asked for it.
    ``rows`` holds the fields of one clock after the other: a tuple for each would take as much as they do.
    """

    core: CaseCore
    round: str
    since: float
    receipt: ReceiptDates
    rows: tuple[Any, ...] = ()
    todo: tuple[ClockTodo, ...] = ()
    ends: tuple[tuple[str, float], ...] = ()
    done_before: tuple[tuple[str, str], ...] = ()
    asked_for: tuple[tuple[str | None, str], ...] = ()

    @property
    def own(self) -> Key:
        """The bank's own clock, of this round."""
        return Key(self.round, None, None)

    @property
    def clocks(self) -> list[SlaClock]:
        """Every clock, in the order of starting."""
        return [SlaClock(*self.rows[at : at + WIDTH]) for at in range(0, len(self.rows), WIDTH)]

    def with_clock(self, clock: SlaClock) -> "SlaState":
        """The case with this clock, in the place of the one of the same key if there is one."""
        at = self._row_of(clock.key)
        return self._replace(rows=(*self.rows[:at], *clock, *self.rows[at + WIDTH :]))

    def clock(self, key: Key) -> SlaClock | None:
        """The clock, if it was started."""
        at = self._row_of(key)
        return SlaClock(*self.rows[at : at + WIDTH]) if at < len(self.rows) else None

    def _row_of(self, key: Key) -> int:
        """Where the clock's fields begin, or would begin."""
        rows, opened_by = self.rows, key.opened_by
        for at in range(0, len(rows), WIDTH):
            if rows[at] == opened_by and rows[at + 1].kind == key.kind and rows[at + 1].level == key.level:
                return at
        return len(rows)

    def awaited(self, key: Key) -> bool:
        """Whether a clock runs or is to be started, and nothing has ended it."""
        for todo in reversed(self.todo):
            if todo.key == key and todo.what not in MOVES:
                return todo.what == START
        clock = self.clock(key)
        return clock is not None and not clock.progress.settled

    def counted(self, key: Key) -> bool:
        """Whether a clock was started, or is still to be, and its end was not said yet."""
        clock = self.clock(key)
        if clock is not None:
            return not clock.progress.settled
        return any(todo.key == key and todo.what == START for todo in self.todo)

    def promised(self, key: Key) -> float | None:
        """The instant that a promise is for, whether its clock was started or is still to be; None if it has none."""
        clock = self.clock(key)
        if clock is not None:
            return clock.due_at
        return next((todo.at for todo in self.todo if todo.key == key and todo.what == START), None)

    def movable(self, key: Key) -> bool:
        """Whether a clock can still be moved: it was started, or is about to be, and was not judged."""
        clock = self.clock(key)
        return self.awaited(key) and (clock is None or clock.running)

    def breached(self, key: Key) -> bool:
        """Whether it was said of a clock that its limit was missed."""
        clock = self.clock(key)
        return clock is not None and clock.progress.state == "breached"

    def ending(self, key: Key) -> bool:
        """Whether the end of a clock is known and only has to be said."""
        return any(todo.key == key and todo.what in ENDS for todo in self.todo)

    def with_end(self, kind: str, at: float) -> "SlaState":
        """The case with when this kind of duty was ended."""
        return self._replace(ends=(*(end for end in self.ends if end[0] != kind), (kind, at)))

    def calls_for(self, todo: ClockTodo) -> "SlaState":
        """The case with one more thing to be said."""
        return self._replace(todo=(*self.todo, todo))
