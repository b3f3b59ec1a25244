"""The data dictionary says in both languages what every table, column and code for analysts holds."""

import re
from typing import get_args

from ops.export import dictionary
from ops.export.codes import LISTS
from services.console.analysis.in_chinese import COLUMNS, OF_EVERY, TABLES
from services.console.analysis.views import DECLARED
from shared.contract.codes import Reason

CJK = re.compile(r"[\u4e00-\u9fff]")


def test_everything_that_is_declared_is_told_in_chinese() -> None:
    """Every table and column; and nothing that there is not."""
    declared = {table.name: {column.name for column in table.columns} for table in DECLARED}

    assert declared.keys() == TABLES.keys() == COLUMNS.keys()
    assert declared == {name: {*COLUMNS[name], *OF_EVERY} & columns for name, columns in declared.items()}
    assert [] == [(name, one) for name, columns in COLUMNS.items() for one in columns if one not in declared[name]]
    assert [] == [says for says in TABLES.values() if not CJK.search(says)]


def test_what_a_code_means_stands_in_the_dictionary() -> None:
    """In Chinese and in English."""
    told = dictionary.document()

    assert [] == [zh for words in LISTS.values() for zh, _ in words.values() if not CJK.search(zh)]
    assert [] == [code for code in get_args(Reason) if f"| `{code}` |" not in told]
    assert "| `violation` | 违规操作 | an action against the rules |" in told
