"""``redress down``: the supervisor is asked to stop everything in order, and waited for."""

import os
import signal
import time
from contextlib import suppress

from ops.local import supervisor_file
from ops.local.installation import NotRunning
from ops.local.supervisor_file import SupervisorGone
from shared.errors import RedressError
from shared.process.settings import Settings

PATIENCE_SECONDS = 300.0
"""Longer than all processes of a machine may take to end, one after another."""
LOOK_SECONDS = 0.1


class NotOurs(RedressError):
    """`redress up` did not start this installation, so `redress down` cannot stop it: stop it by what started it."""

    code = "not_ours"
    status = 409


class NotStopped(RedressError):
    """The supervisor does not end: kill it, and its processes end with it at once; nothing is lost by that."""

    code = "not_stopped"
    status = 503


def stop(settings: Settings, patience_seconds: float = PATIENCE_SECONDS) -> None:
    """Stop an installation in order; of one whose supervisor was killed nothing runs any more.

    Raises:
        NotRunning, NotOurs, NotStopped
    """
    try:
        told = supervisor_file.read(settings)
    except SupervisorGone:
        supervisor_file.remove(settings)
        return
    if "born" not in told:
        raise NotOurs
    pid: int = told["pid"]
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
    _forget_who_was_killed(settings)


def _forget_who_was_killed(settings: Settings) -> None:
    """Remove what a supervisor left that was killed while it stopped; what another one has written since stays."""
    try:
        supervisor_file.read(settings)
    except SupervisorGone:
        supervisor_file.remove(settings)
    except NotRunning:
        return
