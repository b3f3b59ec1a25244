"""Commands that fold the whole log anew, to compare or to look ahead."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from ops.cli.terminal import DEFAULT_DATA, NOT_SO, AsJson, Data, document, installed, out, run
from ops.verify import owed, rebuild
from ops.verify.services import SERVICES
from shared.process.settings import Settings

rebuild_app = typer.Typer(no_args_is_help=True, help="Rebuild state from the log, and compare it with what runs.")


@rebuild_app.command("verify")
def rebuild_verify(
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
    owed_only: Annotated[
        bool, typer.Option("--owed", help="What this code would owe on this log; asks no process. Before a deployment.")
    ] = False,
) -> None:
    """Compare every service's live fold and the console's database with an independent fold of the log."""
    so = _owed(installed(data), as_json) if owed_only else _compared(installed(data), as_json)
    if not so:
        raise typer.Exit(NOT_SO)


def _compared(settings: Settings, as_json: bool) -> bool:
    found = run(rebuild.verify(settings))
    if as_json:
        document(asdict(found))
        return not found.differences
    for line in found.differences:
        out.print(line, markup=False, soft_wrap=True)
    if found.from_before:
        out.print(f"{found.from_before} records are unsigned, from before the upgrade")
    if found.changed:
        out.print(f"{found.changed} cases got facts meanwhile, and are not compared")
    verdict = "all as the log says" if not found.differences else f"{len(found.differences)} differ"
    compared = f"{found.events} events, {found.cases} cases, {found.fields} fields compared, {found.signed} signatures"
    out.print(f"{compared}: {verdict}")
    return not found.differences


def _owed(settings: Settings, as_json: bool) -> bool:
    found = run(owed.outlook(settings, SERVICES))
    nothing = not found.owed and not found.blocked
    if as_json:
        document(asdict(found))
        return nothing
    if found.owed:
        table = Table("service", "would react to", "events", "cases", "oldest recorded")
        for row in found.owed:
            table.add_row(row.service, row.type, str(row.events), str(row.cases), row.oldest)
        out.print(table)
    for service, cases in found.blocked.items():
        out.print(f"{service} cannot read {cases} cases: they would be blocked")
    verdict = "nothing would be owed" if nothing else f"{sum(row.events for row in found.owed)} reactions would be owed"
    out.print(f"{found.events} events folded by {len(SERVICES)} services: {verdict}")
    return nothing
