"""Commands on what Redress publishes for whoever reads its topics."""

from pathlib import Path

import typer

from ops.cli.terminal import WRONG_USE, err, guarded, out
from ops.contracts.exporting import export
from shared.process.settings import Settings

schemas_app = typer.Typer(no_args_is_help=True, help="Write the contract with whoever reads the topics.")


@schemas_app.command("export")
def schemas_export(folder: Path) -> None:
    """Write asyncapi.yaml (every topic and record, every version of every event), each event's JSON Schema, and
    versions.yaml, which allows every version that this code knows to be written.
    """
    if folder.exists() and not folder.is_dir():
        err.print(f"redress: {folder} is no folder: name one, which is made where it is missing.", markup=False)
        raise typer.Exit(WRONG_USE)
    written = guarded(lambda: export(folder, Settings()))
    out.print(f"{written[0]}, {written[1]} and {len(written) - 2} schemas in {folder}", markup=False)
