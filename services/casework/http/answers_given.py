"""What casework answers: the outcome of a command, the same whenever somebody asks."""

from typing import Literal

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from services.casework.http.outcomes import Outcome
from services.casework.http.refusals import Overtaken
from services.casework.refusing import REFUSALS
from shared.contract.commands import CommandFailed
from shared.contract.records import Position
from shared.errors import RedressError
from shared.web import problems


class LogPosition(BaseModel):
    """Where an event lies in the log: hand it to a console's ``after`` to read what you wrote."""

    partition: int
    offset: int


class EventMade(BaseModel):
    """One event that answers the command."""

    event_id: str
    type: str


class CommandPending(BaseModel):
    """The command is on its way: ask its `Location` again."""

    command_id: str
    status: Literal["pending"] = "pending"


class CommandDone(BaseModel):
    """The command became these events."""

    command_id: str
    events: list[EventMade]
    log: LogPosition


class CommandStatus(BaseModel):
    """What became of a command. `code` and `about` say why it was refused."""

    command_id: str
    name: str
    status: Literal["done", "refused", "failed"]
    events: list[EventMade]
    log: LogPosition
    code: str | None = None
    about: list[str] | None = None


class CommandProblem(problems.Problem):
    """Why a command was not done. Of a refusal that is recorded also its id and its event's place in the log."""

    command_id: str | None = None
    log: LogPosition | None = None
    about: list[str] = Field(default=[], description="what stands in the way, such as kinds of open duties")


def outcome_given(command_id: str, outcome: Outcome, at: Position) -> JSONResponse:
    """The answer to the call that sent the command: done, or the refusal's problem with its status."""
    log = LogPosition(**at._asdict())
    if outcome.code is None:
        return JSONResponse(CommandDone(command_id=command_id, events=_events(outcome), log=log).model_dump())
    error = _errors().get(outcome.code, RedressError)
    detail = " ".join((error.__doc__ or "").split())
    extra = {"command_id": command_id, "log": log.model_dump()}
    extra |= {"about": list(outcome.about)} if outcome.about else {}
    return problems.problem(error.status, outcome.code, detail, list(outcome.pointers), **extra)


def status_given(command_id: str, outcome: Outcome, at: Position) -> dict[str, object]:
    """The answer to whoever asks what became of a command."""
    found = CommandStatus(
        command_id=command_id, name=outcome.name, status=_status(outcome), events=_events(outcome),
        log=LogPosition(**at._asdict()), code=outcome.code, about=None if outcome.code is None else list(outcome.about),
    )  # fmt: skip
    return found.model_dump(exclude_none=True)


def _status(outcome: Outcome) -> Literal["done", "refused", "failed"]:
    if outcome.code is None:
        return "done"
    return "failed" if outcome.code == CommandFailed.code else "refused"


def _events(outcome: Outcome) -> list[EventMade]:
    return [EventMade(event_id=event, type=type_) for event, type_ in outcome.events]


def _errors() -> dict[str, type[RedressError]]:
    """Every error by its code, the more special one last: an answer's words are those of the error's docstring."""

    def below(kind: type[RedressError]) -> list[type[RedressError]]:
        return [kind, *(found for sub in kind.__subclasses__() for found in below(sub))]

    return {error.code: error for error in below(RedressError)} | REFUSALS | {Overtaken.code: Overtaken}
