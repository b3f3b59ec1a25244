"""The record of a case on complaints.cases is made of its rows in the database. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime

import orjson

from services.console.projection.tables import Row
from shared.contract.case_changed import outgoing_case
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


def case_record(row: Row, remedies: Sequence[Row]) -> Outgoing:
    """The record. ``row``: ``OF_CASE``, with the pseudonym of its handler and when its last event was known."""
    data = orjson.dumps(
        {name: row[name] for name in PLAIN}
        | {name: bool(row[name]) for name in FLAGS}
        | {
            "origin": row["origin_kind"],
            "units": {name: row[column] for name, column in UNITS.items()},
            "handler": row["handler"],
            "due_on": row["answer_due_on"],
            "remedies": [
                {name: one[name] for name in ("kind", "amount_minor", "currency", "executed")} for one in remedies
            ],
            "blocked": row["blocked"] is not None,
            "log": {"partition": row["partition"], "offset": row["last_offset"]},
        },
        option=orjson.OPT_SORT_KEYS,
    )
    id_ = derived("case-changed", row["case_id"], str(row["version"]), data.decode())
    known_at = datetime.fromtimestamp(row["known_us"] / 1_000_000, UTC).isoformat()
    return outgoing_case(id_, known_at, data, row["case_id"])
