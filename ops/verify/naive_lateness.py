"""Which clocks of a case were met after their limit and by whose doing, told from its events alone.

It imports nothing of the product.
"""

from datetime import datetime

from ops.verify.naive_core import Row, name_of


def overruns(events: list[Row]) -> dict[str, tuple[int, str]]:
    """Per clock by how many seconds its limit was overrun, and whether the desk was late or the system."""
    by_id = {event["id"]: event for event in events}
    limits: dict[str, datetime] = {}
    found: dict[str, tuple[int, str]] = {}
    for event in events:
        name, data = name_of(event), event["data"]
        if name == "ClockBreached":
            limits[data["clock_id"]] = datetime.fromisoformat(data["due_at"])
        elif name == "ClockMet":
            found.pop(data["clock_id"], None)
            limit, met_at = limits.get(data["clock_id"]), datetime.fromisoformat(data["met_at"])
            if limit is not None and limit <= met_at and not data["in_time"]:
                found[data["clock_id"]] = int((met_at - limit).total_seconds()), _whose(event, limit, by_id)
    return found


def _whose(met: Row, limit: datetime, by_id: dict[str, Row]) -> str:
    """The system's doing where a letter ended the clock, and what called for that letter had happened in time."""
    sent = by_id.get(met["causationid"])
    if sent is None or name_of(sent) != "MessageSent":
        return "desk"
    started = by_id.get(sent["causationid"])
    told = _called_for(started, by_id) if started is not None else None
    return "system" if told is not None and datetime.fromisoformat(told["time"]) < limit else "desk"


def _called_for(started: Row, by_id: dict[str, Row]) -> Row | None:
    """What a letter tells of; of a letter that tells of another one, what that one tells of."""
    told = by_id.get(started["data"]["about"])
    return _called_for(told, by_id) if told is not None and name_of(told) == "MessageSendStarted" else told
