"""Commands that fold the whole log anew, to compare or to look ahead."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from ops.cli.terminal import (
    DEFAULT_DATA,
    NOT_SO,
    AsJson,
    Data,
    document,
    guarded,
    installed,
    out,
    run,
    run_telling,
    tell_of_blocked,
)
from ops.local import store_building
from ops.verify import owed, rebuild
from ops.verify.services import SERVICES
from shared.errors import BadReference
from shared.process.settings import Settings

HELP = """Build all stores anew from the log beside what runs, which then takes them over, one process after another.

With `verify` nothing is built: it compares what runs with the log."""
rebuild_app = typer.Typer(help=HELP)


@rebuild_app.callback(invoke_without_command=True)
def rebuild_stores(
    ctx: typer.Context,
    data: Data = DEFAULT_DATA,
    services: Annotated[
        list[str] | None, typer.Option("--service", help="Only of this process; may be given several times.")
    ] = None,
    later: Annotated[
        bool, typer.Option("--later", help="What runs goes on as it is; its next start takes the new stores over.")
    ] = False,
) -> None:
    """Build the stores of all processes anew from the log beside what runs, which then takes them over."""
    if ctx.invoked_subcommand is not None:
        if services or later or data != DEFAULT_DATA:
            guarded(lambda: _refuse_before(str(ctx.invoked_subcommand)))
        return
    names, settings = guarded(lambda: _known(services)), installed(data)
    built = run_telling("reading the log", lambda told: store_building.build(settings, names, told))
    rate = f"{built.records / built.seconds:,.0f}"
    out.print(f"{built.files} stores built of {built.records:,} records in {built.seconds:.1f} s ({rate}/s)")
    tell_of_blocked(built.blocked)
    if later:
        out.print("the next start of each process takes its new store over")
    else:
        run(store_building.hand_over(settings, names, out.print))


def _refuse_before(command: str) -> None:
    """Refuse options before a command that has its own: they would be passed over."""
    raise BadReference(f"Write options behind `{command}`: before it they are those of a rebuild.")


def _known(names: list[str] | None) -> list[str]:
    """The processes that are meant, all of them if none is named."""
    for name in names or ():
        if name not in store_building.KEEPING:
            known = ", ".join(store_building.KEEPING)
            raise BadReference(f"--service {name}: it keeps no store; choose of {known}.")
    return names or list(store_building.KEEPING)


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
        document(asdict(found) | {"well": found.well})
        return found.well
    for line in (*found.differences, *(one.in_words() for one in found.but)):
        out.print(line, markup=False)
    if found.from_before:
        out.print(f"{found.from_before} records are unsigned, from before the upgrade")
    if found.changed:
        out.print(f"{found.changed} cases got facts meanwhile, and are not compared")
    but = f", but for {len(found.but)} cases that cannot be read" if found.but else ""
    verdict = f"all as the log says{but}" if not found.differences else f"{len(found.differences)} differ{but}"
    compared = f"{found.events} events, {found.cases} cases, {found.fields} fields compared, {found.signed} signatures"
    out.print(f"{compared}: {verdict}")
    return found.well


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
        out.print(table, soft_wrap=False)
    for service, cases in found.blocked.items():
        out.print(f"{service} cannot read {cases} cases: they would be blocked")
    verdict = "nothing would be owed" if nothing else f"{sum(row.events for row in found.owed)} reactions would be owed"
    out.print(f"{found.events} events folded by {len(SERVICES)} services: {verdict}")
    return nothing
