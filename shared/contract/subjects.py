"""The authenticated caller: a person of the bank, a channel system, or the mailbox of a unit that mail came to."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Subject:
    """The authenticated caller. ``str()`` of it is the actor that events name.

    ``way``: where he submits by another way than a call; his keys there are keys of their own.
    """

    kind: Literal["person", "channel", "smtp"]
    id: str
    way: Literal["inbox"] | None = None

    @property
    def submitter(self) -> str:
        """Whose the keys are under which he submits."""
        return f"{self.way}:{self.id}" if self.way else str(self)

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


def person_of(actor: str) -> str | None:
    """The person behind an actor of an event or a command; None where a system speaks."""
    kind, _, id_ = actor.partition(":")
    return id_ if kind == "person" else None
