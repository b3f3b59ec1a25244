"""A clock of sla is kept small, and what clocks have in common is one object. Pure."""

from collections.abc import Iterator
from datetime import datetime
from sys import intern
from typing import NamedTuple

from shared.bank.bank_day import instant_of
from shared.case.duties import once
from shared.case.late_timers import BREACH, TARGET, WARNING, is_said_by
from shared.contract.events.stored.sla import ClockMetData, ClockRecomputedData, ClockStartedData
from shared.contract.ids import clock_id, duty_id

Point = tuple[str, float]
"""Something that falls due on a clock: its kind and the instant, in seconds of the epoch."""


class Key(NamedTuple):
    """Which clock of a case: the event that opened the duty, its kind and level.

    ``kind`` is None for the bank's own clock; it is opened by the receipt, and by every reopening anew.
    """

    opened_by: str
    kind: str | None
    level: str | None

    @property
    def duty_id(self) -> str | None:
        """The duty's id; None for the bank's own clock."""
        return duty_id(self.opened_by, self.kind, self.level) if self.kind is not None else None

    def clock_id(self, pack: str, milestone: str) -> str:
        """The clock's id: from what it runs on, its pack and milestone."""
        return clock_id(self.duty_id or self.opened_by, pack, milestone)


class Terms(NamedTuple):
    """What a clock's limit says; shared by all clocks with the same days. ``points`` fall due before the breach.

    ``kind`` and ``level`` are those of the duty; both are None for the bank's own clock.
    """

    kind: str | None
    level: str | None
    milestone: str
    pack: str
    pack_version: str
    calendar_version: str
    complaint_class: str | None
    reasons: tuple[str, ...]
    length: tuple[int, str] | None
    due_on: str
    target_on: str | None
    provisional: bool
    points: tuple[Point, ...]


class Progress(NamedTuple):
    """How far a clock is. ``settled``: it was met or stopped; a breached one stays ``breached`` all the same.

    ``fired`` is all that ever fired, also under a limit that was computed anew since: the same point of the same clock
    is said once.
    """

    state: str = "running"
    settled: bool = False
    fired: tuple[Point, ...] = ()
    in_time: bool | None = None


RUNNING = once(Progress())


class SlaClock(NamedTuple):
    """A clock. Instants are seconds of the epoch; ``counted_from`` is kept only while it runs."""

    opened_by: str
    terms: Terms
    counted_from: float
    due_at: float
    progress: Progress = RUNNING
    met_at: float | None = None

    @property
    def key(self) -> Key:
        """Which clock of its case it is."""
        return Key(self.opened_by, self.terms.kind, self.terms.level)

    @property
    def id(self) -> str:
        """The id that its events name."""
        return self.key.clock_id(self.terms.pack, self.terms.milestone)

    @property
    def running(self) -> bool:
        """Whether its limit can still be kept, missed or moved."""
        return self.progress.state == "running"

    def pending(self) -> Iterator[Point]:
        """What is still to fire while it runs. A warning is not, once a later one of the same limit was said."""
        fired = self.progress.fired
        points = self.terms.points
        said = (
            max((at for at, point in enumerate(points) if point in fired and _warns(point)), default=-1)
            if fired
            else -1
        )
        for at, point in enumerate(points):
            if point not in fired and not (at < said and _warns(point)):
                yield point
        yield (BREACH, self.due_at)

    def says_it(self, kind: str, due_at: datetime, now: datetime) -> str | None:
        """What is due by now as well and says all that a point of this clock would say; None if nothing does."""
        later = [(BREACH, self.due_at)]
        if kind.startswith(WARNING):
            later += [point for point in self.terms.points if _warns(point) and point[1] > due_at.timestamp()]
        return next((other for other, at in later if is_said_by(kind, other, instant_of(at), now)), None)

    def covers(self, reason: str | None) -> bool:
        """Whether its limit holds for a complaint with this main reason; without one it does."""
        return reason is None or reason in self.terms.reasons


def _warns(point: Point) -> bool:
    return point[0].startswith(WARNING)


def clock_of(key: Key, data: ClockStartedData | ClockRecomputedData) -> SlaClock:
    """The clock that a ClockStarted or ClockRecomputed describes."""
    deadline = data["deadline"]
    points = [(intern(WARNING + w["name"]), seconds(w["at"])) for w in deadline["warnings"]]
    if deadline["target_at"] is not None:
        points.append((TARGET, seconds(deadline["target_at"])))
    length, target_on = deadline["length"], deadline["target_on"]
    complaint_class = deadline["complaint_class"]
    terms = Terms(
        key.kind,
        key.level,
        intern(data["milestone"]),
        intern(deadline["pack"]["id"]),
        intern(deadline["pack"]["version"]),
        intern(deadline["calendar"]["version"]),
        intern(complaint_class) if complaint_class else None,
        tuple(intern(reason) for reason in deadline["reasons"]),
        (length["amount"], intern(length["unit"])) if length else None,
        intern(deadline["due_on"]),
        intern(target_on) if target_on else None,
        deadline["provisional"],
        tuple(sorted(points, key=lambda point: point[1])),
    )
    due_at = seconds(deadline["due_at"])
    if length is not None and length["unit"] == "working_days":
        due_at = once(due_at)  # many cases are due at the end of one day
    return SlaClock(key.opened_by, once(terms), seconds(deadline["received_at"]), due_at)


def without_past(clock: SlaClock, entered_at: float) -> SlaClock:
    """The clock without the points that speak of a date gone by when the case was entered: nobody is chased for it."""
    past = {TARGET} if clock.due_at > entered_at else {point[0] for point in clock.terms.points}
    points = tuple(point for point in clock.terms.points if point[1] > entered_at or point[0] not in past)
    return clock._replace(terms=once(clock.terms._replace(points=points)))


def recomputed(clock: SlaClock, data: ClockRecomputedData) -> SlaClock:
    """The new deadline; what fired under the old one does not fire again, except at other instants of a later limit."""
    fresh = clock_of(clock.key, data)
    fired = {kind for kind, _ in clock.progress.fired}
    if fired and fresh.due_at <= clock.due_at:
        left = tuple(point for point in fresh.terms.points if point[0] not in fired)
        fresh = fresh._replace(terms=once(fresh.terms._replace(points=left)))
    return fresh._replace(progress=clock.progress)


def fired(clock: SlaClock, kind: str) -> SlaClock:
    """The clock after one of its points, or its breach, which comes once and needs no instant."""
    before = clock.progress
    state = "breached" if kind == BREACH else before.state
    point = next((point for point in clock.terms.points if point[0] == kind), (intern(kind), 0.0))
    return clock._replace(progress=once(before._replace(state=state, fired=(*before.fired, point))))


def met(clock: SlaClock, data: ClockMetData) -> SlaClock:
    """The clock after what it waited for happened; a breach stays visible."""
    before = clock.progress
    state = "breached" if before.state == "breached" else "met"
    progress = once(before._replace(state=state, settled=True, in_time=data["in_time"]))
    return clock._replace(progress=progress, met_at=seconds(data["met_at"]), counted_from=0.0)


def stopped(clock: SlaClock) -> SlaClock:
    """The clock after it no longer applied; a breach stays visible."""
    before = clock.progress
    state = "breached" if before.state == "breached" else "stopped"
    return clock._replace(progress=once(before._replace(state=state, settled=True)), counted_from=0.0)


def seconds(instant: str) -> float:
    """An ISO instant as seconds of the epoch."""
    return datetime.fromisoformat(instant).timestamp()
