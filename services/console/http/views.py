"""The answers' shapes (contract 9): rows of the database as JSON. Pure."""

import re
from datetime import datetime
from typing import Any

import orjson

from services.console.http.rights import Stakes
from services.console.projection.case_rows import Row
from services.console.projection.state import micros
from shared.case.duties import Place
from shared.case.sentences import SENTENCES
from shared.contract.envelope import TYPE_PREFIX, Event
from shared.contract.upcasting import upcast
from shared.errors import Unreadable

Json = dict[str, Any]
UNTOLD = {"zh": "此记录无法读取。", "en": "This record cannot be read."}
_LOST_PLUS = re.compile(r" (\d\d:\d\d)$")
_RECEIPT_PARTS = ("origin", "language", "reachable_by", "complainant", "group", "matter", "details", "relates_to")


def place(row: Row, name: str, *, post: bool = False) -> Json | None:
    """An owner as ``{unit, person}``, with the post where it has one."""
    if row[f"{name}_unit"] is None:
        return None
    middle = {"post": row[f"{name}_post"]} if post else {}
    return {"unit": row[f"{name}_unit"], **middle, "person": row[f"{name}_person"]}


def summary(row: Row) -> Json:
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
        "recorded_at": row["recorded_at"],
        "receiving_unit": row["receiving_unit"],
        "complained_unit": row["complained_unit"],
        "first_asked": place(row, "first_asked"),
        "accepting": place(row, "accepting", post=True),
        "handler": place(row, "handler"),
        "agent": row["agent"],
        "escalated_to": place(row, "escalated_to"),
        "due_on": row["due_on"],
        "log": {"partition": row["partition"], "offset": row["last_offset"]},
    }


def case(row: Row, receipt: Row | None, duties: list[Row], clocks: list[Row], messages: list[Row]) -> Json:
    """A case in full; what is sealed in the receipt is sealed here."""
    found = data_of(receipt) if receipt else None
    parts = {name: (found or {}).get(name) for name in _RECEIPT_PARTS}
    return summary(row) | {
        **parts,
        "anonymous": row["anonymous"],
        "parties_concerned": orjson.loads(row["parties"] or "[]"),
        "fault": row["fault"],
        "outcome": row["outcome"],
        "remedies": orjson.loads(row["remedies"] or "[]"),
        "satisfaction": row["satisfaction"],
        "decided_at": row["decided_at"],
        "replied_at": row["replied_at"],
        "reported_at": row["reported_at"],
        "ended_at": row["ended_at"],
        "retain_until": row["retain_until"],
        "duties": [duty(one) for one in duties],
        "clocks": [clock(one) for one in clocks],
        "messages": [message(one) for one in sorted(messages, key=lambda m: (micros(m["at"]), m["message_id"]))],
    }


def duty(row: Row) -> Json:
    """A duty."""
    return {
        "id": row["duty_id"],
        "kind": row["kind"],
        "debtor": {"unit": row["debtor_unit"], "post": row["debtor_post"], "person": row["debtor_person"]},
        "creditor": orjson.loads(row["creditor"]),
        "level": row["level"],
        "state": row["state"],
        "due_at": row["due_at"],
        "ended_by": row["ended_by"],
    }


_CLOCK = (
    "clock_id", "duty_id", "pack", "pack_version", "milestone", "state", "started_at", "target_on", "due_on", "due_at",
    "met_at", "in_time", "breached_at", "late_by_working_days", "provisional",
)  # fmt: skip


def clock(row: Row) -> Json:
    """A clock."""
    calendar = {"id": row["calendar"], "version": row["calendar_version"]}
    return {name: row[name] for name in _CLOCK} | {"class": row["complaint_class"], "calendar": calendar}


def message(row: Row) -> Json:
    """A message; ``to`` is ``customer`` or a person of the bank."""
    to = {"unit": row["unit"], "person": row["person"]} if row["person"] else "customer"
    shown = {name: row[name] for name in ("message_id", "kind", "state", "way", "at", "reason")}
    return shown | {"to": None if row["state"] == "suppressed" else to}


def entry(row: Row) -> Json:
    """An entry of the timeline; ``data`` is as in the newest version of the type, with what is sealed still sealed."""
    event = event_of(row)
    return {
        "event_id": row["id"],
        "type": row["type"],
        "time": row["time"],
        "recordedtime": row["recordedtime"],
        "actor": row["actor"],
        "sentence": sentence(event) if event else UNTOLD,
        "data": event.data if event else None,
        "overtaken": row["overtaken"],
        "log": {"partition": row["partition"], "offset": row["offset"]},
    }


def sentence(event: Event) -> Json:
    """What happened, in Chinese and English; never anything sealed."""
    told = SENTENCES.get(event.name)
    return UNTOLD if told is None else {"zh": told[0](event.data), "en": told[1](event.data)}


def data_of(row: Row) -> Json | None:
    """The data of a stored event in its type's newest version; None where nobody can read it."""
    event = event_of(row)
    return event.data if event else None


def event_of(row: Row) -> Event | None:
    """A stored event in its type's newest version; None where nobody can read it."""
    if row["data"] is None or not row["type"].startswith(TYPE_PREFIX):
        return None
    stored = Event(
        id=row["id"], source=row["source"], type=row["type"], subject=row["case_id"], time=row["time"],
        recordedtime=row["recordedtime"], causationid=row["causationid"], correlationid=row["case_id"],
        basisid=row["basisid"], actor=row["actor"], data=orjson.loads(row["data"]),
    )  # fmt: skip
    try:
        return upcast(stored)
    except (Unreadable, ValueError):
        return None


def stakes_of(row: Row, duties: list[Row]) -> Stakes:
    """Who has to do with a case: open duties' debtors, and whoever archives it."""
    owing = [d for d in duties if d["state"] == "open" or d["kind"] == "archive"]
    return Stakes(
        first_asked=_owner(row, "first_asked"),
        accepting=_owner(row, "accepting"),
        handler=_owner(row, "handler"),
        escalated_to=_owner(row, "escalated_to"),
        agent=row["agent"],
        complained_unit=row["complained_unit"],
        parties=tuple(orjson.loads(row["parties"] or "[]")),
        debtors=tuple(Place(d["debtor_unit"], d["debtor_post"], d["debtor_person"]) for d in owing),
    )


def _owner(row: Row, name: str) -> Place | None:
    unit = row[f"{name}_unit"]
    return Place(unit, row[f"{name}_post"], row[f"{name}_person"]) if unit is not None else None


def instant(text: str) -> datetime | None:
    """An ISO 8601 instant with an offset; None if it is none. In an address a bare ``+`` arrives as a blank."""
    try:
        found = datetime.fromisoformat(_LOST_PLUS.sub(r"+\1", text))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
