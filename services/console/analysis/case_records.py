"""The record of a case on complaints.cases is made of its rows in the database. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, NamedTuple

import orjson

from services.console.projection.tables import Row
from services.console.statistics.counted_case import FOREVER
from shared.contract.case_changed import outgoing_case
from shared.contract.case_versions import FIRST, NEWEST
from shared.contract.ids import derived
from shared.contract.records import Outgoing

PLAIN = (
    "case_id", "case_number", "received_on", "channel", "class", "reason", "level", "state", "received_at",
    "answered_at", "ended_at", "in_time", "clocks_judged", "clocks_kept", "satisfaction", "relation",
    "related_case", "escalated_from", "events", "version",
)  # fmt: skip
FLAGS = ("breached", "not_accepted", "escalated")
UNITS = {
    "receiving": "receiving_unit", "complained": "complained_unit", "accepting": "accepting_unit",
    "handler": "handler_unit",
}  # fmt: skip
OF_CASE = (*PLAIN, *FLAGS, *UNITS.values(), "origin_kind", "answer_due_on", "blocked", "partition", "last_offset")
"""The columns of table ``case`` that a record is made of."""
OF_REMEDY = ("kind", "amount_minor", "currency", "executed")
OF_STATE = ("ordinal", "entered", "known_us")
"""The columns of table ``event``."""
OF_CLOCK = (
    "clock_id", "milestone", "state", "due_at", "met_at", "in_time", "breached_at", "breach_known_late_seconds",
    "late_by_working_days", "late_by_seconds", "late_whose", "stopped_at",
)  # fmt: skip
OF_COUNT = ("received_on", "not_accepted", "clocks_judged", "clocks_kept")
"""What on-time figures count, of table ``counted_case``: other figures as they were known then would be too much."""


class Past(NamedTuple):
    """How a case came to what it is: rows of its states, its own clocks, and of how it counted, each in its order."""

    states: Sequence[Row]
    clocks: Sequence[Row]
    counts: Sequence[Row]


def case_record(row: Row, remedies: Sequence[Row], past: Past | None) -> Outgoing:
    """The record. ``row``: ``OF_CASE``, with the pseudonym of its handler and when its last event was known.

    Without its ``past`` it is of the first version.
    """
    said = _now(row, remedies) | ({} if past is None else _before(past))
    data = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    id_ = derived("case-changed", row["case_id"], str(row["version"]), data.decode())
    known_at = datetime.fromtimestamp(row["known_us"] / 1_000_000, UTC).isoformat()
    return outgoing_case(id_, known_at, data, row["case_id"], FIRST if past is None else NEWEST)


def _now(row: Row, remedies: Sequence[Row]) -> dict[str, Any]:
    """What every version says: the case as it counts."""
    return (
        {name: row[name] for name in PLAIN}
        | {name: bool(row[name]) for name in FLAGS}
        | {
            "origin": row["origin_kind"],
            "units": {name: row[column] for name, column in UNITS.items()},
            "handler": row["handler"],
            "due_on": row["answer_due_on"],
            "remedies": [{name: one[name] for name in OF_REMEDY} for one in remedies],
            "blocked": row["blocked"] is not None,
            "log": {"partition": row["partition"], "offset": row["last_offset"]},
        }
    )


def _before(past: Past) -> dict[str, Any]:
    """What version 2 says besides."""
    return {
        "states": [{name: one[name] for name in OF_STATE} for one in past.states],
        "history": list(_history(past.counts)),
        "clocks": [{name: one[name] for name in OF_CLOCK} for one in past.clocks],
    }


def _history(counts: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """How it counted, without a break where it counted the same in all that is told here."""
    for told, same in groupby(counts, lambda row: {name: row[name] for name in OF_COUNT}):
        rows = list(same)
        until = rows[-1]["known_to"]
        yield {
            "ordinal": rows[0]["ordinal"],
            "known_from_us": rows[0]["known_from"],
            "known_until_us": until if until < FOREVER else None,
            **told,
        }
