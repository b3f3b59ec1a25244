"""What a supervisor tells of itself and its processes, in a file that other commands read.

A supervisor that was killed leaves its file behind, and the system gives its number to whoever comes next: so the file
says when it was born, and nobody is taken for it.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import orjson

from ops.local.installation import NotRunning
from shared.process.settings import Settings

Phase = Literal["starting", "running", "stopping"]
STATE_AT, BORN_AT = 0, 19
"""Which words of ``/proc/PID/stat`` behind the name say whether a process lives, and when it was born (proc(5))."""
DEAD, STOPPED = frozenset("ZX"), frozenset("Tt")
PASSING: dict[Phase, str] = {
    "starting": "it is being started: not everything runs yet",
    "stopping": "it is being stopped: nothing is taken in any more",
}
FROZEN = (
    "its supervisor (pid {pid}) stands still, so nothing that dies is started again: `kill -CONT {pid}`, or `kill -9 "
    "{pid}` and `redress up`; nothing is lost"
)


class SupervisorGone(NotRunning):
    """`redress up` was killed here, and its processes with it: start it again with `redress up`; nothing is lost."""

    code = "supervisor_gone"


def place(settings: Settings) -> Path:
    """Where the file lies."""
    return settings.data / "run" / "supervisor.json"


def write(settings: Settings, phase: Phase, processes: list[dict[str, Any]]) -> None:
    """Tell what runs. Raises OSError: the disk takes nothing."""
    told = {"pid": os.getpid(), "born": born(os.getpid()), "phase": phase, "processes": processes}
    draft = place(settings).with_suffix(".draft")
    draft.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
    draft.rename(place(settings))


def read(settings: Settings) -> dict[str, Any]:
    """What the supervisor tells. Raises NotRunning, SupervisorGone.

    Where something else supervises, nobody says when it was born, and it counts as alive.
    """
    try:
        found: dict[str, Any] = orjson.loads(place(settings).read_bytes())
    except FileNotFoundError as error:
        raise NotRunning from error
    except orjson.JSONDecodeError as error:  # the machine went down while it was written
        raise SupervisorGone from error
    if "born" in found and found["born"] != born(found["pid"]):
        raise SupervisorGone
    return found


def as_they_are(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The processes of what was read. One that lives no more has no number: a disk that is full keeps that unsaid."""
    rows: list[dict[str, Any]] = found["processes"]
    if "born" not in found:  # something else supervises, on other machines perhaps
        return rows
    return [row if _is_itself(row) else row | {"pid": None} for row in rows]


def _is_itself(row: Mapping[str, Any]) -> bool:
    """Whether the number of a process is still its own: the system gives it to whoever comes next."""
    alive = born(row["pid"]) if row["pid"] else None
    return alive is not None and alive == row.get("born", alive)


def remove(settings: Settings) -> None:
    """Tell that nothing runs any more."""
    place(settings).unlink(missing_ok=True)


def born(pid: int) -> str | None:
    """When a process was born, as the system counts; None of one that lives no more."""
    said = _stat(pid)
    return None if said[STATE_AT] in DEAD else said[BORN_AT]


def _stat(pid: int) -> list[str]:
    """What the system says of a process."""
    try:
        said = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return [*DEAD][:1]
    return said.rpartition(")")[2].split()


def passing(settings: Settings) -> list[str]:
    """What is under way with the whole installation, in words; nothing where all runs. Raises NotRunning."""
    found = read(settings)
    pid, said = found["pid"], PASSING.get(found.get("phase", "running"))
    if "born" in found and _stat(pid)[STATE_AT] in STOPPED:
        said = FROZEN.format(pid=pid)
    return [said] if said else []
