"""``redress export``: tables for analysts as Parquet files."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from ops.cli.terminal import DEFAULT_DATA, Data, check_known, guarded, installed_here, instant_of, out, run, run_telling
from ops.export.exporting import Wanted
from ops.export.exporting import export as work
from services.console.projection.projector import Projector
from shared.errors import BadReference

export_app = typer.Typer(add_completion=False)
TO = typer.Option(
    "--to",
    metavar="DIR",
    help="Folder of the files; an export into the same one writes what changed since. A second one that is a day is "
    "the last day, as --until.",
)


@export_app.command()
def export(
    to: Annotated[list[str], TO],
    first: Annotated[
        str | None, typer.Option("--from", help="First day, such as 2026-04-01: of receipt, or of recording (events).")
    ] = None,
    last: Annotated[str | None, typer.Option("--until", help="Last day.")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="As it was known at an instant, such as 2026-04-10T23:59:59+08:00.")
    ] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Write cases, events, clocks, duties, messages, remedies, history, organisation and days as Parquet, by day."""
    folder, last = guarded(lambda: _folder_and_last_day(to, last))
    days = guarded(lambda: (_day(first, "--from"), _day(last, "--until")))
    instant = guarded(lambda: instant_of(as_of)) if as_of is not None else None
    guarded(lambda: _in_order(*days))
    settings = installed_here(data)
    run(check_known(settings, "--as-of", instant))
    wanted = Wanted(folder, *days, instant)
    done = run_telling("exporting", lambda told: work(settings, wanted, told, Projector))
    told = f"{done.written} files written ({done.rows} rows), {done.unchanged} as they were, {done.removed} removed"
    out.print(f"{told}: {folder}", markup=False, soft_wrap=True)


def _folder_and_last_day(to: list[str], until: str | None) -> tuple[Path, str | None]:
    """Which ``--to`` is the folder, and which the last day: both are called so (contract 12). Raises BadReference."""
    if not all(to):
        raise BadReference("--to is empty: name a folder with it, such as ./export.")
    days, folders = [one for one in to if _is_day(one)], [one for one in to if not _is_day(one)]
    if not folders:
        raise BadReference(f"--to {to[0]} is a day: name a folder with --to as well, such as ./{to[0]}.")
    if len(folders) > 1 or len(days) + (until is not None) > 1:
        raise BadReference("--to names one folder and at most one last day: leave the others out.")
    return Path(folders[0]), days[0] if days else until


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _day(text: str | None, option: str) -> str | None:
    """A day as files are named by it. Raises BadReference."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise BadReference(f"{option} {text!r} is no day: write it such as 2026-04-01.") from error


def _in_order(first: str | None, last: str | None) -> None:
    if first is not None and last is not None and last < first:
        raise BadReference(f"--until {last} lies before --from {first}: exchange them.")
