"""Deciding makes the events that answer the triggers whose turn it is. No I/O.

A batch is decided on what is folded: each case on a draft, a throw-away state with the batch's own facts applied. In
between others get their turn, and more may be folded meanwhile: a draft rests on what was folded when it was begun. A
failure holds its case only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

import structlog

from shared.contract.commands import (
    AfterUnknown,
    AwaitedTooLong,
    CaseBlocked,
    Command,
    CommandFailed,
    record_of,
)
from shared.contract.envelope import SOURCE_PREFIX, Event, outgoing
from shared.contract.events import type_name
from shared.contract.letters import Fault
from shared.contract.records import Outgoing
from shared.contract.topics import partition_of
from shared.errors import NotYet, RecordTooLarge, RedressError
from shared.kernel.fold import Fold
from shared.kernel.packed_ids import PACKED_BYTES, contains, packed
from shared.kernel.picking import Picking
from shared.kernel.ports import Ports
from shared.kernel.service import (
    CommandTrigger,
    Context,
    Fact,
    NoLongerDue,
    ReferenceTrigger,
    ResultTrigger,
    Service,
    Timer,
    Trigger,
)
from shared.process import metrics
from shared.process.pace import Pace

log = structlog.get_logger()
S = TypeVar("S")

MAX_EVENT_BYTES = 900 * 1024
"""Below the broker's default limit of 1 MiB: a larger fact is refused, or holds its case."""


@dataclass(slots=True)
class Draft(Generic[S]):
    """A case as one batch decides on it: what was folded when the batch came to it, and the batch's own facts.

    ``seen`` and ``basis`` are those of the folded case; ``made`` counts the batch's facts on it.
    """

    state: S | None
    seen: bytes
    basis: str | None
    made: int = 0


class Answer(NamedTuple):
    """The events that answer a trigger, as they are appended."""

    events: Sequence[Event]
    records: Sequence[Outgoing]


