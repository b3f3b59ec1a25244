"""Commands: what people ask to be done on a case, on their way from an API to the worker that decides.

A command waits in ``complaints.commands`` until an event with its id as causation is in the log. Whatever a person
typed is sealed before it gets there.
"""

from typing import Any, NamedTuple

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.contract.ids import derived
from shared.contract.records import HEADER_ID, HEADER_TYPE, Outgoing, Record
from shared.errors import RedressError, Unreadable


class AfterUnknown(RedressError):
    """The place in the log that this command rests on is not there: read the case again, then repeat."""

    code = "after_unknown"
    status = 409


class CaseBlocked(RedressError):
    """A record of this case cannot be read, so nothing is decided on it: the operations engineers have been told."""

    code = "case_blocked"
    status = 409


class CommandFailed(RedressError):
    """This command could not be decided, which is a fault of Redress: the log of casework says what happened."""

    code = "internal_error"
    status = 500


class AwaitedTooLong(RedressError):
    """What this act rests on did not come in time, so nothing was done: read the case, then act under a new key."""

    code = "awaited_too_long"
    status = 503


UNREAD = 2**63 - 1
"""The ``after`` of a command whose sender could not read the case: it has no body, and nothing is decided on it.

No offset is ever so large: a worker of a version that does not know this mark refuses it, too (``AfterUnknown``).
"""


class Command(NamedTuple):
    """One command. ``at``: when it happened, ISO 8601 with offset, None for now.

    ``after``: the place in the log of the case's partition that its sender had seen; the case waits until the fold
    has got there. ``fingerprint`` tells its content from another one's under the same key. ``body``: sealed.
    """

    id: str
    name: str
    case: str
    actor: str
    at: str | None
    after: int
    fingerprint: str
    body: dict[str, Any]

    @property
    def unread(self) -> bool:
        """Whether its sender could not read the case."""
        return self.after == UNREAD


class CommandRecord(BaseModel):
    """A command as its record holds it. What a person typed is sealed in ``body``."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str
    name: str
    case: str
    actor: str
    at: str | None
    after: int
    fingerprint: str
    body: dict[str, Any]


def command_id(actor: str, case: str, key: str) -> str:
    """The id of the command that an actor's idempotency key stands for on a case."""
    return derived("command", actor, case, key)


def record_of(command: Command) -> Outgoing:
    """The record of a command, keyed by its case."""
    headers = [(HEADER_ID, command.id.encode()), (HEADER_TYPE, command.name.encode())]
    return Outgoing(command.case, orjson.dumps(command._asdict()), headers)


def command_from(record: Record) -> Command:
    """The command of a record. Raises Unreadable."""
    try:
        command = Command(**CommandRecord.model_validate_json(record.value).model_dump())
    except ValidationError as error:
        raise Unreadable("This record is no command of Redress: a field is not what it has to be.") from error
    if command.case != record.key:
        raise Unreadable("This command does not have its case as key.")
    return command
