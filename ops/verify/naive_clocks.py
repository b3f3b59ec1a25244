"""A case's clocks, told from the events about them alone. Imports nothing of Redress."""

from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]


def clock_rows(events: list[Row]) -> list[Row]:
    """Every clock of a case as its events leave it, in the order of starting; ``events`` in log order, each once."""
    clocks: dict[str, Row] = {}
    for event in events:
        name, data = event["type"].split(".")[1], event["data"]
        if name == "ClockStarted" and clocks.get(data["clock_id"], {}).get("state") != "breached":
            clocks[data["clock_id"]] = {
                "clock_id": data["clock_id"],
                "milestone": data["milestone"],
                "duty_id": data.get("duty_id"),
                "state": "running",
                **_limit(data["deadline"]),
                "fired": [],
                "met_at": None,
                "in_time": None,
            }
        elif name == "ClockRecomputed":
            clocks[data["clock_id"]] |= _limit(data["deadline"])
        elif name == "ClockWarned":
            clocks[data["clock_id"]]["fired"].append("warning:" + data["warning"])
        elif name == "TargetPassed":
            clocks[data["clock_id"]]["fired"].append("target")
        elif name == "ClockBreached":
            clocks[data["clock_id"]]["fired"].append("breach")
            clocks[data["clock_id"]]["state"] = "breached"
        elif name == "ClockMet":
            clocks[data["clock_id"]] |= {"met_at": _instant(data["met_at"]), "in_time": data["in_time"]}
            _end(clocks[data["clock_id"]], "met")
        elif name == "ClockStopped":
            _end(clocks[data["clock_id"]], "stopped")
    return [row | {"fired": sorted(row["fired"])} for row in clocks.values()]


def _limit(deadline: Row) -> Row:
    kept = {field: deadline[field] for field in ("due_on", "target_on", "provisional")}
    return kept | {"due_at": _instant(deadline["due_at"])}


def _end(clock: Row, state: str) -> None:
    """A breach stays visible, whatever comes after it."""
    if clock["state"] != "breached":
        clock["state"] = state


def _instant(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).isoformat()
