"""Commands on the events' JSON Schemas."""

from pathlib import Path

import orjson
import typer

from ops.cli.terminal import (
    out,
)
from shared.contract import schemas
from shared.process.settings import Settings

schemas_app = typer.Typer(no_args_is_help=True, help="Write the JSON Schemas of events.")


@schemas_app.command("export")
def schemas_export(folder: Path) -> None:
    """Write the JSON Schema of every event type."""
    folder.mkdir(parents=True, exist_ok=True)
    at = Settings().schemas_at
    for type_ in schemas.types():
        schema = orjson.dumps(schemas.schema_of(type_, at), option=orjson.OPT_INDENT_2)
        (folder / f"{type_}.json").write_bytes(schema + b"\n")
    out.print(f"{len(schemas.types())} schemas in {folder}")
