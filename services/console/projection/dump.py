"""What the database holds of every case, for ``redress rebuild verify`` to compare with the log."""

from typing import Any

import orjson
from sqlalchemy import Integer, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.console.projection.counting_tables import counted_case
from services.console.projection.database import Database
from services.console.projection.tables import SINCE, Row, case, case_tie, clock, duty, event, message
from services.console.statistics.counted_case import FOREVER, CountedCase

PEOPLE = ("first_asked", "accepting", "handler", "escalated_to")


async def dump(database: Database) -> dict[str, dict[str, Any]]:
    """Per case: life, owners, duties, clocks, messages, how the statistics count it, and how many events count."""
    async with database.read() as connection:
        found = {row["case_id"]: _case(row) for row in await _rows(connection, case)}
        for row in await _rows(connection, duty):
            found[row["case_id"]]["duties"].append(_duty(row))
        for row in await _rows(connection, clock):
            found[row["case_id"]]["clocks"].append(_clock(row))
        for row in await _rows(connection, message):
            found[row["case_id"]]["messages"].append([row["message_id"], row["kind"], row["state"]])
        now = select(counted_case).where(counted_case.c.known_to == FOREVER)
        for one in (await connection.execute(now)).mappings():
            found[one["case_id"]]["counted"] = {name: one[name] for name in CountedCase._fields}
        for row in await _rows(connection, case_tie):
            found[row["case_id"]]["ties"].append(row["tie"])
        counts = select(event.c.case_id, func.count(), func.sum(event.c.overtaken.cast(Integer)))
        for case_id, events, overtaken in await connection.execute(counts.group_by(event.c.case_id)):
            if case_id in found:
                found[case_id] |= {"events": events, "overtaken": int(overtaken)}
    return {case_id: _sorted(shown) for case_id, shown in found.items()}


async def _rows(connection: AsyncConnection, table: Any) -> list[Row]:
    return [dict(row) for row in (await connection.execute(select(table))).mappings()]


def _case(row: Row) -> dict[str, Any]:
    owners = {name: [row[f"{name}_unit"], row[f"{name}_person"]] if row[f"{name}_unit"] else None for name in PEOPLE}
    plain = ("case_number", "channel", "state", "reason", "received_at", "complained_unit", "agent", "receipts",
        "received_on", "persons", "origin_kind",
    )  # fmt: skip
    result = ("outcome", "satisfaction", "decided_at", "reported_at", "retain_until")
    return {
        **{name: row[name] for name in plain},
        **owners,
        "blocked": row["blocked"] is not None,
        "missing": sorted(gap for gap, since in SINCE.items() if row[since] is not None),
        "parties": orjson.loads(row["parties"] or "[]"),
        "fault": orjson.loads(row["fault"] or "null"),
        **{name: row[name] for name in result},
        "remedies": orjson.loads(row["remedies"] or "[]"),
        "speakers": orjson.loads(row["speakers"] or "null"),
        **_agreed(orjson.loads(row["agreed"] or "null") or {"plans": [], "remedies": []}),
        "duties": [],
        "clocks": [],
        "messages": [],
        "ties": [],
    }


def _agreed(agreed: dict[str, Any]) -> dict[str, Any]:
    return {
        "plans": [[plan["version"], plan["answer"] or "open"] for plan in agreed["plans"]],
        "remedies_owed": [[remedy["kind"], remedy["level"] or ""] for remedy in agreed["remedies"]],
    }


def _duty(row: Row) -> list[str]:
    return [row["kind"], row["level"] or "", row["state"], row["debtor_person"] or "", row["due_at"] or ""]


def _clock(row: Row) -> list[Any]:
    terms = ("clock_id", "milestone", "state", "started_at", "due_on", "due_at", "target_on", "provisional")
    verdict = ("met_at", "in_time", "breached_at", "late_by_working_days", "stopped_at")
    return [row[name] for name in (*terms, *verdict, "late_by_seconds", "late_whose")]


def _sorted(shown: dict[str, Any]) -> dict[str, Any]:
    by_id = {"clocks": sorted(shown["clocks"], key=lambda c: str(c[0])), "messages": sorted(shown["messages"])}
    return shown | {"duties": sorted(shown["duties"]), "ties": sorted(shown["ties"]), **by_id}
