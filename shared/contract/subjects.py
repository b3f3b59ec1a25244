"""Who is known by name: a person of the bank, a channel system, a unit's mailbox that mail came to, a consumer."""

from dataclasses import dataclass
from typing import Literal

SubjectKind = Literal["person", "channel", "smtp", "consumer"]


@dataclass(frozen=True, slots=True)
class Subject:
    """The authenticated caller. ``str()`` of it is the actor that events name.

    ``way``: where he submits by another way than a call; his keys there are keys of their own. A consumer reads topics
    and calls nobody.
    """

    kind: SubjectKind
    id: str
    way: Literal["inbox"] | None = None

    @property
    def submitter(self) -> str:
        """Whose the keys are under which he submits."""
        return f"{self.way}:{self.id}" if self.way else str(self)

    @property
    def principal(self) -> str:
        """What the brokers call the account of a system: a channel system's, or a consumer's."""
        return f"{self.kind}-{self.id}"

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


def person_of(actor: str) -> str | None:
    """The person behind an actor of an event or a command; None where a system speaks."""
    kind, _, id_ = actor.partition(":")
    return id_ if kind == "person" else None
