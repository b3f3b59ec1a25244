"""What every service keeps of second looks at a case: its level, its decision revised or to be revised. Pure."""

from functools import lru_cache
from typing import Final, NamedTuple

MAJOR: Final = "major"
"""The level of a case that was flagged."""
REVIEW: Final = "review_dissatisfaction"
"""The kind of the duty to look again at what a customer is dissatisfied with."""


class SecondLooks(NamedTuple):
    """What second looks found; cases alike share one object.

    ``level``: the complaint's. ``major``: the case was flagged as major, and its level was not lowered since.
    ``revision``: the event that revised the decision last, in this round. ``to_be_revised``: a review said that it has
    to be, and it was not since. ``deciders``: who decided, settled or revised in this round, whoever has the case now:
    nobody looks again at what he decided himself.
    """

    level: str = "normal"
    major: bool = False
    revision: str | None = None
    to_be_revised: bool = False
    deciders: tuple[str, ...] = ()

    def flagged(self) -> "SecondLooks":
        """After the case was flagged as major."""
        return _once(self._replace(level=MAJOR, major=True))

    def classified(self, level: str) -> "SecondLooks":
        """After the complaint got a level; a lower one takes the flag away."""
        return _once(self._replace(level=level, major=self.major and level == MAJOR))

    def decided(self, person: str | None) -> "SecondLooks":
        """After somebody decided, settled or revised."""
        if person is None or person in self.deciders:
            return self
        return _once(self._replace(deciders=(*self.deciders, person)))

    def revised(self, event: str) -> "SecondLooks":
        """After an event that revised the decision."""
        return self._replace(revision=event, to_be_revised=False)

    def reviewed(self, outcome: str) -> "SecondLooks":
        """After a review from above."""
        return _once(self._replace(to_be_revised=outcome == "to_be_revised"))

    def reopened(self) -> "SecondLooks":
        """In a new round, in which everything is decided anew."""
        return _once(self._replace(revision=None, to_be_revised=False, deciders=()))


NONE: Final = SecondLooks()


@lru_cache(maxsize=1024)
def _once(looks: SecondLooks) -> SecondLooks:
    return looks
