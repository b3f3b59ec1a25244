"""Writes the rows of a declared table as one Parquet file: the same rows give the same bytes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from services.console.analysis.declared import Column, Declared, Kind
from shared.sealing.durable_files import replace_file

MADE_OF = b"redress.made_of"
"""The key of a file's metadata under which stands of what it was made."""
TYPES: dict[Kind, Any] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "instant": pa.timestamp("us", tz="UTC"),
}
VALUES: dict[Kind, Callable[[Any], Any]] = {
    "text": str,
    "integer": int,
    "boolean": bool,
    "date": date.fromisoformat,
    "instant": lambda text: datetime.fromisoformat(text).astimezone(UTC),
}
"""What a database gives, as a value of the column's kind: SQLite has no truth values, and both have text for times."""


def schema_of(table: Declared) -> Any:
    """The columns of a file, each with what it says."""
    return pa.schema([_field(column) for column in table.columns])


def _field(column: Column) -> Any:
    return pa.field(column.name, TYPES[column.kind], metadata={"says": column.says})


def write(table: Declared, rows: Sequence[Sequence[Any]], place: Path, made_of: str) -> None:
    """Write the file, whole or not at all."""
    values = [
        pa.array([None if row[at] is None else VALUES[column.kind](row[at]) for row in rows], TYPES[column.kind])
        for at, column in enumerate(table.columns)
    ]
    schema = schema_of(table).with_metadata({MADE_OF: made_of.encode()})
    out = BytesIO()
    pq.write_table(pa.Table.from_arrays(values, schema=schema), out, compression="zstd")
    replace_file(place, out.getvalue())


def made_of(place: Path) -> str | None:
    """Of what a file was made; None where there is none, or none that can be read."""
    try:
        metadata: Mapping[bytes, bytes] = pq.read_schema(place).metadata or {}
    except (FileNotFoundError, pa.ArrowInvalid):
        return None
    found = metadata.get(MADE_OF)
    return found.decode() if found is not None else None
