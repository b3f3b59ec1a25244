"""How each dead letter stands, folded from the letters and from what was decided about them. Pure."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from shared.contract.governance import GovernanceStep, StepKind, step_from
from shared.contract.letters import LetterRecord, letter_from
from shared.contract.records import Record
from shared.errors import Unreadable

LetterState = Literal["open", "asked", "settled", "discarded"]
KEPT_FOR = timedelta(days=365)
"""So long what a letter seals is kept after it was resolved: whoever asks what failed last year is answered."""


@dataclass(slots=True)
class Standing:
    """One letter with its steps in order, each once."""

    letter: LetterRecord
    steps: list[GovernanceStep] = field(default_factory=list)

    @property
    def state(self) -> LetterState:
        """``asked``: a service was told to try and has not answered; ``settled``: nothing waits for it any more."""
        state: LetterState = "open"
        answered = self._answered()
        for step in self.steps:
            match step.kind:
                case "redrive_asked" if step.number not in answered:
                    state = "asked"
                case "discarded":
                    state = "discarded"
                case "settled":
                    state = "settled"
                case "reopened":
                    state = "open"
                case "redrive_answered":
                    state = "settled" if step.outcome == "done" else self._before_asked(step)
        return state

    def _before_asked(self, answer: GovernanceStep) -> LetterState:
        """A letter that was set aside stays so when it is tried once more in vain."""
        before = self.steps[: self.steps.index(answer)]
        aside = [step for step in before if step.kind in ("discarded", "reopened")]
        return "discarded" if aside and aside[-1].kind == "discarded" else "open"

    @property
    def waits(self) -> bool:
        """Whether somebody has to do something about it, or a service has."""
        return self.state in ("open", "asked")

    @property
    def resolved_at(self) -> datetime | None:
        """Since when nobody has to see to it any more; None while somebody has to, or a service."""
        return self.steps[-1].at if self.state in ("settled", "discarded") else None

    def kept_at(self, now: datetime) -> bool:
        """Whether what it seals is still kept: until it is resolved, then for a year."""
        return self.resolved_at is None or now < self.resolved_at + KEPT_FOR

    def count(self, kind: StepKind) -> int:
        """How many steps of a kind were taken; those that operators took at once count once."""
        return max((step.number for step in self.steps if step.kind == kind), default=0)

    @property
    def failures(self) -> list[GovernanceStep]:
        """The redrives that came to nothing since it was last settled."""
        since = max((at for at, step in enumerate(self.steps) if step.kind in ("settled", "reopened")), default=-1)
        return [step for step in self.steps[since + 1 :] if step.outcome == "failed"]

    @property
    def asked(self) -> GovernanceStep | None:
        """The redrive that a service has not answered yet."""
        answered = self._answered()
        return next((s for s in reversed(self.steps) if s.kind == "redrive_asked" and s.number not in answered), None)

    def _answered(self) -> set[int]:
        return {step.number for step in self.steps if step.kind == "redrive_answered"}

    def first(self, step: GovernanceStep) -> GovernanceStep | None:
        """Whichever of the steps that were taken at once is first in the topic; None while this one is not read."""
        at_once = [one for one in self.steps if (one.kind, one.number) == (step.kind, step.number)]
        return at_once[0] if any(one.id == step.id for one in at_once) else None


class Standings:
    """The letters by id in the order in which they were told; of one service, or of all. ``unsettled``: those of them
    that something waits for, set aside or not.
    """

    def __init__(self, service: str | None = None) -> None:
        self.by_id: dict[str, Standing] = {}
        self.unsettled: dict[str, Standing] = {}
        self._service = service
        self._early: dict[str, list[GovernanceStep]] = {}
        self._seen: set[str] = set()

    def take_letter(self, record: Record) -> None:
        """Note a letter; a copy of one, and what is none, counts for nothing."""
        with suppress(Unreadable):
            letter = letter_from(record)
            if self._service in (None, letter.service) and letter.id not in self.by_id:
                one = self.by_id[letter.id] = Standing(letter, self._early.pop(letter.id, []))
                self._sort_in(one)

    def take_step(self, record: Record) -> None:
        """Note a step; a copy of one, and what is none, counts for nothing."""
        with suppress(Unreadable):
            self.add(step_from(record))

    def add(self, step: GovernanceStep) -> None:
        """Note a step, once."""
        if step.id in self._seen or self._service not in (None, step.service):
            return
        self._seen.add(step.id)
        known = self.by_id.get(step.letter)
        if known is None:  # the two topics are read beside each other
            self._early.setdefault(step.letter, []).append(step)
        elif known.letter.service == step.service:
            known.steps.append(step)
            self._sort_in(known)

    def _sort_in(self, one: Standing) -> None:
        if one.state == "settled":
            self.unsettled.pop(one.letter.id, None)
        else:
            self.unsettled[one.letter.id] = one

    def waiting(self) -> Iterator[Standing]:
        """Those that somebody, or a service, has to do something about."""
        return (one for one in self.unsettled.values() if one.waits)
