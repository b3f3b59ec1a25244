"""The data dictionary of exports and views, written from what declares their columns."""

from ops.tables.markdown import table as markdown_table
from services.console.analysis.declared import Declared
from services.console.analysis.views import DECLARED

KINDS = """`date` is a day of the bank, in views as text; an `instant` is a point in time, in files as UTC, in views as
ISO 8601 text; `boolean` is 0 or 1 where the database is SQLite. A value that is not there is NULL."""


def tables() -> str:
    """Every table with its columns, as Markdown."""
    return "\n\n".join([KINDS, *(_section(table) for table in DECLARED)]) + "\n"


def document() -> str:
    """The dictionary as it lies beside an export."""
    return f"# Data dictionary\n\n{tables()}"


def _section(table: Declared) -> str:
    parted = "one file" if table.of_day is None else "a file per `day`"
    key = ", ".join(f"`{name}`" for name in table.key)
    rows = ((f"`{column.name}`", column.kind, column.says) for column in table.columns)
    told = markdown_table(("column", "kind", "says"), rows).rstrip("\n")
    return f"## {table.name}\n\n{table.says} Named by {key}; {parted}.\n\n{told}"
