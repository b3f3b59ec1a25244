"""What is wrong with a process itself, and what to do: it ends again and again, or it runs and answers nothing."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ops.local.processes import HEALTHY_AFTER_SECONDS
from ops.local.supervisor_file import Phase

STARTS_SECONDS = 60.0
"""A process answers within seconds of its start, on a machine that has no time for it within so many."""
Passing = Literal["starting", "stopping", ""]


def add(
    found: Sequence[dict[str, Any]],
    rows: Sequence[dict[str, Any]],
    reports: Mapping[str, dict[str, Any]],
    phase: Phase,
    now: float,
) -> None:
    """Add to what is told of each process whether it is only not up at the moment, else what is wrong with it.

    ``rows`` and ``phase`` are the supervisor's, ``reports`` what each process says of itself, by its name.
    """
    for told, row in zip(found, rows, strict=True):
        report = reports[row["name"]]
        told["passing"] = passing(row, report, phase, now)
        told["alarms"][:0] = [] if told["passing"] else alarms(row, report, now)


def passing(row: dict[str, Any], report: dict[str, Any], phase: Phase, now: float) -> Passing:
    """Why a process is not ready that nobody has to see to; empty where it is ready, or ought to be.

    While everything starts, `redress up` itself gives a process up that gets no further. One that has ended by itself
    says why, and is no such one.
    """
    if _is_ready(row, report):
        return ""
    if phase == "stopping":
        return "stopping"
    began = row["pid"] is not None and (phase == "starting" or now - row.get("started_at", 0.0) < STARTS_SECONDS)
    return "starting" if began and not row.get("ended") else ""


def alarms(row: dict[str, Any], report: dict[str, Any], now: float) -> list[str]:
    """What to do about a process that is not ready. ``now``: of the machine's clock that the supervisor goes by.

    One that answers and is not ready waits for something else, which has an alarm of its own.
    """
    if _is_ready(row, report):
        return []
    name, pid, ended = row["name"], row["pid"], row.get("ended", "")
    if ended and (pid is None or now - row["started_at"] < HEALTHY_AFTER_SECONDS):
        said = (
            f"{name} was started again {_times(row['restarts'])} and ended with {ended}: mend that, and it starts by "
        )
        return [said + f"itself and goes on where it was; `redress logs {name}` has all it said"]
    if pid is not None and report.get("silent"):
        said = f"{name} runs (pid {pid}) and answers nothing: it is frozen, or the machine has no time for it. If it "
        said += f"does not go on within a minute, `kill -9 {pid}`: it is started again within seconds, and nothing is "
        return [said + "lost"]
    return []


def _is_ready(row: dict[str, Any], report: dict[str, Any]) -> bool:
    return bool(report.get("ready", row["pid"] is not None))


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
