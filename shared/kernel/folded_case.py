"""What a fold keeps of one case, besides the case's state as its service sees it."""

from dataclasses import dataclass
from math import inf
from typing import Generic, TypeVar

from shared.kernel.case_keys import Keys

S = TypeVar("S")


@dataclass(slots=True)
class FoldedCase(Generic[S]):
    """What a fold keeps of one case. ``seen`` and ``offsets`` are packed: eight bytes per event.

    ``basis`` is the id of its last event, as it stands in the record's header. ``wakes_at`` is the earliest instant
    at which the case's timers are looked at, in seconds of the epoch. ``keys``: what it is found by among the others.
    """

    state: S | None
    basis: bytes
    seen: bytes
    offsets: bytes
    blocked: bool = False
    wakes_at: float = inf
    keys: Keys = ()
