"""Figures count cases, moved by what a batch of records changed: nobody goes through all cases to count them."""

from collections import Counter

from services.console.projection.hops import Figure, HopStanding
from services.console.projection.tables import Row


class Figures:
    """By how much a batch moves each figure of a partition."""

    def __init__(self) -> None:
        self._moved: Counter[tuple[int, Figure]] = Counter()

    def move(self, partition: int, before: HopStanding, after: HopStanding) -> None:
        """Count a case of a partition as it stands now, and no longer as it stood before."""
        for counts, sign in ((before.counts, -1), (after.counts, 1)):
            for name, number in counts:
                self._moved[partition, name] += sign * number

    def rows(self) -> list[Row]:
        """What is to be added to each figure that moved."""
        return [
            {"partition": partition, "kind": kind, "name": name, "number": number}
            for (partition, (kind, name)), number in self._moved.items()
            if number
        ]
