"""The data dictionary of exports and views, written from what declares their columns, in English and in Chinese."""

from collections.abc import Iterable

from ops.export.codes import LISTS
from ops.tables.markdown import table as markdown_table
from services.console.analysis.declared import Declared
from services.console.analysis.in_chinese import column_says, table_says
from services.console.analysis.views import DECLARED

KINDS = """`date` is a day of the bank, in views as text; an `instant` is a point in time, in files as UTC, in views as
ISO 8601 text with whatever offset it was recorded with; `boolean` is 0 or 1 where the database is SQLite. A value that
is not there is NULL. What codes mean stands at the end.

`date` 为本行日历的日期，视图中为文本；`instant` 为时刻，文件中为 UTC，视图中为 ISO 8601 文本（时区偏移如其所记）；
`boolean` 在 SQLite 中为 0 或 1。没有值时为 NULL。代码的含义见文末。"""
CODES = "## codes\n\n代码的含义。"


def tables() -> str:
    """Every table with its columns, and what their codes mean, as Markdown."""
    lists = (f"### {columns}\n\n{_words(words)}" for columns, words in LISTS.items())
    return "\n\n".join([KINDS, *(_section(table) for table in DECLARED), CODES, *lists]) + "\n"


def document() -> str:
    """The dictionary as it lies beside an export."""
    return f"# Data dictionary（数据字典）\n\n{tables()}"


def _section(table: Declared) -> str:
    whole = table.of_day is None
    key = ", ".join(f"`{name}`" for name in table.key)
    english = f"{table.says} Named by {key}; {'one file' if whole else 'a file per `day`'}."
    chinese = f"{table_says(table.name)}以 {key} 区分；{'一个文件' if whole else '每 `day` 一个文件'}。"
    rows = ((f"`{one.name}`", one.kind, one.says, column_says(table.name, one.name)) for one in table.columns)
    return f"## {table.name}\n\n{english}\n\n{chinese}\n\n{_table(('column', 'kind', 'says', '说明'), rows)}"


def _words(words: dict[str, tuple[str, str]]) -> str:
    return _table(("code", "中文", "English"), ((f"`{code}`", zh, en) for code, (zh, en) in words.items()))


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    return markdown_table(head, rows).rstrip("\n")
