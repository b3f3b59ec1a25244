"""An opinion box is reviewed on each working day before it closes; a review that is missed is said once. Pure.

A box is no case: what happens to it has a subject of its own, and whether a review is owed rests on reference data.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from shared.bank.boxes import DAY, BoxHistory
from shared.bank.in_force import bank_calendar
from shared.bank.reference import Reference
from shared.contract.envelope import Event
from shared.contract.events.sla import BoxReviewMissed
from shared.contract.events.stored.intake import OpinionBoxReviewedData
from shared.contract.events.stored.sla import BoxReviewMissedData
from shared.contract.ids import box_subject, box_unit, derived
from shared.kernel.service import Context, Fact, NoLongerDue, ReferenceTrigger

FOLDS = frozenset({"OpinionBoxReviewed", "BoxReviewMissed"})
UNREVIEWED: Final = "unreviewed"
"""The key under which the boxes stand whose last review that was owed is missing."""
LOOKED_BACK = timedelta(days=366)
"""Nobody notices after a year that a review was missed: so long the clocks may have been down."""


class BoxState(NamedTuple):
    """Keeps the days of a box: those reviewed in time, those reviewed late, and those whose review was missed.

    Days are ordinals of the calendar, in the order in which they were told.
    """

    kept: tuple[int, ...] = ()
    late: tuple[int, ...] = ()
    missed: tuple[int, ...] = ()

    @property
    def unreviewed(self) -> bool:
        """Whether nobody has looked into the box since the last review that was missed."""
        return bool(self.missed) and max((*self.kept, *self.late), default=0) < max(self.missed)


def evolve(state: BoxState | None, event: Event) -> BoxState:
    """The box after an event of ``FOLDS``; of several reviews of one day the first counts."""
    state = state or BoxState()
    if event.name == "BoxReviewMissed":
        missed: BoxReviewMissedData = event.data
        return state._replace(missed=(*state.missed, date.fromisoformat(missed["date"]).toordinal()))
    reviewed: OpinionBoxReviewedData = event.data
    day = date.fromisoformat(reviewed["date"]).toordinal()
    if day in state.kept or day in state.late:
        return state
    return state._replace(late=(*state.late, day)) if reviewed["late"] else state._replace(kept=(*state.kept, day))


def keys(state: BoxState) -> tuple[str, ...]:
    """Under what a box is found: whether somebody has to look into it."""
    return (UNREVIEWED,) if state.unreviewed else ()


def dump(state: BoxState) -> dict[str, Any]:
    """What a rebuild has to reproduce."""
    return {name: [date.fromordinal(day).isoformat() for day in sorted(getattr(state, name))] for name in state._fields}


def subjects(reference: Reference) -> Iterable[str]:
    """Every box there is or was. Raises NotYet."""
    return map(box_subject, BoxHistory.of(reference).units())


def next_closing(reference: Reference, now: datetime) -> datetime | None:
    """When the next of the boxes closes, or is put up. Raises NotYet."""
    history = BoxHistory.of(reference)
    today = history.files[-1].organisation.day.date_of(now)
    found: list[datetime] = []
    for unit in history.units():
        days = (today, today + DAY, history.since(unit))
        closings = (history.closing(unit, day) for day in days if day >= today)
        found += [at for at in closings if at is not None and at > now]
    return min(found, default=None)


def stale(subject: str, state: BoxState | None, reference: Reference, now: datetime) -> Iterator[ReferenceTrigger]:
    """The days whose review is missing and was not told missing yet, oldest first. Raises NotYet."""
    history, unit, known = BoxHistory.of(reference), box_unit(subject), state or BoxState()
    today = history.files[-1].organisation.day.date_of(now)
    after = date.fromordinal(max(known.missed)) + DAY if known.missed else date.min
    day, told = max(history.since(unit), after, today - LOOKED_BACK), {*known.kept, *known.missed}
    while day <= today:
        done = day.toordinal() in told
        if not done and (at := owed(history, unit, day, reference)) is not None and at <= now:
            yield ReferenceTrigger(derived("box-review", unit, day.isoformat()), subject, day.isoformat())
        day += DAY


def owed(history: BoxHistory, unit: str, day: date, reference: Reference) -> datetime | None:
    """Until when a review of a day is owed: of a working day on which the box hung there; None where none is.

    What was over when the first organisation was published here is owed to nobody. Raises NotYet.
    """
    at = history.closing(unit, day)
    if at is None or at < history.first or not bank_calendar(reference, at).calendar.is_working_day(day):
        return None
    return at


def decide(state: BoxState | None, trigger: ReferenceTrigger, context: Context) -> Sequence[Fact]:
    """A review was missed. Raises NoLongerDue: it was done in time, was told already, or is not owed; NotYet."""
    unit, day = box_unit(trigger.case), date.fromisoformat(trigger.about)
    at, known = owed(BoxHistory.of(context.reference), unit, day, context.reference), state or BoxState()
    if at is None or at > context.now or day.toordinal() in (*known.kept, *known.missed):
        raise NoLongerDue(f"the review of the box of {unit} for {day} is not missing")
    version = bank_calendar(context.reference, at).calendar.version(day, day)
    return [Fact(BoxReviewMissed(unit=unit, date=day, due_at=at, calendar=version), happened_at=at)]
