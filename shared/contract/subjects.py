"""The authenticated caller: a person of the bank or a channel system, as events name it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Subject:
    """The authenticated caller. ``str()`` of it is the actor that events name."""

    kind: Literal["person", "channel"]
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


def person_of(actor: str) -> str | None:
    """The person behind an actor of an event or a command; None where a system speaks."""
    kind, _, id_ = actor.partition(":")
    return id_ if kind == "person" else None
