"""The records of `complaints.governance` that tell of replays: who published which records again, where, and why. Pure.

They lie beside what is decided about dead letters, under a step of their own.
"""

from datetime import datetime
from typing import Literal, get_args

from shared.contract.attributed import said_in, source_of
from shared.contract.events.base import Closed
from shared.contract.governance import HEADER_STEP, OPERATORS, GovernanceStep
from shared.contract.governance import step_from as letters_step_from
from shared.contract.ids import derived
from shared.contract.records import HEADER_SOURCE, Outgoing, Record

HEADER_REPLAYED = "redress-replayed"
"""Of a record that was published again: the replay, and where the record lies in the log."""
ReplayStepKind = Literal["replay_begun", "replay_ended"]


class ReplayStep(Closed):
    """A replay began, or came to its end. ``at``: the machine's time.

    ``who`` wanted it and ``account`` ran the command. ``into`` is the topic; the rest chooses the records. ``records``:
    how many the topic holds of this replay at its end.
    """

    id: str
    kind: ReplayStepKind
    at: datetime
    replay: str
    who: str
    account: str
    why: str
    into: str
    since: datetime | None = None
    until: datetime | None = None
    case: str | None = None
    types: tuple[str, ...] = ()
    unit: str | None = None
    records: int | None = None


def step_id(replay: str, kind: ReplayStepKind, records: int | None) -> str:
    """The id of a step: whoever goes on with a replay that was cut off takes the same one."""
    return derived("replay step", replay, kind, records)


def outgoing_step(step: ReplayStep) -> Outgoing:
    """The step as it is appended: signed by the operators' key."""
    headers = [(HEADER_STEP, step.kind.encode()), (HEADER_SOURCE, source_of(OPERATORS))]
    return Outgoing(f"replay/{step.replay}", step.model_dump_json(exclude_none=True).encode(), headers)


def step_from(record: Record) -> ReplayStep:
    """The step of a record. Raises Unreadable: it tells of no replay, or was not written by the operators."""
    return said_in(record, "complaints.governance", ReplayStep, lambda _: OPERATORS)


def any_step_from(record: Record) -> ReplayStep | GovernanceStep:
    """The step of a record, of a replay or about a dead letter. Raises Unreadable: of neither."""
    kind = record.headers.get(HEADER_STEP, b"").decode("ascii", "replace")
    return step_from(record) if kind in get_args(ReplayStepKind) else letters_step_from(record)
