"""The tables of one generation of the console's database. Everything in them is computed from the log."""

from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from services.console.projection.hops import GAPS
from services.console.projection.metadata import metadata

SCHEMA = 14
"""Raised with every change of these tables, or of what is computed for them.

A database of another number is built anew from the log."""

Row = dict[str, Any]
"""One row of a table, by the names of its columns."""


class CaseRows(NamedTuple):
    """The rows of a case: its own, its duties in the order of opening, its clocks earliest first, its messages."""

    row: Row
    duties: list[Row]
    clocks: list[Row]
    messages: list[Row]


meta = Table("meta", metadata, Column("schema_number", Integer, primary_key=True))

projection_offset = Table(
    "projection_offset",
    metadata,
    Column("partition", SmallInteger, primary_key=True, autoincrement=False),
    Column("next_offset", BigInteger, nullable=False),
    Column("published_offset", BigInteger, nullable=False),
)
"""How far each partition is projected, and before which offset what changed a case was told on complaints.cases."""

event = Table(
    "event",
    metadata,
    Column("case_id", String, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("id", String, nullable=False),
    Column("partition", SmallInteger, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("type", String, nullable=False),
    Column("source", String),
    Column("time", String),
    Column("recordedtime", String),
    Column("known_us", BigInteger, nullable=False),
    Column("actor", String),
    Column("causationid", String),
    Column("basisid", String),
    Column("data", Text),
    Column("overtaken", Boolean, nullable=False),
    Column("state", String),
    Column("entered", String),
    PrimaryKeyConstraint("case_id", "ordinal"),
    UniqueConstraint("case_id", "id"),
    Index("event_by_known", "known_us"),
)
"""Every record of the log, once. ``data`` is NULL where nobody can read it. ``known_us``: recorded by then, in log
order, so that what was known at an instant is always a prefix of the case's events. ``state``: the life of the case
after it; ``entered``: the same where the case came to it by this event.
"""


def _place(name: str) -> list[Column[str]]:
    return [Column(f"{name}_unit", String), Column(f"{name}_post", String), Column(f"{name}_person", String)]


_SAME_MATTER = text("relation = 'same_matter'")
SINCE = {gap: f"{gap}_missing_since" for gap in GAPS}
"""The column that says since when a case misses something."""

case = Table(
    "case",
    metadata,
    Column("case_id", String, primary_key=True),
    Column("partition", SmallInteger, nullable=False),
    Column("last_offset", BigInteger, nullable=False),
    Column("blocked", Text),
    Column("version", Integer),
    Column("events", Integer),
    Column("case_number", String),
    Column("channel", String),
    Column("origin_kind", String),
    Column("state", String),
    Column("class", String),
    Column("reason", String),
    Column("level", String),
    Column("received_at", String),
    Column("received_us", BigInteger),
    Column("received_on", String),
    Column("recorded_at", String),
    Column("receiving_unit", String),
    Column("complained_unit", String),
    *_place("first_asked"),
    *_place("accepting"),
    *_place("handler"),
    *_place("escalated_to"),
    Column("agent", String),
    Column("parties", Text),
    Column("anonymous", Boolean),
    Column("relation", String),
    Column("related_case", String),
    Column("persons", Integer),
    Column("receipts", Integer),
    Column("fault", Text),
    Column("outcome", String),
    Column("remedies", Text),
    Column("agreed", Text),
    Column("speakers", Text),
    Column("satisfaction", String),
    Column("jrt_channel", String),
    Column("jrt_business", String),
    Column("jrt_cause", String),
    Column("escalated", Boolean),
    Column("escalated_from", String),
    Column("not_accepted", Boolean),
    Column("resolved", Boolean),
    Column("decided_at", String),
    Column("replied_at", String),
    Column("answered_at", String),
    Column("answered_us", BigInteger),
    Column("reported_at", String),
    Column("ended_at", String),
    Column("retain_until", String),
    Column("due_on", String),
    Column("due_us", BigInteger),
    Column("answer_due_on", String),
    Column("in_time", Boolean),
    Column("breached", Boolean),
    Column("clocks_judged", SmallInteger),
    Column("clocks_kept", SmallInteger),
    *(Column(name, BigInteger) for name in SINCE.values()),
    Column("last_fact_us", BigInteger),
    Index("case_by_number", "case_number"),
    Index("case_by_change", "partition", "last_offset"),
    Index("case_by_day", "received_on"),
    Index("case_by_matter", "case_id", sqlite_where=_SAME_MATTER, postgresql_where=_SAME_MATTER),
    Index("case_by_receipt", "received_us", "case_id"),
    Index("case_by_handler", "handler_person", "received_us", "case_id"),
    Index("case_by_state", "state", "received_us", "case_id"),
    Index("case_by_due", "due_us"),
)
"""One row per case. ``blocked`` says why nothing more is folded; such a case may have no receipt at all.

``fault`` is sealed, as JSON: it is said of staff. ``version`` counts its events, ``events`` those that count.
``due_on``: of the open clock that is due first; ``answer_due_on``, ``in_time`` and the rest: of the bank's own clocks.
``…_since``: since when (system time) it misses that, NULL while it misses nothing; ``last_fact_us``: when its last fact
was recorded, NULL once it is over.
"""

_ENTERED = event.c.entered.is_not(None)
Index(
    "event_by_entered", *(event.c[name] for name in ("case_id", "ordinal", "known_us", "entered")),
    sqlite_where=_ENTERED, postgresql_where=_ENTERED,
)  # fmt: skip
"""Read without a look at the events themselves: a case may have any number of them."""

for _column in (*(case.c[name] for name in SINCE.values()), case.c.last_fact_us):
    # An index of the few cases in which the column says something.
    _says = _column.is_not(None)
    Index(f"case_by_{_column.name}", _column, sqlite_where=_says, postgresql_where=_says)

duty = Table(
    "duty",
    metadata,
    Column("case_id", String),
    Column("number", Integer),
    Column("duty_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("level", String),
    Column("state", String, nullable=False),
    Column("debtor_unit", String, nullable=False),
    Column("debtor_post", String),
    Column("debtor_person", String),
    Column("creditor", Text, nullable=False),
    Column("owed_to", String),
    Column("due_at", String),
    Column("ended_ordinal", Integer),
    PrimaryKeyConstraint("case_id", "number"),
)

clock = Table(
    "clock",
    metadata,
    Column("case_id", String),
    Column("clock_id", String),
    Column("duty_id", String),
    Column("pack", String, nullable=False),
    Column("pack_version", String, nullable=False),
    Column("milestone", String, nullable=False),
    Column("complaint_class", String),
    Column("state", String, nullable=False),
    Column("started_at", String, nullable=False),
    Column("target_on", String),
    Column("due_on", String, nullable=False),
    Column("due_at", String, nullable=False),
    Column("due_us", BigInteger, nullable=False),
    Column("met_at", String),
    Column("in_time", Boolean),
    Column("breached_at", String),
    Column("breach_known_at", String),
    Column("breach_known_late_seconds", BigInteger),
    Column("late_by_working_days", Integer),
    Column("late_by_seconds", BigInteger),
    Column("late_whose", String),
    Column("stopped_at", String),
    Column("provisional", Boolean, nullable=False),
    Column("calendar", String, nullable=False),
    Column("calendar_version", String, nullable=False),
    PrimaryKeyConstraint("case_id", "clock_id"),
)

message = Table(
    "message",
    metadata,
    Column("case_id", String),
    Column("message_id", String),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("person", String),
    Column("unit", String),
    Column("way", String),
    Column("at", String, nullable=False),
    Column("reason", String),
    PrimaryKeyConstraint("case_id", "message_id"),
)

remedy = Table(
    "remedy",
    metadata,
    Column("case_id", String),
    Column("number", Integer),
    Column("kind", String, nullable=False),
    Column("amount_minor", BigInteger),
    Column("currency", String),
    Column("executed", Boolean, nullable=False),
    PrimaryKeyConstraint("case_id", "number"),
)
"""What was granted to the customer, in all rounds of the case, and whether it was carried out."""

case_tie = Table(
    "case_tie",
    metadata,
    Column("case_id", String),
    Column("tie", String),
    Column("received_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("case_id", "tie"),
    Index("case_tie_by_receipt", "tie", "received_us", "case_id"),
)
"""What a case is tied to (``shared.case.ties``): by whom it is seen is looked up here, never by going through cases."""
