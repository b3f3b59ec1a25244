"""A process stands still: it lives, its connections are open, and it does nothing."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MOST_SECONDS = 10.0
STOPPED, ENDED = "T", "ZX"
"""How Linux writes the state of a thread in /proc."""


def stand_still(pid: int) -> None:
    """Stop a process, and go on once it does nothing more.

    The signal alone does not say that: on a busy machine a thread runs on until one of the others has been given a
    processor to take the signal with. Raises TimeoutError.
    """
    os.kill(pid, signal.SIGSTOP)
    until = time.monotonic() + MOST_SECONDS
    while not set(_states(pid)) <= {STOPPED, *ENDED}:
        if time.monotonic() > until:
            message = f"process {pid} does not stand still"
            raise TimeoutError(message)
        time.sleep(0.001)


@contextmanager
def standing_still(pid: int) -> Iterator[None]:
    """A process stands still meanwhile, and goes on afterwards."""
    stand_still(pid)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _states(pid: int) -> Iterator[str]:
    """The state of each thread; one that ends meanwhile has none."""
    for thread in Path(f"/proc/{pid}/task").glob("*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            yield thread.read_text().rpartition(") ")[2][0]