class Deciding(Generic[S]):
    """Decides for one partition's session."""

    def __init__(self, ports: Ports, service: Service[S], fold: Fold[S]) -> None:
        self.ports = ports
        self.fold = fold
        self.service = service
        self.picking = Picking(service, fold)

    async def batch(self) -> Answer:
        """Decide the triggers whose turn it is, as many as one transaction takes."""
        drafts: dict[str, Draft[S]] = {}
        events: list[Event] = []
        records: list[Outgoing] = []
        size, pace, stopped = 0, Pace(), set[str]()
        now = self.ports.clock.now()
        for trigger in self.picking.pick(self.ports.batch_triggers):
            await pace.step()
            if trigger.case in stopped:
                continue
            answer = self._tried(trigger, drafts, stopped, now)
            if answer is not None:
                events.extend(answer.events)
                records.extend(answer.records)
                size += sum(len(record.value) for record in answer.records)
            if size > self.ports.batch_bytes:
                break
        return Answer(events, records)

    def _tried(self, trigger: Trigger, drafts: dict[str, Draft[S]], stopped: set[str], now: datetime) -> Answer | None:
        """The answer to one trigger; without one its case is left for a later batch."""
        case = trigger.case
        draft = drafts.get(case) or self._draft(case)
        if isinstance(trigger, CommandTrigger) and self.picking.early(trigger, draft.state):
            stopped.add(case)  # a fact of this very batch has to be answered before it
            return None
        try:
            answer = self._answer(trigger, draft, now)
        except Exception as error:  # noqa: BLE001 - whatever it is, it holds its case only
            if isinstance(error, NoLongerDue) and isinstance(trigger, Timer | ReferenceTrigger | ResultTrigger):
                if case not in drafts:  # else it rests on this batch only, not yet on the log
                    self.fold.forget(trigger)
                return None
            if isinstance(trigger, CommandTrigger):
                self._give_up(trigger.command, error)
            else:
                stopped.add(case)
                self._hold(trigger, error)
            return None
        drafts[case] = draft
        self.picking.release(case)
        return answer

    def _draft(self, case: str) -> Draft[S]:
        entry = self.fold.cases.get(case)
        if entry is None:
            return Draft(None, b"", None)
        return Draft(entry.state, entry.seen, entry.basis.decode() if entry.basis else None)

    def _answer(self, trigger: Trigger, draft: Draft[S], now: datetime) -> Answer:
        """Decide. A person waits for the answer to a command: whatever goes wrong, it is refused at once."""
        context = Context(self.service.name, trigger.case, trigger.id, now, self.ports.reference)
        refuse = self.service.refuse
        if not isinstance(trigger, CommandTrigger) or refuse is None:
            return self._made(draft, context, self.service.decide(draft.state, trigger, context))
        why = self._refused_unseen(trigger, draft)
        if why is None:
            try:
                return self._made(draft, context, self.service.decide(draft.state, trigger, context))
            except RedressError as error:
                why = error
            except Exception as error:
                log.error("session.command_failed", case_id=trigger.case, causation_id=trigger.id, exc_info=error)
                why = CommandFailed()
        return self._made(draft, context, [refuse(trigger.command, why)])

    def _refused_unseen(self, trigger: CommandTrigger, draft: Draft[S]) -> RedressError | None:
        """Why nothing is decided on a command at all."""
        if self.fold.is_blocked(trigger.case):
            return CaseBlocked()
        if trigger.after_unknown:
            return AfterUnknown()
        return AwaitedTooLong() if self.picking.rests_on_more(trigger, draft.state) else None

    def _made(self, draft: Draft[S], context: Context, facts: Sequence[Fact]) -> Answer:
        """The facts as they are appended; only if all of them can be, the draft holds them.

        Raises:
            RecordTooLarge: the log does not take one of them.
        """
        if not facts:
            raise ValueError("a decision has to answer with at least one event")
        events = [self._event(draft, context, at, fact) for at, fact in enumerate(facts)]
        records = [outgoing(event, self.ports.schemas_at) for event in events]
        after, blocked = draft.state, self.fold.is_blocked(context.case)
        for event, record in zip(events, records, strict=True):
            if len(record.value) > MAX_EVENT_BYTES:
                raise RecordTooLarge(
                    f"{event.type} would have {len(record.value):,} bytes, {MAX_EVENT_BYTES:,} at most."
                )
            if event.name in self.service.hears(event.subject) and not blocked:
                after = self.service.evolve(after, event)
        draft.state, draft.made = after, draft.made + len(events)
        return Answer(events, records)

    def _event(self, draft: Draft[S], context: Context, at: int, fact: Fact) -> Event:
        id_, case = context.event_id(at), context.case
        if contains(draft.seen, packed(id_)):
            raise ValueError(f"{id_} is in the log already")
        if partition_of(case, self.ports.log.partitions) != self.fold.partition:
            raise ValueError(f"{case} does not belong to partition {self.fold.partition}")
        recorded, folded = context.now.isoformat(), len(draft.seen) // PACKED_BYTES
        return Event(
            id=id_,
            source=SOURCE_PREFIX + self.service.name,
            type=type_name(fact.data),
            subject=case,
            time=fact.happened_at.isoformat() if fact.happened_at else recorded,
            recordedtime=recorded,
            causationid=context.causation_id,
            correlationid=case,
            basisid=draft.basis,
            actor=fact.actor or f"service:{self.service.name}",
            data=fact.data.model_dump(mode="json"),
            ordinal=folded + draft.made + at,
            basis_ordinal=folded - 1,
        )

    def _give_up(self, command: Command, error: Exception) -> None:
        """Not even a refusal of this command can be made: it is told of instead, and those behind it go on."""
        log.error("session.command_dropped", case_id=command.case, causation_id=command.id, exc_info=error)
        self.ports.dead_letters.tell(command.case, command.id, "command", Fault.of(error), record_of(command).value)
        self.fold.offered.discard(command.case, command.id)

    def _hold(self, trigger: Trigger, error: Exception) -> None:
        """Let only this case wait; somebody is told once unless it merely waits for reference data."""
        case, not_yet = trigger.case, isinstance(error, NotYet)
        why = f"{error.code}: {error.detail}" if isinstance(error, RedressError) else type(error).__name__
        self.picking.hold(case, why)
        level = log.info if not_yet else log.error
        level("session.case_held", case_id=case, causation_id=trigger.id, error=type(error).__name__)
        if not not_yet:
            metrics.HELD.labels(self.service.name).inc()
            self.ports.dead_letters.tell(case, trigger.id, "poison", Fault.of(error), b"")
