"""The records of `complaints.governance`: who decided what about a dead letter, and what came of it. Pure.

The topic is append-only and kept for ever. An operator's step (asked, discarded) is written by `redress`, what came of
it by the service whose letter it is; a step has an id that repeating it gives again, and counts once.
"""

from datetime import datetime
from typing import Literal

from shared.contract.attributed import said_in, source_of
from shared.contract.events.base import Closed
from shared.contract.ids import derived
from shared.contract.records import HEADER_SOURCE, Outgoing, Record

HEADER_STEP = "redress-step"
StepKind = Literal["redrive_asked", "redrive_answered", "settled", "reopened", "discarded"]
BY_OPERATORS: frozenset[StepKind] = frozenset({"redrive_asked", "discarded"})
OPERATORS = "ops"
"""The signer of what the operators decide."""


class GovernanceStep(Closed):
    """One step. ``at``: the machine's time. ``number`` counts the steps of a letter of this kind from 1; those that
    operators take at once have one number, and are answered once.

    ``who`` decided and ``approved_by`` agreed, people of the organisation by id; ``account`` ran the command. Of a
    redrive: ``again`` says that it was asked although it had failed too often, ``outcome`` and ``reason`` what came of
    it.
    """

    id: str
    kind: StepKind
    at: datetime
    letter: str
    service: str
    case: str
    number: int
    who: str | None = None
    account: str | None = None
    why: str | None = None
    ticket: str | None = None
    approved_by: str | None = None
    again: bool = False
    outcome: Literal["done", "failed"] | None = None
    reason: str | None = None


def step_id(letter: str, kind: StepKind, number: int, *said: object) -> str:
    """The id of a letter's step: whoever takes it a second time takes the same one.

    ``said``: all that an operator decided, so that two who decide at once have a step each.
    """
    return derived("governance", letter, kind, number, *said)


def outgoing_step(step: GovernanceStep) -> Outgoing:
    """The step as it is appended: signed by the operators' key, or by that of the service that answers."""
    headers = [(HEADER_STEP, step.kind.encode()), (HEADER_SOURCE, source_of(_writer(step)))]
    return Outgoing(step.letter, step.model_dump_json(exclude_none=True).encode(), headers)


def step_from(record: Record) -> GovernanceStep:
    """The step of a record. Raises Unreadable: it is none, or was written by somebody whose step it is not."""
    return said_in(record, "complaints.governance", GovernanceStep, _writer)


def _writer(step: GovernanceStep) -> str:
    return OPERATORS if step.kind in BY_OPERATORS else step.service
