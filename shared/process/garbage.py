"""Python looks for garbage in cycles seldom, not at all while the log is loaded, and never twice through what stays.

What a fold keeps is large, stays for years and has no cycles. With Python's own thresholds a worker that answers a
backlog spends a third of its time, and the more the more cases it holds, on looking through them again and again; and
each time it looks through all of them everything else waits, longer than a heartbeat may.
"""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

SELDOM = (2_000, 3, 1)
"""New containers until the youngest are looked at, and how often that happens until older ones are.

So at most some 20,000 are looked at in one go, for some ten milliseconds; what is left of them is put aside for good.
What of it becomes garbage in a cycle later is not found; that is the little that was under way at that moment, once for
every 20,000 containers that are there more than before.
"""
OLDEST = 2

_loads: list[object] = []


@contextmanager
def loading() -> Iterator[None]:
    """Load a partition without looking for garbage; what is there after the last one is never looked at again."""
    this = object()
    _loads.append(this)
    gc.disable()
    try:
        yield
    finally:
        _loads.remove(this)
        if not _loads:
            gc.freeze()
            gc.collect()  # of nothing: Python waits with the oldest until there is a quarter more than at the last time
            gc.set_threshold(*SELDOM)
            if _put_aside not in gc.callbacks:
                gc.callbacks.append(_put_aside)
            gc.enable()


def _put_aside(phase: str, info: Mapping[str, Any]) -> None:
    """Whatever outlived a look at all that is there need not be looked at again."""
    if phase == "stop" and info["generation"] == OLDEST:
        gc.freeze()
