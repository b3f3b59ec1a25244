"""Writes the rows of a declared table as one Parquet file: the same rows give the same bytes."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from services.console.analysis.declared import Column, Declared, Kind
from services.console.analysis.in_chinese import column_says
from shared.sealing.durable_files import replacing

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
Rows = Sequence[Sequence[Any]]


def schema_of(table: Declared) -> Any:
    """The columns of a file, each with what it says in both languages."""
    return pa.schema([_field(table, column) for column in table.columns])


def _field(table: Declared, column: Column) -> Any:
    said = {"says": column.says, "zh": column_says(table.name, column.name)}
    return pa.field(column.name, TYPES[column.kind], metadata=said)


async def write(table: Declared, rows: AsyncGenerator[Rows], place: Path, made_of: str) -> int:
    """Write the file, whole or not at all, in parts as they come; how many rows it has. What brings them is closed."""
    schema, written = schema_of(table).with_metadata({MADE_OF: made_of.encode()}), 0
    async with aclosing(rows):
        with replacing(place) as out, pq.ParquetWriter(out, schema, compression="zstd") as writer:
            async for some in rows:
                writer.write_table(pa.Table.from_arrays(_values(table, some), schema=schema))
                written += len(some)
    return written


def _values(table: Declared, rows: Rows) -> list[Any]:
    return [
        pa.array([None if row[at] is None else VALUES[column.kind](row[at]) for row in rows], TYPES[column.kind])
        for at, column in enumerate(table.columns)
    ]


def made_of(place: Path) -> str | None:
    """Of what a file was made; None where there is none, or none that can be read."""
    try:
        metadata: Mapping[bytes, bytes] = pq.read_schema(place).metadata or {}
    except (FileNotFoundError, pa.ArrowInvalid):
        return None
    found = metadata.get(MADE_OF)
    return found.decode() if found is not None else None
