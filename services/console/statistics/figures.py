"""Reference data of kind ``figures``: how many customers and transactions a unit had in a period, and who says so."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, NamedTuple

from pydantic import Field, model_validator

from shared.bank.reference_file import read_as
from shared.contract.bodies import AMOUNT_LIMIT
from shared.contract.events.base import Closed, Identifier

KIND = "figures"
Count = Annotated[int, Field(ge=0, le=AMOUNT_LIMIT)]
"""As far as every reader of JSON counts exactly."""


class Figure(Closed):
    """The figures of one unit, with all below it, in one period; both days belong to it."""

    unit: Identifier
    from_: date = Field(alias="from")
    to: date
    customers: Count | None = None
    transactions: Count | None = None
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _ordered(self) -> "Figure":
        if self.to < self.from_:
            raise ValueError("'to' lies before 'from'")
        return self


class Figures(Closed):
    """A file of figures: each unit and period once."""

    figures: tuple[Figure, ...]

    @model_validator(mode="after")
    def _once(self) -> "Figures":
        keys = [(figure.unit, figure.from_, figure.to) for figure in self.figures]
        if len(keys) != len(set(keys)):
            raise ValueError("a unit and period is there twice")
        return self


class Known(NamedTuple):
    """A number and where it comes from; both None where nobody has said it."""

    value: int | None
    source: str | None


def parse_figures(text: str) -> Figures:
    """The figures of a file's text. Raises BadReference naming the place."""
    return read_as(Figures, text, "The file of figures")


def figure_of(published: Iterable[Figures], unit: str, start: date, end: date) -> Figure | None:
    """The figures of exactly this unit and period: what was published last counts. A part of a period has none."""
    wanted = (unit, start, end)
    found = [f for one in published for f in one.figures if (f.unit, f.from_, f.to) == wanted]
    return found[-1] if found else None
