"""A fold applies one partition's records in order and keeps each case's state and what is owed on it.

A fold knows no Faust and no producer. It outlives sessions: when a partition comes back, its fold goes on
where it stopped. ``apply`` is the only place where anything leaves what is owed; ``forget`` lets go of what was
made from the state (timers, changes of reference data) once the state no longer calls for it.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Generic, TypeVar

import structlog

from shared.bank.reference import Reference
from shared.contract.attributed import source_of
from shared.contract.envelope import Event
from shared.contract.ids import event_id
from shared.contract.letters import Fault
from shared.contract.records import HEADER_CAUSATION, HEADER_ID, HEADER_SOURCE, HEADER_TYPE, Reader, Record
from shared.contract.upcasting import event_from
from shared.kernel.case_keys import CaseKeys
from shared.kernel.case_timers import CaseTimers
from shared.kernel.folded_case import Cases, FoldedCase
from shared.kernel.heard_types import HeardTypes
from shared.kernel.packed_ids import PACKED_BYTES, contains, ordinal_of, packed
from shared.kernel.service import CommandTrigger, Folded, LogTrigger, ReferenceTrigger, ResultTrigger, Timer
from shared.kernel.work_queue import WorkQueue
from shared.log.progress import Progress, follow, one_by_one
from shared.process.pace import Pace

log = structlog.get_logger()
S = TypeVar("S")

UNREADABLE_KEPT = 100
"""Records that wait to be told of; of more only the cases are known, and code that can read them reads them all."""


class Fold(Generic[S]):
    """The prefix of one partition, folded for one service.

    ``owed``, ``due``, ``offered``, ``stale`` and ``results`` hold the work, by causation id, in the order it is to
    be done: log triggers in log order, timers in due order, commands as they came, decisions that reference data
    have overtaken, and what came back from outside. ``blocked``: by case where the first record lies that cannot be
    read; ``blocked_before``: the cases of which a store said so, until they are looked at again; ``read_anew``: those
    that could be since, until the session takes them up.
    """

    def __init__(self, service: Folded[S], partition: int, cases: Cases[S] | None = None) -> None:
        self.service = service
        self.partition = partition
        self.source = source_of(service.name)
        self.cases: Cases[S] = {} if cases is None else cases
        self.owed: WorkQueue[LogTrigger] = WorkQueue()
        self.due: WorkQueue[Timer] = WorkQueue(order=lambda timer: (timer.due_at, timer.id))
        self.offered: WorkQueue[CommandTrigger] = WorkQueue()
        self.stale: WorkQueue[ReferenceTrigger] = WorkQueue()
        self.results: WorkQueue[ResultTrigger] = WorkQueue()
        self.keys = CaseKeys()
        self.blocked: dict[str, int] = {}
        self.blocked_before: Sequence[str] = ()
        self.read_anew: list[str] = []
        self.unreadable: deque[tuple[Record, Fault]] = deque(maxlen=UNREADABLE_KEPT)
        self.progress = Progress()
        self.applied = 0
        self.news = asyncio.Event()
        self.timers = CaseTimers(service.timers, service.next_due, self.cases, self.due)
        self._name_of = HeardTypes(service.name, service.hears).name_of
        self._todo: tuple[WorkQueue[Any], ...] = (self.owed, self.due, self.offered, self.stale, self.results)

    # -- folding ---------------------------------------------------------------------------------

    def apply(self, record: Record) -> None:
        """Fold one record. Nothing else changes state, and nothing else takes away what is owed."""
        self.applied = record.offset + 1
        try:
            headers = record.headers
            id_, type_ = headers[HEADER_ID], headers[HEADER_TYPE]
            causation = headers[HEADER_CAUSATION].decode()
            own = headers[HEADER_SOURCE] == self.source
            packed_id = packed(id_)
        except Exception as error:  # noqa: BLE001 - a header may be anything, also nothing
            self._block(record, Fault("headers", f"its headers are not those of an event: {error!r}"))
            return
        entry = self._entry(record.key)
        if entry is None:
            entry = self.cases[record.key] = FoldedCase(None, id_, b"", b"")
        elif contains(entry.seen, packed_id):
            return
        entry.seen += packed_id
        entry.basis = id_
        if own:
            self._answer(record.key, causation)
        if record.key in self.offered.aside:  # what its commands wait for may have come
            self.offered.bring_back(record.key)
            self.news.set()
        if entry.blocked:
            self._fold_alone(entry, record)
            return
        try:
            name = self._name_of(type_, record.key)
            if name is None:
                return
            event = event_from(record)
            ordinal, basis = len(entry.seen) // PACKED_BYTES - 1, ordinal_of(entry.seen, event.basisid)
            self._fold(entry, event.at(ordinal, basis), record, name)
        except Exception as error:  # noqa: BLE001 - whatever it is, it blocks its case only
            self._block(record, Fault.of(error))

    def _entry(self, case: str) -> FoldedCase[S] | None:
        """What is kept of a case, to be changed."""
        return self.cases.get(case)

    def _fold(self, entry: FoldedCase[S], event: Event, record: Record, name: str) -> None:
        service, before = self.service, entry.state
        since = service.reacts_to.get(name)
        owes = since is not None and event.recorded_at >= since and service.owes(before, event)
        after = service.evolve(before, event)
        for id_ in service.discharged(before, event):
            self._answer(record.key, id_)
        entry.state = after
        if service.finds_events:
            entry.note(record.offset)
        if owes:
            self.owed.add(LogTrigger(event, record.offset))
            self.news.set()
        if name in service.timed:
            self.timers.schedule(record.key, entry)
        if name in service.filed_by and after is not None:
            self.keys.put(record.key, tuple(service.keys(after)))

    def _fold_alone(self, entry: FoldedCase[S], record: Record) -> None:
        """Of a case that cannot be read, fold what rests on nothing else of it; pass over the rest.

        Its ordinal is its place among the offsets that are kept of the case, so that it is found by it.
        """
        service = self.service
        with suppress(Exception):  # a blocked case may hold anything, and somebody is told of it already
            if service.said_alone and (event := event_from(record)).name in service.said_alone:
                entry.state = service.evolve(entry.state, event.at(entry.noted, -1))
                entry.note(record.offset)

    def _answer(self, case: str, causation: str) -> None:
        """Take out what this answers. What falls due on a case waits until nothing is owed on it."""
        for todo in self._todo:
            todo.discard(case, causation)
        if case in self.due.aside and not self.owed.count(case):
            self.due.bring_back(case)

    def _block(self, record: Record, fault: Fault) -> None:
        entry = self._entry(record.key)
        if entry is None:
            entry = self.cases[record.key] = FoldedCase(None, b"", b"", b"")
        if not entry.blocked:
            entry.blocked = True
            self.blocked[record.key] = record.offset
            self.unreadable.append((record, fault))
            self.news.set()
            log.error("fold.case_blocked", case_id=record.key, offset=record.offset, service=self.service.name)

    def take_over(self, case: str, fresh: "Fold[S]", again: tuple[Record, Fault] | None, last: Record) -> None:
        """A case that was folded anew, up to the same place, takes the place of what was blocked; nothing is undone.

        What is owed on it is what ``fresh`` says: all of it was found at its own place in the log. ``again``: where it
        is blocked now, if it is; ``last``: the last record of the partition that is folded.
        """
        self._entry(case)
        entry = self.cases[case] = fresh.cases[case]
        self.blocked.pop(case, None)
        if again is not None:
            self.blocked[case] = again[0].offset
            self.unreadable.append(again)
        for trigger in self.owed.of(case):
            if not fresh.owed.has(case, trigger.id):
                self.owed.discard(case, trigger.id)
        for trigger in fresh.owed.of(case):
            self.owed.add(trigger)
        if entry.state is not None:
            self.timers.schedule(case, entry)
            self.keys.put(case, fresh.keys.of(case))
        self.bring_back(case)
        self.read_anew.append(case)
        self.news.set()

    @property
    def upto(self) -> int:
        """Everything before it is folded, at this very moment: a batch may be folded half."""
        return max(self.applied, self.position)

    # -- following the log -------------------------------------------------------------------------

    @property
    def position(self) -> int:
        """Everything before it is folded."""
        return self.progress.position

    async def follow(self, reader: Reader) -> None:
        """Fold what the reader brings, for ever. Cancelled when the partition goes away."""
        await follow(reader, self.progress, one_by_one(self.apply))

    # -- timers ------------------------------------------------------------------------------------

    def next_due(self) -> float | None:
        """When the next timer may be due, in seconds of the epoch; perhaps early, never late."""
        return self.timers.next_due()

    def tick(self, upto: datetime) -> bool:
        """Queue timers due by ``upto``, in order of due time, of some cases; whether there are more."""
        before = len(self.due)
        more = self.timers.tick(upto)
        if len(self.due) != before:
            self.news.set()
        return more

    # -- reference data ------------------------------------------------------------------------------

    async def touched(self, reference: Reference, now: datetime) -> AsyncIterator[tuple[str, S]]:
        """The readable cases that the reference data of now may touch, each once, others working in between."""
        pace, found = Pace(), set[str]()
        for key in self.keys.all():
            await pace.step()
            if self.service.touched(key, reference, now):
                for case in self.keys.cases(key):
                    await pace.step()
                    entry = self.cases[case]
                    if case not in found and entry.state is not None and not entry.blocked:
                        found.add(case)
                        yield case, entry.state

    def owe_again(self, trigger: ReferenceTrigger) -> None:
        """A decision would differ under the reference data as they are now."""
        self.stale.add(trigger)
        self.news.set()

    def forget(self, trigger: Timer | ReferenceTrigger | ResultTrigger) -> None:
        """Let go of what was made from the state and what the state, as folded since, no longer calls for."""
        for todo in (self.due, self.stale, self.results):
            todo.discard(trigger.case, trigger.id)
        self.news.set()  # the session looks again: behind what it let go of there may be more

    # -- looking in ----------------------------------------------------------------------------------

    async def each_case(self) -> AsyncIterator[tuple[str, FoldedCase[S]]]:
        """Every case, others working in between."""
        pace = Pace()
        for case, entry in tuple(self.cases.items()):
            await pace.step()
            yield case, entry

    def state(self, case: str) -> S | None:
        """The folded state of a case."""
        entry = self.cases.get(case)
        return entry.state if entry else None

    def is_blocked(self, case: str) -> bool:
        """Whether a record of the case cannot be read."""
        entry = self.cases.get(case)
        return entry is not None and entry.blocked

    def bring_back(self, case: str) -> None:
        """What was laid aside of a case is to be tried again."""
        for todo in self._todo:
            todo.bring_back(case)

    def work(self) -> tuple[WorkQueue[Any], ...]:
        """Everything there is to answer, source by source."""
        return self._todo

    def open_work(self) -> int:
        """How many triggers are not answered yet."""
        return sum(len(todo) for todo in self._todo)

    def oldest_seconds(self) -> float:
        """How long the oldest of them waits, as long as this process knows of it."""
        return max(todo.oldest_seconds() for todo in self._todo)

    def offsets_of(self, case: str) -> Iterator[int]:
        """Where the folded events of a case lie; known only if the service ``finds_events``."""
        return self.cases[case].places()

    def answered(self, case: str, causation: str) -> bool:
        """Whether this service answered a cause on a case: the first event of its answer is in the log."""
        entry = self.cases.get(case)
        return entry is not None and contains(entry.seen, packed(event_id(self.service.name, case, causation, 0)))

    def offer_command(self, trigger: CommandTrigger) -> bool:
        """A command came in; False if it was answered before."""
        if self.answered(trigger.case, trigger.id):
            return False
        self.offered.add(trigger)
        self.news.set()
        return True

    def offer_result(self, trigger: ResultTrigger) -> None:
        """Something came back from outside."""
        self.results.add(trigger)
        self.news.set()
