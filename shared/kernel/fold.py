"""A fold applies one partition's records in order and keeps each case's state and what is owed on it.

A fold knows no Faust and no producer. It outlives sessions: when a partition comes back, its fold goes on
where it stopped. ``apply`` is the only place where anything leaves what is owed; ``forget`` lets go of what was
made from the state (timers, changes of reference data) once the state no longer calls for it.
"""

import asyncio
import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Any, Generic, TypeVar

import structlog

from shared.bank.reference import Reference
from shared.contract.envelope import SOURCE_PREFIX, Event, name_and_version
from shared.contract.events.base import CATALOGUE
from shared.contract.ids import event_id
from shared.contract.records import HEADER_CAUSATION, HEADER_ID, HEADER_SOURCE, HEADER_TYPE, Reader, Record
from shared.contract.upcasting import event_from
from shared.errors import Unreadable
from shared.kernel.packed_ids import PACKED_BYTES, contains, ordinal_of, packed
from shared.kernel.service import CommandTrigger, Folded, LogTrigger, ReferenceTrigger, ResultTrigger, Timer
from shared.log.progress import Progress, follow, one_by_one

log = structlog.get_logger()
S = TypeVar("S")


@dataclass(slots=True)
class FoldedCase(Generic[S]):
    """What a fold keeps of one case. ``seen`` and ``offsets`` are packed: eight bytes per event.

    ``basis`` is the id of its last event, as it stands in the record's header. ``wakes_at`` is the earliest instant
    at which the case's timers are looked at, in seconds of the epoch.
    """

    state: S | None
    basis: bytes
    seen: bytes
    offsets: bytes
    blocked: bool = False
    wakes_at: float = inf


