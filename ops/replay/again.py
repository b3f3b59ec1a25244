"""Decides one partition of the log again for one service: each answer on what the case was when it was decided.

An answer names the last event that was folded when it was decided (``basisid``), what it answers (``causationid``) and
when (``recordedtime``); what was decided before in the same batch stands between. So the state can be had exactly, and
since deciding is pure, the same code has to give the same events.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import zip_longest
from typing import Any, NamedTuple

import orjson

from ops.replay.causes import NOT_CALLED_FOR, Causes, NotDecidedAgain
from ops.replay.findings import DifferingField, Findings, Verdict, differing
from ops.replay.known_then import KnownThen
from ops.replay.states_before import StatesBefore
from ops.replay.units import unit_of
from shared.bank.reference import Reference
from shared.contract.commands import CaseBlocked, Command
from shared.contract.envelope import Event
from shared.contract.records import HEADER_ID, HEADER_SOURCE, Record
from shared.contract.upcasting import event_from
from shared.errors import RedressError, Unreadable
from shared.kernel.answering import Answering, Draft
from shared.kernel.fold import Fold
from shared.kernel.packed_ids import contains, packed
from shared.kernel.service import CommandTrigger, Context, LogTrigger, NoLongerDue, Service, Timer, Trigger

MOST_DRAFTS = 5_000
"""Cases of which a draft is kept: a batch holds far fewer, and what belongs to a former batch is of no use."""
TOO_LONG_AGO = "what it rests on lies too far back in the log"


class Period(NamedTuple):
    """From when to when what was recorded is decided again; the end is not in it. None: no bound."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether an instant lies in it."""
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)


@dataclass(slots=True)
class Logged:
    """An answer as the log has it: its events with their stored data, and the case as it was decided on."""

    draft: Draft[Any]
    events: list[Event] = field(default_factory=list)
    stored: list[Any] = field(default_factory=list)

    @property
    def cause(self) -> tuple[str, str]:
        """The case, and what is answered."""
        return self.events[0].subject, self.events[0].causationid


class Attempt(NamedTuple):
    """What deciding again gave: what is answered, the events, and why there are none.

    ``failure`` names the kind of error; ``let_go``: there is nothing to be said any more.
    """

    trigger: Trigger | None
    events: tuple[Event, ...]
    why: str | None = None
    failure: str = ""
    let_go: bool = False


