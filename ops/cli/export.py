"""``redress export``: tables for analysts as Parquet files."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from ops.cli.terminal import DEFAULT_DATA, Data, guarded, installed, instant_of, out, progressing, run
from ops.export.exporting import Wanted
from ops.export.exporting import export as work
from services.console.projection.projector import Projector
from shared.errors import BadReference
from shared.process import logs

export_app = typer.Typer()
FOLDER = typer.Option("--to", help="Folder of the files; an export into the same one writes what changed since.")


@export_app.command()
def export(
    to: Annotated[Path, FOLDER],
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
    logs.configure_logging("export", "warning")
    days = guarded(lambda: (_day(first, "--from"), _day(last, "--until")))
    instant = guarded(lambda: instant_of(as_of)) if as_of is not None else None
    guarded(lambda: _in_order(*days))
    settings = installed(data)
    with progressing() as progress:
        bar = progress.add_task("exporting", total=None)
        done = run(
            work(
                settings,
                Wanted(to, *days, instant),
                lambda at, of: progress.update(bar, completed=at, total=of),
                Projector,
            )
        )
    out.print(
        f"{done.written} files written ({done.rows} rows), {done.unchanged} as they were, {done.removed} removed: {to}",
        markup=False,
    )


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
