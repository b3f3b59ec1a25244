"""Policy packs: which limits a regime sets, as a data file; versioned by content, in force by date of receipt."""

from datetime import date, time

import yaml
from pydantic import Field, ValidationError, field_validator

from shared.contract.events.base import Closed, Identifier
from shared.contract.events.intake import Reason
from shared.errors import BadReference


class ClassLimits(Closed):
    """The limits of one class of complaint, in working days after the day of receipt."""

    reasons: tuple[Reason, ...]
    limit_working_days: int = Field(gt=0)
    target_working_days: int | None = Field(default=None, gt=0)


class WarningRule(Closed):
    """A warning: so many working days before the due day, at a time of the bank's day."""

    name: Identifier
    working_days_before_due: int = Field(ge=0)
    at: time

    @field_validator("at", mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        return time.fromisoformat(value) if isinstance(value, str) else value


class Pack(Closed):
    """One regime's limits."""

    id: Identifier
    calendar: Identifier
    milestone: Identifier
    effective_from: date
    classes: dict[str, ClassLimits]
    warnings: tuple[WarningRule, ...]

    def class_of(self, reason: str | None) -> str:
        """The class of a reason; unclassified complaints run on the ordinary limit."""
        return next((name for name, limits in self.classes.items() if reason in limits.reasons), "ordinary")


def parse_pack(text: str) -> Pack:
    """The pack of a file's text. Raises BadReference naming the place."""
    try:
        return Pack.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise BadReference(f"The pack is not valid: {error}") from error
