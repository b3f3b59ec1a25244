"""The shape of a case in a list, with which the case in full begins (contract 9). Pure."""

from typing import Any

from services.console.projection.tables import Row


def summary(row: Row) -> dict[str, Any]:
    """A case in a list."""
    return {
        "case_id": row["case_id"],
        "case_number": row["case_number"],
        "channel": row["channel"],
        "state": row["state"],
        "blocked": row["blocked"] is not None,
        "class": row["class"],
        "reason": row["reason"],
        "level": row["level"],
        "received_at": row["received_at"],
        "receipts": row["receipts"],
        "recorded_at": row["recorded_at"],
        "receiving_unit": row["receiving_unit"],
        "complained_unit": row["complained_unit"],
        "first_asked": _owner(row, "first_asked"),
        "accepting": _owner(row, "accepting", post=True),
        "handler": _owner(row, "handler"),
        "agent": row["agent"],
        "escalated_to": _owner(row, "escalated_to"),
        "due_on": row["due_on"],
        "log": {"partition": row["partition"], "offset": row["last_offset"]},
    }


def _owner(row: Row, name: str, *, post: bool = False) -> dict[str, Any] | None:
    """An owner as ``{unit, person}``, with the post where it has one."""
    if row[f"{name}_unit"] is None:
        return None
    middle = {"post": row[f"{name}_post"]} if post else {}
    return {"unit": row[f"{name}_unit"], **middle, "person": row[f"{name}_person"]}
