"""The levels of the bank that a case is passed through, down to its handler and back up, and whose turn it is. Pure.

Whoever folds a case keeps the two chains as the last routing has them; a duty of a level bears the level's unit.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol, TypeVar

from shared.case.duty_kinds import FORWARD, HAND_OVER, PASS_DOWN, REPORT_UP


class Chains(NamedTuple):
    """``dispatch``: the units from the one that begins it down to the handler's; ``report``: back up, or beyond."""

    dispatch: tuple[str, ...] = ()
    report: tuple[str, ...] = ()


class OfLevel(Protocol):
    """What is asked of a duty: its kind and level."""

    @property
    def kind(self) -> str:
        """The kind of duty."""

    @property
    def level(self) -> str | None:
        """The unit of its level."""


L = TypeVar("L", bound=OfLevel)
NO_CHAINS = Chains()
DOWN = (HAND_OVER, PASS_DOWN, FORWARD)
"""What a case waits for on its way down; the hand-over is before everything else."""


def place_in(chains: Chains, duty: OfLevel) -> int:
    """How far along the way of its kind a duty is: 0 is the first level, a hand-over comes before it.

    A level that the present chain does not have is as far as the first.
    """
    if duty.kind == HAND_OVER:
        return -1
    chain = chains.report if duty.kind == REPORT_UP else chains.dispatch
    return chain.index(duty.level) if duty.level in chain else 0


def is_lowest_report(chains: Chains, duty: OfLevel) -> bool:
    """Whether a report upward is the handler's own: whoever he is, and whatever his post."""
    return duty.kind == REPORT_UP and place_in(chains, duty) == 0


def whose_turn_it_is(chains: Chains, open_: Iterable[L]) -> Iterator[L]:
    """Those of the open duties of levels that wait for no other level; down and up are each a way of its own."""
    listed = list(open_)
    for kinds in (DOWN, (REPORT_UP,)):
        way = [(place_in(chains, duty), duty) for duty in listed if duty.kind in kinds]
        first = min((place for place, _ in way), default=0)
        yield from (duty for place, duty in way if place == first)
