"""Python looks for garbage in cycles seldom, and not at all while the log is loaded.

What a fold keeps is large, stays for years and has no cycles. With Python's own thresholds a worker that answers a
backlog spends a third of its time, and the more the more cases it holds, on looking through them again and again.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (20_000, 10, 10)
"""New containers until the youngest are looked at, and how often that happens until older ones are."""

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
            gc.set_threshold(*SELDOM)
            gc.enable()
