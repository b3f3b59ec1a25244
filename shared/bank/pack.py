"""Policy packs: which limits a regime sets, as a data file; versioned by content, in force by date of receipt. Pure."""

from collections.abc import Iterator
from datetime import date, time
from typing import NamedTuple

from pydantic import Field, field_validator, model_validator

from shared.bank.reference_file import read_as
from shared.contract.codes import Reason
from shared.contract.events.base import Closed, Identifier, Versioned

LONGEST_LIMIT = 2_500
"""Working days: some ten years. More is a mistyped number, and would lead beyond every calendar."""


class ClassWords(Closed):
    """What a class of complaints is called in letters."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class ComplaintClass(Closed):
    """One class of complaints: what it is called, which reasons it has, and its limits.

    Limits are in working days after the day of receipt; ``words`` may be left out, then the class is called by its id.
    """

    words: ClassWords | None = None
    reasons: tuple[Reason, ...]
    limit_working_days: int = Field(gt=0, le=LONGEST_LIMIT)
    target_working_days: int | None = Field(default=None, gt=0, le=LONGEST_LIMIT)


class WarningRule(Closed):
    """A warning: so many working days before the due day, at a time of the bank's day."""

    name: Identifier
    working_days_before_due: int = Field(ge=0, le=LONGEST_LIMIT)
    at: time

    @field_validator("at", mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        return time.fromisoformat(value) if isinstance(value, str) else value


class Pack(Closed):
    """One regime's limits. ``unclassified`` is the class of complaints without a reason, or with one of no class."""

    id: Identifier
    calendar: Identifier
    milestone: Identifier
    effective_from: date
    unclassified: Identifier
    classes: dict[Identifier, ComplaintClass]
    warnings: tuple[WarningRule, ...]

    @model_validator(mode="before")
    @classmethod
    def _first_class(cls, value: object) -> object:
        """Files of before ``unclassified`` was there meant their first class."""
        if isinstance(value, dict) and "unclassified" not in value and isinstance(value.get("classes"), dict):
            return value | {"unclassified": next(iter(value["classes"]), None)}
        return value

    @model_validator(mode="after")
    def _consistent(self) -> "Pack":
        for fault in self._faults():
            raise ValueError(fault)
        return self

    def _faults(self) -> Iterator[str]:
        if self.unclassified not in self.classes:
            yield f"unclassified: there is no class {self.unclassified!r}"
        seen: dict[str, str] = {}
        for name, class_ in self.classes.items():
            for reason in class_.reasons:
                if reason in seen:
                    yield f"classes/{name}/reasons: {reason!r} is a reason of class {seen[reason]!r} already"
                seen[reason] = name
            if (class_.target_working_days or 0) > class_.limit_working_days:
                yield f"classes/{name}/target_working_days: the target lies after the limit"

    def class_of(self, reason: str | None) -> str:
        """The class of a reason, or of a complaint that has none yet."""
        return next((name for name, class_ in self.classes.items() if reason in class_.reasons), self.unclassified)

    def limit_of(self, reason: str | None) -> int:
        """The limit of complaints with a reason, in working days."""
        return self.classes[self.class_of(reason)].limit_working_days

    def words_for(self, class_: str | None, language: str) -> str:
        """What a class is called in a language; of no class, what the unclassified are called."""
        name = class_ or self.unclassified
        words = self.classes[name].words if name in self.classes else None
        return (words.zh if language == "zh" else words.en) if words else name


class PackInForce(NamedTuple):
    """A policy pack, and the version that deadlines name."""

    pack: Pack
    version: Versioned


def parse_pack(text: str) -> Pack:
    """The pack of a file's text. Raises BadReference naming the place."""
    return read_as(Pack, text, "The pack")