class Fold(Generic[S]):
    """The prefix of one partition, folded for one service.

    ``owed``, ``due``, ``offered``, ``stale`` and ``results`` hold the work, by causation id, in the order it is to
    be done: log triggers in log order, timers in due order, commands as they came, decisions that reference data
    have overtaken, and what came back from outside.
    """

    def __init__(self, service: Folded[S], partition: int) -> None:
        self.service = service
        self.partition = partition
        self.source = (SOURCE_PREFIX + service.name).encode()
        self.cases: dict[str, FoldedCase[S]] = {}
        self.owed: dict[str, LogTrigger] = {}
        self.due: dict[str, Timer] = {}
        self.offered: dict[str, CommandTrigger] = {}
        self.stale: dict[str, ReferenceTrigger] = {}
        self.results: dict[str, ResultTrigger] = {}
        self.blocked: list[str] = []
        self.unreadable: list[tuple[Record, str]] = []
        self.progress = Progress()
        self.news = asyncio.Event()
        self._timers: list[tuple[float, str]] = []
        self._names: dict[bytes, str | None] = {}
        self._todo: tuple[dict[str, Any], ...] = (self.owed, self.due, self.offered, self.stale, self.results)

    # -- folding ---------------------------------------------------------------------------------

    def apply(self, record: Record) -> None:
        """Fold one record. Nothing else changes state, and nothing else takes away what is owed."""
        try:
            headers = record.headers
            id_, type_ = headers[HEADER_ID], headers[HEADER_TYPE]
            causation = headers[HEADER_CAUSATION].decode()
            own = headers[HEADER_SOURCE] == self.source
            packed_id = packed(id_)
        except (KeyError, ValueError) as error:
            self._block(record, f"its headers are not those of an event: {error!r}")
            return
        entry = self.cases.get(record.key)
        if entry is None:
            entry = self.cases[record.key] = FoldedCase(None, id_, b"", b"")
        elif contains(entry.seen, packed_id):
            return
        entry.seen += packed_id
        entry.basis = id_
        if own:
            self._answer(causation)
        if entry.blocked:
            return
        try:
            name = self._names[type_] if type_ in self._names else self._learn(type_)
            if name is None:
                return
            event = event_from(record)
            ordinal, basis = len(entry.seen) // PACKED_BYTES - 1, ordinal_of(entry.seen, event.basisid)
            self._fold(entry, event.at(ordinal, basis), record, name)
        except Exception as error:  # noqa: BLE001 - whatever it is, it blocks its case only
            self._block(record, repr(error))

    def _learn(self, type_: bytes) -> str | None:
        """The name of a type that the service folds, None for one that it does not hear; remembered.

        Raises:
            Unreadable: the catalogue does not know it; nothing is passed over in silence.
        """
        name, _ = name_and_version(type_.decode())
        if name not in CATALOGUE:
            raise Unreadable(f"{type_.decode()} is not known to this version of {self.service.name}")
        self._names[type_] = name if name in self.service.folds else None
        return self._names[type_]

    def _fold(self, entry: FoldedCase[S], event: Event, record: Record, name: str) -> None:
        service, before = self.service, entry.state
        since = service.reacts_to.get(name)
        owes = since is not None and event.recorded_at >= since and service.owes(before, event)
        after = service.evolve(before, event)
        for id_ in service.discharged(before, event):
            self.owed.pop(id_, None)
        entry.state = after
        if service.finds_events:
            entry.offsets += record.offset.to_bytes(8, "little")
        if owes:
            self.owed[event.id] = LogTrigger(event)
            self.news.set()
        if name in service.timed:
            self._schedule(record.key, entry)

    def _answer(self, causation: str) -> None:
        for todo in self._todo:
            todo.pop(causation, None)

    def _block(self, record: Record, why: str) -> None:
        entry = self.cases.get(record.key)
        if entry is None:
            entry = self.cases[record.key] = FoldedCase(None, b"", b"", b"")
        if not entry.blocked:
            entry.blocked = True
            self.blocked.append(record.key)
            self.unreadable.append((record, why))
            self.news.set()
            log.error("fold.case_blocked", case_id=record.key, offset=record.offset, service=self.service.name)

    # -- following the log -------------------------------------------------------------------------

    @property
    def position(self) -> int:
        """Everything before it is folded."""
        return self.progress.position

    async def follow(self, reader: Reader) -> None:
        """Fold what the reader brings, for ever. Cancelled when the partition goes away."""
        await follow(reader, self.progress, one_by_one(self.apply))

    # -- timers ------------------------------------------------------------------------------------

    def _schedule(self, case: str, entry: FoldedCase[S]) -> None:
        """See to it that the case is looked at when its next timer is due; too early is harmless, twice is not."""
        if entry.state is None:
            return
        if self.service.next_due is not None:
            first = self.service.next_due(entry.state)
        else:
            first = min([t.due_at.timestamp() for t in self.service.timers(case, entry.state)], default=None)
        if first is not None and first < entry.wakes_at:
            entry.wakes_at = first
            heapq.heappush(self._timers, (first, case))

    def next_due(self) -> float | None:
        """When the next timer may be due, in seconds of the epoch; perhaps early, never late."""
        return self._timers[0][0] if self._timers else None

    def tick(self, upto: datetime) -> None:
        """Put every timer due by ``upto`` into ``due``, in order of due time."""
        ripe: list[tuple[datetime, str, Timer]] = []
        limit = upto.timestamp()
        while self._timers and self._timers[0][0] <= limit:
            at, case = heapq.heappop(self._timers)
            entry = self.cases[case]
            if at == entry.wakes_at:  # else it was looked at earlier already
                ripe.extend(self._ripe(case, entry, upto))
        for _, id_, timer in sorted(ripe):
            self.due.setdefault(id_, timer)
        if ripe:
            self.news.set()

    def _ripe(self, case: str, entry: FoldedCase[S], upto: datetime) -> Iterator[tuple[datetime, str, Timer]]:
        """A case's timers that are due; it is looked at again when the next of the others is."""
        entry.wakes_at = inf
        if entry.state is None or entry.blocked:
            return
        for timer in self.service.timers(case, entry.state):
            if timer.due_at <= upto:
                yield timer.due_at, timer.id, timer
            else:
                entry.wakes_at = min(entry.wakes_at, timer.due_at.timestamp())
        if entry.wakes_at < inf:
            heapq.heappush(self._timers, (entry.wakes_at, case))

    # -- reference data ------------------------------------------------------------------------------

    def find_stale(self, reference: Reference, now: datetime) -> None:
        """Owe every decision again that would differ under the reference data as they are now."""
        for case, entry in self.cases.items():
            if entry.state is not None and not entry.blocked:
                for trigger in self.service.stale(case, entry.state, reference, now):
                    self.stale.setdefault(trigger.id, trigger)

    def forget(self, trigger: Timer | ReferenceTrigger) -> None:
        """Let go of what was made from the state and what the state, as folded since, no longer calls for."""
        self.due.pop(trigger.id, None)
        self.stale.pop(trigger.id, None)
        self.news.set()  # the session looks again: behind what it let go of there may be more

    # -- looking in ----------------------------------------------------------------------------------

    def state(self, case: str) -> S | None:
        """The folded state of a case."""
        entry = self.cases.get(case)
        return entry.state if entry else None

    def work(self) -> tuple[dict[str, Any], ...]:
        """Everything there is to answer, source by source."""
        return self._todo

    def open_work(self) -> int:
        """How many triggers are not answered yet."""
        return sum(len(todo) for todo in self._todo)

    def offsets_of(self, case: str) -> Iterator[int]:
        """Where the folded events of a case lie; known only if the service ``finds_events``."""
        packed = self.cases[case].offsets
        for at in range(0, len(packed), 8):
            yield int.from_bytes(packed[at : at + 8], "little")

    def answered(self, case: str, causation: str) -> bool:
        """Whether this service answered a cause on a case: the first event of its answer is in the log."""
        entry = self.cases.get(case)
        return entry is not None and contains(entry.seen, packed(event_id(self.service.name, case, causation, 0)))

    def offer_command(self, trigger: CommandTrigger) -> bool:
        """A command came in; False if it was answered before."""
        if self.answered(trigger.case, trigger.id):
            return False
        self.offered.setdefault(trigger.id, trigger)
        self.news.set()
        return True

    def offer_result(self, trigger: ResultTrigger) -> None:
        """Something came back from outside."""
        self.results[trigger.id] = trigger
        self.news.set()
