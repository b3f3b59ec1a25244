"""A declaration says all of a command, once, beside the function that decides on it.

Registry, rights, checks of state and time, OpenAPI, the reference page and the tests' lists are made of declarations.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from services.casework.bad_content import ApproverNotEntitled, InvalidCommand
from services.casework.bad_state import (
    AskedAlready,
    CaseEnded,
    CaseInArchive,
    CaseNotRouted,
    NobodyMayApprove,
    NotEnded,
)
from services.casework.bad_times import (
    BeforeReceipt,
    BeforeWhatItAnswers,
    LateWithoutProof,
    TimeAhead,
    TimePast,
    TimeTooFar,
)
from services.casework.refusals import NotEntitled, NotYours, OwnApproval, PartyConcerned, Refusal, UnknownActor
from services.casework.sides import SideName
from services.casework.state import Moment
from shared.case.duty_kinds import KINDS, WATCHED
from shared.contract.bodies import Shape, Text
from shared.contract.events.base import CaseworkEvent
from shared.contract.tenses import Happened, Tense, places
from shared.kernel.service import Fact

A = TypeVar("A")
Stage = Literal["open", "ended", "archived"]
"""How far a case is: nothing ended it, something did, or it lies in the archive as well."""
REFUSED_AT_STAGE: dict[Stage, type[Refusal]] = {"open": NotEnded, "ended": CaseEnded, "archived": CaseInArchive}
"""What is answered where a command does not belong to the stage of the case."""
REFUSED_ALWAYS: tuple[type[Refusal], ...] = (
    UnknownActor, PartyConcerned, NotEntitled, NotYours, CaseNotRouted, InvalidCommand, TimeAhead, BeforeReceipt,
    LateWithoutProof,
)  # fmt: skip
"""What every command can be refused with, by rights, state and time."""


REFUSED_ASKING: tuple[type[Refusal], ...] = (
    OwnApproval, ApproverNotEntitled, NobodyMayApprove, AskedAlready,
)  # fmt: skip
"""What asking for a second person can be refused with."""


class Body(Shape):
    """Every command takes when it happened (default now), and proof where it is entered late."""

    at: Happened | None = None
    proof: Text | None = None


@dataclass(frozen=True, slots=True)
class SecondPerson(Generic[A]):
    """Says when an act needs a second person, in words and as a rule, and who that may be.

    ``approvers``: those entitled, nearest first; None where this very act needs nobody. ``about``: the fields that say
    what the act is about where a case may see several of it; the same is not asked for while it waits.
    """

    when: str
    approvers: Callable[[A], tuple[str, ...] | None]
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declaration(Generic[A]):
    """A declaration says all of one command. ``A`` is what its decision looks at (``services.casework.act.Act``).

    ``who``: the sides that may send it. ``stages``: where the case may be; ``while_owed``: the duty that lets it be
    sent after the end as well, as long as it is open. ``not_before``: the facts that it answers, so its time does not
    lie before theirs. ``second_person``: when somebody else has to approve it, and who. ``refused``: what it can be
    refused with besides what every command can. ``names_case``: the field that names another case, by id or number;
    it is recorded by its number. ``names_speakers``: the field with names of who speaks on the case, which
    the API sends as they are sealed there. ``reads_receipt``: it corrects a value of
    the receipt, which the API looks up and sends along. ``effect``: what else follows from it, in words.
    """

    name: str
    body: type[Body]
    becomes: type[CaseworkEvent]
    decide: Callable[[A], Fact]
    who: tuple[SideName, ...]
    stages: tuple[Stage, ...] = ("open",)
    while_owed: str | None = None
    not_before: tuple[Moment, ...] = ()
    second_person: "SecondPerson[A] | None" = None
    refused: tuple[type[Refusal], ...] = ()
    names_case: str | None = None
    names_speakers: str | None = None
    reads_receipt: bool = False
    effect: str = ""

    @property
    def summary(self) -> str:
        """What it is for, in one sentence: the body's docstring."""
        return " ".join((self.body.__doc__ or "").split())

    @property
    def discharges(self) -> list[str]:
        """The kinds of duties that its fact can discharge, as they are declared."""
        return [kind for kind, found in KINDS.items() if self.becomes.__name__ in found.discharged_by]

    @property
    def refusals(self) -> tuple[type[Refusal], ...]:
        """Everything that deciding on it can end in but its event."""
        stages = tuple(error for stage, error in REFUSED_AT_STAGE.items() if stage not in self.stages)
        tenses = {place.tense for place in places(self.body)} - {Tense.HAPPENED}
        times = (BeforeWhatItAnswers,) if self.not_before else ()
        ahead = ((TimeTooFar,) if tenses else ()) + ((TimePast,) if Tense.AHEAD in tenses else ())
        asked = REFUSED_ASKING if self.second_person else ()
        return tuple(dict.fromkeys((*REFUSED_ALWAYS, *stages, *times, *ahead, *self.refused, *asked)))

    @property
    def can_stop_clock(self) -> bool:
        """Whether its fact can stop the bank's own clock: entered after a breach as if before it, it needs proof."""
        return not WATCHED.isdisjoint(self.discharges)
