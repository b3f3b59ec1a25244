"""Deciding makes the events that answer the triggers whose turn it is. No I/O.

A batch is decided on what is folded: each case on a draft, a throw-away state with the batch's own facts applied. In
between others get their turn, and more may be folded meanwhile: a draft rests on what was folded when it was begun. A
failure holds its case only.
"""

from datetime import datetime
from typing import Generic, TypeVar

import structlog

from shared.contract.commands import AfterUnknown, AwaitedTooLong, CaseBlocked, Command, record_of
from shared.contract.envelope import Event
from shared.contract.letters import Fault
from shared.contract.records import Outgoing
from shared.contract.topics import partition_of
from shared.errors import NotYet, RedressError
from shared.kernel.answering import Answer, Answering, Draft
from shared.kernel.fold import Fold
from shared.kernel.packed_ids import PACKED_BYTES
from shared.kernel.picking import Picking
from shared.kernel.ports import Ports
from shared.kernel.service import (
    CommandTrigger,
    Context,
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


class Deciding(Generic[S]):
    """Decides for one partition's session."""

    def __init__(self, ports: Ports, service: Service[S], fold: Fold[S]) -> None:
        self.ports = ports
        self.fold = fold
        self.service = service
        self.picking = Picking(service, fold)
        self._answering = Answering(service, ports.schemas_at)

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
                    self.picking.release(case)
                return None
            if isinstance(trigger, CommandTrigger):
                self._give_up(trigger.command, error)
            else:
                stopped.add(case)
                self._hold(trigger, error)
            return None
        drafts[case] = draft
        if not isinstance(trigger, CommandTrigger):  # a command is answered also while its case is held
            self.picking.release(case)
        return answer

    def _draft(self, case: str) -> Draft[S]:
        entry = self.fold.cases.get(case)
        if entry is None:
            return Draft(None, 0, None)
        basis = entry.basis.decode() if entry.basis else None
        return Draft(entry.state, len(entry.seen) // PACKED_BYTES, basis, self.fold.is_blocked(case))

    def _answer(self, trigger: Trigger, draft: Draft[S], now: datetime) -> Answer:
        """Decide. Raises ValueError: the answer is in the log already, or the case belongs to another partition."""
        case = trigger.case
        if self.fold.answered(case, trigger.id):
            raise ValueError(f"{trigger.id} was answered already")
        if partition_of(case, self.ports.log.partitions) != self.fold.partition:
            raise ValueError(f"{case} does not belong to partition {self.fold.partition}")
        context = Context(self.service.name, case, trigger.id, now, self.ports.reference)
        unseen = self._refused_unseen(trigger, draft) if isinstance(trigger, CommandTrigger) else None
        return self._answering.answer(draft, trigger, context, unseen)

    def _refused_unseen(self, trigger: CommandTrigger, draft: Draft[S]) -> RedressError | None:
        """Why nothing is decided on a command at all."""
        if self.fold.is_blocked(trigger.case) or trigger.command.unread:
            return CaseBlocked()
        if trigger.after_unknown:
            return AfterUnknown()
        return AwaitedTooLong() if self.picking.rests_on_more(trigger, draft.state) else None

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
