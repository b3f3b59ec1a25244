"""The tables that figures are counted from: how many cases stand where, and how each of them counts, since when."""

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
)

from services.console.projection.metadata import metadata

figure = Table(
    "figure",
    metadata,
    Column("partition", SmallInteger),
    Column("kind", String),
    Column("name", String),
    Column("number", BigInteger, nullable=False),
    PrimaryKeyConstraint("partition", "kind", "name"),
)
"""How many cases of a partition count for a figure (``standing.py``), moved together with the rows of the cases."""

counted_case = Table(
    "counted_case",
    metadata,
    Column("case_id", String),
    Column("ordinal", Integer),
    Column("known_from", BigInteger, nullable=False),
    Column("known_to", BigInteger, nullable=False),
    Column("received_on", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("reason", String),
    Column("unit", String),
    Column("product", String),
    Column("handler_unit", String),
    Column("handler", String),
    Column("origin", String, nullable=False),
    Column("persons", Integer, nullable=False),
    Column("not_accepted", Boolean, nullable=False),
    Column("escalated", Boolean, nullable=False),
    Column("resolved", Boolean, nullable=False),
    Column("repeat", Boolean, nullable=False),
    Column("bypassed", Boolean, nullable=False),
    Column("registered_late", Boolean, nullable=False),
    Column("clocks_judged", SmallInteger, nullable=False),
    Column("clocks_kept", SmallInteger, nullable=False),
    Column("late_by_desk", SmallInteger, nullable=False),
    Column("late_by_system", SmallInteger, nullable=False),
    Column("bodies_judged", SmallInteger, nullable=False),
    Column("bodies_kept", SmallInteger, nullable=False),
    Column("satisfaction", String),
    Column("remedies", Text, nullable=False),
    Column("same_matter", String),
    PrimaryKeyConstraint("case_id", "ordinal"),
    Index("counted_case_by_receipt", "received_on", "known_to"),
)
"""What the statistics count of a case, and from when until when it was known: so they can be asked as of any time."""