class Again:
    """One service over one partition."""

    def __init__(
        self,
        service: Service[Any],
        partition: int,
        known: KnownThen,
        commands: Mapping[str, Command],
        findings: Findings,
        period: Period = Period(),  # noqa: B008 - a tuple
    ) -> None:
        self.service = service
        self.findings = findings
        self.fold: Fold[Any] = Fold(service, partition)
        self._known, self._period = known, period
        self._answering: Answering[Any] = Answering(service)
        self._causes = Causes(service, commands)
        self._states = StatesBefore(self.fold)
        self._batch: dict[str, Draft[Any]] = {}
        self._open: Logged | None = None
        self._now: datetime | None = None
        self._answered_upto = -1
        self._fired_upto: datetime | None = None

    # -- record by record ----------------------------------------------------------------------------

    def take(self, record: Record) -> None:
        """Take the next record of the partition."""
        case, fold = record.key, self.fold
        entry = fold.cases.get(case)
        try:
            id_, own = record.headers[HEADER_ID], record.headers[HEADER_SOURCE] == fold.source
            known = entry is not None and contains(entry.seen, packed(id_))
        except (KeyError, ValueError, TypeError):
            fold.apply(record)  # which blocks its case
            return
        if own and not known:
            self._own(record)
        if not known:
            self._states.note(case)
        fold.apply(record)
        fold.unreadable.clear()
        trigger = fold.owed.get(case, id_.decode())
        if trigger is not None:
            self._causes.owed(trigger)

    def _own(self, record: Record) -> None:
        """An event of this service: the next one of the answer that is being read, or the first of another."""
        try:
            event, stored = event_from(record), orjson.loads(record.value)
        except (Unreadable, ValueError):
            return  # counted as a blocked case
        if self._open is None or self._open.cause != (event.subject, event.causationid):
            self._finish()
            self._begin(event)
        if self._open is None:
            return
        draft = self._batch[event.subject]
        placed = event.at(draft.folded + draft.made, draft.folded - 1)
        self._open.events.append(placed)
        self._open.stored.append(stored["data"] if stored["type"] != event.type else event.data)
        try:
            self._answering.hold(draft, [placed])
        except Exception:  # noqa: BLE001 - the fold meets it too, and blocks the case
            draft.blocked = True

    def _begin(self, event: Event) -> None:
        """The draft goes on within one batch; the next batch rests on a later event."""
        case = event.subject
        draft = self._batch.get(case)
        if draft is None or draft.basis != event.basisid:
            if len(self._batch) >= MOST_DRAFTS:
                self._batch.clear()
            draft = self._states.draft_at(case, event.basisid)
        if draft is None:
            if self._period.holds(event.recorded_at):
                self.findings.leave_out(event, TOO_LONG_AGO)
            return
        self._batch[case] = draft
        self._open = Logged(replace(draft))

    # -- answer by answer ----------------------------------------------------------------------------

    def _finish(self) -> None:
        """The answer is whole: decide it again and compare."""
        logged, self._open = self._open, None
        if logged is None:
            return
        self._now = logged.events[0].recorded_at
        try:
            if self._period.holds(self._now):
                self._compare(logged, self._best(logged))
        except NotDecidedAgain as reason:
            for event in logged.events:
                self.findings.leave_out(event, str(reason))
        answered = self._causes.answered(logged.events[0].causationid)
        if answered is not None:
            self._answered_upto = max(self._answered_upto, answered.at)

    def _best(self, logged: Logged) -> Attempt:
        """Decide with what was known then; where that is not sure, with what gives the same, if anything does."""
        first: Attempt | None = None
        for reference in self._known.candidates(logged.events[0].recorded_at):
            attempt = self._attempt(logged.events[0], replace(logged.draft), reference)
            if all(verdict == "same" for verdict, _, _ in _verdicts(logged, attempt)):
                return attempt
            first = first or attempt
        if first is None:
            raise NotDecidedAgain("no reference data are published")
        return first

    def _attempt(self, first: Event, draft: Draft[Any], reference: Reference) -> Attempt:
        try:
            trigger = self._causes.of(first, draft, reference)
        except NotDecidedAgain:
            raise
        except Exception as error:  # noqa: BLE001 - code that cannot even say what is due decides nothing
            return Attempt(None, (), repr(error), type(error).__name__)
        if trigger is None:
            return Attempt(None, (), NOT_CALLED_FOR)
        return self._decided(trigger, draft, first.recorded_at, reference)

    def _decided(self, trigger: Trigger, draft: Draft[Any], now: datetime, reference: Reference) -> Attempt:
        context = Context(self.service.name, trigger.case, trigger.id, now, reference)
        blocked = isinstance(trigger, CommandTrigger) and (draft.blocked or trigger.command.unread)
        unseen = CaseBlocked() if blocked else None
        try:
            return Attempt(trigger, tuple(self._answering.answer(draft, trigger, context, unseen).events))
        except NoLongerDue as no:
            return Attempt(trigger, (), str(no), let_go=True)
        except RedressError as error:
            return Attempt(trigger, (), f"{error.code}: {error.detail}", error.code)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this answer's matter only
            return Attempt(trigger, (), repr(error), type(error).__name__)

    def _compare(self, logged: Logged, attempt: Attempt) -> None:
        if isinstance(attempt.trigger, Timer):
            due = attempt.trigger.due_at
            self._fired_upto = due if self._fired_upto is None else max(due, self._fired_upto)
        unit = unit_of(self._batch[logged.cause[0]].state, logged.cause[0])
        for verdict, event, fields in _verdicts(logged, attempt):
            if verdict == "same":
                self.findings.count(verdict, event, unit)
            else:
                self.findings.tell(verdict, event, unit, fields, attempt.why)

    # -- at the end ----------------------------------------------------------------------------------

    def end(self) -> None:
        """The partition was read: what this code would have said besides, and what nobody has answered yet."""
        self._finish()
        self.findings.blocked += len(self.fold.blocked)
        for trigger in list(self.fold.owed.values()):
            if self._period.holds(trigger.event.recorded_at):
                self._unanswered(trigger)
        if self._fired_upto is not None:
            self._passed_over(self._fired_upto)

    def _unanswered(self, trigger: LogTrigger) -> None:
        """Something owed that has no answer: later ones have theirs, or it merely is not its turn yet."""
        if trigger.at >= self._answered_upto:
            self.findings.waiting += 1
        else:
            self._besides(trigger)

    def _passed_over(self, upto: datetime) -> None:
        """What fell due before something that fired, and did not fire itself."""
        while self.fold.tick(upto):
            pass
        for timer in list(self.fold.due.values()):
            if timer.due_at < upto and not self.fold.owed.count(timer.case) and self._period.holds(timer.due_at):
                self._besides(timer)

    def _besides(self, trigger: LogTrigger | Timer) -> None:
        """Decide what the log holds no answer to."""
        entry = self.fold.cases[trigger.case]
        draft = self._states.draft_at(trigger.case, entry.basis.decode())
        if entry.blocked or draft is None or self._now is None:
            return
        attempt = self._decided(trigger, draft, self._now, self._known.latest())
        if not attempt.events and not attempt.let_go:
            self.findings.hold(attempt.failure)
        unit = unit_of(draft.state, trigger.case)
        for event in attempt.events:
            self.findings.tell("new", event, unit, why="the log holds no answer to this")


def _verdicts(logged: Logged, attempt: Attempt) -> Iterator[tuple[Verdict, Event, list[DifferingField]]]:
    """Event by event of an answer. One of another type is missing, and another one new."""
    for event, stored, again in zip_longest(logged.events, logged.stored, attempt.events):
        if event is not None and again is not None and event.name == again.name:
            fields = differing(event, again, stored)
            yield "different" if fields else "same", event, fields
            continue
        if event is not None:
            yield "missing", event, []
        if again is not None:
            yield "new", again, []
