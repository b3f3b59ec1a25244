"""Answers with the outcome of a command: the same whenever somebody asks."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Literal

from fastapi.responses import JSONResponse

from services.casework.http.answers_given import CommandDone, CommandStatus, EventMade, Pending
from services.casework.http.outcomes import Outcome
from services.casework.http.refusals import Overtaken
from services.casework.refusing import REFUSALS, RENAMED
from shared.case.refusal_sentences import told
from shared.contract.commands import CommandFailed
from shared.contract.records import Position
from shared.errors import RedressError
from shared.process import metrics
from shared.web import problems
from shared.web.log_position import LogPosition

FORBIDDEN = 403


def outcome_given(command_id: str, outcome: Outcome, at: Position, headers: Mapping[str, str]) -> JSONResponse:
    """The answer to the call that sent the command: done, or the refusal's problem with its status."""
    log = LogPosition(**at._asdict())
    if outcome.code is None:
        done = CommandDone(command_id=command_id, events=_events(outcome), log=log, pending=_pending(outcome))
        return JSONResponse(done.model_dump(exclude_none=True))
    error = _error(outcome)
    if error.status == FORBIDDEN:  # recorded as CommandRefused already
        metrics.REFUSALS.labels("casework-api", outcome.code).inc()
    error.extra = {"command_id": command_id, "log": log.model_dump()}
    error.extra |= {"about": list(outcome.about)} if outcome.about else {}
    return problems.answer(error, headers, partial(told, error, outcome.about), outcome.code)


def _error(outcome: Outcome) -> RedressError:
    """The refusal on record, as it is raised."""
    kind = _errors().get(outcome.code or "", RedressError)
    error = RedressError.__new__(kind)
    RedressError.__init__(error, pointers=outcome.pointers)
    return error


def status_given(command_id: str, outcome: Outcome, at: Position) -> dict[str, Any]:
    """The answer to whoever asks what became of a command."""
    found = CommandStatus(
        command_id=command_id, name=outcome.name, status=_status(outcome), events=_events(outcome),
        log=LogPosition(**at._asdict()), code=outcome.code, about=None if outcome.code is None else list(outcome.about),
        pending=_pending(outcome),
    )  # fmt: skip
    return found.model_dump(exclude_none=True)


def _status(outcome: Outcome) -> Literal["done", "refused", "failed"]:
    if outcome.code is None:
        return "done"
    return "failed" if outcome.code == CommandFailed.code else "refused"


def _pending(outcome: Outcome) -> Pending | None:
    """Say who may approve what was asked for: the approval is named by the event that asked."""
    if outcome.approvers is None:
        return None
    return Pending(approval=outcome.events[0][0], approvers=list(outcome.approvers))


def _events(outcome: Outcome) -> list[EventMade]:
    return [EventMade(event_id=event, type=type_) for event, type_ in outcome.events]


def _errors() -> dict[str, type[RedressError]]:
    """Every error by its code, the more special one last: an answer's words are those of the error's docstring."""

    def below(kind: type[RedressError]) -> list[type[RedressError]]:
        return [kind, *(found for sub in kind.__subclasses__() for found in below(sub))]

    return {error.code: error for error in below(RedressError)} | REFUSALS | RENAMED | {Overtaken.code: Overtaken}
