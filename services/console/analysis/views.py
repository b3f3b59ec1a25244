"""Every declared table is a view of the console's database, under the same name."""

from services.console.analysis.declared import Declared
from services.console.analysis.tables_of_bank import DAYS, EVENTS, ORGANISATION
from services.console.analysis.tables_of_cases import CASES, CLOCKS, DUTIES, HISTORY, MESSAGES, REMEDIES

DECLARED: tuple[Declared, ...] = (CASES, EVENTS, CLOCKS, DUTIES, MESSAGES, REMEDIES, HISTORY, ORGANISATION, DAYS)


def statements() -> list[str]:
    """What makes the views, in SQL that SQLite and PostgreSQL take alike."""
    return [f"CREATE VIEW {table.name} AS {table.select}" for table in DECLARED]
