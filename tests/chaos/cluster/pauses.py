"""How long nothing came, per disturbance: no receipt, no acknowledgement, and who waited longest for one."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple


class Stretch(NamedTuple):
    """A disturbance, and from when until when what happened is put down to it (seconds of the epoch)."""

    name: str
    began: float
    ended: float


class Answer(NamedTuple):
    """An acknowledgement: whose, when it was recorded, and in which partition."""

    case: str
    at: float
    partition: int


class Pause(NamedTuple):
    """What one disturbance cost."""

    name: str
    without_receipt: float
    without_acknowledgement: float
    on_one_partition: float
    longest_wait: float


def longest_gap(instants: Iterable[float], stretch: Stretch) -> float:
    """The longest time between two neighbours of which the first lies in the stretch."""
    gaps = (later - earlier for earlier, later in pairwise(sorted(instants)) if _within(earlier, stretch))
    return max(gaps, default=0.0)


def _within(instant: float, stretch: Stretch) -> bool:
    return stretch.began <= instant < stretch.ended


def pauses(stretches: Sequence[Stretch], taken: Mapping[str, float], answers: Sequence[Answer]) -> list[Pause]:
    """One row per stretch: ``taken`` says by case when its receipt was confirmed."""
    at = {answer.case: answer.at for answer in answers}
    partitions: dict[int, list[float]] = {}
    for answer in answers:
        partitions.setdefault(answer.partition, []).append(answer.at)
    return [
        Pause(
            one.name,
            longest_gap(taken.values(), one),
            longest_gap(at.values(), one),
            max((longest_gap(instants, one) for instants in partitions.values()), default=0.0),
            max((at[case] - begun for case, begun in taken.items() if _within(begun, one) and case in at), default=0.0),
        )
        for one in stretches
    ]
