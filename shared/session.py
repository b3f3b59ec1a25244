"""The right to append to one partition, for one assignment: everything a service decides goes through here.

A session answers what its fold says is owed, in order, with at least one event per trigger, in one
transaction per batch, and goes on only when it has read its own events back. So every decision rests on
something that a rebuild reproduces, and no fact can be there twice.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar

import structlog

from shared import bombs, observability
from shared.clock import Clock
from shared.command_reader import CommandReader
from shared.commands import AfterUnknown, CaseBlocked, CommandFailed
from shared.envelope import SOURCE_PREFIX, Event
from shared.errors import NotYet, RedressError
from shared.event_log import EventLog, Outgoing, outgoing
from shared.events import type_name
from shared.fold import MARK_BYTES, Fold, contains, mark_of
from shared.reference import Reference
from shared.service import CommandTrigger, Context, Fact, NoLongerDue, ReferenceTrigger, Service, Timer, Trigger
from shared.topics import partition_of

log = structlog.get_logger()
S = TypeVar("S")

MAX_EVENT_BYTES = 900 * 1024
"""Below the broker's default limit of 1 MiB: a larger fact holds its case instead of ending the process for ever."""
TICK_SECONDS = 0.25
IDLE_RENEWAL = 24 * 3600.0
"""The broker forgets a transactional id after 7 idle days."""
AHEAD_SECONDS = 0.02
"""How soon a command is looked at again that rests on more of the log than is folded here."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
"""Seconds a held case waits before it is tried again, doubled every time."""


class Outside(Protocol):
    """What a service does outside the log, such as sending mail. Results come back as triggers."""

    def opened(self, fold: Fold[Any]) -> None:
        """The partition is ours: take over what a former owner began."""

    def committed(self, fold: Fold[Any], events: Sequence[Event]) -> None:
        """These events of ours are in the log."""

    async def closed(self, partition: int) -> None:
        """The partition is no longer ours."""

    def under_way(self) -> int:
        """How many sendings are open."""

    def numbers(self) -> dict[str, int]:
        """What else somebody who looks at it wants to know, by name."""


class DeadLetters(Protocol):
    """Where somebody is told, once, that a case waits."""

    async def announce(self, case: str, cause: str, kind: str, why: str, raw: bytes) -> None:
        """Publish a dead letter unless this cause has one already."""


@dataclass(slots=True)
class Held:
    """A case that waits: until when (event loop time), and how long the next pause is."""

    until: float
    pause: float


@dataclass(frozen=True, slots=True)
class Kernel:
    """What all sessions of a process share."""

    log: EventLog
    reference: Reference
    clock: Clock
    dead_letters: DeadLetters
    batch_triggers: int
    batch_bytes: int
    outside: Outside | None = None
    commands: EventLog | None = None


class Session(Generic[S]):
    """One partition's right to append, from the fencing of the former owner to the end of the assignment."""

    def __init__(self, kernel: Kernel, fold: Fold[S]) -> None:
        self.kernel = kernel
        self.fold = fold
        self.service: Service[S] = fold.service
        self.writer = kernel.log.writer(self.service.name, fold.partition)
        self.held: dict[str, Held] = {}
        self.open = False
        self._revision = -1
        self._made: dict[str, int] = {}
        self._commands: CommandReader | None = None
        self._announcements: list[tuple[str, str, str, str, bytes]] = []
        self._written_at = 0.0

    async def run(self) -> None:
        """Take the right, fold past everything anybody appended before, then answer what is owed, for ever."""
        fold, kernel = self.fold, self.kernel
        await self.writer.start()
        self._written_at = self._now()
        await fold.past(await kernel.log.end(fold.partition) - 1)
        self.open = True
        if kernel.outside:
            kernel.outside.opened(fold)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._ticker())
            tasks.create_task(self._work())
            if kernel.commands is not None and self.service.refuse is not None:
                self._commands = CommandReader(kernel.commands, kernel.log, fold, kernel.dead_letters)
                tasks.create_task(self._commands.run())

    @property
    def commands_read(self) -> int:
        """How far the partition's commands have been read."""
        return self._commands.position if self._commands else 0

    async def _work(self) -> None:
        while True:
            self.fold.news.clear()  # before looking: what comes in from here on wakes us again
            self._look_at_reference()
            events, records = self._decide()
            await self._announce()
            if not events:
                await self._rest()
                continue
            await self._append(events, records)

    async def _append(self, events: list[Event], records: list[Outgoing]) -> None:
        offsets = await self.writer.append(records)
        self._written_at = self._now()
        bombs.hit("read_back")
        await self.fold.past(max(offsets))
        observability.EVENTS.labels(self.service.name).inc(len(events))
        if self.kernel.outside:
            self.kernel.outside.committed(self.fold, events)

    async def _rest(self) -> None:
        """Wait for news, for the next retry of a held case, or for the day's renewal of the writer."""
        waits = [held.until - self._now() for held in self.held.values()]
        if any(self._early(trigger, self.fold.state(trigger.case)) for trigger in self.fold.offered.values()):
            waits.append(AHEAD_SECONDS)
        try:
            async with asyncio.timeout(max(AHEAD_SECONDS, min(waits, default=60.0))):
                await self.fold.news.wait()
        except TimeoutError:
            if self._now() - self._written_at > IDLE_RENEWAL:
                await self.writer.stop()
                self.writer = self.kernel.log.writer(self.service.name, self.fold.partition)
                await self.writer.start()
                self._written_at = self._now()

    async def _ticker(self) -> None:
        """Fire what is due: only after everything that was in the log before has been folded."""
        while True:
            if self.behind_reference():
                self.fold.news.set()
            limit = self.kernel.clock.now() - self.kernel.clock.tolerance
            due = self.fold.next_due()
            if due is not None and due <= limit.timestamp():
                await self.fold.past(await self.kernel.log.end(self.fold.partition) - 1)
                self.fold.tick(limit)
            await self.kernel.clock.pause(TICK_SECONDS)

    def behind_reference(self) -> bool:
        """Whether reference data were published that this session has not looked at."""
        return self._revision != self.kernel.reference.revision

    def _look_at_reference(self) -> None:
        if self.behind_reference():
            self._revision = self.kernel.reference.revision
            self.fold.find_stale(self.kernel.reference, self.kernel.clock.now())
            self.held.clear()  # what waited for reference data may go on

    # -- deciding ------------------------------------------------------------------------------------

    def _pick(self) -> list[Trigger]:
        """At most a batch of triggers: a fair share for each source, what one leaves goes to the others."""
        limit = self.kernel.batch_triggers
        sources = [todo for todo in self.fold.work() if todo]
        picked: list[Trigger] = []
        waiting: set[str] = set()
        for position, todo in enumerate(sources):
            share = (limit - len(picked)) // (len(sources) - position)
            ready = (t for t in todo.values() if not self._waits(t, waiting))
            picked.extend(islice(ready, max(1, share)))
        return picked

    def _waits(self, trigger: Trigger, waiting: set[str]) -> bool:
        """Whether a trigger's turn has not come; what comes after a command of its case that waits, waits too."""
        case = trigger.case
        if isinstance(trigger, CommandTrigger):
            if case not in waiting and self._early(trigger, self.fold.state(case)):
                waiting.add(case)
            return case in waiting
        held = self.held.get(case)
        return (held is not None and held.until > self._now()) or self._blocked(case)

    def _early(self, trigger: CommandTrigger, state: S | None) -> bool:
        """Whether its sender had seen more of the log than is folded here, or another service has to answer first."""
        if trigger.after_unknown or self._blocked(trigger.case):
            return False  # refused at once
        return trigger.command.after >= self.fold.position or (state is not None and self.service.awaits(state))

    def _blocked(self, case: str) -> bool:
        entry = self.fold.cases.get(case)
        return entry is not None and entry.blocked

    def _decide(self) -> tuple[list[Event], list[Outgoing]]:
        """Decide a batch, each case on a throw-away state with the batch's own facts applied; events and records."""
        states: dict[str, S | None] = {}
        events: list[Event] = []
        records: list[Outgoing] = []
        self._made.clear()
        size = 0
        now = self.kernel.clock.now()
        stopped: set[str] = set()
        for trigger in self._pick():
            case = trigger.case
            if case in stopped:
                continue
            before = states[case] if case in states else self.fold.state(case)
            if isinstance(trigger, CommandTrigger) and self._early(trigger, before):
                stopped.add(case)  # a fact of this very batch has to be answered before it
                continue
            try:
                made, to_append, states[case] = self._answer(trigger, before, now)
            except Exception as error:  # noqa: BLE001 - whatever it is, it holds its case only
                if isinstance(error, NoLongerDue) and isinstance(trigger, Timer | ReferenceTrigger):
                    self._let_go(trigger, case in states)
                    continue
                stopped.add(case)
                self._hold(trigger, error)
                continue
            self.held.pop(case, None)
            events.extend(made)
            records.extend(to_append)
            size += sum(len(record.value) for record in to_append)
            if size > self.kernel.batch_bytes:
                break
        return events, records

    def _let_go(self, trigger: Timer | ReferenceTrigger, decided_on_this_batch: bool) -> None:
        """Forget what the state no longer calls for, once that rests on the log and not only on this batch."""
        if not decided_on_this_batch:
            self.fold.forget(trigger)

    def _answer(
        self, trigger: Trigger, before: S | None, now: datetime
    ) -> tuple[list[Event], list[Outgoing], S | None]:
        """The events that answer a trigger, as they are appended, and the case's state after them."""
        context = Context(self.service.name, trigger.case, trigger.id, now, self.kernel.reference)
        facts = self._facts(before, trigger, context)
        if not facts:
            raise ValueError("a decision has to answer with at least one event")
        events = [self._event(context, at, fact) for at, fact in enumerate(facts)]
        self._made[context.case] = self._made.get(context.case, 0) + len(events)
        records = [outgoing(event) for event in events]
        after, blocked = before, self._blocked(context.case)
        for event, record in zip(events, records, strict=True):
            if len(record.value) > MAX_EVENT_BYTES:
                raise ValueError(f"{event.type} would have {len(record.value)} bytes")
            if event.name in self.service.folds and not blocked:
                after = self.service.evolve(after, event)
        return events, records, after

    def _facts(self, before: S | None, trigger: Trigger, context: Context) -> Sequence[Fact]:
        """The decision. A person waits for the answer to a command: whatever goes wrong, it is refused at once."""
        refuse = self.service.refuse
        if not isinstance(trigger, CommandTrigger) or refuse is None:
            return self.service.decide(before, trigger, context)
        if self._blocked(trigger.case):
            return [refuse(trigger.command, CaseBlocked())]
        if trigger.after_unknown:
            return [refuse(trigger.command, AfterUnknown())]
        try:
            return self.service.decide(before, trigger, context)
        except RedressError as error:
            return [refuse(trigger.command, error)]
        except Exception as error:
            log.error("session.command_failed", case_id=trigger.case, causation_id=trigger.id, exc_info=error)
            return [refuse(trigger.command, CommandFailed())]

    def _event(self, context: Context, position: int, fact: Fact) -> Event:
        id_, case = context.event_id(position), context.case
        entry = self.fold.cases.get(case)
        if entry is not None and contains(entry.seen, mark_of(id_)):
            raise ValueError(f"{id_} is in the log already")
        if partition_of(case, self.kernel.log.partitions) != self.fold.partition:
            raise ValueError(f"{case} does not belong to partition {self.fold.partition}")
        recorded = context.now.isoformat()
        folded = len(entry.seen) // MARK_BYTES if entry else 0
        return Event(
            id=id_,
            source=SOURCE_PREFIX + self.service.name,
            type=type_name(fact.data),
            subject=case,
            time=fact.happened_at.isoformat() if fact.happened_at else recorded,
            recordedtime=recorded,
            causationid=context.causation_id,
            correlationid=case,
            basisid=entry.basis.decode() if entry else None,
            actor=fact.actor or f"service:{self.service.name}",
            data=fact.data.model_dump(mode="json"),
            place=folded + self._made.get(case, 0) + position,
            basis_place=folded - 1,
        )

    def _hold(self, trigger: Trigger, error: Exception) -> None:
        """Let only this case wait; somebody is told once unless it merely waits for reference data."""
        before = self.held.get(trigger.case)
        pause = min(before.pause * 2, LONGEST_PAUSE) if before else FIRST_PAUSE
        self.held[trigger.case] = Held(self._now() + pause, pause)
        level = log.info if isinstance(error, NotYet) else log.error
        level("session.case_held", case_id=trigger.case, causation_id=trigger.id, error=type(error).__name__)
        if not isinstance(error, NotYet):
            observability.HELD.labels(self.service.name).inc()
            self._announcements.append((trigger.case, trigger.id, "poison", repr(error), b""))

    async def _announce(self) -> None:
        for record, why in self.fold.unreadable:
            self._announcements.append(
                (record.key, f"{record.partition}:{record.offset}", "unreadable", why, record.value)
            )
        self.fold.unreadable.clear()
        while self._announcements:
            await self.kernel.dead_letters.announce(*self._announcements[0])
            self._announcements.pop(0)

    async def close(self) -> None:
        """Give the right back."""
        self.open = False
        if self.kernel.outside:
            await self.kernel.outside.closed(self.fold.partition)
        await self.writer.stop()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
