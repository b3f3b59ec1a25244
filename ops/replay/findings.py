"""What deciding again has found, counted by type and unit, and how an event differs from what is decided now. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from shared.contract.envelope import Event

Verdict = Literal["same", "different", "new", "missing"]
"""``new``: decided now, and not in the log; ``missing``: in the log, and not decided now."""
VERDICTS: tuple[Verdict, ...] = ("same", "different", "new", "missing")
COMPARED = ("type", "time", "actor")
"""What of the envelope a decision says; the rest follows from where it stands."""


class DifferingField(NamedTuple):
    """A field that differs: its JSON pointer into the event, what the log holds, and what is decided now."""

    pointer: str
    logged: Any
    decided: Any


class Row(NamedTuple):
    """How many events of one service, type and unit were the same, different, new, missing."""

    service: str
    type: str
    unit: str
    same: int
    different: int
    new: int
    missing: int


class Difference(NamedTuple):
    """One event that is not the same. ``why``: why this code decides nothing there, or something else."""

    verdict: Verdict
    service: str
    type: str
    unit: str
    case: str
    event_id: str
    recordedtime: str
    fields: tuple[DifferingField, ...] = ()
    why: str | None = None


class NotDecided(NamedTuple):
    """Events that are not decided again, and why not."""

    why: str
    type: str
    events: int


class Findings(Struct):
    """What was found in one partition, or in all. ``told_of``: differences that are listed at most.

    ``waiting``: triggers that nobody has answered yet; ``held``: those that cannot be answered, by why; ``blocked``:
    cases that a service cannot read.
    """

    told_of: int
    counts: dict[tuple[str, str, str, str], int] = {}
    differences: list[Difference] = []
    untold: int = 0
    not_decided: dict[tuple[str, str], int] = {}
    waiting: int = 0
    held: dict[str, int] = {}
    blocked: int = 0

    def count(self, verdict: Verdict, event: Event, unit: str) -> None:
        """One event more."""
        key = (event.service, event.name, unit, verdict)
        self.counts[key] = self.counts.get(key, 0) + 1

    def tell(
        self, verdict: Verdict, event: Event, unit: str, fields: Iterable[DifferingField] = (), why: str | None = None
    ) -> None:
        """One event more that is not the same."""
        self.count(verdict, event, unit)
        if len(self.differences) >= self.told_of:
            self.untold += 1
            return
        service, case = event.service, event.subject
        self.differences.append(
            Difference(verdict, service, event.name, unit, case, event.id, event.recordedtime, tuple(fields), why)
        )

    def leave_out(self, event: Event, why: str) -> None:
        """One event that is not decided again."""
        key = why, event.name
        self.not_decided[key] = self.not_decided.get(key, 0) + 1

    def hold(self, why: str) -> None:
        """One trigger that cannot be answered."""
        self.held[why] = self.held.get(why, 0) + 1

    def add(self, other: "Findings") -> None:
        """Add what was found elsewhere."""
        self.counts = dict(Counter(self.counts) + Counter(other.counts))
        self.not_decided = dict(Counter(self.not_decided) + Counter(other.not_decided))
        self.held = dict(Counter(self.held) + Counter(other.held))
        left = max(0, self.told_of - len(self.differences))
        self.differences += other.differences[:left]
        self.untold += other.untold + len(other.differences[left:])
        self.waiting += other.waiting
        self.blocked += other.blocked

    def total(self, *verdicts: Verdict) -> int:
        """How many events have one of these verdicts."""
        return sum(count for (*_, verdict), count in self.counts.items() if verdict in verdicts)

    def rows(self) -> list[Row]:
        """The counts by service, type and unit."""
        keys = sorted({key[:3] for key in self.counts})
        return [Row(*key, *(self.counts.get((*key, verdict), 0) for verdict in VERDICTS)) for key in keys]

    def left_out(self) -> list[NotDecided]:
        """What is not decided again, the most of it first."""
        rows = sorted(self.not_decided.items(), key=lambda row: (-row[1], row[0]))
        return [NotDecided(why, type_, events) for (why, type_), events in rows]


def differing(logged: Event, again: Event, stored: Any) -> list[DifferingField]:
    """The fields in which an event of the log differs from what is decided now.

    ``stored``: its data as they were stored, where that was an older version: what its upcaster has filled in nobody
    decided, so it is not compared.
    """
    found = [
        DifferingField(f"/{name}", getattr(logged, name), getattr(again, name))
        for name in COMPARED
        if getattr(logged, name) != getattr(again, name)
    ]
    return [*found, *_between(logged.data, again.data, stored, "/data")]


def _between(logged: Any, again: Any, stored: Any, pointer: str) -> Iterator[DifferingField]:
    """``stored`` is ``logged`` itself where nothing was filled in."""
    if logged == again:
        return
    if isinstance(logged, dict) and isinstance(again, dict):
        for name in sorted({*logged, *again}):
            if isinstance(stored, dict) and name not in stored and stored is not logged:
                continue
            below = stored.get(name) if isinstance(stored, dict) else None
            kept = logged.get(name)
            yield from _between(kept, again.get(name), kept if stored is logged else below, f"{pointer}/{name}")
    elif isinstance(logged, list) and isinstance(again, list) and len(logged) == len(again):
        for at, (one, other) in enumerate(zip(logged, again, strict=True)):
            below = stored[at] if isinstance(stored, list) and at < len(stored) else None
            yield from _between(one, other, one if stored is logged else below, f"{pointer}/{at}")
    else:
        yield DifferingField(pointer, logged, again)
