"""The tables of the bank in the console's database: written from the reference data, and not from the log."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, PrimaryKeyConstraint, SmallInteger, String, Table

from services.console.projection.metadata import metadata

bank_day = Table(
    "bank_day",
    metadata,
    Column("day", String, primary_key=True),
    Column("from_us", BigInteger, nullable=False, unique=True),
    Column("day_number", Integer, nullable=False),
    Column("month", String, nullable=False),
    Column("week", String, nullable=False),
    Column("working", Boolean, nullable=False),
    Column("working_days", Integer, nullable=False),
)
"""The bank's days."""

bank_unit = Table(
    "bank_unit",
    metadata,
    Column("version_number", Integer),
    Column("unit", String),
    Column("version", String, nullable=False),
    Column("effective_on", String, nullable=False),
    Column("published_us", BigInteger, nullable=False),
    Column("name", String, nullable=False),
    Column("name_en", String),
    Column("kind", String, nullable=False),
    Column("parent", String),
    Column("path", String, nullable=False),
    Column("outlet", String),
    Column("until", String),
    PrimaryKeyConstraint("version_number", "unit"),
)
"""The units of each organisation file, these numbered in the order in which they came into force."""

pseudonym = Table(
    "pseudonym", metadata, Column("person", String, primary_key=True), Column("pseudonym", String, nullable=False)
)
"""What stands for a person of the bank in everything that leaves; empty where nothing does."""

bank_state = Table(
    "bank_state",
    metadata,
    Column("says", String, primary_key=True),
    Column("case_version", SmallInteger, nullable=False),
)
"""Of what the tables of the bank were made, and in which version cases are told: one row once they are there."""
