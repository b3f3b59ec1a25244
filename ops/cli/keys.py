"""Commands on the keys by which services know their own records."""

from pathlib import Path
from typing import Annotated

import typer

from ops.cli.terminal import guarded, out
from ops.local import keys

keys_app = typer.Typer(no_args_is_help=True, help="Make the keys that sign records.")


@keys_app.callback()
def of_keys() -> None:
    """Keys that sign records."""


@keys_app.command("make")
def keys_make(
    folder: Path,
    rotate: Annotated[
        list[str] | None, typer.Option(help="A service, or `log`: it gets a new key, and the old one still verifies.")
    ] = None,
) -> None:
    """Make key files for production; those that are there stay."""
    for line in guarded(lambda: keys.make(folder, rotate or [])):
        out.print(f"made {line}", markup=False, soft_wrap=True)
