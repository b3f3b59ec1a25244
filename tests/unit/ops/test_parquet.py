"""A file for analysts is whole or not there, and nothing stays open behind it."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from ops.export import parquet
from ops.export.parquet import Rows
from services.console.analysis.views import DECLARED


async def test_what_brings_the_rows_is_closed_also_where_they_cannot_be_written(tmp_path: Path) -> None:
    """It reads from a connection that is closed next."""
    closed = list[bool]()

    async def rows() -> AsyncGenerator[Rows]:
        try:
            yield [()]
        finally:
            closed.append(True)

    with pytest.raises(IndexError):
        await parquet.write(DECLARED[0], rows(), tmp_path / "cases.parquet", "of these")

    assert [True] == closed
    assert [] == list(tmp_path.iterdir())
