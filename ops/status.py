"""What runs: the supervisor's own record, and what each process says of itself."""

from typing import Any

import httpx
import orjson

from ops.installation import NotRunning
from shared.settings import Settings


def supervised(settings: Settings) -> dict[str, Any]:
    """The supervisor's record: its pid and its processes. Raises NotRunning."""
    try:
        found: dict[str, Any] = orjson.loads((settings.data / "run" / "supervisor.json").read_bytes())
    except FileNotFoundError as error:
        raise NotRunning from error
    return found


def processes(settings: Settings) -> list[dict[str, Any]]:
    """The installation's processes. Raises NotRunning."""
    rows: list[dict[str, Any]] = supervised(settings)["processes"]
    return rows


def status(settings: Settings) -> list[dict[str, Any]]:
    """Per process: name, pid, port, restarts, ready, lag (records not folded yet), owed, waiting cases."""
    with httpx.Client(timeout=5) as client:
        reports = {row["name"]: _report(client, row["internal"]) for row in processes(settings)}
    furthest: dict[str, int] = {}
    for report in reports.values():
        for partition, position in report.get("positions", {}).items():
            furthest[partition] = max(furthest.get(partition, 0), position)
    return [_row(row, reports[row["name"]], furthest) for row in processes(settings)]


def _report(client: httpx.Client, url: str | None) -> dict[str, Any]:
    if url is None:
        return {}
    try:
        report: dict[str, Any] = client.get(f"{url}/internal/settled").json()
    except httpx.HTTPError:
        return {"ready": False}
    return report


def _row(row: dict[str, Any], report: dict[str, Any], furthest: dict[str, int]) -> dict[str, Any]:
    positions = report.get("positions", {})
    return {
        "name": row["name"],
        "pid": row["pid"],
        "port": row["port"],
        "restarts": row["restarts"],
        "ready": report.get("ready", row["pid"] is not None),
        "lag": sum(furthest[p] - position for p, position in positions.items()),
        "owed": report.get("owed", 0) + report.get("sendings", 0),
        "held": report.get("held", []),
        "blocked": report.get("blocked", []),
    }
