"""Waits until the processes of an installation are ready, for as long as any of them gets further, and says how far."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ops.local.processes import Child
from shared.errors import RedressError

STILL_SECONDS = 60.0
"""When nothing has got further for so long, nothing will."""
LOOK_SECONDS = 0.1
TELL_SECONDS = 5.0
UNDER_WAY = "starting for"
"""How a line begins that the next one of its kind replaces."""

Say = Callable[[str], None]


class NotReady(RedressError):
    """Not everything became ready: read the log files it names."""

    code = "not_ready"
    status = 503


@dataclass
class Headway:
    """Remembers how far each of several got, and when one of them got further last."""

    now: Callable[[], float] = time.monotonic
    _furthest: dict[str, int] = field(default_factory=dict)
    _since: float | None = None

    def note(self, name: str, far: int) -> None:
        """One of them is so far now. Who begins again, because he died, makes no headway until he gets further."""
        if self._since is None or far > self._furthest.get(name, -1):
            self._furthest[name], self._since = far, self.now()

    def still(self) -> float:
        """For how many seconds nothing has got further."""
        return self.now() - self._since if self._since is not None else 0.0


class Starting:
    """The start of processes that read a log of so many records: until all are ready, or none gets further."""

    def __init__(
        self, children: Sequence[Child], records: int, say: Say, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._waiting = list(children)
        self._records = records
        self._say, self._now = say, now
        self._headway = Headway(now)
        self._began = self._told_at = now()
        self._looked_at = -1.0
        self._far: dict[str, int] = {}

    def over(self) -> bool:
        """Look once; whether all are ready. Raises NotReady: nothing has got further for a minute."""
        for child in list(self._waiting):
            if child.ready():
                self._waiting.remove(child)
                self._headway.note(child.name, self._records + 1)
                self._say(f"{child.name}: ready after {self._now() - self._began:.1f} s on port {child.port}")
        if self._waiting and self._now() - self._looked_at >= 1:
            self._look()
        return not self._waiting

    def _look(self) -> None:
        self._looked_at = self._now()
        for child in self._waiting:
            self._far[child.name] = child.records_read()
            self._headway.note(child.name, self._far[child.name])
        if self._headway.still() > STILL_SECONDS:
            left = ", ".join(f"{child.name} (see {child.log_file})" for child in self._waiting)
            raise NotReady(f"Nothing got further for {STILL_SECONDS:.0f} s. Not ready: {left}.")
        if self._now() - self._told_at >= TELL_SECONDS:
            self._told_at = self._now()
            self._say(f"{UNDER_WAY} {self._now() - self._began:.0f} s: {', '.join(map(self._how_far, self._waiting))}")

    def _how_far(self, child: Child) -> str:
        far = min(self._far[child.name], self._records)
        return f"{child.name} has read {far:,} of {self._records:,} records" if far else f"{child.name} begins"
