"""An opinion box hangs in a unit, and has to be reviewed on each working day before it closes (article 2.2). Pure."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class OpinionBox:
    """The opinion book or box of a unit, which hangs there from ``since`` to ``until`` (both inclusive).

    ``closes_at``: the time of day ("17:00") before which it has to be reviewed.
    """

    since: date
    closes_at: str
    until: date | None = None

    def up(self, on: date) -> bool:
        """Whether it hangs there on a day."""
        return self.since <= on and (self.until is None or on <= self.until)
