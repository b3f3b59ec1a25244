"""Commands on keys: those that sign records, and those that wrap what the vault holds."""

from pathlib import Path
from typing import Annotated

import typer

from ops.cli.terminal import DEFAULT_DATA, Data, guarded, installed_here, out, run, run_telling
from ops.local import keys, rewrapping
from shared.process import bombs

keys_app = typer.Typer(no_args_is_help=True, help="Make and change keys.")


@keys_app.callback()
def of_keys() -> None:
    """Keys of an installation."""


@keys_app.command("make")
def keys_make(
    folder: Path,
    rotate: Annotated[
        list[str] | None,
        typer.Option(help="A service, `log` or `master`: it gets a new key; what the old one made still counts."),
    ] = None,
) -> None:
    """Make key files for production; those that are there stay."""
    for line in guarded(lambda: keys.make(folder, rotate or [])):
        out.print(f"made {line}", markup=False)


@keys_app.command("rewrap")
def keys_rewrap(data: Data = DEFAULT_DATA) -> None:
    """Wrap every key of the vault with the newest master key, beside what runs; an older one is then needed no more."""
    settings = installed_here(data)
    bombs.arm(settings.bombs)
    found = run_telling("keys", lambda told: rewrapping.rewrap(settings, lambda seen: told(seen, 0)))
    out.print(f"{found.keys:,} keys, {found.anew:,} of them wrapped anew")


@keys_app.command("erased")
def keys_erased(data: Data = DEFAULT_DATA) -> None:
    """Print the ids of those whose keys were destroyed, a line each: what a restore of an older backup has to know."""
    for one in run(rewrapping.erased(installed_here(data))):
        typer.echo(one)
