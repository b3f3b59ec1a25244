"""These shapes describe what casework answers, also in its OpenAPI document."""

from typing import Literal

from pydantic import BaseModel, Field

from shared.web import problems
from shared.web.log_position import LogPosition


class EventMade(BaseModel):
    """One event that answers the command."""

    event_id: str
    type: str


class CommandPending(BaseModel):
    """The command is on its way: ask its `Location` again."""

    command_id: str
    status: Literal["pending"] = "pending"


class Pending(BaseModel):
    """The act waits for a second person: it takes effect when one of `approvers` sends `approve` with `approval`."""

    approval: str
    approvers: list[str]


class CommandDone(BaseModel):
    """The command became these events. `pending`: it needs a second person, so nothing has happened but the asking."""

    command_id: str
    events: list[EventMade]
    log: LogPosition
    pending: Pending | None = None


class CommandStatus(BaseModel):
    """What became of a command. `code` and `about` say why it was refused."""

    command_id: str
    name: str
    status: Literal["done", "refused", "failed"]
    events: list[EventMade]
    log: LogPosition
    code: str | None = None
    about: list[str] | None = None
    pending: Pending | None = None


class CommandProblem(problems.Problem):
    """Why a command was not done. Of a refusal that is recorded also its id and where its event lies in the log."""

    command_id: str | None = None
    log: LogPosition | None = None
    about: list[str] = Field(default=[], description="what stands in the way, such as kinds of open duties")
