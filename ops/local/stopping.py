"""``redress down``: the supervisor is asked to stop everything in order, and waited for."""

import os
import signal
import time
from contextlib import suppress

from ops.local import supervisor_file
from ops.local.supervisor_file import SupervisorGone
from shared.errors import RedressError
from shared.process.settings import Settings

PATIENCE_SECONDS = 300.0
"""Longer than all processes of a machine may take to end, one after another."""
LOOK_SECONDS = 0.1


class NotStopped(RedressError):
    """The supervisor does not end: kill it, and its processes end with it at once; nothing is lost by that."""

    code = "not_stopped"
    status = 503


def stop(settings: Settings, patience_seconds: float = PATIENCE_SECONDS) -> None:
    """Stop an installation in order; of one whose supervisor was killed nothing runs any more.

    Raises:
        NotRunning, NotStopped
    """
    try:
        pid: int = supervisor_file.read(settings)["pid"]
    except SupervisorGone:
        supervisor_file.remove(settings)
        return
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + patience_seconds
    while supervisor_file.place(settings).exists() and supervisor_file.born(pid) is not None:
        if time.monotonic() > until:
            raise NotStopped(
                f"The supervisor (pid {pid}) has not ended after {patience_seconds:.0f} s: `kill -9 {pid}` ends it and "
                "its processes at once; nothing is lost by that."
            )
        time.sleep(LOOK_SECONDS)
