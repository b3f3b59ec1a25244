"""Answering makes the events with which a service answers one trigger, on the state that it is decided on. Pure.

A session does it for what is owed now; ``redress replay check`` does it again for what was answered before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

import structlog

from shared.bank.event_versions import Recording
from shared.contract.commands import CommandFailed
from shared.contract.envelope import SCHEMAS, SOURCE_PREFIX, Event, type_of
from shared.contract.records import Outgoing
from shared.errors import RecordTooLarge, RedressError
from shared.kernel.service import CommandTrigger, Context, Fact, Service, Trigger

log = structlog.get_logger()
S = TypeVar("S")

MAX_EVENT_BYTES = 900 * 1024
"""Below the broker's default limit of 1 MiB: a larger fact is refused, or holds its case."""


@dataclass(slots=True)
class Draft(Generic[S]):
    """A case as one batch decides on it: what was folded when the batch came to it, and the batch's own facts.

    ``folded`` counts the events of the case that were folded, ``basis`` is the last of them; ``made`` counts the
    batch's facts on it. ``blocked``: a record of the case cannot be read.
    """

    state: S | None
    folded: int
    basis: str | None
    blocked: bool = False
    made: int = 0


class Answer(NamedTuple):
    """The events that answer a trigger, as they are appended."""

    events: Sequence[Event]
    records: Sequence[Outgoing]


class Answering(Generic[S]):
    """Makes the answers of one service."""

    def __init__(self, service: Service[S], schemas_at: str = SCHEMAS) -> None:
        self.service = service
        self._schemas_at = schemas_at

    def answer(self, draft: Draft[S], trigger: Trigger, context: Context, unseen: RedressError | None = None) -> Answer:
        """Decide. A person waits for the answer to a command: whatever goes wrong, it is refused at once.

        ``unseen``: why nothing is decided on a command at all.
        """
        service = self.service
        if not isinstance(trigger, CommandTrigger) or service.refuse is None:
            return self._made(draft, context, service.decide(draft.state, trigger, context))
        why = unseen
        if why is None:
            try:
                return self._made(draft, context, service.decide(draft.state, trigger, context))
            except RedressError as error:
                why = error
            except Exception as error:
                log.error("session.command_failed", case_id=trigger.case, causation_id=trigger.id, exc_info=error)
                why = CommandFailed()
        return self._made(draft, context, [service.refuse(trigger.command, why)])

    def _made(self, draft: Draft[S], context: Context, facts: Sequence[Fact]) -> Answer:
        """The facts as they are appended, and as they are read back; only if all of them can be, the draft holds them.

        Raises:
            RecordTooLarge: the log does not take one of them.
            NotYet: one of them may not be written yet.
        """
        if not facts:
            raise ValueError("a decision has to answer with at least one event")
        recording = Recording(context.reference, self._schemas_at)
        made = [recording.of(self._event(draft, context, at, fact)) for at, fact in enumerate(facts)]
        for event, record in made:
            if len(record.value) > MAX_EVENT_BYTES:
                raise RecordTooLarge(
                    f"{event.type} would have {len(record.value):,} bytes, {MAX_EVENT_BYTES:,} at most."
                )
        events = [one.event for one in made]
        self.hold(draft, events)
        return Answer(events, [one.record for one in made])

    def hold(self, draft: Draft[S], events: Sequence[Event]) -> None:
        """Let the draft hold these facts of its batch."""
        after = draft.state
        for event in events:
            if event.name in self.service.hears(event.subject) and not draft.blocked:
                after = self.service.evolve(after, event)
        draft.state, draft.made = after, draft.made + len(events)

    def _event(self, draft: Draft[S], context: Context, at: int, fact: Fact) -> Event:
        recorded = context.now.isoformat()
        return Event(
            id=context.event_id(at),
            source=SOURCE_PREFIX + self.service.name,
            type=type_of(type(fact.data).__name__, fact.data.version),
            subject=context.case,
            time=fact.happened_at.isoformat() if fact.happened_at else recorded,
            recordedtime=recorded,
            causationid=context.causation_id,
            correlationid=context.case,
            basisid=draft.basis,
            actor=fact.actor or f"service:{self.service.name}",
            data=fact.data.model_dump(mode="json"),
            ordinal=draft.folded + draft.made + at,
            basis_ordinal=draft.folded - 1,
        )
