"""Commands on the events' JSON Schemas."""

from pathlib import Path

import orjson
import typer

from ops.cli.terminal import (
    out,
)
from shared.contract.events import CATALOGUE

schemas_app = typer.Typer(no_args_is_help=True, help="The events' JSON Schemas.")


@schemas_app.command("export")
def schemas_export(folder: Path) -> None:
    """Write the JSON Schema of every event type."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, shape in sorted(CATALOGUE.items()):
        schema = orjson.dumps(shape.model_json_schema(), option=orjson.OPT_INDENT_2)
        (folder / f"redress.{name}.v{shape.version}.json").write_bytes(schema + b"\n")
    out.print(f"{len(CATALOGUE)} schemas in {folder}")
