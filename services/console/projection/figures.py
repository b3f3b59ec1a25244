"""Figures count cases, moved by what a batch of records changed: nobody goes through all cases to count them."""

from collections import Counter

from services.console.projection.projected_case import ProjectedCase
from services.console.projection.standing import Figure, standing_of
from services.console.projection.tables import SINCE, Row


class Figures:
    """By how much a batch moves each figure of a partition."""

    def __init__(self) -> None:
        self._moved: Counter[tuple[int, Figure]] = Counter()

    def move(self, one: ProjectedCase, now: int) -> None:
        """Count a case as it stands now (microseconds of the system clock), and no longer as it stood before."""
        before, after = one.standing, standing_of(one.case, one.blocked)
        if before == after:
            return
        for counts, sign in ((before.counts, -1), (after.counts, 1)):
            for name, number in counts:
                self._moved[one.partition, name] += sign * number
        one.standing = after
        one.since = {gap: one.since.get(gap, now) for gap in after.missing}

    def rows(self) -> list[Row]:
        """What is to be added to each figure that moved."""
        return [
            {"partition": partition, "kind": kind, "name": name, "number": number}
            for (partition, (kind, name)), number in self._moved.items()
            if number
        ]


def standing_row(one: ProjectedCase) -> Row:
    """The columns of table ``case`` that say what a case misses, and since when it is silent."""
    since = {name: one.since.get(gap) for gap, name in SINCE.items()}
    return since | {"last_fact_us": one.known_us if one.standing.open else None}
