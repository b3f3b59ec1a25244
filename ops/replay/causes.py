"""Finds anew what an event of the log answers: it is made from the state and the log, never stored. Pure."""

from collections.abc import Mapping
from typing import Any

from ops.replay.sendings import result_of
from shared.bank.reference import Reference
from shared.contract.commands import Command
from shared.contract.envelope import Event
from shared.contract.ids import is_case
from shared.errors import NotYet
from shared.kernel.answering import Draft
from shared.kernel.service import (
    CommandTrigger,
    LogTrigger,
    ReferenceTrigger,
    ResultTrigger,
    Service,
    Trigger,
)

GONE = "its command is kept no longer"
QUEUED = "it was refused in the queue, before anything was decided"
REFUSED, IN_THE_QUEUE = "CommandRefused", frozenset({"after_unknown", "awaited_too_long"})
"""What says that a command was refused, and the codes for which nothing was decided: it waited for the log too long."""
NOT_CALLED_FOR = "nothing calls for it by this code"


class NotDecidedAgain(Exception):
    """What an event answers is not there to be decided again; says why."""


class Causes:
    """The triggers of one service in one partition, by what names them."""

    def __init__(self, service: Service[Any], commands: Mapping[str, Command]) -> None:
        self._service = service
        self._commands = commands
        self._owed: dict[str, LogTrigger] = {}

    def owed(self, trigger: LogTrigger) -> None:
        """An event is owed an answer; it is remembered until it has one, also if it needs none any more."""
        self._owed[trigger.id] = trigger

    def answered(self, id_: str) -> LogTrigger | None:
        """An event has its answer."""
        return self._owed.pop(id_, None)

    def of(self, first: Event, draft: Draft[Any], reference: Reference) -> Trigger | None:
        """What the first event of an answer answers; None if by this code nothing calls for it.

        Raises:
            NotDecidedAgain: it is not there.
        """
        id_, case, state = first.causationid, first.subject, draft.state
        if id_ in self._owed:
            return self._owed[id_]
        if self._service.refuse is not None:
            return self._command(first)
        result = result_of(first)
        if result is not None and state is not None and id_ in self._service.open_sendings(state):
            return ResultTrigger(id_, case, result)
        if not is_case(case):
            return self._changed(first, state, reference)
        if state is None:
            return None
        timer = next((timer for timer in self._service.timers(case, state) if timer.id == id_), None)
        return timer or self._changed(first, state, reference)

    def _command(self, first: Event) -> CommandTrigger | None:
        if first.name == REFUSED and first.data["code"] in IN_THE_QUEUE:
            raise NotDecidedAgain(QUEUED)
        command = self._commands.get(first.causationid)
        if command is None and first.data["command"] is not None:
            raise NotDecidedAgain(GONE)
        return CommandTrigger(command) if command is not None else None

    def _changed(self, first: Event, state: Any, reference: Reference) -> ReferenceTrigger | None:
        """The change of reference data, or the day that was over, that made a decision differ."""
        try:
            found = self._service.stale(first.subject, state, reference, first.recorded_at)
            return next((trigger for trigger in found if trigger.id == first.causationid), None)
        except NotYet:
            return None
