"""What is wrong with a process itself, and what to do: it ends again and again, or it runs and answers nothing."""

from typing import Any

from ops.local.processes import HEALTHY_AFTER_SECONDS


def alarms(row: dict[str, Any], report: dict[str, Any], now: float) -> list[str]:
    """What to do about a process that is not ready. ``now``: of the machine's clock that the supervisor goes by.

    One that answers and is not ready waits for something else, which has an alarm of its own.
    """
    if report.get("ready", row["pid"] is not None):
        return []
    name, pid, ended = row["name"], row["pid"], row.get("ended", "")
    if ended and (pid is None or now - row["started_at"] < HEALTHY_AFTER_SECONDS):
        said = (
            f"{name} was started again {_times(row['restarts'])} and ended with {ended}: mend that, and it starts by "
        )
        return [said + f"itself and goes on where it was; `redress logs {name}` has all it said"]
    if pid is not None and report.get("silent"):
        said = (
            f"{name} runs (pid {pid}) and answers nothing: it starts, or it is frozen. If it does not go on within a "
        )
        return [said + f"minute, `kill -9 {pid}`: it is started again within seconds, and nothing is lost"]
    return []


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
