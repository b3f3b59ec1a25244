"""The ports hand the sessions of a process what lies outside them: log, reference data, clock, dead letters."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shared.bank.reference import Reference
from shared.contract.envelope import SCHEMAS, Event
from shared.contract.letters import Fault, LetterKind
from shared.contract.records import EventLog
from shared.kernel.fold import Fold
from shared.process.clock import DomainClock


class Outside(Protocol):
    """What a service does outside the log, such as sending mail. Results come back as triggers."""

    async def opened(self, fold: Fold[Any]) -> None:
        """The partition is ours: take over what a former owner began."""

    def read_anew(self, fold: Fold[Any], cases: Collection[str]) -> None:
        """These cases could not be read when the partition became ours, or since: take over what was begun on them."""

    def committed(self, fold: Fold[Any], events: Sequence[Event]) -> None:
        """These events of ours are in the log."""

    async def closed(self, partition: int) -> None:
        """The partition is no longer ours."""

    def under_way(self) -> int:
        """How many sendings are open."""

    def at_hand(self) -> int:
        """How many of them are being delivered at this moment: whoever ends now leaves it open whether they were."""

    def begin_no_more(self) -> None:
        """The process ends: what is at hand comes to its end, nothing else is begun."""

    def numbers(self) -> dict[str, int]:
        """What else somebody who looks at it wants to know, by name."""


class DeadLetters(Protocol):
    """Where somebody is told, once, that a case waits."""

    def tell(self, case: str, cause: str, kind: LetterKind, fault: Fault, raw: bytes, type_: str | None = None) -> None:
        """See to it that there is a dead letter of this cause, sooner or later. Never fails, nobody waits for it."""


@dataclass(frozen=True, slots=True)
class Ports:
    """What all sessions of a process share."""

    log: EventLog
    reference: Reference
    clock: DomainClock
    dead_letters: DeadLetters
    batch_triggers: int
    batch_bytes: int
    outside: Outside | None = None
    commands: EventLog | None = None
    command_wait_seconds: float = 60.0
    schemas_at: str = SCHEMAS
