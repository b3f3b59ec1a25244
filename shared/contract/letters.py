"""The records of `complaints.dead-letters`: what each says in the clear of a record or a decision that waits. Pure.

What failed and the record itself may hold somebody's words, so both are sealed; nothing that stands here does.
"""

import re
from typing import Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from shared.contract.attributed import said_in
from shared.contract.events.base import Sealed
from shared.contract.records import HEADER_TYPE, Record
from shared.errors import RedressError, Unreadable

LetterKind = Literal["unreadable", "poison", "command", "inbox", "unproven"]
"""What failed: the fold of a record, a decision, a command, a record of the inbox; or nobody of ours wrote a record."""
UNPROVEN: Final = "unproven"
NOT_KEPT: Final = "record_not_kept"
"""The reason of a redrive that failed since the record was too large to be kept, or is kept no longer."""
OF_REFERENCE = "reference/"
OF_COMMAND_PLACE = "command/"
"""How the causes begin of what is no trigger: a look at changed reference data, the place of what is no command."""
_PLACE = re.compile(r"\d+:\d+")
_TYPE = re.compile(r"redress\.[A-Za-z]+\.v\d+")


class Fault(NamedTuple):
    """Why something failed. ``reason``: a code that anybody may read; ``said``: all of it, which is sealed."""

    reason: str
    said: str

    @classmethod
    def of(cls, error: Exception) -> "Fault":
        """What an error says; in the clear stands its code, or the name of its class or of what caused it."""
        cause = error.__cause__ if type(error) is Unreadable and error.__cause__ is not None else error
        return cls(cause.code if isinstance(cause, RedressError) else type(cause).__name__, repr(error))


def type_of_record(record: Record) -> str | None:
    """The event type that a record's header names, if it looks like one of ours: then it says nothing of anybody."""
    said = record.headers.get(HEADER_TYPE) or b""
    text = said.decode("ascii", "replace")
    return text if _TYPE.fullmatch(text) else None


class LetterRecord(BaseModel):
    """What stands of one dead letter in the clear; ``at``: its offset in its topic.

    ``reason`` and ``type`` are not known of letters of before they were told in the clear. What is sealed, perhaps a
    large record, is not kept: whoever opens it reads it at its place.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    service: str
    case_id: str
    cause: str
    kind: LetterKind
    first_at: str
    record_sha256: str
    record_bytes: int
    record_whole: bool
    reason: str | None = None
    type: str | None = None
    at: int = -1

    @property
    def partition(self) -> int | None:
        """The partition of the log, or of the commands, in which the record lies; None where the case says it."""
        place = self.cause.removeprefix(OF_COMMAND_PLACE)
        return int(place.split(":")[0]) if _PLACE.fullmatch(place) else None

    @property
    def offset(self) -> int | None:
        """Where in the log the unreadable record lies."""
        return int(self.cause.split(":")[1]) if self.kind == "unreadable" and _PLACE.fullmatch(self.cause) else None


class _AsItLies(LetterRecord):
    why: Sealed
    record: Sealed


def letter_from(record: Record) -> LetterRecord:
    """The dead letter of a record, also of before their headers named a service.

    Raises:
        Unreadable: it is none, or one service tells a letter of another.
    """
    found = said_in(record, "complaints.dead-letters", _AsItLies, lambda letter: letter.service, unnamed=True)
    in_the_clear = {name: getattr(found, name) for name in LetterRecord.model_fields}
    return LetterRecord.model_construct(**in_the_clear | {"at": record.offset})


def sealed_under(letter: str) -> str:
    """The key of the vault under which a dead letter is sealed: it belongs to no case."""
    return f"dead-letter/{letter}"
