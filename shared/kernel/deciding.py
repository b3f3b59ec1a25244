"""Deciding picks the triggers whose turn it is and makes the events that answer them. No I/O, nothing is awaited.

A batch is decided on what is folded: each case on a throw-away state with the batch's own facts applied. A failure
holds its case only.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Generic, TypeVar

import structlog

from shared.contract.commands import AfterUnknown, CaseBlocked, CommandFailed
from shared.contract.envelope import SOURCE_PREFIX, Event, outgoing
from shared.contract.events import type_name
from shared.contract.records import Outgoing
from shared.contract.topics import partition_of
from shared.errors import NotYet, RedressError
from shared.kernel.fold import Fold
from shared.kernel.packed_ids import PACKED_BYTES, contains, packed
from shared.kernel.ports import Ports
from shared.kernel.service import (
    CommandTrigger,
    Context,
    Fact,
    NoLongerDue,
    ReferenceTrigger,
    Service,
    Timer,
    Trigger,
)
from shared.process import metrics

log = structlog.get_logger()
S = TypeVar("S")

MAX_EVENT_BYTES = 900 * 1024
"""Below the broker's default limit of 1 MiB: a larger fact holds its case instead of ending the process for ever."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
"""Seconds a held case waits before it is tried again, doubled every time."""


@dataclass(slots=True)
class Held:
    """A case that waits: until when (event loop time), and how long the next pause is."""

    until: float
    pause: float


class Deciding(Generic[S]):
    """Decides for one partition's session. ``failures``: what has to be announced, as dead letters take it."""

    def __init__(self, ports: Ports, service: Service[S], fold: Fold[S]) -> None:
        self.ports = ports
        self.fold = fold
        self.service = service
        self.held: dict[str, Held] = {}
        self.failures: list[tuple[str, str, str, str, bytes]] = []
        self._made: dict[str, int] = {}

    def batch(self) -> tuple[list[Event], list[Outgoing]]:
        """Decide a batch, each case on a throw-away state with the batch's own facts applied; events and records."""
        states: dict[str, S | None] = {}
        events: list[Event] = []
        records: list[Outgoing] = []
        self._made.clear()
        size = 0
        now = self.ports.clock.now()
        stopped: set[str] = set()
        for trigger in self._pick():
            case = trigger.case
            if case in stopped:
                continue
            before = states[case] if case in states else self.fold.state(case)
            if isinstance(trigger, CommandTrigger) and self.early(trigger, before):
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
            if size > self.ports.batch_bytes:
                break
        return events, records

    def _pick(self) -> list[Trigger]:
        """At most a batch of triggers: a fair share for each source, what one leaves goes to the others.

        What the log owes on a case goes first: while some of it is left for a later batch, what falls due waits.
        """
        limit = self.ports.batch_triggers
        sources = [todo for todo in self.fold.work() if todo]
        picked: list[Trigger] = []
        waiting: set[str] = set()
        behind: set[str] = set()
        for done, todo in enumerate(sources):
            share = (limit - len(picked)) // (len(sources) - done)
            ready = (t for t in todo.values() if not self._waits(t, waiting, behind))
            picked.extend(islice(ready, max(1, share)))
            if todo is self.fold.owed and len(picked) < len(todo):
                taken = {trigger.id for trigger in picked}
                behind.update(trigger.case for id_, trigger in self.fold.owed.items() if id_ not in taken)
        return picked

    def _waits(self, trigger: Trigger, waiting: set[str], behind: set[str]) -> bool:
        """Whether a trigger's turn has not come; what comes after a command of its case that waits, waits too."""
        case = trigger.case
        if isinstance(trigger, Timer) and case in behind:
            return True
        if isinstance(trigger, CommandTrigger):
            if case not in waiting and self.early(trigger, self.fold.state(case)):
                waiting.add(case)
            return case in waiting
        held = self.held.get(case)
        return (held is not None and held.until > self._now()) or self._blocked(case)

    def early(self, trigger: CommandTrigger, state: S | None) -> bool:
        """Whether its sender had seen more of the log than is folded here, or another service has to answer first."""
        if trigger.after_unknown or self._blocked(trigger.case):
            return False  # refused at once
        return trigger.command.after >= self.fold.position or (
            state is not None and self.service.waits_for_others(state)
        )

    def _blocked(self, case: str) -> bool:
        entry = self.fold.cases.get(case)
        return entry is not None and entry.blocked

    def _let_go(self, trigger: Timer | ReferenceTrigger, decided_on_this_batch: bool) -> None:
        """Forget what the state no longer calls for, once that rests on the log and not only on this batch."""
        if not decided_on_this_batch:
            self.fold.forget(trigger)

    def _answer(
        self, trigger: Trigger, before: S | None, now: datetime
    ) -> tuple[list[Event], list[Outgoing], S | None]:
        """The events that answer a trigger, as they are appended, and the case's state after them."""
        context = Context(self.service.name, trigger.case, trigger.id, now, self.ports.reference)
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

    def _event(self, context: Context, at: int, fact: Fact) -> Event:
        id_, case = context.event_id(at), context.case
        entry = self.fold.cases.get(case)
        if entry is not None and contains(entry.seen, packed(id_)):
            raise ValueError(f"{id_} is in the log already")
        if partition_of(case, self.ports.log.partitions) != self.fold.partition:
            raise ValueError(f"{case} does not belong to partition {self.fold.partition}")
        recorded = context.now.isoformat()
        folded = len(entry.seen) // PACKED_BYTES if entry else 0
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
            ordinal=folded + self._made.get(case, 0) + at,
            basis_ordinal=folded - 1,
        )

    def _hold(self, trigger: Trigger, error: Exception) -> None:
        """Let only this case wait; somebody is told once unless it merely waits for reference data."""
        before = self.held.get(trigger.case)
        pause = min(before.pause * 2, LONGEST_PAUSE) if before else FIRST_PAUSE
        self.held[trigger.case] = Held(self._now() + pause, pause)
        level = log.info if isinstance(error, NotYet) else log.error
        level("session.case_held", case_id=trigger.case, causation_id=trigger.id, error=type(error).__name__)
        if not isinstance(error, NotYet):
            metrics.HELD.labels(self.service.name).inc()
            self.failures.append((trigger.case, trigger.id, "poison", repr(error), b""))

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
